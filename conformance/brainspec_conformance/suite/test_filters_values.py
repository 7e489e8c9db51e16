"""The checks of `spec/90-filters.md`: filters as values, which compare, hash, print and are copied."""

import copy
import operator
import pickle
from typing import Any

import pytest
from jax.tree_util import DictKey, GetAttrKey

from brainspec_conformance.check import check
from brainspec_conformance.suite.filters_material import Judge, Key, Limit, Lonely, Odd, Tagged, one_of_each, says


class Alike:
    """What prints as something else does."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def copied(impl: Any) -> list[Any]:
    """Filters whose arguments are equal to their copies."""
    filters = impl.util.filter
    several = [filters.Any(), filters.All([operator.eq], "a"), filters.Not(filters.Not(None)), filters.Any(Limit(1))]
    keys = [filters.PathContains(key) for key in (["a"], ("a", 0), Key("a"), DictKey("a"))]
    return [*one_of_each(impl), *several, *keys, filters.OfType(Tagged), filters.All(Limit(2), [Limit(1), ...])]


# Equality


@check("filters.value.equality@1")
def test_filters_of_the_same_class_and_arguments_are_equal(impl: Any) -> None:
    for one, other in zip(one_of_each(impl), one_of_each(impl), strict=True):
        assert one == one
        assert one == other
        assert (one != other) is False


@check("filters.value.equality@1")
def test_filters_of_different_classes_are_not_equal(impl: Any) -> None:
    filters, each = impl.util.filter, one_of_each(impl)
    assert [one == other for one in each for other in each] == [i == j for i in range(8) for j in range(8)]
    assert filters.Any() != filters.All()
    assert filters.Any(int) != filters.All(int)
    assert filters.All() != filters.Everything()
    assert filters.Any(int) != filters.OfType(int)


@check("filters.value.equality@1")
def test_filters_of_different_arguments_are_not_equal(impl: Any) -> None:
    filters = impl.util.filter
    assert filters.OfType(int) != filters.OfType(bool)
    assert filters.WithTag("a") != filters.WithTag("b")
    assert filters.PathContains(0) != filters.PathContains("0")
    assert filters.Not(int) != filters.Not(bool)


@check("filters.value.equality@1")
def test_the_order_and_the_number_of_members_matter(impl: Any) -> None:
    for many in (impl.util.filter.Any, impl.util.filter.All):
        assert many(int, str) != many(str, int)
        assert many(int) != many(int, int)
        assert many(operator.eq) != many(operator.eq, operator.eq)
        assert many(int) != many()


@check("filters.value.equality@1")
def test_a_nested_filter_is_not_equal_to_a_flat_one_of_the_same_meaning(impl: Any) -> None:
    filters = impl.util.filter
    assert filters.Any([int, str]) != filters.Any(int, str)
    assert filters.All(filters.All(int)) != filters.All(int)
    assert filters.Not(filters.Not(int)) != filters.OfType(int)


@check("filters.value.equality@1")
def test_members_are_compared_as_they_are_read(impl: Any) -> None:
    filters = impl.util.filter
    assert filters.Any("a", int, [..., None]) == filters.Any(
        filters.WithTag("a"), filters.OfType(int), filters.Any(filters.Everything(), filters.Nothing())
    )
    assert filters.Not(True) == filters.Not(...)
    assert filters.All(False) == filters.All(None)


@check("filters.value.equality@1")
def test_arguments_are_compared_by_equality_and_not_by_identity_or_looks(impl: Any) -> None:
    filters, judge = impl.util.filter, Judge()
    assert filters.PathContains(Key("a")) == filters.PathContains(Key("a"))
    assert filters.PathContains(["a"]) == filters.PathContains(["a"])
    assert filters.Any(Limit(1)) == filters.Any(Limit(1))
    assert filters.Any(Limit(1)) != filters.Any(Limit(2))
    assert filters.PathContains(1) == filters.PathContains(True) == filters.PathContains(1.0)
    assert filters.Any(judge.accepts) == filters.Any(judge.accepts)
    assert filters.Any(judge.accepts) != filters.Any(Judge().accepts)
    assert filters.OfType(type("Twin", (), {})) != filters.OfType(type("Twin", (), {}))


@check("filters.value.equality@1")
def test_the_same_arguments_are_equal_whatever_they_say_of_themselves(impl: Any) -> None:
    filters, lonely, nan = impl.util.filter, Lonely(), float("nan")
    for make in (filters.Any, filters.All, filters.Not, lambda member: filters.Any(int, [member], ...)):
        assert make(lonely) == make(lonely)
        assert (make(lonely) != make(lonely)) is False
        assert make(lonely) != make(Lonely())
    assert filters.PathContains(nan) == filters.PathContains(nan)
    assert filters.PathContains(nan) != filters.PathContains(float("nan"))


@check("filters.value.equality@1")
def test_arguments_that_say_so_are_equal(impl: Any) -> None:
    filters = impl.util.filter
    assert filters.Any(Odd()) == filters.Any(Odd())
    assert filters.Not(Odd()) == filters.Not(Odd())
    assert filters.All(int, Odd()) != filters.All(str, Odd())
    assert filters.Any(Odd()) != filters.All(Odd())


@check("filters.value.equality@1")
def test_a_filter_is_not_equal_to_what_is_no_filter(impl: Any) -> None:
    filters = impl.util.filter
    for each in one_of_each(impl):
        alike = type(type(each).__name__, (Alike,), {})(repr(each))
        others: list[Any] = [None, 1, "slow", int, (), (int,), repr(each), hash(each), type(each), alike, each]
        for other in others:
            assert (each == other) is (other is each)
            assert (other == each) is (other is each)
            assert (each != other) is (other is not each)
    assert filters.Any(int) != [filters.OfType(int)]
    assert filters.Any(int) != (filters.OfType(int),)
    assert filters.Everything() not in (True, ...)
    assert filters.Nothing() not in (False, None)


@check("filters.value.equality@1")
def test_a_filter_is_found_among_other_objects(impl: Any) -> None:
    for each in one_of_each(impl):
        assert [None, 1, "slow", int, *one_of_each(impl)].count(each) == 1
        assert each not in (None, 1, "slow", int, ..., operator.eq)


# Hashes


@check("filters.value.hash@1", needs=["filters.value.equality@1"])
def test_equal_filters_have_equal_hashes(impl: Any) -> None:
    filters, judge = impl.util.filter, Judge()
    assert list(map(hash, one_of_each(impl))) == list(map(hash, one_of_each(impl)))
    assert hash(filters.Any("a", [int])) == hash(filters.Any(filters.WithTag("a"), filters.Any(filters.OfType(int))))
    assert hash(filters.Not(judge.accepts)) == hash(filters.Not(judge.accepts))
    assert hash(filters.All(Limit(1))) == hash(filters.All(Limit(1)))
    assert hash(filters.PathContains(Key("a"))) == hash(filters.PathContains(Key("a")))


@check("filters.value.hash@1", needs=["filters.value.equality@1"])
def test_filters_of_equal_keys_of_different_types_have_equal_hashes(impl: Any) -> None:
    contains = impl.util.filter.PathContains
    assert len({hash(contains(key)) for key in (1, True, 1.0, 1 + 0j)}) == 1
    assert len({contains(key) for key in (0, False, 0.0, 1)}) == 2


@check("filters.value.hash@1", needs=["filters.value.equality@1"])
def test_filters_can_be_keys_of_a_dictionary(impl: Any) -> None:
    table = {each: place for place, each in enumerate(one_of_each(impl))}
    assert [table[each] for each in one_of_each(impl)] == list(range(8))


# Looks


@check("filters.value.repr@1")
def test_a_leaf_prints_as_its_class_and_its_argument(impl: Any) -> None:
    filters = impl.util.filter
    assert repr(filters.OfType(int)) == "OfType(<class 'int'>)"
    assert repr(filters.WithTag("slow")) == "WithTag('slow')"
    assert repr(filters.PathContains("it's")) == """PathContains("it's")"""
    assert (repr(filters.Everything()), repr(filters.Nothing())) == ("Everything()", "Nothing()")


@check("filters.value.repr@1")
def test_members_print_as_the_predicates_that_they_are_read_as(impl: Any) -> None:
    filters, judge = impl.util.filter, operator.eq
    assert repr(filters.Any("a", ..., [None, int])) == f"Any(WithTag('a'), Everything(), Any(Nothing(), OfType({int})))"
    assert repr(filters.All(("a",))) == "All(Any(WithTag('a')))"
    assert repr(filters.Not(True)) == "Not(Everything())"
    assert (repr(filters.Any()), repr(filters.All())) == ("Any()", "All()")
    assert repr(filters.All(judge)) == f"All({judge!r})"


@check("filters.value.repr@1")
def test_equal_keys_print_as_they_were_given(impl: Any) -> None:
    keys = (1, True, 1.0, ("a",), ("a", "b"))
    assert [repr(impl.util.filter.PathContains(key)) for key in keys] == [f"PathContains({key!r})" for key in keys]


@check("filters.value.repr@1", needs=["filters.path.jax-keys@1"])
def test_a_key_prints_as_it_is_read(impl: Any) -> None:
    contains = impl.util.filter.PathContains
    assert repr(contains(DictKey("a"))) == "PathContains('a')"
    assert repr(contains(GetAttrKey("b"))) == "PathContains('b')"
    assert repr(contains((DictKey("a"),))) == f"PathContains({(DictKey('a'),)!r})"
    assert repr(contains(["a"])) == "PathContains(['a'])"


# Copies


@check("filters.value.pickle@1", needs=["filters.value.equality@1"])
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_filter_is_equal_to_what_pickle_makes_of_it(impl: Any, protocol: int) -> None:
    for each in copied(impl):
        assert pickle.loads(pickle.dumps(each, protocol)) == each


@check("filters.value.pickle@1", needs=["filters.value.equality@1"])
def test_a_filter_is_equal_to_its_deep_copy(impl: Any) -> None:
    for each in (*copied(impl), impl.util.filter.Any(says(True)), impl.util.filter.All(Odd())):
        assert copy.deepcopy(each) == each


@check("filters.value.pickle@1", needs=["filters.value.equality@1", "filters.path.jax-keys@1"])
def test_a_key_that_holds_a_key_is_not_read_again_in_a_copy(impl: Any) -> None:
    each = impl.util.filter.PathContains(DictKey(GetAttrKey("a")))
    assert copy.deepcopy(each) == each != impl.util.filter.PathContains("a")
    assert pickle.loads(pickle.dumps(each)) == each


@check("filters.value.pickle@1", needs=["filters.value.equality@1", "filters.value.hash@1"])
def test_a_copy_has_the_hash_and_the_looks_of_the_filter(impl: Any) -> None:
    for each in one_of_each(impl):
        for again in (pickle.loads(pickle.dumps(each)), copy.deepcopy(each), copy.deepcopy([each, each])[1]):
            assert type(again) is type(each)
            assert (hash(again), repr(again)) == (hash(each), repr(each))
