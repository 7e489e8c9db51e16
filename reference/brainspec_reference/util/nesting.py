"""From dictionaries of dictionaries to mappings from whole paths, and back."""

from collections.abc import Mapping
from typing import Any

from ..errors import NotAPath, NotATree, PathInPath
from ..filter_value import Path


def checked_tree(tree: dict[Any, Any]) -> dict[Any, Any]:
    if isinstance(tree, dict):
        return tree
    found = f"Found a {type(tree).__name__} for a state tree"
    cure = "Give a NestedDict, a FlattedDict or a dictionary of dictionaries"
    raise NotATree(found, "graph.error.tree@1", cure)  # [graph.error.tree]


def leaves_of(tree: dict[Any, Any], above: Path = ()) -> dict[Path, Any]:
    leaves: dict[Path, Any] = {}
    for key, content in tree.items():
        path = (*above, key)
        leaves.update(leaves_of(content, path) if isinstance(content, dict) else {path: content})  # [graph.nested.flat]
    return leaves


def nested(flat: Mapping[Path, Any]) -> dict[Any, Any]:
    for path in flat:
        check_path(path, flat)
    tree: dict[Any, Any] = {}
    for path, leaf in flat.items():
        level = tree
        for part in path[:-1]:
            level = level.setdefault(part, {})  # a plain one, as old as its first leaf  # [graph.trees.order]
        level[path[-1]] = leaf
    return tree


def check_path(path: Path, flat: Mapping[Path, Any]) -> None:
    if not isinstance(path, tuple) or not path:
        found, cure = f"Found {path!r} for the path of a leaf", "Give a tuple with at least one part"
        raise NotAPath(found, "graph.error.path@1", cure)  # [graph.error.path]
    for length in range(1, len(path)):
        if path[:length] in flat:
            found = f"Found a leaf at {path[:length]!r} and another one below it, at {path!r}"
            raise PathInPath(found, "graph.error.prefix@1", "Leave one out")  # [graph.error.prefix]
