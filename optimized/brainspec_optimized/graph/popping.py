"""What is fast about it: it looks at each attribute once more, and at nothing within the states.

Removing states from the attributes that hold them. What a container holds cannot be removed without moving the rest, so
all places are looked at before the first attribute goes.
"""

import typing as t

from brainspec_optimized.errors import HeldByContainer, NoFilter
from brainspec_optimized.filter_value import Path
from brainspec_optimized.graph.contents import opened
from brainspec_optimized.graph.nested import NestedDict
from brainspec_optimized.graph.nesting import nest
from brainspec_optimized.graph.selection import deal, one_or_several, predicates
from brainspec_optimized.graph.vertex import Vertex
from brainspec_optimized.graph.walk import Walk
from brainspec_optimized.state_cell import Cell

__all__ = ["pop_states"]


def pop_states(root: t.Any, *filters: object) -> NestedDict | tuple[NestedDict, ...]:
    """Remove states from a graph, and give them."""
    if not filters:
        found = "It was not said which states to remove."
        raise NoFilter(found, "graph.error.pop-none@1", "Give a filter; ... removes all.")  # [graph.error.pop-none]
    asks = predicates(filters)
    walk = Walk(root)
    groups, _ = deal(asks, walk.states)
    popped = {id(state) for group in groups for state in group.values()}
    _check_free(root, (), popped)
    for attributes, name in _holders(walk, popped):
        del attributes[name]  # [graph.pop.removes]
    return one_or_several([nest(NestedDict(), group) for group in groups], filters)  # [graph.pop.removes]


def _holders(walk: Walk, popped: set[int]) -> list[tuple[dict[str, t.Any], str]]:
    holders = []
    for path, node in walk.nodes.items():
        for name, thing in node.__dict__.items():
            if id(thing) in popped:
                holders.append((node.__dict__, name))
            _check_free(thing, (*path, name), popped)
    return holders


def _check_free(thing: t.Any, path: Path, popped: set[int]) -> None:
    taken = None if isinstance(thing, (Cell, Vertex)) else opened(thing)
    if taken is None:
        return
    _, _, parts, children = taken
    for part, child in zip(parts, children):
        if id(child) in popped:
            found = f"A container holds the {type(child).__name__} at {(*path, part)!r}."
            cure = "Take it out of the container by hand, or choose filters that leave it there."
            raise HeldByContainer(found, "graph.error.pop-container@1", cure)  # [graph.error.pop-container]
        _check_free(child, (*path, part), popped)
