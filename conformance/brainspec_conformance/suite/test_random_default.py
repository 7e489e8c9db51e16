"""The checks of `spec/12-random.md`: the default stream and the functions that act on it."""

import random
import threading
from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.random_material import CALLS, SEED, SHAPE, arguments, assert_same, bits, halves, kept


@pytest.fixture(autouse=True)
def default_stream_is_kept(impl: Any) -> Iterator[None]:
    with kept(impl):
        yield


# The stream itself


@check("random.default.rng@1")
def test_the_default_stream_is_one_random_state(impl: Any) -> None:
    stream = impl.random.default_rng()
    assert isinstance(stream, impl.random.RandomState)
    stream.random()
    assert impl.random.default_rng() is impl.random.default_rng(None) is stream


@check("random.default.rng@1")
def test_the_default_stream_is_the_same_in_every_thread(impl: Any) -> None:
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(impl.random.default_rng()))
    thread.start()
    thread.join()
    assert found == [impl.random.default_rng()]


@check("random.default.rng@1", needs=["random.state.seed@1", "random.state.typed@1", "random.state.raw@1"])
def test_a_state_of_a_seed_or_key_is_new_and_leaves_the_default_stream(impl: Any) -> None:
    before, key = impl.random.default_rng().value, jax.random.key(7)
    for given in (7, np.int64(7), jnp.int32(7), key, jax.random.key_data(key), np.asarray(jax.random.key_data(key))):
        one, other = impl.random.default_rng(given), impl.random.default_rng(given)
        assert type(one) is impl.random.RandomState
        assert len({one, other, impl.random.default_rng()}) == 3
        assert_same(one.value, key)
    assert impl.random.default_rng(key).value is key
    assert impl.random.default_rng().value is before


@check("random.default.rng@1", needs=["random.state.seed@1"])
def test_the_seed_zero_gives_a_new_state(impl: Any) -> None:
    before = impl.random.default_rng().value
    for make in (impl.random.default_rng, impl.random.clone_rng):
        assert_same(make(0).value, jax.random.key(0))
    assert impl.random.default_rng().value is before


@check("random.default.key@1", needs=["random.default.rng@1"])
def test_the_key_of_the_default_stream_can_be_read_without_a_split(impl: Any) -> None:
    stream = impl.random.default_rng()
    before = stream.value
    assert impl.random.get_key() is before
    assert impl.random.get_key() is before
    assert stream.value is before


@check("random.default.key@1", needs=["random.default.rng@1"])
def test_the_key_that_is_read_follows_the_stream(impl: Any) -> None:
    stream = impl.random.default_rng()
    stream.random()
    assert impl.random.get_key() is stream.value


# The functions


@check("random.default.functions@1", needs=["random.default.key@1"])
@pytest.mark.parametrize("name", CALLS)
def test_each_sampler_is_a_function_that_draws_from_the_default_stream(impl: Any, name: str) -> None:
    key, state = jax.random.key(7), impl.random.RandomState(7)
    impl.random.set_key(key)
    for _ in range(2):
        assert_same(getattr(impl.random, name)(*arguments(name)), getattr(state, name)(*arguments(name)))
        assert_same(impl.random.get_key(), state.value)


@check("random.default.functions@1", needs=["random.default.key@1", "random.draw.key@1"])
@pytest.mark.parametrize("name", CALLS)
def test_each_function_uses_a_given_key_and_leaves_the_default_stream(impl: Any, name: str) -> None:
    key, state = impl.random.get_key(), impl.random.RandomState(7)
    assert_same(getattr(impl.random, name)(*arguments(name), key=5), getattr(state, name)(*arguments(name), key=5))
    assert impl.random.get_key() is key


@check("random.default.functions@1", needs=["random.default.rng@1", "random.set.seed@1", "random.set.key@1"])
def test_the_default_stream_is_seeded_and_given_a_key_by_functions(impl: Any) -> None:
    stream, key = impl.random.default_rng(), jax.random.key(7)
    impl.random.seed(SEED)
    assert_same(stream.value, jax.random.key(SEED))
    impl.random.set_key(key)
    assert stream.value is key
    for given in (jax.random.key_data(key), 7):
        impl.random.set_key(given)
        assert_same(stream.value, key)
    assert impl.random.default_rng() is stream


@check("random.default.functions@1", needs=["random.set.fresh@1", "random.default.key@1"])
def test_the_default_stream_is_seeded_afresh_by_a_function(impl: Any) -> None:
    keys = [impl.random.get_key()]
    for none in ((), (None,)):
        impl.random.seed(*none)
        keys.append(impl.random.get_key())
    assert len({bits(key) for key in keys}) == 3


@check("random.default.functions@1", needs=["random.default.rng@1", "random.split.one@1", "random.split.many@1"])
def test_the_default_stream_is_split_by_functions(impl: Any) -> None:
    stream = impl.random.default_rng()
    new, sub = halves(stream.value)
    assert_same(impl.random.split_key(), sub)
    assert_same(stream.value, new)
    keys = jax.random.split(new, 4)
    assert_same(impl.random.split_key(3), keys[1:])
    assert_same(stream.value, keys[0])


@check("random.default.functions@1", needs=["random.backup.restore@1", "random.backup.split@1", "random.default.rng@1"])
def test_the_default_stream_is_backed_up_and_restored_by_functions(impl: Any) -> None:
    stream = impl.random.default_rng()
    before = stream.value
    impl.random.backup_key()
    impl.random.random()
    stream.restore_key()
    assert stream.value is before
    impl.random.split_key(2, backup=True)
    impl.random.restore_key()
    assert stream.value is before


@check("random.default.functions@1", needs=["random.default.rng@1", "random.draw.rule@1"])
def test_functions_and_methods_of_the_default_stream_take_turns(impl: Any) -> None:
    stream = impl.random.default_rng()
    impl.random.seed(SEED)
    key = jax.random.key(SEED)
    for draw in (impl.random.random, stream.random, impl.random.random):
        key, sub = halves(key)
        assert_same(draw(SHAPE), jax.random.uniform(sub, SHAPE))
    assert_same(stream.value, key)


@check("random.default.functions@1", needs=["random.draw.touches@1", "random.default.rng@1"])
def test_a_draw_by_a_function_is_recorded_as_a_write_of_the_default_stream(impl: Any) -> None:
    stream = impl.random.default_rng()
    with impl.StateTraceStack() as stack:
        impl.random.random()
    assert stack.get_write_states() == (stream,)


@check("random.default.keys@1", needs=["random.split.many@1", "random.default.key@1"])
@pytest.mark.parametrize("count", [1, np.int64(3)], ids=repr)
def test_keys_are_split_off_the_default_stream(impl: Any, count: int) -> None:
    keys = jax.random.split(impl.random.get_key(), count + 1)
    assert_same(impl.random.split_keys(count), keys[1:])
    assert_same(impl.random.get_key(), keys[0])


@check("random.default.keys@1", needs=["random.error.count@1", "random.default.key@1"])
def test_no_keys_cannot_be_split_off_the_default_stream(impl: Any) -> None:
    before = impl.random.get_key()
    with pytest.raises(ValueError, match="0"):
        impl.random.split_keys(0)
    with pytest.raises(TypeError, match=r"1\.5"):
        impl.random.split_keys(1.5)
    assert impl.random.get_key() is before


# Clones, and the generators of others


@check("random.default.clone@1", needs=["random.clone.new@1", "random.default.key@1"])
def test_a_clone_of_the_default_stream_holds_its_second_half(impl: Any) -> None:
    for none in ((), (None,)):
        new, sub = halves(impl.random.get_key())
        clone = impl.random.clone_rng(*none)
        assert clone is not impl.random.default_rng()
        assert_same(clone.value, sub)
        assert_same(impl.random.get_key(), new)


@check("random.default.clone@1", needs=["random.state.seed@1", "random.state.typed@1", "random.default.key@1"])
def test_a_clone_of_a_seed_or_key_is_a_new_state_and_leaves_the_default_stream(impl: Any) -> None:
    before, key = impl.random.get_key(), jax.random.key(7)
    for given in (7, np.int64(7), jnp.int32(7), key, jax.random.key_data(key)):
        clone = impl.random.clone_rng(given)
        assert type(clone) is impl.random.RandomState
        assert_same(clone.value, key)
        assert clone is not impl.random.clone_rng(given)
    assert impl.random.get_key() is before


@check("random.default.others@1")
def test_seeding_leaves_the_generators_of_numpy_and_python(impl: Any) -> None:
    saved = np.random.get_state(), random.getstate()
    try:
        for put in (impl.random.seed, impl.random.default_rng().seed, impl.random.default_rng, impl.random.RandomState):
            np.random.random(), random.random()  # so that seeding them as before shows
            before = repr(np.random.get_state()), random.getstate()
            put(5)
            assert (repr(np.random.get_state()), random.getstate()) == before
    finally:
        np.random.set_state(saved[0])
        random.setstate(saved[1])


@check("random.default.others@1", needs=["random.default.key@1"])
def test_the_default_stream_does_not_follow_the_generators_of_numpy_and_python(impl: Any) -> None:
    saved = np.random.get_state(), random.getstate()
    before = impl.random.get_key()
    try:
        np.random.seed(5)
        random.seed(5)
        assert impl.random.get_key() is before
    finally:
        np.random.set_state(saved[0])
        random.setstate(saved[1])
