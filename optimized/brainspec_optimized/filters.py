"""What is fast about it: members become predicates when the filter is made, and filters among them are asked bare.

Fusing the members into generated source was left out: it saves a third of each question, and compiling costs as much
as that saves in six hundred questions. The filters without members are in `filter_leaves`, and what makes a filter a
value is in `filter_value`.
"""

import types
import typing as t

from brainspec_optimized.errors import NotALiteral
from brainspec_optimized.filter_leaves import Everything, Nothing, OfType, PathContains, WithTag
from brainspec_optimized.filter_value import Filter, Path, Predicate, counted, made

__all__ = ["All", "Any", "Everything", "Not", "Nothing", "OfType", "PathContains", "WithTag", "to_predicate"]

# `list[int]`, and `typing.List[int]`, whose class has no public name. Not by `typing.get_origin`: a plain `typing.List`
# has an origin too, and is a callable like any other.
_PARAMETRISED = (types.GenericAlias, type(t.List[int]))  # noqa: UP006


class Any(Filter):
    """Accepts what at least one of its members accepts."""

    __slots__ = ()

    def __new__(cls, *members: object) -> t.Self:
        read = _read(members)  # [filters.error.member]
        asks = _bare(read)

        # Loops, here and in `All`: `any` over an iterator would not let a member's StopIteration through.
        def answer(path: Path, value: t.Any) -> bool:
            for ask in asks:  # [filters.any.order]
                if ask(path, value):  # [filters.call.positional]
                    break  # [filters.any.some]
            else:
                return False  # [filters.any.empty]
            return True  # [filters.call.bool]

        return made(cls, read, answer)


class All(Filter):
    """Accepts what each of its members accepts."""

    __slots__ = ()

    def __new__(cls, *members: object) -> t.Self:
        read = _read(members)
        asks = _bare(read)

        def answer(path: Path, value: t.Any) -> bool:
            for ask in asks:  # [filters.all.order]
                # Not caught, here or elsewhere: what a member raises is the user's.
                if not ask(path, value):  # [filters.error.raised]
                    break  # [filters.all.every]
            else:
                return True  # [filters.all.empty]
            return False

        return made(cls, read, answer)


class Not(Filter):
    """Accepts what its member does not."""

    __slots__ = ()

    def __new__(cls, *members: object) -> t.Self:
        # The members first, so that one that is no literal is named even among too many.
        read = counted(cls, _read(members), 1)
        (ask,) = _bare(read)
        return made(cls, read, lambda path, value: not ask(path, value))  # [filters.not.inverse]


def _read(members: tuple[object, ...]) -> tuple[Predicate, ...]:
    return tuple([to_predicate(member) for member in members])  # [filters.members.literals]


def _bare(members: tuple[Predicate, ...]) -> tuple[Predicate, ...]:
    return tuple([m.__call__ if isinstance(m, Filter) else m for m in members])


def to_predicate(literal: object) -> Predicate:
    """Read what a user may write where a predicate is wanted."""
    if isinstance(literal, str):
        return WithTag(literal)  # [filters.literal.string]
    if isinstance(literal, type):
        return OfType(literal)  # [filters.literal.class]
    if literal is True or literal is False:
        return Everything() if literal else Nothing()  # [filters.literal.bool]
    if literal is ...:
        return Everything()  # [filters.literal.ellipsis]
    if literal is None:
        return Nothing()  # [filters.literal.none]
    return _predicate_of_others(literal)


def _predicate_of_others(literal: object) -> Predicate:
    if isinstance(literal, _PARAMETRISED):
        raise _no_literal(literal)  # [filters.error.literal]
    if callable(literal):  # [filters.literal.order]
        return literal  # [filters.literal.callable]
    if isinstance(literal, (list, tuple)):
        return Any(*literal)  # [filters.literal.sequence]
    raise _no_literal(literal)  # [filters.error.literal]


def _no_literal(found: object) -> NotALiteral:
    cure = "Write a string, a class, a boolean, ..., None, a callable, or a list or tuple of these."
    return NotALiteral(f"{found!r} is no literal.", "filters.error.literal@1", cure)
