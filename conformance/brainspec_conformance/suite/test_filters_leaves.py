"""The checks of `spec/90-filters.md`: `OfType`, `WithTag`, `Everything` and `Nothing`."""

from collections.abc import Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.tree_util import DictKey

from brainspec_conformance.check import check
from brainspec_conformance.suite.filters_material import (
    Bag,
    Carrying,
    Ice,
    Odd,
    Pair,
    Raising,
    Row,
    Tagged,
    Word,
    answers,
)

# OfType


@check("filters.type.instance@1")
def test_a_type_accepts_its_instances_and_those_of_subclasses(impl: Any) -> None:
    of_type = impl.util.filter.OfType
    for kind, value in [(int, 3), (int, True), (object, None), (type(None), None), (str, Word("a")), (type, int)]:
        assert of_type(kind)(("a",), value)


@check("filters.type.instance@1")
def test_a_type_accepts_what_isinstance_takes_for_its_instance(impl: Any) -> None:
    assert impl.util.filter.OfType(jax.Array)((), jnp.zeros(2))
    assert impl.util.filter.OfType(Sequence)((), [1, 2])


@check("filters.type.instance@1")
def test_a_type_leaves_the_word_to_isinstance(impl: Any) -> None:
    class Even(type):
        def __instancecheck__(cls, value: object) -> bool:
            return isinstance(value, int) and value % 2 == 0

    class Proxy:
        __class__ = int  # type: ignore[assignment]

    even = Even("even", (), {})
    assert impl.util.filter.OfType(even)((), 2)
    assert impl.util.filter.OfType(int)((), Proxy())
    assert impl.util.filter.OfType(Proxy)((), Proxy())


@check("filters.type.instance@1")
def test_a_type_accepts_what_was_registered_as_its_subclass(impl: Any) -> None:
    registered = type("Registered", (), {})
    Mapping.register(registered)
    assert impl.util.filter.OfType(Mapping)((), registered())


@check("filters.type.instance@1")
def test_an_instance_is_accepted_although_it_carries_another_type(impl: Any) -> None:
    class Both(int):
        type = str

    assert impl.util.filter.OfType(int)((), Both(1))


@check("filters.type.carried@1")
def test_a_type_accepts_a_value_that_carries_it_or_a_subclass(impl: Any) -> None:
    of_type = impl.util.filter.OfType
    assert of_type(int)((), Carrying(int))
    assert of_type(int)((), Carrying(bool))
    assert of_type(object)((), Carrying(Tagged))


@check("filters.type.carried@1")
def test_a_type_is_carried_by_the_class_as_well_as_by_the_instance(impl: Any) -> None:
    class Both(int):
        type = str

    assert impl.util.filter.OfType(str)((), Both(1))
    assert impl.util.filter.OfType(np.floating)((), np.dtype("float32"))


@check("filters.type.other@1")
def test_a_type_refuses_a_value_of_another_type(impl: Any) -> None:
    of_type = impl.util.filter.OfType
    for kind, value in [(int, "three"), (bool, 3), (str, None), (int, int), (int, bool), (type, 3)]:
        assert not of_type(kind)(("int",), value)


@check("filters.type.other@1")
def test_a_type_refuses_what_isinstance_refuses(impl: Any) -> None:
    class Even(type):
        def __instancecheck__(cls, value: object) -> bool:
            return isinstance(value, int) and value % 2 == 0

    even = Even("even", (), {})
    assert not impl.util.filter.OfType(even)((), 3)
    assert not impl.util.filter.OfType(even)((), "three")


@check("filters.type.other@1")
def test_a_type_refuses_a_value_that_carries_another_class(impl: Any) -> None:
    assert not impl.util.filter.OfType(int)((), Carrying(str))
    assert not impl.util.filter.OfType(bool)((), Carrying(int))


@check("filters.type.other@1")
@pytest.mark.parametrize("carried", ["int", None, 3, True, (int,), [int], list[int], int | str, len], ids=repr)
def test_a_type_refuses_a_value_whose_type_is_no_class(impl: Any, carried: object) -> None:
    assert not impl.util.filter.OfType(int)((), Carrying(carried))
    assert not impl.util.filter.OfType(list)((), Carrying(carried))


@check("filters.type.other@1")
def test_a_type_refuses_a_value_that_says_that_it_has_no_type(impl: Any) -> None:
    assert not impl.util.filter.OfType(int)((), Raising(AttributeError("mine")))


# WithTag


@check("filters.tag.equal@1")
def test_a_tag_accepts_a_value_whose_tag_is_that_string(impl: Any) -> None:
    with_tag = impl.util.filter.WithTag
    assert with_tag("slow")((), Tagged("slow"))
    assert with_tag("")(("a", 0), Tagged(""))


@check("filters.tag.equal@1")
def test_a_tag_may_be_of_a_class_derived_from_string(impl: Any) -> None:
    with_tag = impl.util.filter.WithTag
    assert with_tag("slow")((), Tagged(Word("slow")))
    assert with_tag(Word("slow"))((), Tagged("slow"))


@check("filters.tag.contains@1")
@pytest.mark.parametrize("container", [list, tuple, set, frozenset])
def test_a_tag_accepts_a_container_that_contains_it_anywhere(impl: Any, container: Any) -> None:
    for tag in ("first", "middle", "last"):
        assert impl.util.filter.WithTag(tag)((), Tagged(container(["first", "middle", "last"])))


@check("filters.tag.contains@1")
@pytest.mark.parametrize(
    "container", [Row, Bag, Ice, lambda tags: Pair(*tags)], ids=["list", "set", "frozenset", "tuple"]
)
def test_a_container_of_tags_may_be_of_a_derived_class(impl: Any, container: Any) -> None:
    for tag in ("slow", "fast", Word("slow")):
        assert impl.util.filter.WithTag(tag)((), Tagged(container(["slow", Word("fast")])))


@check("filters.tag.whole@1")
def test_a_tag_refuses_a_value_whose_tag_is_another_string(impl: Any) -> None:
    with_tag = impl.util.filter.WithTag
    for tag in ("fast", "slo", "", "Slow", "slow "):
        assert not with_tag("slow")(("slow",), Tagged(tag))


@check("filters.tag.whole@1")
def test_a_tag_refuses_a_string_that_merely_contains_it(impl: Any) -> None:
    with_tag = impl.util.filter.WithTag
    for tag in ("slowest", "unslow", "so slow it is", "slow,fast"):
        assert not with_tag("slow")((), Tagged(tag))
    assert not with_tag("")((), Tagged("slow"))


@check("filters.tag.whole@1")
@pytest.mark.parametrize("container", [list, tuple, set, frozenset, Row, Bag, Ice])
def test_a_tag_refuses_a_container_without_it(impl: Any, container: Any) -> None:
    with_tag = impl.util.filter.WithTag
    assert not with_tag("slow")((), Tagged(container([])))
    assert not with_tag("")((), Tagged(container([])))
    assert not with_tag("")((), Tagged(container(["slow"])))
    assert not with_tag("slow")((), Tagged(container(["slowest", "fast", "Slow", "s", ""])))


@check("filters.tag.whole@1")
def test_a_tag_refuses_a_sequence_whose_strings_make_it_together(impl: Any) -> None:
    assert not impl.util.filter.WithTag("slow")((), Tagged(list("slow")))
    assert not impl.util.filter.WithTag("slow")((), Tagged(("sl", "ow")))
    assert not impl.util.filter.WithTag("slow fast")((), Tagged(["slow", "fast"]))


@check("filters.tag.absent@1")
def test_a_tag_refuses_a_value_without_a_tag(impl: Any) -> None:
    for value in (
        3.0,
        None,
        "slow",
        ["slow"],
        {"tag": "slow"},
        np.zeros(2),
        Carrying("slow"),
        Raising(AttributeError("slow")),
    ):
        assert not impl.util.filter.WithTag("slow")(("slow",), value)


@check("filters.tag.absent@1")
@pytest.mark.parametrize("tag", ["slow", "None", ""])
def test_a_tag_refuses_a_value_whose_tag_is_none(impl: Any, tag: str) -> None:
    assert not impl.util.filter.WithTag(tag)((), Tagged(None))


# Everything, Nothing


@check("filters.everything.accepts@1")
def test_everything_accepts_every_value_at_every_path(impl: Any) -> None:
    everything = impl.util.filter.Everything()
    assert all(answers(everything))
    assert all(everything((DictKey("a"),), value) for value in (None, False, 0, "", np.zeros(2), jnp.zeros(0), Odd()))


@check("filters.nothing.accepts@1")
def test_nothing_accepts_no_value_at_any_path(impl: Any) -> None:
    nothing = impl.util.filter.Nothing()
    assert not any(answers(nothing))
    assert not any(nothing((DictKey("a"),), value) for value in (None, False, 0, "", np.zeros(2), jnp.zeros(0), Odd()))
