"""The values in a state tree, and putting others there: into its snapshots and states, and in place of other leaves.

A *place* is where a leaf stands: a dictionary and a key of it. All places are found before anything is put.
"""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from ..errors import NoSuchLeaf
from ..filter_value import Path
from ..selection import paths_text
from ..snapshot import TreefyState
from ..state import State
from ..whole_write import write_all
from .nesting import checked_tree, leaves_of

Place: TypeAlias = tuple[dict[Any, Any], Any, Any]  # with the value that is to be put there


def values_of(tree: dict[Any, Any]) -> dict[Any, Any]:
    return {key: values_of(each) if isinstance(each, dict) else value_of(each) for key, each in tree.items()}


def value_of(leaf: Any) -> Any:
    return leaf.value if isinstance(leaf, TreefyState | State) else leaf


def places_at(flat: dict[Any, Any], values: dict[Any, Any]) -> Iterator[Place]:
    for path, value in checked_tree(values).items():
        refuse_unknown({path: value} if path not in flat else {})
        yield flat, path, value


def places_below(tree: dict[Any, Any], values: dict[Any, Any], above: Path = ()) -> Iterator[Place]:
    """It is the tree that says where a path ends: a dictionary in `values` may be what a state is to hold."""
    for key, value in checked_tree(values).items():
        content = tree.get(key)
        if key in tree and not isinstance(content, dict):
            yield tree, key, value
        elif isinstance(content, dict) and isinstance(value, dict):
            yield from places_below(content, value, (*above, key))
        else:
            refuse_unknown(leaves_of({key: value}, above))


def refuse_unknown(leaves: Mapping[Path, Any]) -> None:
    if leaves:
        found, cure = f"Found a value for {paths_text(leaves)}, where the tree has no leaf", "Leave it out"
        raise NoSuchLeaf(found, "graph.error.values@1", cure)  # [graph.error.values]


def put(places: Iterator[Place]) -> None:
    found = list(places)  # [graph.error.values]
    write_all([(tree[key], value) for tree, key, value in found if isinstance(tree[key], State)])
    for tree, key, value in found:
        leaf = tree[key]
        if isinstance(leaf, TreefyState):
            tree[key] = leaf.replace(value)  # [graph.nested.replace]
        elif not isinstance(leaf, State):
            tree[key] = value  # [graph.nested.replace]
