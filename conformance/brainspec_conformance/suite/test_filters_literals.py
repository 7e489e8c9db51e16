"""The checks of `spec/90-filters.md`: what `to_predicate` makes of what."""

import enum
import functools
import operator
from collections.abc import Callable, Sequence
from typing import Any

import jax
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.filters_material import Box, Judge, Odd, Pair, Row, Word, one_of_each, says


class Called:
    """What makes its subclasses callable."""

    def __call__(self, path: object, value: object) -> bool:
        return True


class CalledWord(Called, str):
    __slots__ = ()


class CalledRow(Called, list[Any]): ...


class CalledPair(Called, tuple[Any, ...]): ...


class CalledTable(Called, dict[Any, Any]): ...


class CalledBag(Called, set[Any]): ...


class CalledNumber(Called, int): ...


class Agreeing(type):
    """A class that claims to be equal to anything, is false and can be counted."""

    def __eq__(cls, other: object) -> bool:
        return True

    def __hash__(cls) -> int:
        return 0

    def __len__(cls) -> int:
        return 0

    def __iter__(cls) -> Any:
        return iter(())


Agreeable = Agreeing("Agreeable", (), {})
Colour = enum.Enum("Colour", ["RED", "BLUE"])


@check("filters.literal.string@1", needs=["filters.value.equality@1"])
@pytest.mark.parametrize("literal", ["slow", "", "...", "None", Word("slow"), np.str_("slow")])
def test_a_string_is_read_as_a_tag(impl: Any, literal: str) -> None:
    assert impl.util.filter.to_predicate(literal) == impl.util.filter.WithTag(literal)


@check("filters.literal.class@1", needs=["filters.value.equality@1"])
@pytest.mark.parametrize(
    "literal",
    [int, bool, str, list, tuple, type, type(None), type(...), Judge, Odd, Box, Sequence, jax.Array, Colour, Agreeing],
)
def test_a_class_is_read_as_a_type(impl: Any, literal: type) -> None:
    assert impl.util.filter.to_predicate(literal) == impl.util.filter.OfType(literal)


@check("filters.literal.class@1", needs=["filters.value.equality@1"])
def test_the_class_of_a_filter_is_read_as_a_type(impl: Any) -> None:
    filters = impl.util.filter
    assert filters.to_predicate(filters.Everything) == filters.OfType(filters.Everything)


@check("filters.literal.bool@1", needs=["filters.value.equality@1"])
def test_a_boolean_is_read_as_everything_or_nothing(impl: Any) -> None:
    filters = impl.util.filter
    assert filters.to_predicate(True) == filters.Everything()
    assert filters.to_predicate(False) == filters.Nothing()


@check("filters.literal.ellipsis@1", needs=["filters.value.equality@1"])
def test_an_ellipsis_is_read_as_everything(impl: Any) -> None:
    assert impl.util.filter.to_predicate(...) == impl.util.filter.Everything()


@check("filters.literal.none@1", needs=["filters.value.equality@1"])
def test_none_is_read_as_nothing(impl: Any) -> None:
    assert impl.util.filter.to_predicate(None) == impl.util.filter.Nothing()


@check("filters.literal.callable@1")
@pytest.mark.parametrize(
    "literal", [says(True), Judge().accepts, operator.eq, functools.partial(operator.eq), Judge.accepts, Odd()]
)
def test_a_callable_is_given_back_as_it_is(impl: Any, literal: object) -> None:
    assert impl.util.filter.to_predicate(literal) is literal


@check("filters.literal.callable@1")
def test_a_filter_is_given_back_as_it_is(impl: Any) -> None:
    for each in one_of_each(impl):
        assert impl.util.filter.to_predicate(each) is each


@check("filters.literal.callable@1")
def test_a_callable_is_given_back_although_it_is_something_else_that_is_no_literal(impl: Any) -> None:
    for literal in (CalledTable(a=1), CalledTable(), CalledBag([1]), CalledNumber(1), CalledNumber(0)):
        assert impl.util.filter.to_predicate(literal) is literal


@check("filters.literal.sequence@1", needs=["filters.value.equality@1"])
@pytest.mark.parametrize(
    "literal", [[], (), [int], (int, "a"), ["a", int], Pair(int, None), Row([int, "a"]), [[int], ()]], ids=repr
)
def test_a_sequence_is_read_as_any_of_its_members_in_their_order(impl: Any, literal: Sequence[object]) -> None:
    assert impl.util.filter.to_predicate(literal) == impl.util.filter.Any(*literal)


@check("filters.literal.sequence@1", needs=["filters.any.some@1"])
def test_a_filter_keeps_the_members_that_its_list_had(impl: Any) -> None:
    literal: list[object] = [int]
    predicate = impl.util.filter.to_predicate(literal)
    literal[:] = [str]
    assert predicate((), 1)
    assert not predicate((), "one")


@check("filters.literal.order@1", needs=["filters.literal.string@1", "filters.value.equality@1"])
def test_a_string_that_can_be_called_is_read_as_a_string(impl: Any) -> None:
    filters = impl.util.filter
    for literal in (CalledWord("slow"), CalledWord("")):
        assert filters.to_predicate(literal) == filters.WithTag(literal)
        assert filters.Not(literal) == filters.Not(filters.WithTag(literal))


@check("filters.literal.order@1", needs=["filters.literal.class@1", "filters.value.equality@1"])
@pytest.mark.parametrize(
    "literal", [CalledRow, CalledPair, CalledWord, Agreeable, Colour], ids=lambda kind: kind.__name__
)
def test_a_class_that_is_something_else_too_is_read_as_a_class(impl: Any, literal: type) -> None:
    filters = impl.util.filter
    assert type(filters.to_predicate(literal)) is filters.OfType
    assert filters.to_predicate(literal) == filters.OfType(literal)


@check("filters.literal.order@1", needs=["filters.literal.callable@1"])
@pytest.mark.parametrize("make", [CalledRow, CalledPair])
def test_a_sequence_that_can_be_called_is_read_as_a_callable(impl: Any, make: Callable[[list[Any]], Any]) -> None:
    for members in ([], [int], [42], ["slow", [{}]]):
        literal = make(members)
        assert impl.util.filter.to_predicate(literal) is literal


@check("filters.literal.order@1", needs=["filters.members.literals@1"])
@pytest.mark.parametrize("make", [CalledRow, CalledPair])
def test_a_sequence_that_can_be_called_is_asked_as_a_member(impl: Any, make: Callable[[list[Any]], Any]) -> None:
    filters, literal = impl.util.filter, make([None])
    assert filters.Any(literal)((), 1)
    assert filters.Any([literal])((), 1)
    assert filters.All(literal)((), 1)
    assert not filters.Not(literal)((), 1)
