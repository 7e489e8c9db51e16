"""`@check("chapter.clause@1", needs=[...])`: marks a plain test function as the judge of clauses.

The function receives the fixture `impl`, the namespace under test. `needs` names clauses without which the
function can say nothing: if one of those fails, the report shows this failure as its echo.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from attrs import frozen

from . import clauses, ids

F = TypeVar("F", bound=Callable[..., Any])


class UnknownClause(LookupError):
    """A check cites a clause, or a version of one, that no page has."""


@frozen
class Check:
    """What a judging function decides, and what it needs."""

    clauses: tuple[str, ...]
    needs: tuple[str, ...] = ()


def check(*cited: str, needs: Sequence[str] = ()) -> Callable[[F], F]:
    """Mark a function as a check of the cited clauses."""
    for text in (*cited, *needs):
        known(text)

    def mark(function: F) -> F:
        function.__brainspec__ = Check(cited, tuple(needs))  # type: ignore[attr-defined]
        return function

    return mark


def known(text: str) -> clauses.Clause:
    """The clause that `id@version` cites."""
    name, version = ids.split(text)
    found = clauses.by_id().get(name)
    if found is None:
        raise UnknownClause(
            f"no clause {name!r}{ids.close(name, clauses.by_id())}; add it to its page or correct the check"
        )
    if version != found.version:
        raise UnknownClause(
            f"{text!r} cites a version that is not the current {found.cited!r}; read it again, then cite it"
        )
    return found
