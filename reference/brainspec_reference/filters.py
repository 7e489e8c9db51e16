"""Filters: which states, or which parts of a tree, a function is about.

A *literal* is what a user may write where a predicate is wanted; `to_predicate` turns it into one.
`Any`, `All` and `Not` are made from literals, and keep the predicates that these become: their *members*.
What all filters share stands in `filter_value`, the filters without members in `filter_leaves`.

A member is asked in a plain loop. In a generator, a `StopIteration` that a member raises would turn into
a `RuntimeError`, and inside `any(map(...))` it would end the asking unseen.
"""

import typing
from types import EllipsisType

from .errors import NotALiteral
from .filter_leaves import Everything, Nothing, OfType, PathContains, WithTag
from .filter_value import Filter, Path, Predicate

__all__ = ["All", "Any", "Everything", "Not", "Nothing", "OfType", "PathContains", "WithTag", "to_predicate"]

Literal: typing.TypeAlias = (
    str | type | bool | EllipsisType | Predicate | list["Literal"] | tuple["Literal", ...] | None
)


def to_predicate(literal: Literal) -> Predicate:
    """Read a literal. Where one thing is several of these, as a callable list is, the first that fits counts.

    A parametrised type such as `list[int]` can be called and is no class; what gives it away is its origin, `list`.
    """
    if isinstance(literal, str):
        return WithTag(literal)  # [filters.literal.string]
    if isinstance(literal, type):
        return OfType(literal)  # [filters.literal.class]
    if isinstance(literal, bool):
        return Everything() if literal else Nothing()  # [filters.literal.bool]
    if literal is ...:
        return Everything()  # [filters.literal.ellipsis]
    if literal is None:
        return Nothing()  # [filters.literal.none]
    if callable(literal) and typing.get_origin(literal) is None:  # [filters.literal.order]
        return literal  # [filters.literal.callable]
    if isinstance(literal, list | tuple):
        return Any(*literal)  # [filters.literal.sequence]
    cure = "Give a string, a class, True, False, ..., None, a callable, or a list or tuple of these"
    raise NotALiteral(f"Found {literal!r} for a filter", "filters.error.literal@1", cure)  # [filters.error.literal]


class Members(Filter):
    """What `Any`, `All` and `Not` share: their arguments are predicates, read once, when the filter is made."""

    count: typing.ClassVar[int | None] = None
    arguments: tuple[Predicate, ...]

    def read(self, given: Literal) -> Predicate:
        return to_predicate(given)  # [filters.members.literals]


def accepted(member: Predicate, path: Path, value: object) -> bool:
    answer = member(path, value)  # [filters.call.positional]
    return bool(answer)  # [filters.error.raised]


class Any(Members):
    """Accepts what at least one member accepts."""

    def accepts(self, path: Path, value: object) -> bool:
        for member in self.arguments:  # noqa: SIM110  # see above: no generator
            if accepted(member, path, value):  # [filters.any.some]
                return True  # [filters.any.order]
        return False  # [filters.any.empty]


class All(Members):
    """Accepts what each member accepts."""

    def accepts(self, path: Path, value: object) -> bool:
        for member in self.arguments:  # noqa: SIM110  # see above: no generator
            if not accepted(member, path, value):  # [filters.all.every]
                return False  # [filters.all.order]
        return True  # [filters.all.empty]


class Not(Members):
    """Accepts what its one member does not accept."""

    count = 1

    def accepts(self, path: Path, value: object) -> bool:
        (member,) = self.arguments
        return not accepted(member, path, value)  # [filters.not.inverse]
