"""Selecting: what a function does with the filter literals that it was given.

Each thing goes to the first filter that accepts its path and itself; without a filter everything is accepted.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from .errors import NotCovered, RestNotLast
from .filter_value import Path, Predicate
from .filters import Everything, Literal, to_predicate

Thing = TypeVar("Thing")


def to_predicates(filters: Sequence[Literal]) -> list[Predicate]:
    predicates = [to_predicate(literal) for literal in filters]  # before anything is asked  # [graph.error.literal]
    for literal in filters[:-1]:
        if literal is ... or literal is True:
            found, cure = f"Found the filter {literal!r} before another one", "Give it last"
            raise RestNotLast(found, "graph.error.rest-last@1", cure)  # [graph.error.rest-last]
    return predicates or [Everything()]


def first_accepting(predicates: Sequence[Predicate], path: Path, thing: object) -> int:
    """A plain loop: in a generator, a `StopIteration` that a predicate raises would turn into a `RuntimeError`."""
    for position, predicate in enumerate(predicates):
        if predicate(path, thing):  # [graph.filters.asked]
            return position  # [graph.filters.first]
    return len(predicates)


def shared_out(things: Mapping[Path, Thing], predicates: Sequence[Predicate]) -> list[dict[Path, Thing]]:
    """What each predicate gets; last, what none accepts."""
    shares: list[dict[Path, Thing]] = [{} for _ in (*predicates, None)]
    for path, thing in things.items():
        shares[first_accepting(predicates, path, thing)][path] = thing
    return shares


def refuse_rest(rest: Mapping[Path, object]) -> None:
    if rest:
        found = f"No filter accepts what stands at {paths_text(rest)}"
        raise NotCovered(found, "graph.error.not-covered@1", "Give ... as the last filter")  # [graph.error.not-covered]


def one_or_several(results: Sequence[Thing]) -> Thing | tuple[Thing, ...]:
    return results[0] if len(results) == 1 else tuple(results)


def paths_text(paths: Iterable[Path]) -> str:
    return ", ".join(map(repr, paths))
