"""The checks of `spec/10-state.md`: name, tag, metadata, and hidden states."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.state_material import KINDS, TRACES, a_state

TAGS: list[Any] = ["slow", "", ["slow"], ("b", "a"), {"slow"}, frozenset({"slow"}), [], None]


@check("state.meta.name@1")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["v", "", "two words", None])
def test_a_name_is_kept(impl: Any, kind: str, name: str | None) -> None:
    assert a_state(impl, kind, name=name).name == name


@check("state.meta.name@1")
@pytest.mark.parametrize("kind", KINDS)
def test_a_state_without_a_name_has_none(impl: Any, kind: str) -> None:
    assert a_state(impl, kind).name is None


@check("state.meta.name@1")
@pytest.mark.parametrize("name", ["w", "", None])
def test_a_name_can_be_set_again(impl: Any, name: str | None) -> None:
    state = impl.State(0, name="v")
    state.name = name

    assert state.name == name


@check("state.meta.name@1")
def test_two_states_may_have_one_name(impl: Any) -> None:
    one, other = impl.State(0, name="v"), impl.State(0, name="v")
    one.name = "w"

    assert (one.name, other.name) == ("w", "v")


@check("state.meta.tag@1")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tag", TAGS, ids=repr)
def test_a_tag_is_kept_as_it_is_given(impl: Any, kind: str, tag: object) -> None:
    state = a_state(impl, kind, tag=tag)

    assert type(state.tag) is type(tag)
    assert state.tag == tag


@check("state.meta.tag@1")
@pytest.mark.parametrize("tag", TAGS, ids=repr)
def test_a_tag_that_is_set_is_kept_as_it_is_given(impl: Any, tag: object) -> None:
    state = impl.State(0, tag="first")
    state.tag = tag

    assert type(state.tag) is type(tag)
    assert state.tag == tag


@check("state.meta.tag@1")
@pytest.mark.parametrize("kind", KINDS)
def test_a_state_without_a_tag_has_none(impl: Any, kind: str) -> None:
    assert a_state(impl, kind).tag is None


@check("state.meta.tag@1")
def test_the_order_and_repetition_of_tags_is_kept(impl: Any) -> None:
    assert impl.State(0, tag=["b", "a", "b"]).tag == ["b", "a", "b"]


@check("state.meta.other@1")
@pytest.mark.parametrize("kind", KINDS)
def test_other_keywords_are_attributes(impl: Any, kind: str) -> None:
    state = a_state(impl, kind, unit="mV", initial=None, metadata={"a": 1})

    assert (state.unit, state.initial, state.metadata) == ("mV", None, {"a": 1})


@check("state.meta.other@1")
def test_metadata_are_the_objects_that_were_given(impl: Any) -> None:
    bounds, array = [0, 1], np.zeros(2)
    state = impl.State(0, bounds=bounds, array=array)

    assert state.bounds is bounds
    assert state.array is array


@check("state.meta.other@1")
def test_metadata_belong_to_one_state(impl: Any) -> None:
    one, other = impl.State(0, unit="mV"), impl.State(0)

    assert one.unit == "mV"
    assert not hasattr(other, "unit")


@check("state.meta.other@1")
def test_metadata_never_hide_what_a_state_holds(impl: Any) -> None:
    private = ("_value", "_name", "_tag", "_metadata", "_state", "_trace")
    words = {word: "mine" for word in private if not hasattr(impl.State, word)}
    state = impl.State(7, name="v", tag="slow", **words)

    assert {word: getattr(state, word) for word in words} == words
    assert (state.value, state.name, state.tag) == (7, "v", "slow")


ARRAYS: list[Callable[[], Any]] = [
    lambda: jnp.array(0),
    lambda: jnp.zeros((2, 3), jnp.int8),
    lambda: jnp.zeros(3, bool),
    lambda: jnp.zeros(3, jnp.bfloat16),
    lambda: jnp.zeros((0, 2), jnp.complex64),
    lambda: jax.random.key(0),
    lambda: jax.random.split(jax.random.key(0), 3),
    lambda: np.ones(4),
    lambda: np.array(3),
    lambda: np.zeros((1, 2), np.uint8),
]


@check("state.hidden.array@1")
@pytest.mark.parametrize("make", ARRAYS)
def test_a_hidden_state_holds_an_array_of_any_type(impl: Any, make: Callable[[], Any]) -> None:
    value = make()

    assert impl.HiddenState(value).value is value


@check("state.hidden.array@1")
@pytest.mark.parametrize("trace", TRACES)
def test_a_hidden_state_holds_a_traced_array(impl: Any, trace: str) -> None:
    def step(x: Any) -> Any:
        assert impl.HiddenState(x).value is x
        return x

    TRACES[trace](step)


@check("state.hidden.varshape@1")
@pytest.mark.parametrize("make", ARRAYS)
def test_varshape_is_the_shape_of_the_value(impl: Any, make: Callable[[], Any]) -> None:
    found = impl.HiddenState(make()).varshape

    assert found == make().shape
    assert type(found) is tuple


@check("state.hidden.varshape@1", needs=["state.value.written@1"])
def test_varshape_follows_a_write(impl: Any) -> None:
    state = impl.HiddenState(jnp.zeros(3))
    state.value = jnp.zeros((4, 5))

    assert state.varshape == (4, 5)


@check("state.hidden.varshape@1", needs=["state.hidden.array@1"])
def test_varshape_of_a_mapped_value_is_that_of_a_lane(impl: Any) -> None:
    def lane(x: Any) -> Any:
        assert impl.HiddenState(x).varshape == (3,)
        return x

    jax.vmap(lane)(jnp.zeros((2, 3)))
