"""The checks of `spec/10-state.md`: values without tracers that are written in bare JAX transforms."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.state_material import PLAIN_TRACES, TRACES


@check("state.bare.concrete@1", needs=["state.value.written@1"])
@pytest.mark.parametrize("trace", TRACES)
def test_a_value_without_a_tracer_is_written_at_once(impl: Any, trace: str) -> None:
    state, seen = impl.State(1), []

    def step(x: Any) -> Any:
        state.value += 1
        seen.append(state.value)
        return x

    TRACES[trace](step)
    assert seen == list(range(2, len(seen) + 2))
    assert state.value == seen[-1]


@check("state.bare.concrete@1", needs=["state.value.written@1"])
@pytest.mark.parametrize("trace", PLAIN_TRACES)
def test_any_value_without_a_tracer_is_written_in_a_trace(impl: Any, trace: str) -> None:
    values = ["text", None, 2.5, np.ones(3), jnp.ones(3), jax.random.key(0), {"a": [np.ones(3), jnp.float32(1)]}]
    states = [impl.State(0) for _ in values]

    def step(x: Any) -> Any:
        for state, value in zip(states, values):
            state.value = value
        return x

    TRACES[trace](step)
    assert all(state.value is value for state, value in zip(states, values))


@check("state.bare.concrete@1", needs=["state.value.written@1"])
def test_a_write_happens_when_python_runs_only(impl: Any) -> None:
    state = impl.State(0)

    def step(x: Any) -> Any:
        state.value = state.value + 1
        return x

    run = jax.jit(step)
    for x in (1.0, 2.0, 3.0):
        run(x)
    assert state.value == 1

    run(jnp.ones(2))
    assert state.value == 2


@check("state.bare.concrete@1", needs=["state.value.written@1"])
def test_a_write_outlives_a_trace_that_breaks_off(impl: Any) -> None:
    state = impl.State(0)

    def step(x: Any) -> Any:
        state.value = "written"
        raise KeyError(x)

    with pytest.raises(KeyError):
        jax.jit(step)(1.0)
    assert state.value == "written"


@check("state.bare.concrete@1", needs=["state.copy.from@1"])
def test_a_state_without_a_tracer_is_taken_over_in_a_trace(impl: Any) -> None:
    state, other = impl.State(0), impl.State(np.ones(2), name="w")

    def step(x: Any) -> Any:
        state.copy_from(other)
        return x

    jax.jit(step)(1.0)
    assert (state.value is other.value, state.name) == (True, "w")


@check("state.bare.concrete@1", needs=["state.value.written@1", "state.bare.born-inside@1"])
@pytest.mark.parametrize("inner", PLAIN_TRACES)
def test_a_state_of_an_outer_trace_is_written_in_an_inner_one(impl: Any, inner: str) -> None:
    def step(x: Any) -> Any:
        state = impl.State(x)

        def within(y: Any) -> Any:
            state.value = 7
            assert state.value == 7
            return y

        TRACES[inner](within)
        assert state.value == 7
        return x

    jax.jit(step)(2.0)


@check("state.bare.concrete@1", needs=["state.stack.writes@1"])
def test_a_write_in_a_trace_is_recorded(impl: Any) -> None:
    state = impl.State(0)

    def step(x: Any) -> Any:
        state.value = 1
        return x

    with impl.StateTraceStack() as stack:
        jax.jit(step)(2.0)

    assert stack.get_write_states() == (state,)
