"""What is to be known of a sort of statement, step or transform.

One entry says how it is drawn, how it is written, what of it must occur, and how it is made simpler. Its class says what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from attrs import frozen


def always(where: Any) -> bool:
    return True


def nothing(one: Any) -> Iterator[Any]:
    yield from ()


@frozen(kw_only=True)
class Sort:
    """An entry: `draw` writes one where it is `possible`, as often as `weight` says against the others; without it others draw it too."""

    data: type
    draw: Callable[[Any], object] | None = None
    weight: int = 0
    possible: Callable[[Any], bool] = always
    options: tuple[str, ...] = ()  # what must occur in many programs, beside the class
    found: Callable[[Any], Iterable[str]] = nothing  # those of the options that occur in one
    simpler: Callable[[Any], Iterable[Any]] = nothing  # larger cuts first; none need be valid


@frozen(kw_only=True)
class StatementSort(Sort):
    """`lines` writes a statement; `draw` takes the writer of a method. A `quiet` one computes or reads, and leaves nothing behind."""

    lines: Callable[[Any], list[str]]
    quiet: bool = False


@frozen(kw_only=True)
class StepSort(Sort):
    """`line` writes a step of a program; `draw` takes the writer of a script."""

    line: Callable[[Any, Any], str]


@frozen(kw_only=True)
class TransformSort(Sort):
    """`name` is its place in `brainstate.transform`, or `called` says it; `made` draws one for a method with parameters.

    `nested` draws one around a call in a method, `above` one that stands above a method, where it can. `written` gives the options as
    they are written where the states that one names are seen from a base.
    """

    name: str
    written: Callable[[Any, str], list[str]]
    called: Callable[[Any], str] | None = None
    made: Callable[[Any, Any], Any] | None = None
    nested: Callable[[Any, Any], Any] | None = None
    above: Callable[[Any, Any], Any] | None = None
    # for a function that has lost a parameter: its number and name, and the number of the first one
    without: Callable[[Any, int, str, int], Any]


def optional(yes: bool, *names: str) -> list[str]:
    """The names, if so."""
    return list(names) if yes else []
