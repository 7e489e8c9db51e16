"""The checks of `spec/10-state.md`: tracers that would outlive their trace."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.state_material import COPIES, PLAIN_TRACES, TRACES, held_by, in_a_thread


def refused(impl: Any, state: Any, trace: str, make: Callable[[Any], Any]) -> None:
    """Writing what is made of a tracer is refused in a trace, and leaves the state."""
    before = held_by(state)

    def step(x: Any) -> Any:
        with pytest.raises(impl.TraceContextError):
            state.value = make(x)
        assert held_by(state) == before
        return x

    TRACES[trace](step)
    assert held_by(state) == before


@check("state.error.traced@1")
@pytest.mark.parametrize("trace", TRACES)
def test_a_tracer_is_refused_by_a_state_from_outside(impl: Any, trace: str) -> None:
    refused(impl, impl.State(1, name="v", tag="slow"), trace, lambda x: x)


@check("state.error.traced@1")
@pytest.mark.parametrize("trace", TRACES)
def test_what_is_computed_from_a_tracer_is_refused(impl: Any, trace: str) -> None:
    refused(impl, impl.HiddenState(np.ones(1)), trace, lambda x: jnp.sin(x) + jnp.ones(3))


@check("state.error.traced@1")
@pytest.mark.parametrize("trace", PLAIN_TRACES)
@pytest.mark.parametrize(
    "make",
    [lambda x: [x], lambda x: (1, "text", x), lambda x: {"a": {"b": [None, x]}, "c": np.ones(2)}],
    ids=["list", "tuple", "dict"],
)
def test_a_tree_with_a_tracer_is_refused(impl: Any, trace: str, make: Callable[[Any], Any]) -> None:
    refused(impl, impl.State({"a": 1}), trace, make)


@check("state.error.traced@1")
@pytest.mark.parametrize("make", COPIES)
def test_a_tracer_is_refused_by_a_copy_from_outside(impl: Any, make: str) -> None:
    refused(impl, COPIES[make](impl.State(1)), "jit", lambda x: x)


@check("state.error.traced@1")
@pytest.mark.parametrize("outer", PLAIN_TRACES)
@pytest.mark.parametrize("inner", PLAIN_TRACES)
def test_a_tracer_is_refused_by_a_state_of_an_outer_trace(impl: Any, outer: str, inner: str) -> None:
    def step(x: Any) -> Any:
        state = impl.State(1)
        state.value = x
        refused(impl, state, inner, lambda y: y)
        state.value = x + 1
        return x

    TRACES[outer](step)


@check("state.error.traced@1")
def test_a_traced_key_is_refused(impl: Any) -> None:
    state = impl.State(jax.random.key(0))

    def step(key: Any) -> Any:
        with pytest.raises(impl.TraceContextError):
            state.value = key
        return key

    jax.jit(step)(jax.random.key(1))


@check("state.error.traced@1")
def test_the_refusal_leaves_the_transform(impl: Any) -> None:
    state = impl.State(1)
    with pytest.raises(impl.TraceContextError):
        jax.jit(lambda x: setattr(state, "value", x))(2.0)

    assert issubclass(impl.TraceContextError, RuntimeError)
    assert state.value == 1


@check("state.error.traced@1", needs=["state.copy.from@1"])
def test_copy_from_a_traced_state_takes_over_nothing(impl: Any) -> None:
    state = impl.State(1, name="v", tag="slow", unit="mV")

    def step(x: Any) -> Any:
        with pytest.raises(impl.TraceContextError):
            state.copy_from(impl.State(x, name="w", tag="fast", unit="nA"))
        return x

    jax.jit(step)(2.0)
    assert (*held_by(state), state.unit) == (1, "v", "slow", "mV")


@check("state.error.traced@1", needs=["state.value.written@1"])
def test_a_state_that_refused_a_tracer_is_written_again(impl: Any) -> None:
    state = impl.State(1)
    refused(impl, state, "jit", lambda x: x)
    state.value = 2

    assert state.value == 2


@check("state.error.traced@1", needs=["state.value.written@1"])
def test_a_trace_in_one_thread_is_not_current_in_another(impl: Any) -> None:
    state = impl.State(1)
    refused(impl, state, "jit", lambda x: in_a_thread(lambda: state.value) + x)

    in_a_thread(lambda: jax.jit(lambda x: setattr(impl.State(0), "value", x))(2.0))
    assert state.value == 1
