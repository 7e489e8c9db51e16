"""What is fast about it: values go to their places in one pass over them, whatever else the tree holds.

Taking the values out of a tree of snapshots and states, and putting others in. A value may be a dictionary itself, so
it is the tree that tells where its leaves are.
"""

import typing as t

from brainspec_optimized.errors import NoSuchLeaf
from brainspec_optimized.filter_leaves import bare_path, held_part
from brainspec_optimized.filter_value import Path
from brainspec_optimized.graph.nesting import check_tree
from brainspec_optimized.graph.snapshot import TreefyState
from brainspec_optimized.graph.writing import write_all
from brainspec_optimized.state import State

__all__ = ["flat_places", "nested_places", "pure", "put_in", "value_of"]

Tree = dict[t.Any, t.Any]
Place = tuple[Tree, t.Any, t.Any]
"""A dictionary, a key of it, and what is to go there."""


def value_of(leaf: t.Any) -> t.Any:
    """The value of a snapshot or state, and anything else as it is."""
    return leaf.value if isinstance(leaf, (TreefyState, State)) else leaf


def pure(tree: Tree) -> Tree:
    """A plain dictionary of dictionaries with the values."""
    return {key: pure(held) if isinstance(held, dict) else value_of(held) for key, held in tree.items()}


def flat_places(tree: Tree, values: Tree) -> list[Place]:
    """Where the values of a flat mapping go."""
    check_tree(values)
    places = [(tree, path if path in tree else bare_path(path), value) for path, value in values.items()]
    _check_found([path for _, path, _ in places if path not in tree])
    return places


def nested_places(tree: Tree, values: Tree) -> list[Place]:
    """Where the values of a nested tree go."""
    check_tree(values)
    places: list[Place] = []
    missing: list[Path] = []
    _find(tree, values, (), places, missing)
    _check_found(missing)
    return places


def _find(tree: Tree, values: Tree, path: Path, places: list[Place], missing: list[Path]) -> None:
    for key, value in values.items():
        here = key if key in tree else held_part(key)
        if here in tree and not isinstance(tree[here], dict):
            places.append((tree, here, value))
        elif isinstance(value, dict):
            _find(tree.get(here, {}), value, (*path, key), places, missing)
        else:
            missing.append((*path, key))


def _check_found(missing: list[t.Any]) -> None:
    if missing:
        found = f"Values were given for {', '.join(map(repr, missing))}, where the tree has no leaf."
        cure = "Give values for leaves that are there."
        raise NoSuchLeaf(found, "graph.error.values@1", cure)  # [graph.error.values]


def put_in(places: list[Place]) -> None:
    """Put all values in their places, or, if a state refuses its value, none."""
    leaves = [home[key] for home, key, _ in places]
    write_all([(leaf, value) for leaf, (_, _, value) in zip(leaves, places) if isinstance(leaf, State)])
    for leaf, (home, key, value) in zip(leaves, places):
        if isinstance(leaf, TreefyState):
            home[key] = leaf.replace(value)  # [graph.nested.replace]
        elif not isinstance(leaf, State):
            home[key] = value  # [graph.nested.replace]
