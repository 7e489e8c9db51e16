"""What is fast about it: leaves that stand side by side are put there without walking down to their place again.

The two shapes of a state tree, nested and flat, and the ways between them.
"""

import typing as t

from brainspec_optimized.errors import NotAPath, NotATree, PathInPath
from brainspec_optimized.filter_value import Path

__all__ = ["check_paths", "check_tree", "leaves_below", "nest"]

D = t.TypeVar("D", bound=dict[t.Any, t.Any])


def check_tree(tree: object) -> None:
    """Refuse what is no dictionary."""
    if not isinstance(tree, dict):
        found = f"A {type(tree).__name__} stands for a tree."
        raise NotATree(found, "graph.error.tree@1", "Give a dictionary.")  # [graph.error.tree]


def leaves_below(tree: dict[t.Any, t.Any], path: Path) -> list[tuple[Path, t.Any]]:
    """The leaves of a tree that stands at a path, with their paths."""
    pairs: list[tuple[Path, t.Any]] = []
    _gather(tree, path, pairs)
    return pairs


def _gather(tree: dict[t.Any, t.Any], path: Path, pairs: list[tuple[Path, t.Any]]) -> None:
    for key, held in tree.items():
        if isinstance(held, dict):  # [graph.nested.flat]
            _gather(held, (*path, key), pairs)
        else:
            pairs.append(((*path, key), held))  # [graph.nested.flat]


def nest(top: D, flat: t.Mapping[Path, t.Any]) -> D:
    """Put leaves below `top`, each at its path; the paths are known to fit together."""
    home: Path = ()
    level: dict[t.Any, t.Any] = top
    for path, leaf in flat.items():
        if path[:-1] != home:
            home = path[:-1]
            level = _level(top, home)
        level[path[-1]] = leaf  # [graph.trees.order]
    return top


def _level(top: dict[t.Any, t.Any], home: Path) -> dict[t.Any, t.Any]:
    for part in home:
        top = top.setdefault(part, {})  # [graph.trees.order]
    return top


def check_paths(flat: dict[t.Any, t.Any]) -> None:
    """Refuse keys that are no paths, and paths of which one goes on where another ends."""
    check_tree(flat)
    for path in flat:
        if not isinstance(path, tuple) or not path:
            found = f"The key {path!r} of a flat mapping is no path."
            cure = "Give a tuple of parts, such as ('a', 'b')."
            raise NotAPath(found, "graph.error.path@1", cure)  # [graph.error.path]
        for end in range(1, len(path)):
            if path[:end] in flat:
                found = f"The path {path!r} goes on where {path[:end]!r} ends."
                raise PathInPath(found, "graph.error.prefix@1", "Remove one of them.")  # [graph.error.prefix]
