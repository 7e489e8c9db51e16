"""The checks of `spec/32-mapping.md`: devices. With one device the two of each check are the same, and it says less."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.sharding import Mesh, NamedSharding

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import Spec, assert_on, numbers, put, two_devices
from brainspec_conformance.suite.mapping_more_material import mapped


def over_all(spec: Any) -> NamedSharding:
    return NamedSharding(Mesh(np.array(jax.devices()), ("x",)), spec)


# How a value comes to its place: committed to a device, split or copied over all of them, or committed to none.
PLACES: dict[str, Callable[[Any], Any]] = {
    "here": lambda value: put(value, two_devices()[0]),
    "there": lambda value: put(value, two_devices()[1]),
    "split": lambda value: jax.device_put(value, over_all(Spec("x"))),
    "everywhere": lambda value: jax.device_put(value, over_all(Spec())),
    "uncommitted": jnp.asarray,
    "NumPy": np.asarray,
}
places = pytest.mark.parametrize("place", PLACES)
calls = pytest.mark.parametrize("called", ["here", "there", "nowhere"])
ways = pytest.mark.parametrize("way", ["mapped in", "whole"])


def ones() -> Any:
    return np.ones(len(jax.devices()), np.float32)


def argument(called: str) -> tuple[Any, jax.Device]:
    """An argument, and the device of a call with it."""
    here, there = two_devices()
    device = there if called == "there" else here
    return (ones() if called == "nowhere" else put(ones(), device)), device


def axes(way: str, *states: Any) -> Any:
    return {0: list(states)} if way == "mapped in" else None


@check("mapping.place.moved@1", needs=["mapping.state.sliced@1"])
@ways
@calls
@places
def test_a_state_is_read_wherever_it_is_and_stays_there(impl: Any, place: str, called: str, way: str) -> None:
    value, (x, device) = PLACES[place](3 * ones()), argument(called)
    state = impl.ParamState(value)
    f = impl.transform.vmap2(lambda x: state.value.sum() + x, state_in_axes=axes(way, state))
    each = 3 if way == "mapped in" else 3 * len(ones())
    for _ in range(2):
        out = f(x)
        assert numbers(out).tolist() == (each + ones()).tolist()
        assert_on(out, device)
        assert state.value is value


@check("mapping.place.moved@1", needs=["mapping.state.sliced@1"])
@calls
@places
def test_results_and_written_states_are_on_the_device_of_the_call(impl: Any, place: str, called: str) -> None:
    state, whole = impl.State(PLACES[place](3 * ones())), impl.ShortTermState(PLACES[place](ones()))
    x, device = argument(called)

    @mapped(impl, state_in_axes={0: state}, out_axes=(0, 0, None))
    def f(x: Any) -> Any:
        state.value = state.value + x
        whole.value = whole.value * 2
        return state.value, x, whole.value

    for n in (1, 2):
        out = f(x)
        assert_on((out, state.value, whole.value), device)
        assert numbers(state.value).tolist() == ((3 + n) * ones()).tolist()
        assert numbers(whole.value).tolist() == (2**n * ones()).tolist()


@check("mapping.place.moved@1", needs=["mapping.state.sliced@1"])
def test_states_in_several_places_meet_in_one_call(impl: Any) -> None:
    states = {place: impl.State(move(ones())) for place, move in PLACES.items()}
    before = {place: state.value for place, state in states.items()}
    f = impl.transform.vmap2(
        lambda x: x + sum(state.value for state in states.values()), state_in_axes={0: list(states.values())}
    )
    for called in ("here", "there", "nowhere"):
        assert numbers(f(argument(called)[0])).tolist() == (7 * ones()).tolist()
    assert all(states[place].value is before[place] for place in states)


@check("mapping.place.moved@1", needs=["mapping.state.sliced@1"])
def test_a_state_may_move_between_calls(impl: Any) -> None:
    state = impl.State(None)
    f = impl.transform.vmap2(lambda x: state.value + x, state_in_axes={0: state})
    x = argument("here")[0]
    for place in ("here", "there", "split", "uncommitted", "here"):
        state.value = value = PLACES[place](2 * ones())
        assert numbers(f(x)).tolist() == (3 * ones()).tolist()
        assert state.value is value


@check("mapping.place.moved@1", needs=["mapping.random.afterwards@1"])
def test_a_key_is_on_the_device_of_the_call(impl: Any) -> None:
    stream = impl.random.RandomState(0)
    f = impl.transform.vmap2(lambda x: jax.random.key_data(stream.split_key()))
    here, there = two_devices()
    for device in (there, here, there):
        assert_on((f(put(np.ones(2), device)), stream.value), device)
