"""The checks of `spec/10-state.md`: states in bare JAX transforms."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.state_material import PLAIN_TRACES, TRACES


@check("state.bare.read@1", needs=["state.value.identity@1"])
@pytest.mark.parametrize("trace", TRACES)
@pytest.mark.parametrize("value", [3.0, "text", None, {"a": [1]}, np.ones(3)], ids=repr)
def test_a_trace_reads_the_very_object(impl: Any, trace: str, value: object) -> None:
    state = impl.State(value)

    def step(x: Any) -> Any:
        assert state.value is value
        return x

    TRACES[trace](step)
    assert state.value is value


@check("state.bare.read@1", needs=["state.value.written@1"])
def test_a_later_write_does_not_reach_a_compiled_function(impl: Any) -> None:
    state = impl.State(jnp.float32(2))
    scaled = jax.jit(lambda x: x * state.value)
    assert scaled(3.0) == 6
    state.value = jnp.float32(5)

    assert scaled(3.0) == 6


@check("state.bare.read@1")
def test_a_state_that_is_read_adds_no_input(impl: Any) -> None:
    state = impl.State(np.ones(3, np.float32))

    assert len(jax.make_jaxpr(lambda x: x * state.value)(2.0).in_avals) == 1


@check("state.bare.read@1")
def test_a_gradient_takes_a_state_as_a_constant(impl: Any) -> None:
    state = impl.ParamState(jnp.float32(3))

    assert jax.grad(lambda x: x * x * state.value)(2.0) == 12
    assert jax.grad(lambda x: state.value**2)(2.0) == 0


@check("state.bare.read@1")
def test_every_lane_reads_the_whole_value(impl: Any) -> None:
    state = impl.State(jnp.arange(3.0))
    found = jax.vmap(lambda x: x + state.value)(jnp.arange(2.0))

    assert found.tolist() == [[0, 1, 2], [1, 2, 3]]


@check("state.bare.read@1", needs=["state.stack.records@1"])
def test_a_read_in_a_trace_is_recorded(impl: Any) -> None:
    state = impl.State(2.0)
    with impl.StateTraceStack() as stack:
        jax.jit(lambda x: x * state.value)(3.0)

    assert (stack.states, stack.been_writen) == ([state], [False])


@check("state.bare.born-inside@1", needs=["state.value.written@1"])
@pytest.mark.parametrize("trace", TRACES)
def test_a_state_that_is_born_in_a_trace_is_written_in_it(impl: Any, trace: str) -> None:
    def step(x: Any) -> Any:
        state = impl.State(0)
        state.value = x
        state.value += 1
        assert isinstance(state.value, jax.core.Tracer)
        return state.value - 1

    TRACES[trace](step)


@check("state.bare.born-inside@1", needs=["state.value.written@1"])
@pytest.mark.parametrize(
    ("trace", "found"),
    [(jax.jit, [0, 2, 8]), (jax.vmap, [0, 2, 8]), (lambda f: jax.vmap(jax.grad(f)), [0, 4, 8])],
    ids=["jit", "vmap", "grad"],
)
def test_a_state_that_is_born_in_a_trace_computes(
    impl: Any, trace: Callable[[Any], Callable[[Any], Any]], found: list[float]
) -> None:
    def twice_the_square(x: Any) -> Any:
        state = impl.ShortTermState({"x": x}, name="v")
        state.value = {"x": state.value["x"] * x}
        state.value["y"] = 1
        state.value = state.value["x"] * 2
        return state.value

    assert trace(twice_the_square)(jnp.arange(3.0)).tolist() == found


@check("state.bare.born-inside@1", needs=["state.copy.from@1", "state.value.written@1"])
def test_a_state_that_is_born_in_a_trace_takes_over_another(impl: Any) -> None:
    outside = impl.State(jnp.float32(5))

    def step(x: Any) -> Any:
        one, other = impl.State(0), impl.State(x)
        one.copy_from(other)
        other.copy_from(outside)
        return one.value + other.value

    assert jax.jit(step)(2.0) == 7


@check("state.bare.born-inside@1", needs=["state.copy.new@1", "state.value.written@1"])
@pytest.mark.parametrize("trace", PLAIN_TRACES)
def test_a_copy_that_is_made_in_a_trace_is_written_in_it(impl: Any, trace: str) -> None:
    outside = impl.State(1.0)

    def step(x: Any) -> Any:
        made = outside.copy()
        made.value = x
        return made.value

    TRACES[trace](step)
    assert outside.value == 1.0


@check("state.bare.born-inside@1", needs=["state.value.written@1", "state.catch.catches@1"])
def test_states_that_are_born_in_a_trace_are_caught(impl: Any) -> None:
    def step(x: Any) -> Any:
        with impl.catch_new_states() as caught:
            state = impl.State(x)
        state.value = x + 1
        assert list(caught) == [state]
        return state.value

    assert jax.jit(step)(2.0) == 3


@check("state.bare.born-inside@1", needs=["state.value.written@1"])
@pytest.mark.parametrize("inner", PLAIN_TRACES)
def test_a_state_of_an_outer_trace_is_read_inside_and_written_after(impl: Any, inner: str) -> None:
    def step(x: Any) -> Any:
        state = impl.State(x)
        TRACES[inner](lambda y: y * state.value)
        state.value = state.value + 1
        return state.value

    assert jax.jit(step)(2.0) == 3


@check("state.value.written@1")
@pytest.mark.parametrize("trace", PLAIN_TRACES)
def test_a_value_without_a_tracer_is_written_in_a_trace(impl: Any, trace: str) -> None:
    state, value = impl.State(1), {"a": np.ones(3)}

    def step(x: Any) -> Any:
        state.value = value
        return x

    TRACES[trace](step)
    assert state.value is value
