"""What is fast about it: filters are read once, and where there is none nothing is asked.

A selection deals things out by path: to each filter those that it is the first to accept, and what is left to nobody.
"""

import typing as t

from brainspec_optimized.errors import NotCovered, RestNotLast
from brainspec_optimized.filter_value import Predicate
from brainspec_optimized.filters import to_predicate

__all__ = ["deal", "deal_all", "one_or_several", "predicates"]

T = t.TypeVar("T")


def predicates(filters: tuple[object, ...]) -> list[Predicate]:
    """What the filters of a selection ask, one question for each."""
    asks = [to_predicate(literal) for literal in filters]  # [graph.error.literal]
    for number, literal in enumerate(filters[:-1]):
        if literal is ... or literal is True:
            found = f"Filter {number} of {len(filters)} is {literal!r}, so that those behind it never get anything."
            raise RestNotLast(found, "graph.error.rest-last@1", "Put it last.")  # [graph.error.rest-last]
    return asks


def deal(asks: list[Predicate], things: t.Mapping[t.Any, T]) -> tuple[list[dict[t.Any, T]], dict[t.Any, T]]:
    """What each of the filters gets, and what nobody wants."""
    if not asks:
        return [dict(things)], {}
    groups: list[dict[t.Any, T]] = [{} for _ in asks]
    rest: dict[t.Any, T] = {}
    for path, thing in things.items():
        for ask, group in zip(asks, groups):
            if ask(path, thing):  # [graph.filters.asked]
                group[path] = thing
                break  # [graph.filters.first]
        else:
            rest[path] = thing
    return groups, rest


def deal_all(asks: list[Predicate], things: t.Mapping[t.Any, T]) -> list[dict[t.Any, T]]:
    """What each of the filters gets, if together they get all."""
    groups, rest = deal(asks, things)
    if rest:
        found = f"No filter accepts what stands at {', '.join(map(repr, rest))}."
        cure = "Give ... as the last filter, to take the rest."
        raise NotCovered(found, "graph.error.not-covered@1", cure)  # [graph.error.not-covered]
    return groups


def one_or_several(results: list[T], filters: tuple[object, ...]) -> T | tuple[T, ...]:
    """One result for no filter or one, and a tuple for more."""
    return results[0] if len(filters) < 2 else tuple(results)  # [graph.states.filters]
