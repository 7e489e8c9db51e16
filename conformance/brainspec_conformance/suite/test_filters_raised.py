"""The checks of `spec/90-filters.md`: what a member or a value raises."""

from typing import Any

import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.filters_material import Raising, failing, says

KINDS = [KeyError, AttributeError, TypeError, IndexError, StopIteration, RuntimeError, GeneratorExit]


class Undecided:
    """An answer whose truth cannot be told."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def __bool__(self) -> bool:
        raise self.error


@check("filters.error.raised@1")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["Any", "All", "Not"])
def test_what_a_member_raises_leaves_the_filter_as_it_is(impl: Any, name: str, kind: type[BaseException]) -> None:
    mine = kind("mine")
    fails = failing(mine)
    for member in (fails, [fails], impl.util.filter.All(int, impl.util.filter.Not(fails))):
        with pytest.raises(kind) as raised:
            getattr(impl.util.filter, name)(member)((), 1)
        assert raised.value is mine


@check("filters.error.raised@1")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["Any", "All", "Not"])
def test_what_the_truth_of_an_answer_raises_leaves_the_filter_as_it_is(
    impl: Any, name: str, kind: type[BaseException]
) -> None:
    mine = kind("mine")
    undecided = says(Undecided(mine))
    for member in (
        undecided,
        [undecided],
        [None, undecided],
        impl.util.filter.All(int, impl.util.filter.Not(undecided)),
    ):
        with pytest.raises(kind) as raised:
            getattr(impl.util.filter, name)(member)((), 1)
        assert raised.value is mine


@check("filters.error.raised@1")
@pytest.mark.parametrize("name", ["Any", "All"])
def test_a_last_member_raises_like_any_other(impl: Any, name: str) -> None:
    many, mine = getattr(impl.util.filter, name), StopIteration("mine")
    for last in (failing(mine), says(Undecided(mine))):
        with pytest.raises(StopIteration) as raised:
            many(says(name == "All"), says(name == "All"), last)((), 1)
        assert raised.value is mine


@check("filters.error.raised@1", needs=["filters.any.order@1", "filters.all.order@1"])
def test_a_later_member_does_not_hide_what_an_earlier_one_raises(impl: Any) -> None:
    filters, mine = impl.util.filter, ValueError("mine")
    fails = failing(mine)
    for each in (filters.Any(str, fails, int), filters.All(int, fails, str)):
        with pytest.raises(ValueError, match="mine") as raised:
            each((), 1)
        assert raised.value is mine


@check("filters.error.attribute@1")
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind is not AttributeError])
def test_what_reading_an_attribute_raises_leaves_the_filter_as_it_is(impl: Any, kind: type[BaseException]) -> None:
    filters, mine = impl.util.filter, kind("mine")
    for leaf in (filters.OfType(int), filters.WithTag("slow"), filters.WithTag("")):
        for each in (leaf, filters.Any(str, leaf), filters.All(leaf, int), filters.Not([leaf])):
            with pytest.raises(kind) as raised:
                each(("a",), Raising(mine))
            assert raised.value is mine


@check("filters.error.attribute@1")
def test_what_a_value_raises_for_any_name_leaves_the_filter_as_it_is(impl: Any) -> None:
    mine = LookupError("mine")

    class Lazy:
        def __getattr__(self, name: str) -> object:
            raise mine

    for each in (impl.util.filter.OfType(int), impl.util.filter.WithTag("slow")):
        with pytest.raises(LookupError) as raised:
            each((), Lazy())
        assert raised.value is mine
