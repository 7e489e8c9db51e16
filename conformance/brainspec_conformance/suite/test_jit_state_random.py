"""The checks of `spec/30-jit.md`: draws in jitted functions, beside the same draws outside."""

from collections.abc import Callable
from typing import Any

import jax
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import SEED, assert_arrays, jitted, key_bits
from brainspec_conformance.suite.random_material import SHAPE, halves, kept


def restored(stream: Any) -> Any:
    stream.backup_key()
    first = stream.random(SHAPE)
    stream.restore_key()
    return first, stream.random(SHAPE)


def reseeded(stream: Any) -> Any:
    before = stream.random()
    stream.seed(7)
    return before, stream.random(SHAPE)


def with_raw_key(stream: Any) -> Any:
    stream.set_key(jax.random.PRNGKey(7))
    return stream.random(SHAPE)


# What a stream is asked for: a random state, or the functions of the default stream.
ASKED: dict[str, Callable[[Any], Any]] = {
    "a draw": lambda stream: stream.random(SHAPE),
    "normal numbers": lambda stream: stream.normal(2.0, 4.0, SHAPE),
    "several draws": lambda stream: [stream.random(SHAPE), {"a": stream.random()}, stream.random(SHAPE)],
    "a draw that is left lying": lambda stream: (stream.random(), None)[1],
    "a draw after one by a key": lambda stream: (stream.random(key=5), stream.random()),
    "several keys": lambda stream: (stream.split_key(3), stream.split_key()),
    "what was put back": restored,
    "a new seed": reseeded,
    "a raw key": with_raw_key,
}


@check("jit.state.random@1", needs=["random.draw.rule@1"])
@pytest.mark.parametrize("name", ASKED)
def test_a_random_state_gives_what_it_gives_outside(impl: Any, name: str) -> None:
    inside, outside = impl.random.RandomState(SEED), impl.random.RandomState(SEED)
    f = impl.transform.jit(lambda: ASKED[name](inside))
    for _ in range(2):
        assert_arrays(f(), jax.tree.map(jax.numpy.asarray, ASKED[name](outside)))
        assert_arrays(inside.value, outside.value)


@check("jit.state.random@1", needs=["random.default.functions@1", "random.default.key@1"])
@pytest.mark.parametrize("name", ["a draw", "several keys", "what was put back"])
def test_the_default_stream_gives_what_it_gives_outside(impl: Any, name: str) -> None:
    outside = impl.random.RandomState(SEED)
    f = impl.transform.jit(lambda: ASKED[name](impl.random))
    with kept(impl) as stream:
        stream.seed(SEED)
        for _ in range(2):
            assert_arrays(f(), ASKED[name](outside))
            assert_arrays(stream.get_key(), outside.value)


@check("jit.state.random@1", needs=["random.context.sets@1"])
def test_a_block_with_a_seed_of_its_own_leaves_the_key(impl: Any) -> None:
    def origin() -> Any:
        first = impl.random.random()
        with impl.random.seed_context(5):
            inner = impl.random.random()
        return first, inner, impl.random.random()

    with kept(impl) as stream:
        stream.seed(SEED)
        wanted, key = [origin(), origin()], stream.get_key()
        stream.seed(SEED)
        f = impl.transform.jit(origin)
        assert_arrays([f(), f()], wanted)
        assert_arrays(stream.get_key(), key)


@check("jit.state.random@1", needs=["random.draw.rule@1"])
def test_draws_inside_and_outside_follow_each_other(impl: Any) -> None:
    mixed, outside = impl.random.RandomState(SEED), impl.random.RandomState(SEED)
    f = impl.transform.jit(lambda: mixed.random(SHAPE))
    found = [f(), mixed.random(SHAPE), f(), mixed.random(SHAPE), f()]

    assert_arrays(found, [outside.random(SHAPE) for _ in range(5)])
    assert key_bits(mixed) == key_bits(outside)


@check("jit.state.random@1", needs=["random.draw.rule@1"])
def test_streams_do_not_disturb_each_other(impl: Any) -> None:
    def origin(one: Any, other: Any) -> Any:
        return [one.random(), other.random(), impl.random.random(), one.random()]

    make = impl.random.RandomState
    with kept(impl) as stream:
        stream.seed(3)
        pair = make(1), make(2)
        wanted, key = origin(*pair), stream.get_key()
        stream.seed(3)
        states = make(1), make(2)
        assert_arrays(impl.transform.jit(lambda: origin(*states))(), wanted)
        assert_arrays([*(state.value for state in states), stream.get_key()], [*(s.value for s in pair), key])


@check("jit.state.random@1", needs=["random.draw.rule@1"])
def test_the_key_follows_the_rule_of_draws(impl: Any) -> None:
    state = impl.random.RandomState(SEED)
    f = impl.transform.jit(lambda: state.random(SHAPE))
    key = jax.random.key(SEED)
    for _ in range(3):
        key, sub = halves(key)
        assert_arrays(f(), jax.random.uniform(sub, SHAPE))
        assert_arrays(state.value, key)


@check("jit.state.random@1", needs=["random.set.key@1"])
def test_a_key_that_is_an_argument_is_put_into_the_state(impl: Any) -> None:
    state = impl.random.RandomState(0)

    @jitted(impl)
    def f(key: Any) -> Any:
        state.set_key(key)
        return state.random(SHAPE)

    for seed in (1, 2):
        new, sub = halves(jax.random.key(seed))
        assert_arrays(f(jax.random.key(seed)), jax.random.uniform(sub, SHAPE))
        assert_arrays(state.value, new)


@check("jit.state.random@1", needs=["random.clone.new@1"])
def test_a_clone_in_a_function_draws_as_outside(impl: Any) -> None:
    inside, outside = impl.random.RandomState(SEED), impl.random.RandomState(SEED)
    f = impl.transform.jit(lambda: (inside.clone().random(SHAPE), inside.random()))
    for _ in range(2):
        assert_arrays(f(), (outside.clone().random(SHAPE), outside.random()))
        assert_arrays(inside.value, outside.value)


@check("jit.state.random@1", needs=["random.draw.rule@1"])
def test_a_draw_in_a_branch_that_python_leaves_out_is_none(impl: Any) -> None:
    state = impl.random.RandomState(SEED)
    key = state.value

    @jitted(impl, static_argnums=0)
    def f(noisy: bool) -> Any:
        return state.random() if noisy else np.float32(0)

    f(False)
    assert state.value is key
    f(True)
    assert key_bits(state) == jax.random.key_data(halves(key)[0]).tolist()
