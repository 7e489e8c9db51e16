"""The checks of `spec/32-mapping.md`: mappings under `jax.disable_jit`."""

from typing import Any

import jax
import jax.numpy as jnp
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import assert_equal, key_bits
from brainspec_conformance.suite.mapping_more_material import both, counted, lax, mapped, rows


def scene(impl: Any) -> tuple[Any, list[Any]]:
    """A mapping that touches states of every sort, and those."""
    moving, whole = impl.State(rows(2, 3)), impl.ParamState(rows(2))
    grown, stream = impl.LongTermState(jnp.zeros(())), impl.random.RandomState(0)

    def origin(x: Any, y: Any) -> Any:
        moving.value = moving.value * whole.value + x
        grown.value = y * x
        total = lax.psum(x, "i")
        bits = jax.random.key_data(stream.split_key())
        return {"a": moving.value, "b": (total, y), "c": bits, "i": jax.lax.axis_index("i")}

    f = counted(
        impl,
        origin,
        in_axes=(-1, None),
        out_axes={"a": 1, "b": (None, None), "c": 0, "i": 0},
        axis_name="i",
        state_in_axes={1: moving},
        state_out_axes={0: grown},
    )
    return f, [moving, whole, grown, stream]


@check("mapping.disabled.maps@1", needs=["mapping.state.sliced@1", "mapping.random.lane-keys@1"])
def test_results_and_states_are_those_of_other_calls(impl: Any) -> None:
    (f, states), (g, others) = scene(impl), scene(impl)
    for n in range(3):
        wanted = g(rows(3) + n, 2.0)
        with jax.disable_jit():
            found = f(rows(3) + n, 2.0)
        assert_equal(found, wanted)
        for one, other in zip(states[:3], others[:3]):
            assert_equal(one.value, other.value)
        assert key_bits(states[3]) == key_bits(others[3])


@check("mapping.disabled.maps@1", needs=["mapping.trace.once@1"])
def test_the_origin_runs_each_time_and_nothing_is_remembered(impl: Any) -> None:
    f, _ = scene(impl)
    with jax.disable_jit():
        assert [f.ran(rows(3), 2.0) for _ in range(3)] == [1, 1, 1]
    assert [f.ran(rows(3), 2.0) for _ in range(2)] == [1, 0]
    with jax.disable_jit():
        assert f.ran(rows(3), 2.0) == 1
    assert f.ran(rows(3), 2.0) == 0


@check("mapping.disabled.maps@1", needs=["mapping.nest.states@1", "mapping.nest.jit@1"])
@pytest.mark.parametrize("jit", [False, True], ids=["bare", "with a jitted function"])
def test_mappings_in_mappings_do_as_in_other_calls(impl: Any, jit: bool) -> None:
    state = impl.State(rows(2, 3))

    def origin(x: Any) -> Any:
        state.value = state.value + lax.psum(x, "i")
        return state.value

    inner = mapped(impl, **both({0: state}))(impl.transform.jit(origin) if jit else origin)
    outer = mapped(impl, axis_name="i", **both({0: state}))(inner)
    wanted = rows(2, 3)
    for _ in range(2):
        wanted = wanted + rows(2, 3).sum(0)
        with jax.disable_jit():
            assert outer(rows(2, 3)).tolist() == wanted.tolist()
        assert state.value.tolist() == wanted.tolist()


@check("mapping.disabled.maps@1", needs=["mapping.form.plain@1"])
@pytest.mark.parametrize("size", [0, 1, 3])
def test_a_call_of_any_size_is_mapped(impl: Any, size: int) -> None:
    state = impl.State(rows(size))

    @mapped(impl, state_in_axes={0: state})
    def f(x: Any) -> Any:
        state.value = state.value + x
        return jax.lax.cond(x > 1, lambda: x, lambda: 2 * x), 7

    with jax.disable_jit():
        found, seven = f(rows(size))
    assert found.tolist() == [2.0, 2.0, 3.0][:size]
    assert seven.tolist() == [7] * size
    assert state.value.tolist() == (2 * rows(size)).tolist()


@check("mapping.disabled.maps@1", needs=["mapping.failure.unchanged@1"])
def test_a_failure_changes_nothing(impl: Any) -> None:
    state, stream = impl.State(rows(2)), impl.random.RandomState(0)
    value, key = state.value, stream.value

    @mapped(impl, state_in_axes={0: state})
    def f(x: Any) -> Any:
        state.value = state.value + stream.uniform()
        raise LookupError

    with jax.disable_jit(), pytest.raises(LookupError):
        f(rows(2))
    assert state.value is value
    assert stream.value is key
