"""The checks of `spec/12-random.md`: a seed for the length of a block."""

from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.random_material import SHAPE, assert_same, halves, kept


@pytest.fixture(autouse=True)
def stream_around_contexts_is_kept(impl: Any) -> Iterator[None]:
    with kept(impl):
        yield


def draw_and_raise(impl: Any, error: BaseException) -> None:
    impl.random.random()
    raise error


@check("random.context.sets@1", needs=["random.default.key@1"])
def test_the_stream_holds_the_key_of_a_seed_or_key_inside_the_block(impl: Any) -> None:
    before, key = impl.random.get_key(), jax.random.key(7)
    for given in (
        7,
        np.int64(7),
        np.array(7),
        jnp.int32(7),
        key,
        jax.random.key_data(key),
        np.asarray(jax.random.key_data(key)),
    ):
        with impl.random.seed_context(given):
            assert_same(impl.random.get_key(), key)
        assert impl.random.get_key() is before


@check("random.context.sets@1", needs=["random.default.functions@1"])
def test_draws_inside_the_block_follow_from_its_seed_and_leave_no_trace(impl: Any) -> None:
    before, key = impl.random.get_key(), jax.random.key(7)
    with impl.random.seed_context(7):
        for _ in range(2):
            key, sub = halves(key)
            assert_same(impl.random.random(SHAPE), jax.random.uniform(sub, SHAPE))
    assert impl.random.get_key() is before


@check("random.context.sets@1", needs=["random.default.rng@1"])
def test_the_default_stream_is_the_same_state_inside_the_block(impl: Any) -> None:
    stream = impl.random.default_rng()
    with impl.random.seed_context(7):
        assert impl.random.default_rng() is stream
        assert_same(stream.value, jax.random.key(7))


@check("random.context.sets@1", needs=["random.default.functions@1"])
def test_the_key_comes_back_whatever_was_put_inside_the_block(impl: Any) -> None:
    before = impl.random.get_key()
    with impl.random.seed_context(7):
        impl.random.seed(8)
    assert impl.random.get_key() is before
    with impl.random.seed_context(7):
        impl.random.set_key(jax.random.key(9))
        impl.random.split_keys(2)
    assert impl.random.get_key() is before


@check("random.context.sets@1", needs=["random.default.key@1"])
def test_blocks_nest(impl: Any) -> None:
    before = impl.random.get_key()
    with impl.random.seed_context(7):
        impl.random.random()
        inside = impl.random.get_key()
        with impl.random.seed_context(8):
            impl.random.random()
        assert impl.random.get_key() is inside
        with impl.random.seed_context(7):
            assert_same(impl.random.get_key(), jax.random.key(7))
        assert impl.random.get_key() is inside
    assert impl.random.get_key() is before


@check("random.context.sets@1", needs=["random.default.key@1"])
def test_a_block_that_is_not_entered_changes_nothing(impl: Any) -> None:
    before = impl.random.get_key()
    impl.random.seed_context(7)
    assert impl.random.get_key() is before


@check("random.context.sets@1", needs=["random.default.functions@1"])
def test_what_comes_back_is_what_the_stream_held_when_the_block_was_entered(impl: Any) -> None:
    context = impl.random.seed_context(7)
    impl.random.random()
    before = impl.random.get_key()
    with context:
        impl.random.random()
    assert impl.random.get_key() is before


@check("random.context.sets@1", needs=["random.default.functions@1"])
def test_a_block_leaves_other_random_states_alone(impl: Any) -> None:
    state = impl.random.RandomState(1)
    before = state.value
    with impl.random.seed_context(7):
        assert state.value is before
        state.random()
        moved = state.value
    assert state.value is moved


@check("random.context.exception@1", needs=["random.context.sets@1"])
@pytest.mark.parametrize("kind", [KeyError, ValueError, StopIteration, GeneratorExit, KeyboardInterrupt])
def test_the_key_comes_back_when_an_exception_leaves_the_block(impl: Any, kind: type[BaseException]) -> None:
    before, error = impl.random.get_key(), kind("mine")
    with pytest.raises(kind) as raised, impl.random.seed_context(7):
        draw_and_raise(impl, error)
    assert raised.value is error
    assert impl.random.get_key() is before


@check("random.context.exception@1", needs=["random.context.sets@1"])
def test_the_key_comes_back_when_an_exception_leaves_several_blocks(impl: Any) -> None:
    before = impl.random.get_key()
    with pytest.raises(KeyError), impl.random.seed_context(7), impl.random.seed_context(8):
        draw_and_raise(impl, KeyError())
    assert impl.random.get_key() is before


@check("random.context.exception@1", needs=["random.context.sets@1", "random.error.traced@1"])
def test_the_key_comes_back_when_a_draw_in_a_trace_leaves_the_block(impl: Any) -> None:
    before = impl.random.get_key()
    with pytest.raises(impl.TraceContextError), impl.random.seed_context(7):
        jax.jit(lambda x: x + impl.random.random())(1.0)
    assert impl.random.get_key() is before


@check("random.error.seed@1", needs=["random.context.sets@1"])
def test_what_is_no_seed_opens_no_block(impl: Any) -> None:
    before = impl.random.get_key()
    for wrong in (1.5, "text", True, None):
        with pytest.raises(TypeError), impl.random.seed_context(wrong):
            pass
        assert impl.random.get_key() is before


@check("random.error.keys@1", needs=["random.context.sets@1"])
def test_several_keys_open_no_block(impl: Any) -> None:
    before = impl.random.get_key()
    with pytest.raises(ValueError), impl.random.seed_context(jax.random.split(jax.random.key(0), 3)):
        pass
    assert impl.random.get_key() is before
