"""The checks of `spec/12-random.md`: what a draw does to the key, and to what watches it."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.random_material import (
    CALLS,
    SEED,
    SHAPE,
    arguments,
    assert_differ,
    assert_same,
    halves,
)

# The rule


@check("random.draw.rule@1", needs=["random.state.seed@1"])
@pytest.mark.parametrize("name", CALLS)
def test_a_draw_by_each_sampler_splits_the_key_once_and_keeps_the_first_half(impl: Any, name: str) -> None:
    state, key = impl.random.RandomState(SEED), jax.random.key(SEED)
    for given in ({}, {"key": None}):
        getattr(state, name)(*arguments(name), **given)
        key, _ = halves(key)
        assert_same(state.value, key)


@check("random.draw.rule@1", needs=["random.state.seed@1"])
@pytest.mark.parametrize("seed", [42, 123, 456])
def test_successive_draws_use_the_second_half_of_each_split(impl: Any, seed: int) -> None:
    state, key = impl.random.RandomState(seed), jax.random.key(seed)
    for _ in range(4):
        key, sub = halves(key)
        assert_same(state.random(SHAPE), jax.random.uniform(sub, SHAPE))


@check("random.draw.rule@1", needs=["random.state.seed@1"])
def test_a_draw_of_many_numbers_or_of_none_splits_once(impl: Any) -> None:
    state, key = impl.random.RandomState(SEED), jax.random.key(SEED)
    for size in (None, 0, 3, (0, 3)):
        state.random(size)
        key, _ = halves(key)
        assert_same(state.value, key)


@check("random.draw.rule@1", needs=["random.state.typed@1"])
def test_states_of_one_key_draw_the_same_numbers_each_on_its_own(impl: Any) -> None:
    key = jax.random.key(SEED)
    one, other = impl.random.RandomState(key), impl.random.RandomState(key)
    first = one.random(SHAPE)
    assert other.value is key
    assert_same(other.random(SHAPE), first)
    assert_differ(one.random(SHAPE), first)


@check("random.draw.rule@1", needs=["state.bare.born-inside@1"])
def test_a_state_that_is_born_in_a_trace_draws_in_it(impl: Any) -> None:
    def inside(key: jax.Array) -> Any:
        state = impl.random.RandomState(key)
        return state.random(SHAPE), state.value

    new, sub = halves(jax.random.key(SEED))
    drawn, left = jax.jit(inside)(jax.random.key(SEED))
    assert_same(drawn, jax.random.uniform(sub, SHAPE))
    assert_same(left, new)


# What watches


@check("random.draw.touches@1", needs=["state.stack.records@1", "state.stack.writes@1", "state.stack.parts@1"])
@pytest.mark.parametrize("name", CALLS)
def test_a_draw_by_each_sampler_is_recorded_as_a_write(impl: Any, name: str) -> None:
    state = impl.random.RandomState(SEED)
    with impl.StateTraceStack() as stack:
        getattr(state, name)(*arguments(name))
    assert stack.states == [state]
    assert stack.been_writen == [True]
    assert stack.get_read_states() == ()


@check("random.draw.touches@1", needs=["state.stack.records@1"])
def test_a_draw_is_recorded_where_it_happens_among_other_touches(impl: Any) -> None:
    first, state, last = impl.State(1), impl.random.RandomState(SEED), impl.State(2)
    with impl.StateTraceStack() as outer, impl.StateTraceStack() as inner:
        assert first.value == 1
        state.random()
        assert last.value == 2
    assert outer.states == inner.states == [first, state, last]
    assert outer.been_writen == inner.been_writen == [False, True, False]


@check("random.draw.touches@1", needs=["state.stack.recover@1"])
def test_the_key_before_the_first_draw_can_be_recovered(impl: Any) -> None:
    state = impl.random.RandomState(SEED)
    before = state.value
    with impl.StateTraceStack() as stack:
        state.random()
        state.random()
    stack.recovery_original_values()
    assert state.value is before


@check("random.draw.touches@1", needs=["state.stack.newborn@1"])
def test_a_draw_from_a_newborn_state_is_not_recorded(impl: Any) -> None:
    with impl.StateTraceStack() as stack:
        impl.random.RandomState(SEED).random()
    assert stack.states == []


@check("state.stack.writes@1", needs=["random.split.one@1", "random.split.many@1"])
def test_splitting_the_key_of_a_state_is_a_write(impl: Any) -> None:
    for counts in ((), (2,)):
        state = impl.random.RandomState(SEED)
        with impl.StateTraceStack() as stack:
            state.split_key(*counts)
        assert stack.get_write_states() == (state,)


# A key of the caller's


@check("random.draw.key@1", needs=["random.draw.rule@1"])
@pytest.mark.parametrize("name", CALLS)
def test_each_sampler_uses_a_given_key_as_it_is_and_leaves_the_state(impl: Any, name: str) -> None:
    _, sub = halves(jax.random.key(SEED))
    drawn = getattr(impl.random.RandomState(SEED), name)(*arguments(name))
    state = impl.random.RandomState(7)
    before = state.value
    assert_same(getattr(state, name)(*arguments(name), key=sub), drawn)
    assert state.value is before


@check("random.draw.key@1")
def test_a_given_key_may_be_a_seed_or_a_typed_or_a_raw_one(impl: Any) -> None:
    state, key = impl.random.RandomState(SEED), jax.random.key(7)
    before, raw = state.value, jax.random.key_data(key)
    for given in (7, np.int64(7), np.array(7), jnp.int32(7), key, raw, np.asarray(raw)):
        assert_same(state.random(SHAPE, key=given), jax.random.uniform(key, SHAPE))
        assert_same(state.normal(size=SHAPE, key=given), jax.random.normal(key, SHAPE))
        assert state.value is before


@check("random.draw.key@1")
def test_the_seed_zero_is_a_given_key(impl: Any) -> None:
    state = impl.random.RandomState(SEED)
    before = state.value
    assert_same(state.random(SHAPE, key=0), jax.random.uniform(jax.random.key(0), SHAPE))
    assert state.value is before


@check("random.draw.key@1")
def test_a_given_key_may_be_used_twice(impl: Any) -> None:
    state, key = impl.random.RandomState(SEED), jax.random.key(7)
    assert_same(state.random(SHAPE, key=key), state.random(SHAPE, key=key))


@check("random.draw.key@1", needs=["state.stack.writes@1"])
def test_a_call_with_a_key_is_not_recorded_as_a_write(impl: Any) -> None:
    state = impl.random.RandomState(SEED)
    with impl.StateTraceStack() as stack:
        state.random(key=7)
    assert stack.get_write_states() == ()


@check("random.draw.key@1")
def test_a_traced_key_can_be_given_inside_a_bare_transform(impl: Any) -> None:
    state, key = impl.random.RandomState(SEED), jax.random.key(7)
    before = state.value
    draw = jax.jit(lambda given: state.random(SHAPE, key=given))
    for given in (key, jax.random.key_data(key)):
        assert_same(draw(given), jax.random.uniform(key, SHAPE))
    assert state.value is before
