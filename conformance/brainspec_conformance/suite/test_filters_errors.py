"""The checks of `spec/90-filters.md`: what is refused."""

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.filters_material import NO_LITERALS, PARAMETRISED, Odd, answers, one_of_each

# Literals and arguments


@check("filters.error.literal@1")
@pytest.mark.parametrize("found", NO_LITERALS, ids=lambda found: type(found).__name__)
def test_what_is_no_literal_is_refused_by_name(impl: Any, found: object) -> None:
    with pytest.raises(TypeError) as raised:
        impl.util.filter.to_predicate(found)
    assert repr(found) in str(raised.value)


@check("filters.error.literal@1")
@pytest.mark.parametrize(
    ("boolean", "number"), [(True, 1), (False, 0), (True, 1.0), (True, np.True_), (False, np.False_)]
)
def test_a_number_is_no_boolean(impl: Any, boolean: bool, number: Any) -> None:
    # The boolean comes first, since a cache of what was read would take the number for it.
    impl.util.filter.to_predicate(boolean)
    with pytest.raises(TypeError) as raised:
        impl.util.filter.to_predicate(number)
    assert repr(number) in str(raised.value)


@check("filters.error.literal@1")
def test_an_array_of_jax_is_no_literal(impl: Any) -> None:
    for found in (jnp.array(True), jnp.array(1), jnp.zeros(2)):
        with pytest.raises(TypeError) as raised:
            impl.util.filter.to_predicate(found)
        assert repr(found) in str(raised.value)


@check("filters.error.literal@1", needs=["filters.literal.class@1"])
def test_a_parametrised_type_is_refused_after_its_class_was_read(impl: Any) -> None:
    for found in PARAMETRISED:
        for kind in (list, dict, tuple, int):
            impl.util.filter.to_predicate(kind)
        with pytest.raises(TypeError) as raised:
            impl.util.filter.to_predicate(found)
        assert repr(found) in str(raised.value)


@check("filters.error.member@1", needs=["filters.error.literal@1"])
@pytest.mark.parametrize("found", NO_LITERALS, ids=lambda found: type(found).__name__)
@pytest.mark.parametrize("name", ["Any", "All", "Not"])
def test_a_member_that_is_no_literal_is_refused_when_the_filter_is_made(impl: Any, name: str, found: object) -> None:
    for member in (found, [found], [int, ("slow", [found])]):
        with pytest.raises(TypeError) as raised:
            getattr(impl.util.filter, name)(member)
        assert repr(found) in str(raised.value)


@check("filters.error.member@1", needs=["filters.error.literal@1"])
@pytest.mark.parametrize("literal", [[42], (42,), [int, 42], [42, int], [[int], ["slow", (42,)]]], ids=repr)
def test_a_member_of_a_sequence_is_refused_when_the_sequence_is_read(impl: Any, literal: object) -> None:
    with pytest.raises(TypeError, match="42"):
        impl.util.filter.to_predicate(literal)


@check("filters.error.member@1", needs=["filters.error.literal@1"])
def test_a_member_is_refused_at_any_place(impl: Any) -> None:
    for many in (impl.util.filter.Any, impl.util.filter.All):
        for members in ([42, int, str], [int, 42, str], [int, str, 42], [..., 42], [None, 42]):
            with pytest.raises(TypeError, match="42"):
                many(*members)


@check("filters.error.count@1")
@pytest.mark.parametrize("members", [(), (int, str), (None, None), (int, int, int)], ids=repr)
def test_not_takes_exactly_one_member(impl: Any, members: tuple[object, ...]) -> None:
    with pytest.raises(TypeError):
        impl.util.filter.Not(*members)


@check("filters.error.count@1")
@pytest.mark.parametrize("name", ["OfType", "WithTag", "PathContains"])
@pytest.mark.parametrize("count", [0, 2, 3])
def test_a_leaf_takes_exactly_one_argument(impl: Any, name: str, count: int) -> None:
    arguments: dict[str, tuple[Any, ...]] = {
        "OfType": (int, str, bool),
        "WithTag": ("slow", "fast", "slow"),
        "PathContains": ("a", 0, None),
    }
    with pytest.raises(TypeError):
        getattr(impl.util.filter, name)(*arguments[name][:count])


@check("filters.error.count@1")
@pytest.mark.parametrize("name", ["Everything", "Nothing"])
@pytest.mark.parametrize("arguments", [("slow",), (int,), (None,), (...,), ([],), (int, str), (None, None)], ids=repr)
def test_a_constant_takes_no_argument(impl: Any, name: str, arguments: tuple[object, ...]) -> None:
    with pytest.raises(TypeError):
        getattr(impl.util.filter, name)(*arguments)


@check("filters.error.tag@1")
@pytest.mark.parametrize("found", [42, None, b"slow", ["slow"], ("slow",), {"slow"}, int, str, ..., True], ids=repr)
def test_a_tag_that_is_no_string_is_refused_by_name(impl: Any, found: object) -> None:
    with pytest.raises(TypeError) as raised:
        impl.util.filter.WithTag(found)
    assert repr(found) in str(raised.value)


@check("filters.error.type@1")
@pytest.mark.parametrize("found", ["slow", 42, None, (int, str), [int], (), list[int], int | str, len], ids=repr)
def test_a_type_that_is_no_class_is_refused_by_name(impl: Any, found: object) -> None:
    with pytest.raises(TypeError) as raised:
        impl.util.filter.OfType(found)
    assert repr(found) in str(raised.value)


# Frozen filters, and filters without a hash


@check("filters.error.frozen@1")
@pytest.mark.parametrize("change", [lambda each, name: setattr(each, name, None), delattr], ids=["set", "delete"])
def test_no_attribute_of_a_filter_can_be_changed(impl: Any, change: Callable[[Any, str], None]) -> None:
    for each in one_of_each(impl):
        for name in (*dir(each), "unheard_of", "_unheard_of"):
            with pytest.raises(AttributeError):
                change(each, name)


@check("filters.error.frozen@1")
def test_a_filter_is_as_it_was_after_an_attempt_to_change_it(impl: Any) -> None:
    for each in one_of_each(impl):
        before = repr(each), dir(each), answers(each)
        for name in (*dir(each), "unheard_of"):
            with pytest.raises(AttributeError):
                setattr(each, name, None)
            with pytest.raises(AttributeError):
                delattr(each, name)
        assert (repr(each), dir(each), answers(each)) == before


@check("filters.error.frozen@1", needs=["filters.value.equality@1"])
def test_an_attribute_cannot_be_assigned_or_deleted_by_a_statement(impl: Any) -> None:
    for each, same in zip(one_of_each(impl), one_of_each(impl), strict=True):
        before = hash(each)
        with pytest.raises(AttributeError):
            each.tag = "fast"
        with pytest.raises(AttributeError):
            del each.tag
        with pytest.raises(AttributeError):
            each.__class__ = impl.util.filter.Any
        assert each == same
        assert hash(each) == before


@check("filters.error.hash@1")
@pytest.mark.parametrize("key", [["a"], {"a": 1}, {"a"}, ("a", ["b"]), bytearray(b"a")], ids=repr)
def test_a_filter_of_a_key_without_a_hash_has_none(impl: Any, key: object) -> None:
    filters = impl.util.filter
    leaf = filters.PathContains(key)
    for each in (leaf, leaf, filters.Any(leaf), filters.All(int, [leaf]), filters.Not(leaf)):
        with pytest.raises(TypeError):
            hash(each)


@check("filters.error.hash@1")
def test_a_filter_of_a_member_without_a_hash_has_none(impl: Any) -> None:
    filters, odd = impl.util.filter, Odd()
    for each in (filters.Any(odd), filters.All(odd), filters.Not(odd), filters.Any([int, odd]), filters.Any(int, odd)):
        with pytest.raises(TypeError):
            hash(each)
        with pytest.raises(TypeError):
            set([each])  # noqa: C405


@check("filters.error.hash@1")
def test_a_leaf_of_a_string_or_a_class_without_a_hash_has_none(impl: Any) -> None:
    class Unhashed(type):
        __hash__ = None  # type: ignore[assignment]

    class Mute(str):
        __hash__ = None  # type: ignore[assignment]

    filters, kind = impl.util.filter, Unhashed("kind", (), {})
    for each in (filters.OfType(kind), filters.WithTag(Mute("slow")), filters.Any(kind), filters.Not(Mute("slow"))):
        with pytest.raises(TypeError):
            hash(each)
