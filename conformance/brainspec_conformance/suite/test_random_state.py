"""The checks of `spec/12-random.md`: what a random state holds, and what is put into it."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.random_material import SEED, assert_same, halves

INTEGERS = (0, 7, -1, 2**31, np.int64(7), np.int8(7), np.uint32(7), np.array(7))
RAW = np.array([3, 7], np.uint32)

PUTS: list[Callable[[Any, Any], object]] = [
    lambda state, key: state.set_key(key),
    lambda state, key: setattr(state, "value", key),
    lambda state, key: state.seed(key),
]


def typed(raw: Any) -> jax.Array:
    key: jax.Array = jax.random.wrap_key_data(raw)
    return key


# Birth


@check("random.state.kind@1")
def test_a_random_state_is_a_kind_directly_below_state(impl: Any) -> None:
    kind = impl.random.RandomState
    assert kind.__bases__ == (impl.State,)
    assert repr(kind) == "<class 'brainstate.random.RandomState'>"
    assert isinstance(kind(0), impl.State)
    assert not isinstance(kind(0), impl.ShortTermState | impl.LongTermState)


@check("random.state.kind@1", needs=["state.meta.name@1", "state.meta.tag@1", "state.meta.other@1"])
def test_a_random_state_has_a_name_a_tag_and_metadata_as_any_kind(impl: Any) -> None:
    state = impl.random.RandomState(0, name="noise", tag="slow", unit="mV")
    assert (state.name, state.tag, state.unit) == ("noise", "slow", "mV")


@check("random.state.kind@1", needs=["state.repr.form@1", "state.repr.value@1"])
def test_a_random_state_prints_as_any_state(impl: Any) -> None:
    assert repr(impl.random.RandomState(0)) == "RandomState(\n  value=ShapedArray(key<fry>[])\n)"


@check("random.state.seed@1")
@pytest.mark.parametrize("seed", INTEGERS, ids=repr)
def test_a_random_state_of_an_integer_holds_its_key(impl: Any, seed: Any) -> None:
    assert_same(impl.random.RandomState(seed).value, jax.random.key(seed))


@check("random.state.seed@1")
def test_an_integer_of_jax_is_a_seed(impl: Any) -> None:
    for seed in (jnp.int32(7), jnp.uint8(7), jnp.asarray(7)):
        assert_same(impl.random.RandomState(seed).value, jax.random.key(7))
        state = impl.random.RandomState(SEED)
        state.seed(seed)
        assert_same(state.value, jax.random.key(7))


@check("random.state.typed@1")
def test_a_random_state_of_a_typed_key_holds_that_key(impl: Any) -> None:
    key = jax.random.key(7)
    assert impl.random.RandomState(key).value is key


@check("random.state.raw@1")
@pytest.mark.parametrize("array", [np.asarray, jnp.asarray], ids=["numpy", "jax"])
def test_a_random_state_of_a_raw_key_holds_the_typed_key_of_its_bits(impl: Any, array: Callable[[Any], Any]) -> None:
    assert_same(impl.random.RandomState(array(RAW)).value, typed(RAW))


def aligned(raw: Any) -> Any:
    """A copy at an address that is a multiple of 64, where JAX shares the memory instead of copying it."""
    room = np.zeros(raw.nbytes + 64, np.uint8)
    start = -room.ctypes.data % 64
    copied = room[start : start + raw.nbytes].view(raw.dtype)
    copied[:] = raw
    return copied


@check("random.state.raw@1")
def test_a_raw_key_that_changes_later_does_not_change_the_state(impl: Any) -> None:
    raw = aligned(RAW)
    state = impl.random.RandomState(raw)
    raw[:] = 0
    assert_same(state.value, typed(RAW))


# Putting a seed or a key into a state


@check("random.set.seed@1", needs=["random.state.seed@1"])
@pytest.mark.parametrize("seed", INTEGERS, ids=repr)
def test_seeding_puts_the_key_of_an_integer_into_the_state(impl: Any, seed: Any) -> None:
    state = impl.random.RandomState(SEED)
    state.random()
    state.seed(seed)
    assert_same(state.value, jax.random.key(seed))


@check("random.set.seed@1", needs=["random.state.typed@1", "random.state.raw@1"])
def test_seeding_with_a_key_puts_what_a_state_of_that_key_holds(impl: Any) -> None:
    state, key = impl.random.RandomState(SEED), jax.random.key(7)
    state.seed(key)
    assert state.value is key
    state.seed(RAW)
    assert_same(state.value, typed(RAW))


@check("random.set.key@1", needs=["random.state.seed@1"])
def test_an_integer_is_put_into_the_state_as_its_typed_key(impl: Any) -> None:
    state = impl.random.RandomState(SEED)
    for seed in (*INTEGERS, jnp.int32(7)):
        state.set_key(seed)
        assert_same(state.value, jax.random.key(seed))


@check("random.set.key@1")
def test_a_typed_key_is_put_into_the_state_as_it_is(impl: Any) -> None:
    state, key = impl.random.RandomState(SEED), jax.random.key(7)
    state.set_key(key)
    assert state.value is key


@check("random.set.key@1")
@pytest.mark.parametrize("array", [np.asarray, jnp.asarray], ids=["numpy", "jax"])
def test_a_raw_key_is_put_into_the_state_as_a_typed_one(impl: Any, array: Callable[[Any], Any]) -> None:
    state = impl.random.RandomState(SEED)
    state.set_key(array(RAW))
    assert_same(state.value, typed(RAW))


@check("random.set.assign@1", needs=["random.set.key@1"])
def test_an_integer_is_assigned_as_its_typed_key(impl: Any) -> None:
    state = impl.random.RandomState(SEED)
    for seed in (*INTEGERS, jnp.int32(7)):
        state.value = seed
        assert_same(state.value, jax.random.key(seed))


@check("random.set.assign@1", needs=["random.set.key@1"])
def test_a_typed_key_is_assigned_as_it_is(impl: Any) -> None:
    state, key = impl.random.RandomState(SEED), jax.random.key(7)
    state.value = key
    assert state.value is key


@check("random.set.assign@1", needs=["random.set.key@1"])
@pytest.mark.parametrize("array", [np.asarray, jnp.asarray], ids=["numpy", "jax"])
def test_a_raw_key_is_assigned_as_a_typed_one(impl: Any, array: Callable[[Any], Any]) -> None:
    state = impl.random.RandomState(SEED)
    state.value = array(RAW)
    assert_same(state.value, typed(RAW))


@check("random.set.assign@1", needs=["random.set.key@1", "random.set.seed@1", "random.draw.rule@1"])
@pytest.mark.parametrize("put", PUTS, ids=["set_key", "assign", "seed"])
def test_the_next_draw_follows_from_the_key_that_was_put(impl: Any, put: Callable[[Any, Any], object]) -> None:
    state, key = impl.random.RandomState(SEED), jax.random.key(7)
    state.random()
    put(state, jax.random.key_data(key))
    new, sub = halves(key)
    assert_same(state.random(), jax.random.uniform(sub))
    assert_same(state.value, new)


@check("state.stack.writes@1", needs=["random.set.key@1", "random.set.assign@1", "random.set.seed@1"])
@pytest.mark.parametrize("put", PUTS, ids=["set_key", "assign", "seed"])
def test_putting_a_key_into_a_random_state_is_a_write(impl: Any, put: Callable[[Any, Any], object]) -> None:
    state, key = impl.random.RandomState(SEED), jax.random.key(7)
    with impl.StateTraceStack() as stack:
        put(state, key)
    assert stack.get_write_states() == (state,)
