"""The checks of `spec/32-mapping.md`: how often an origin runs, and what makes a signature."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_counts_material import Counted
from brainspec_conformance.suite.mapping_more_material import (
    SETTINGS,
    both,
    counted,
    lax,
    mapped,
    parted,
    rows,
    split,
    under,
)


@check("mapping.trace.once@1")
@pytest.mark.parametrize("size", [0, 1, 5])
def test_the_origin_runs_once_for_all_lanes(impl: Any, size: int) -> None:
    f = counted(impl, lambda x: x * 2)
    assert [f.ran(jnp.full((size, 2), n)) for n in range(4)] == [1, 0, 0, 0]


@check("mapping.trace.once@1", needs=["mapping.state.sliced@1"])
def test_the_origin_runs_once_with_states_of_every_sort(impl: Any) -> None:
    moving, kept, whole = impl.State(rows(2, 3)), impl.ShortTermState({"a": jnp.zeros(3)}), impl.ParamState(rows(2))
    grown, stream = impl.LongTermState(jnp.zeros(())), impl.random.RandomState(0)

    def origin(x: Any) -> Any:
        moving.value = moving.value + x * whole.value
        kept.value = {"a": kept.value["a"] + stream.uniform()}
        grown.value = x
        return impl.random.uniform()

    f = counted(impl, origin, state_in_axes={1: moving, 0: kept}, state_out_axes={0: impl.LongTermState})
    ran = []
    for _ in range(4):
        ran.append(f.ran(rows(3)))
        grown.value = jnp.zeros(())
    assert ran == [1, 0, 0, 0]


@check("mapping.trace.once@1")
def test_the_size_may_come_from_a_state_and_the_origin_runs_once(impl: Any) -> None:
    first, second = impl.State(rows(3)), impl.State(rows(3))

    def origin() -> Any:
        second.value = second.value + first.value
        return lax.psum(second.value, "i")

    f = counted(impl, origin, axis_name="i", **both({0: ...}))
    assert [f.ran() for _ in range(3)] == [1, 0, 0]


@check("mapping.trace.once@1", needs=["mapping.nest.mapping@1"])
def test_origins_of_nested_mappings_run_once_each(impl: Any) -> None:
    state = impl.State(rows(2, 3))

    def origin(x: Any) -> Any:
        state.value = state.value + x
        return state.value

    inner = counted(impl, origin, **both({0: state}))
    outer = counted(impl, lambda x: inner(x), **both({0: state}))
    assert [(outer.ran(rows(2, 3)), inner.runs) for _ in range(3)] == [(1, 1), (0, 1), (0, 1)]


@check("mapping.trace.once@1", needs=["mapping.random.afterwards@1"])
def test_calls_that_do_not_trace_do_what_the_first_does(impl: Any) -> None:
    state, stream = impl.State(rows(2)), impl.random.RandomState(0)

    def origin(x: Any) -> Any:
        state.value = state.value * 2 + x
        return jax.random.key_data(stream.split_key()), state.value

    f = counted(impl, origin, state_in_axes={0: state})
    wanted, key = rows(2), jax.random.key(0)
    for n in range(3):
        x = jnp.array([n, 10.0])
        drawn, out = f(x)
        wanted = wanted * 2 + x
        key, lanes = parted(key, 2)
        assert out.tolist() == state.value.tolist() == wanted.tolist()
        assert drawn.tolist() == [jax.random.key_data(split(lane)[1]).tolist() for lane in lanes]
    assert f.runs == 1


# Arguments of two lanes. Each line is a signature of its own, and its values are one.
ARGUMENTS: dict[str, list[Any]] = {
    "floats": [np.zeros(2, np.float32), jnp.arange(2.0)],
    "weak floats": [jnp.broadcast_to(jnp.asarray(1.0), (2,)), jnp.broadcast_to(jnp.asarray(2.0), (2,))],
    "integers": [np.zeros(2, np.int32), jnp.arange(2)],
    "truths": [np.zeros(2, np.bool_), jnp.ones(2, bool)],
    "three lanes": [rows(3), 2 * rows(3)],
    "vectors": [rows(2, 2), -rows(2, 2)],
    "a column": [rows(2, 1), -rows(2, 1)],
    "a list": [[rows(2)], [-rows(2)]],
    "a tuple": [(rows(2),), (-rows(2),)],
    "a dictionary": [{"a": rows(2)}, {"a": -rows(2)}],
    "two": [{"a": rows(2), "b": rows(2)}, {"b": -rows(2), "a": rows(2)}],
    "keys": [split(jax.random.key(0)), split(jax.random.key(1))],
}


@check("mapping.trace.types@1", needs=["mapping.trace.once@1"])
def test_arguments_of_another_type_are_another_signature(impl: Any) -> None:
    f = counted(impl, lambda x: None)
    for wanted in (1, 0):
        for name, (one, other) in ARGUMENTS.items():
            assert (name, f.ran(one), f.ran(other)) == (name, wanted, 0)


@check("mapping.trace.types@1", needs=["mapping.trace.once@1"])
def test_types_of_what_is_not_mapped_and_of_named_arguments_count(impl: Any) -> None:
    f = counted(impl, lambda x, y, *, z: x, in_axes=(0, None))
    x, ones = rows(2), jnp.ones(3)
    calls = [(1.0, x), (1, x), (np.float32(1), x), (rows(2), x), (1.0, ones[:2, None]), ({"a": 1.0}, x)]
    for wanted in (1, 0):
        assert [f.ran(x, y, z=z) for y, z in calls] == [wanted] * len(calls)


@check("mapping.trace.types@1", needs=["mapping.trace.once@1", "mapping.state.sliced@1"])
@pytest.mark.parametrize("how", ["mapped in", "whole"])
def test_states_of_another_type_are_another_signature(impl: Any, how: str) -> None:
    state = impl.State(None)
    f = counted(impl, lambda x: state.value, state_in_axes={0: state} if how == "mapped in" else None)
    for wanted in (1, 0):
        for name, values in ARGUMENTS.items():
            x = rows(3) if name == "three lanes" else rows(2)
            for n, state.value in enumerate(values):
                assert (name, f.ran(x)) == (name, wanted if n == 0 else 0)


@check("mapping.trace.types@1", needs=["mapping.trace.once@1", "mapping.state.sliced@1"])
def test_the_size_of_a_state_that_is_mapped_in_is_part_of_the_signature(impl: Any) -> None:
    state = impl.State(None)
    f, ran = counted(impl, lambda: state.value * 2, state_in_axes={0: state}), []
    for size in (2, 3, 2, 0, 3, 0):
        state.value = rows(size)
        ran.append(f.ran())
        assert f().shape == (size,)
    assert ran == [1, 1, 0, 1, 0, 0]


@check("mapping.trace.types@1", needs=["mapping.trace.once@1"])
def test_a_state_that_is_not_touched_is_no_part_of_the_signature(impl: Any) -> None:
    state, other = impl.State(rows(2)), impl.State(rows(2))
    f = counted(impl, lambda x: state.value + x, state_in_axes={0: ...})
    f(rows(2))
    for other.value in (rows(3), 1.0, "text"):
        assert f.ran(rows(2)) == 0


@check("mapping.trace.types@1", needs=["mapping.trace.once@1"])
def test_a_state_that_grows_is_another_signature_each_time(impl: Any) -> None:
    state = impl.State(jnp.zeros(()))

    def origin(x: Any) -> Any:
        state.value = state.value + x
        return state.value.ndim

    f = counted(impl, origin)
    assert [(f.ran(rows(2)), state.value.shape) for _ in range(3)] == [(1, (2,)), (1, (2, 2)), (1, (2, 2, 2))]
    for value in (jnp.zeros(()), jnp.zeros(2)):
        state.value = value
        assert f.ran(rows(2)) == 0


@check("mapping.trace.config@1", needs=["mapping.trace.once@1"])
@pytest.mark.parametrize("setting", SETTINGS)
def test_settings_that_tracing_depends_on_are_part_of_the_signature(impl: Any, setting: str) -> None:
    f = counted(impl, lambda x: None)
    f(rows(2))
    for wanted in (1, 0):
        with under(setting):
            assert f.ran(rows(2)) == wanted
        assert f.ran(rows(2)) == 0


@check("mapping.trace.config@1", needs=["mapping.axis.reduce@1", "mapping.nest.mapping@1"])
@pytest.mark.parametrize("around", ["new", "used before"])
def test_the_size_of_an_axis_around_is_part_of_the_signature(impl: Any, around: str) -> None:
    inner = counted(impl, lambda x: x * lax.psum(1, "i"))
    outer = impl.transform.vmap2(lambda x: inner(x), axis_name="i")
    for size in (2, 3, 2, 1):
        if around == "new":
            outer = impl.transform.vmap2(lambda x: inner(x), axis_name="i")
        assert outer(jnp.ones((size, 4))).tolist() == [[size] * 4] * size


@check("mapping.trace.config@1", needs=["mapping.axis.reduce@1", "mapping.nest.mapping@1"])
def test_the_names_around_are_part_of_the_signature(impl: Any) -> None:
    inner = impl.transform.vmap2(lambda x: x + lax.psum(1.0, "i"))
    x = jnp.zeros((2, 3))
    assert mapped(impl, axis_name="i")(lambda x: inner(x))(x).tolist() == [[2.0] * 3] * 2
    with pytest.raises(NameError):
        mapped(impl, axis_name="j")(lambda x: inner(x))(x)
    with pytest.raises(NameError):
        inner(x[0])
    assert mapped(impl, axis_name="i")(lambda x: inner(x))(x).tolist() == [[2.0] * 3] * 2


@check("mapping.trace.closure@1", needs=["mapping.trace.once@1"])
def test_what_python_holds_is_read_while_tracing(impl: Any) -> None:
    class Scale:
        by = 2

    state, scale = impl.State(rows(2)), Scale()

    def origin(x: Any) -> Any:
        state.value = state.value * scale.by
        return x * scale.by

    f = counted(impl, origin, state_in_axes={0: state})
    for by, x, wanted in ((2, rows(2), 2), (3, rows(2), 2), (5, rows(2, 2), 5), (7, rows(2), 2), (7, rows(2, 2), 5)):
        scale.by = by
        before = state.value
        assert f(x).tolist() == (wanted * x).tolist()
        assert state.value.tolist() == (wanted * before).tolist()
    assert f.runs == 2


@check("mapping.trace.closure@1", needs=["mapping.cache.clear@1"])
def test_what_python_holds_is_read_anew_after_forgetting(impl: Any) -> None:
    scale: list[Any] = [rows(1)]
    f = Counted(impl, lambda x: x * scale[0], impl.transform.vmap2)
    assert f(rows(2)).tolist() == [[1.0], [2.0]]
    scale[0] = 3
    assert f(rows(2)).tolist() == [[1.0], [2.0]]
    f.function.clear_cache()
    assert f(rows(2)).tolist() == [3.0, 6.0]
