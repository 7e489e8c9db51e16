"""The checks of `spec/10-state.md`: name, tag, metadata, and hidden states."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.state_material import KINDS, PLAIN_TRACES, TRACES, a_state, subclass

TAGS: list[Any] = ["slow", "", ["slow"], ("b", "a"), {"slow"}, frozenset({"slow"}), [], None]


@check("state.meta.signature@1")
@pytest.mark.parametrize("kind", KINDS)
def test_a_value_is_given_by_position_or_by_name(impl: Any, kind: str) -> None:
    value = np.ones(2)

    assert getattr(impl, kind)(value).value is value
    assert getattr(impl, kind)(value=value).value is value
    assert getattr(impl, kind)(tag="slow", value=value, name="v").value is value


@check("state.meta.signature@1")
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_else_is_given_by_position(impl: Any, kind: str) -> None:
    for more in (("v",), (None,), ("v", "slow"), (None, None, None)):
        with pytest.raises(TypeError):
            getattr(impl, kind)(np.ones(2), *more)


@check("state.meta.signature@1", needs=["state.kinds.user@1"])
def test_a_users_class_takes_what_its_kind_takes(impl: Any) -> None:
    users = subclass(impl.ParamState)

    assert users(value=1, unit="mV").value == 1
    with pytest.raises(TypeError):
        users(1, "v")


@check("state.meta.name@1")
@pytest.mark.parametrize("name", ["v", "", "two words", None])
def test_a_name_is_kept(impl: Any, name: str | None) -> None:
    assert impl.State(0, name=name).name == name


@check("state.meta.name@1")
@pytest.mark.parametrize("kind", KINDS)
def test_a_state_of_any_kind_has_a_name_or_none(impl: Any, kind: str) -> None:
    assert a_state(impl, kind).name is None
    assert a_state(impl, kind, name="v").name == "v"


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
@pytest.mark.parametrize("tag", TAGS, ids=repr)
def test_a_tag_is_kept_as_it_is_given_and_as_it_is_set(impl: Any, tag: object) -> None:
    given, state = impl.State(0, tag=tag), impl.State(0, tag="first")
    state.tag = tag

    assert type(given.tag) is type(state.tag) is type(tag)
    assert given.tag == state.tag == tag


@check("state.meta.tag@1")
@pytest.mark.parametrize("kind", KINDS)
def test_a_state_of_any_kind_has_a_tag_or_none(impl: Any, kind: str) -> None:
    assert a_state(impl, kind).tag is None
    assert a_state(impl, kind, tag=("slow",)).tag == ("slow",)


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


ARRAYS: list[Callable[[], Any]] = [
    lambda: jnp.array(0),
    lambda: jnp.asarray(np.zeros((2, 3), np.int8)),
    lambda: jnp.asarray(np.zeros((0, 2), np.complex64)),
    lambda: jnp.asarray(np.zeros(3, jnp.bfloat16)),
    lambda: jax.random.key(0),
    lambda: np.ones(4),
    lambda: np.array(3),
    lambda: np.zeros((1, 2), np.uint8),
    lambda: np.array(["text", "longer"]),
    lambda: np.zeros((2, 0, 3), object),
]


@check("state.hidden.array@1")
@pytest.mark.parametrize("make", ARRAYS)
def test_a_hidden_state_holds_an_array_of_any_type(impl: Any, make: Callable[[], Any]) -> None:
    value = make()

    assert impl.HiddenState(value).value is value


@check("state.hidden.array@1")
@pytest.mark.parametrize("trace", PLAIN_TRACES)
def test_a_hidden_state_holds_a_traced_array(impl: Any, trace: str) -> None:
    def step(x: Any) -> Any:
        assert impl.HiddenState(x).value is x
        return x

    TRACES[trace](step)


@check("state.hidden.varshape@1")
@pytest.mark.parametrize("make", ARRAYS[:5])
def test_varshape_is_the_shape_of_the_value(impl: Any, make: Callable[[], Any]) -> None:
    found = impl.HiddenState(make()).varshape

    assert found == make().shape
    assert type(found) is tuple


@check("state.hidden.varshape@1", needs=["state.value.written@1"])
def test_varshape_is_that_of_the_array_that_came_after_something_else(impl: Any) -> None:
    state = impl.HiddenState(np.zeros(3))
    state.value = "no array"
    state.value = np.zeros((2, 1))

    assert state.varshape == (2, 1)


@check("state.hidden.varshape@1", needs=["state.value.written@1"])
def test_varshape_follows_a_write(impl: Any) -> None:
    state = impl.HiddenState(np.zeros(3))
    state.value = np.zeros((4, 5))

    assert state.varshape == (4, 5)


@check("state.hidden.varshape@1", needs=["state.hidden.array@1"])
def test_varshape_of_a_mapped_value_is_that_of_a_lane(impl: Any) -> None:
    def lane(x: Any) -> Any:
        assert impl.HiddenState(x).varshape == (3,)
        return x

    jax.vmap(lane)(jnp.zeros((2, 3)))
