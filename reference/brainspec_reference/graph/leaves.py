"""The leaves of the state trees that a merge or an update is given, all together."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeAlias

from ..errors import ExtraLeaf, PathTwice, WrongLeaf
from ..filter_value import Path
from ..selection import paths_text
from ..snapshot import TreefyState
from ..state import State
from ..util.nested import flat_of

Leaf: TypeAlias = TreefyState | State


def gathered(trees: Sequence[dict[Any, Any]], first_paths: Collection[Path]) -> dict[Path, Leaf]:
    """The leaves by path, for a graph that has states at these first paths."""
    leaves: dict[Path, Leaf] = {}
    for tree in trees:
        flat = flat_of(tree)
        refuse_twice({path: leaf for path, leaf in flat.items() if path in leaves})
        refuse_wrong({path: leaf for path, leaf in flat.items() if not isinstance(leaf, Leaf)})
        leaves.update(flat)  # [graph.merge.trees]
    refuse_extra({path: leaf for path, leaf in leaves.items() if path not in first_paths}, first_paths)
    return leaves


def refuse_twice(leaves: Mapping[Path, Any]) -> None:
    if leaves:
        found, cure = f"Two trees have a leaf at {paths_text(leaves)}", "Leave it out of one, or use NestedDict.merge"
        raise PathTwice(found, "graph.error.twice@1", cure)  # [graph.error.twice]


def refuse_wrong(leaves: Mapping[Path, Any]) -> None:
    if leaves:
        found = ", ".join(f"a {type(leaf).__name__} at {path!r}" for path, leaf in leaves.items())
        cure = "A leaf is a snapshot or a state; put values into a tree of these with tree.replace_by_pure_dict(values)"
        raise WrongLeaf(f"Found {found}", "graph.error.leaf@1", cure)  # [graph.error.leaf]


def refuse_extra(leaves: Mapping[Path, Any], first_paths: Collection[Path]) -> None:
    if leaves:
        found = f"Found a leaf at {paths_text(leaves)}, where the graph has no state, or not the first path of one"
        cure = f"The first paths of its states are {paths_text(first_paths)}"  # one that was misspelt is among them
        raise ExtraLeaf(found, "graph.error.extra@1", cure)  # [graph.error.extra]
