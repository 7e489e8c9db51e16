"""The checks of `spec/90-filters.md`: `PathContains`."""

from typing import Any

import jax
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jax.tree_util import DictKey, FlattenedIndexKey, GetAttrKey, SequenceKey

from brainspec_conformance.check import check
from brainspec_conformance.suite.filters_material import Key

HELD = [(DictKey("a"), "a"), (DictKey(0), 0), (GetAttrKey("a"), "a"), (SequenceKey(2), 2), (FlattenedIndexKey(2), 2)]


@check("filters.path.part@1")
def test_a_key_is_found_at_any_place_of_the_path(impl: Any) -> None:
    for key in ("layers", 0, "weight"):
        assert impl.util.filter.PathContains(key)(("layers", 0, "weight"), None)


@check("filters.path.part@1")
def test_a_key_is_compared_by_equality(impl: Any) -> None:
    contains = impl.util.filter.PathContains
    assert contains(1)((True,), None)
    assert contains(1.0)((1,), None)
    assert contains(Key("a"))((Key("a"),), None)
    assert contains(("a", "b"))((0, ("a", "b")), None)


@check("filters.path.part@1")
def test_a_key_is_not_found_where_no_part_is_equal(impl: Any) -> None:
    contains = impl.util.filter.PathContains
    for key, path in [
        ("0", (0,)),
        (0, ("0",)),
        ("a", ()),
        (("a", "b"), ("a", "b")),
        (None, ("a",)),
        (True, ("True",)),
        (-1, (-2,)),
    ]:
        assert not contains(key)(path, key)
    assert not contains("a")((Key("a"), Key("b")), None)
    assert not contains(Key("a"))(("a", Key("b")), None)


@check("filters.path.part@1")
@given(key=st.sampled_from("ab") | st.integers(0, 2), path=st.lists(st.sampled_from("abc") | st.integers(0, 3)))
def test_a_key_is_found_exactly_where_it_is_a_part(impl: Any, key: object, path: list[object]) -> None:
    assert bool(impl.util.filter.PathContains(key)(tuple(path), key)) == any(part == key for part in path)


@check("filters.path.whole-part@1")
def test_a_key_is_not_found_in_a_part_that_merely_contains_it(impl: Any) -> None:
    contains = impl.util.filter.PathContains
    for key, part in [("lay", "layers"), ("ers", "layers"), ("", "layers"), ("1", "11"), (1, 11), ("lay", ("lay", 1))]:
        assert not contains(key)((part,), None)


@check("filters.path.whole-part@1", needs=["filters.path.jax-keys@1"])
def test_a_key_is_not_found_in_a_wrapped_part_that_merely_contains_it(impl: Any) -> None:
    contains = impl.util.filter.PathContains
    for part in (GetAttrKey("layers"), DictKey("layers"), DictKey(("lay", 1))):
        assert not contains("lay")((part,), None)


@check("filters.path.jax-keys@1")
@pytest.mark.parametrize(("part", "held"), HELD, ids=repr)
def test_a_wrapped_part_is_compared_by_what_it_holds(impl: Any, part: object, held: object) -> None:
    contains = impl.util.filter.PathContains
    assert contains(held)((part,), None)
    assert contains(held)(("bare", part, SequenceKey(7)), None)
    for other in ("other", 1, str(part), repr(part), ""):
        assert not contains(other)((part,), None)


@check("filters.path.jax-keys@1")
@pytest.mark.parametrize(("key", "held"), HELD, ids=repr)
def test_a_wrapped_key_is_compared_by_what_it_holds(impl: Any, key: object, held: object) -> None:
    contains = impl.util.filter.PathContains(key)
    for part in (key, held, DictKey(held)):
        assert contains((part,), None)
        assert contains(("bare", part, SequenceKey(7)), None)
    for other in ("other", 1, str(key), repr(key), SequenceKey(1), DictKey("other"), GetAttrKey("")):
        assert not contains((other,), None)


@check("filters.path.jax-keys@1", needs=["filters.value.equality@1", "filters.value.hash@1"])
@pytest.mark.parametrize(("key", "held"), HELD, ids=repr)
def test_a_wrapped_key_makes_the_filter_of_what_it_holds(impl: Any, key: object, held: object) -> None:
    wrapped, bare = impl.util.filter.PathContains(key), impl.util.filter.PathContains(held)
    assert wrapped == bare
    assert hash(wrapped) == hash(bare)
    assert repr(wrapped) == repr(bare)


@check("filters.path.jax-keys@1", needs=["filters.value.equality@1"])
@pytest.mark.parametrize(("key", "held"), HELD, ids=repr)
def test_a_key_may_be_wrapped_in_a_derived_class(impl: Any, key: object, held: object) -> None:
    contains, derived = impl.util.filter.PathContains, type("Derived", (type(key),), {})(held)
    assert contains(held)((derived,), None)
    assert contains(derived)((held,), None)
    assert contains(derived) == contains(held)


@check("filters.path.jax-keys@1", needs=["filters.value.equality@1"])
def test_a_key_that_holds_a_key_is_read_once(impl: Any) -> None:
    contains, once, twice = impl.util.filter.PathContains, DictKey("a"), DictKey(GetAttrKey("a"))
    assert contains(twice)((twice,), None)
    assert contains(twice)((DictKey(twice), twice), None)
    for key, part in [("a", twice), (once, twice), (twice, "a"), (twice, once), (twice, DictKey(twice))]:
        assert not contains(key)((part,), None)
    assert contains(twice) == contains(DictKey(GetAttrKey("a")))
    assert contains(twice) not in (contains("a"), contains(once), contains(DictKey(twice)))


@check("filters.path.jax-keys@1")
def test_a_key_of_jax_within_a_part_is_not_read(impl: Any) -> None:
    contains = impl.util.filter.PathContains
    assert contains((DictKey("a"), 0))(((DictKey("a"), 0),), None)
    assert not contains(("a", 0))(((DictKey("a"), 0),), None)
    assert not contains((DictKey("a"), 0))((("a", 0),), None)


@check("filters.path.jax-keys@1")
def test_a_key_finds_the_leaves_below_it_in_a_tree_of_jax(impl: Any) -> None:
    leaves, _ = jax.tree_util.tree_flatten_with_path({"a": [10, 11], "b": [12, {"a": 13}]})
    for key, found in [("a", [10, 11, 13]), ("b", [12, 13]), (0, [10, 12]), (1, [11, 13])]:
        assert [leaf for path, leaf in leaves if impl.util.filter.PathContains(key)(path, leaf)] == found
