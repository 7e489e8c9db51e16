"""What is fast about it: each leaf of the trees is looked at once, and asked for by its path once.

Putting a graph together, and putting values into one. All that can be wrong is found before a state is made or written.
"""

import typing as t

from brainspec_optimized.errors import BrainspecError, NoSuchState, NotACell, NotATree, PathTwice, StateMissing
from brainspec_optimized.filter_leaves import bare_path
from brainspec_optimized.filter_value import Path
from brainspec_optimized.graph.building import built
from brainspec_optimized.graph.definition import GraphDef
from brainspec_optimized.graph.nested import leaves_of
from brainspec_optimized.graph.snapshot import TreefyState, snapshot
from brainspec_optimized.graph.walk import Walk
from brainspec_optimized.graph.writing import write_all
from brainspec_optimized.state import State

__all__ = ["clone", "treefy_merge", "unflatten", "update_states"]

Tree = dict[t.Any, t.Any]


def treefy_merge(graphdef: GraphDef, *trees: Tree) -> t.Any:
    """A new graph like the one that was split, with what the trees hold."""
    if not isinstance(graphdef, GraphDef):
        found = f"A {type(graphdef).__name__} stands for a GraphDef."
        raise NotATree(found, "graph.error.tree@1", "Give what treefy_split gave.")  # [graph.error.tree]
    leaves = _leaves_by_path(graphdef.paths, trees)
    missing = [path for path, leaf in leaves.items() if leaf is None]
    if missing:
        found = f"No tree has a leaf for the state at {', '.join(map(repr, missing))}."
        cure = "Give all the trees that treefy_split gave."
        raise StateMissing(found, "graph.error.missing@1", cure)  # [graph.error.missing]
    return built(graphdef, leaves.values())  # [graph.merge.again]


def unflatten(graphdef: GraphDef, tree: Tree) -> t.Any:
    """A new graph like the one that was flattened."""
    return treefy_merge(graphdef, tree)  # [graph.unflatten.merge]


def clone(root: t.Any) -> t.Any:
    """A new graph like this one, with states of its own."""
    walk = Walk(root)
    return built(walk.graphdef(), map(snapshot, walk.states.values()))  # [graph.clone.apart]


def update_states(root: t.Any, tree: Tree, *trees: Tree) -> None:
    """Write the values of the leaves to the states at their paths."""
    walk = Walk(root)
    leaves = _leaves_by_path(walk.states, (tree, *trees))
    cells = zip(walk.states.values(), leaves.values())
    # All values before the first write: a leaf may be a state that is written too.
    write_all([(state, leaf.value) for state, leaf in cells if leaf is not None])  # [graph.update.order]


def _leaves_by_path(paths: t.Iterable[Path], trees: tuple[Tree, ...]) -> dict[Path, t.Any]:
    leaves: dict[Path, t.Any] = dict.fromkeys(paths)  # None where a tree has still to give one
    for tree in trees:  # [graph.merge.trees]
        for path, leaf in leaves_of(tree):
            here = path if path in leaves else bare_path(path)
            if leaves.get(here, leaf) is not None or not isinstance(leaf, (TreefyState, State)):
                raise _unfit(here, leaf, leaves)
            leaves[here] = leaf
    return leaves


def _unfit(path: Path, leaf: t.Any, leaves: dict[Path, t.Any]) -> BrainspecError:
    if not isinstance(leaf, (TreefyState, State)):
        found = f"The leaf at {path!r} is a {type(leaf).__name__}, neither a snapshot nor a state."
        cure = "Put the value into a tree of snapshots, tree.replace_by_pure_dict(values)."
        return NotACell(found, "graph.error.leaf@1", cure)  # [graph.error.leaf]
    if path not in leaves:
        found = f"The graph has no state at {path!r}, or reached it on another path before."
        cure = "Give leaves for the paths that graph.states(root) gives."
        return NoSuchState(found, "graph.error.extra@1", cure)  # [graph.error.extra]
    found = f"There are two leaves for {path!r}."
    return PathTwice(found, "graph.error.twice@1", "Give one for each state.")  # [graph.error.twice]
