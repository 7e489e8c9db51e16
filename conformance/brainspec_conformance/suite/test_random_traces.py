"""The checks of `spec/12-random.md`: draws inside bare JAX transforms."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.random_material import SEED, SHAPE, assert_refused, assert_same, halves, kept

TRACES: dict[str, Callable[[Callable[[Any], Any]], object]] = {
    "jit": lambda f: jax.jit(f)(1.0),
    "vmap": lambda f: jax.vmap(f)(jnp.ones(2)),
    "grad": lambda f: jax.grad(f)(1.0),
    "eval_shape": lambda f: jax.eval_shape(f, 1.0),
    "make_jaxpr": lambda f: jax.make_jaxpr(f)(1.0),
    "scan": lambda f: jax.lax.scan(lambda carry, x: (carry, f(x)), 0.0, jnp.ones(2)),
    "jit in jit": lambda f: jax.jit(lambda x: jax.jit(f)(x))(1.0),
}
# The last ones leave lying what they take.
DRAWS: tuple[Callable[[Any, Any], Any], ...] = (
    lambda state, x: x + state.random(),
    lambda state, x: x * state.normal(),
    lambda state, x: (state.rand(), x)[1],
    lambda state, x: (state.split_key(), x)[1],
    lambda state, x: (state.split_key(2), x)[1],
    lambda state, x: (state.clone(), x)[1],
)
traces = pytest.mark.parametrize("trace", TRACES.values(), ids=TRACES)


@check("random.error.traced@1")
@traces
def test_what_splits_the_key_of_an_outer_state_is_refused_in_a_bare_trace(impl: Any, trace: Any) -> None:
    for draw in DRAWS:
        assert_refused(impl, impl.TraceContextError, lambda state: trace(lambda x: draw(state, x)))  # noqa: B023


@check("random.error.traced@1", needs=[])
@traces
def test_what_splits_the_key_of_the_default_stream_is_refused_in_a_bare_trace(impl: Any, trace: Any) -> None:
    with kept(impl) as stream:
        before = stream.get_key()
        for take in (stream.random, stream.split_key, lambda: stream.split_keys(2), stream.clone_rng):
            with pytest.raises(impl.TraceContextError):
                trace(lambda x: (take(), x)[1])  # noqa: B023
            assert stream.get_key() is before


@check("random.error.traced@1", needs=["random.draw.rule@1"])
def test_the_draw_after_a_refused_one_is_as_if_it_had_not_been(impl: Any) -> None:
    state = impl.random.RandomState(SEED)
    with pytest.raises(impl.TraceContextError) as raised:
        jax.jit(lambda x: x + state.random())(1.0)
    assert isinstance(raised.value, RuntimeError)
    _, sub = halves(jax.random.key(SEED))
    assert_same(state.random(SHAPE), jax.random.uniform(sub, SHAPE))


@check("random.error.traced@1", needs=["random.draw.rule@1"])
def test_a_state_of_an_outer_trace_is_refused_in_an_inner_one(impl: Any) -> None:
    def outer(x: Any) -> Any:
        state = impl.random.RandomState(SEED)
        for take in (state.random, state.split_key, state.clone):
            with pytest.raises(impl.TraceContextError):
                jax.jit(lambda y: (take(), y)[1])(x)  # noqa: B023
        return state.random(SHAPE)

    _, sub = halves(jax.random.key(SEED))
    assert_same(jax.jit(outer)(1.0), jax.random.uniform(sub, SHAPE))
