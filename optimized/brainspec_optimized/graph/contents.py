"""What is fast about it: lists, tuples and dictionaries are opened by hand, and JAX is asked about the rest only.

JAX opens the rest in one call that gives keys, contents and structure together, so that all three are of one mind. Its
function for a single level is not used: under JAX 0.10 it calls all fields of a named tuple by the name of the first.
"""

import typing as t

import jax
from jax.tree_util import is_tree_node

from brainspec_optimized.errors import PathTwice
from brainspec_optimized.filter_leaves import held_part
from brainspec_optimized.graph.definition import DICT, LIST, OTHER, TUPLE

__all__ = ["Opened", "opened"]

Opened = tuple[int, t.Any, t.Iterable[t.Any], t.Iterable[t.Any]]
"""A mark, what it says, and the parts and things in the container."""


def opened(thing: t.Any) -> Opened | None:
    """Take a container apart by one level; None for what is no container."""
    kind = type(thing)
    if kind is list:
        return LIST, len(thing), range(len(thing)), thing  # [graph.walk.containers]
    if kind is tuple:
        return TUPLE, len(thing), range(len(thing)), thing  # [graph.walk.containers]
    if kind is dict:
        keys = sorted(thing)  # [graph.walk.containers]
        return DICT, tuple(keys), keys, [thing[key] for key in keys]
    return _opened_by_jax(thing) if is_tree_node(kind) else None


def _opened_by_jax(thing: t.Any) -> Opened:
    # Everything but the first thing that is asked about; not by identity, since a container may contain itself.
    first = iter((False,))
    found, structure = jax.tree_util.tree_flatten_with_path(thing, is_leaf=lambda _: next(first, True))
    parts = [held_part(path[0]) for path, _ in found]  # [graph.walk.containers]
    if len(set(parts)) < len(parts):
        raise _one_part_twice(thing, parts)
    return OTHER, structure, parts, [child for _, child in found]


def _one_part_twice(thing: t.Any, parts: list[t.Any]) -> PathTwice:
    twice = next(part for part in parts if parts.count(part) > 1)
    found = f"A {type(thing).__name__} calls several of its contents {twice!r}, so that one path would lead to all."
    return PathTwice(found, "graph.states.all@1", "Give each of its contents a key of its own.")
