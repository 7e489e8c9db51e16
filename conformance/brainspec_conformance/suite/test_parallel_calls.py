"""The checks of `spec/34-parallel.md`: counts, failures, accessors, and calls under `jax.disable_jit`."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_counts_material import assert_describes, shaped
from brainspec_conformance.suite.jit_material import assert_equal, assert_fails, errors, structure
from brainspec_conformance.suite.mapping_more_material import assert_whole_or_nothing, both, lax
from brainspec_conformance.suite.parallel_material import (
    PLACES,
    backwards,
    counted,
    counts,
    everywhere,
    lanes,
    parallel,
    some,
)


@check("parallel.trace.once@1", needs=["parallel.form.plain@1"])
@counts
def test_the_origin_runs_once_for_all_devices(impl: Any, count: int) -> None:
    state, stream = impl.State(lanes(count)), impl.random.RandomState(0)

    def origin(x: Any) -> Any:
        state.value = state.value + x
        return state.value + stream.uniform()

    f = counted(impl, origin, devices=backwards(count), state_in_axes={0: state})
    assert [f.ran(lanes(count)) for _ in range(4)] == [1, 0, 0, 0]
    assert state.value.tolist() == (5 * lanes(count)).tolist()


@check("parallel.trace.once@1", needs=["parallel.place.moved@1"])
def test_places_of_arguments_and_states_are_no_part_of_the_signature(impl: Any) -> None:
    state, whole = impl.State(lanes(8)), impl.ParamState(lanes(8))

    def origin(x: Any) -> Any:
        state.value = state.value + x
        return whole.value * x

    f = counted(impl, origin, state_in_axes={0: state})
    f(lanes(8))
    ran = []
    for move in PLACES.values():
        ran.append(f.ran(move(lanes(8))))
        state.value = move(lanes(8))
        ran.append(f.ran(lanes(8)))
        whole.value = move(lanes(8))
        ran.append(f.ran(f(lanes(8))[:, 0]))
    assert ran == [0] * len(ran)


@check("parallel.trace.once@1", needs=["mapping.trace.types@1", "parallel.size.fewer@1"])
def test_another_type_or_number_of_lanes_is_another_signature(impl: Any) -> None:
    f = counted(impl, lambda x: x * 2)
    values = [lanes(8), lanes(8, 2), lanes(8).astype(jnp.int32), lanes(1)[:1]]
    if len(everywhere()) == 1:
        values.pop()
    for wanted in (1, 0):
        assert [f.ran(x) for x in values] == [wanted] * len(values)


@check("parallel.disabled.maps@1", needs=["parallel.form.plain@1", "mapping.state.sliced@1"])
@counts
def test_calls_without_jit_give_the_same(impl: Any, count: int) -> None:
    found = []
    for disabled in (True, False):
        state, stream = impl.State(lanes(count)), impl.random.RandomState(0)

        @parallel(impl, axis_name="i", devices=some(count), state_in_axes={0: state}, out_axes=(0, None, 0))
        def f(x: Any, state: Any = state, stream: Any = stream) -> Any:
            state.value = state.value * 2 + x
            bits = jax.random.key_data(stream.split_key())
            return bits, lax.psum(state.value, "i"), jax.lax.cond(x > 1, lambda: x, lambda: -x)

        with jax.disable_jit(disabled):
            out = [f(lanes(count)) for _ in range(2)]
        found.append((out, state.value, jax.random.key_data(stream.value)))
    assert_equal(*found)


@check("parallel.disabled.maps@1", needs=["parallel.nest.vmap@1"])
def test_mappings_around_each_other_are_the_same_without_jit(impl: Any) -> None:
    found = []
    for disabled in (True, False):
        state = impl.State(lanes(8, 3))

        def origin(x: Any, state: Any = state) -> Any:
            state.value = state.value + lax.psum(x, ("i", "j"))
            return state.value

        inner = impl.transform.vmap2(origin, axis_name="j", **both({0: state}))
        outer = impl.transform.pmap2(inner, axis_name="i", **both({0: state}))
        with jax.disable_jit(disabled):
            found.append((outer(lanes(8, 3)), state.value))
    assert_equal(*found)


def steps(impl: Any, devices: Any, inner: str, fail: Callable[[int], object]) -> tuple[Any, list[Any]]:
    """A parallel mapping that asks at each step whether to fail, and the states that it writes."""
    size = len(devices)
    a, b = impl.State(jnp.ones((size, 3))), impl.ShortTermState(jnp.zeros(()))
    stream = impl.random.RandomState(0)

    def step(x: Any) -> Any:
        fail(2)
        a.value = a.value + x + stream.uniform() * 0
        fail(3)
        impl.random.uniform()
        fail(4)
        return a.value

    around = {
        "vmap2": impl.transform.vmap2(step, **both({0: a})),
        "jit": impl.transform.jit(step),
        "nothing": step,
    }[inner]

    def origin(x: Any) -> Any:
        fail(0)
        b.value = b.value + 1
        fail(1)
        out = around(x)
        a.value = a.value * 2
        fail(5)
        return out

    return parallel(impl, devices=devices, state_in_axes={0: a})(origin), [a, b, stream]


inners = pytest.mark.parametrize("inner", ["vmap2", "jit", "nothing"])


@check("parallel.failure.unchanged@1", needs=["parallel.form.plain@1", "parallel.nest.vmap@1", "parallel.nest.jit@1"])
@inners
@pytest.mark.parametrize("count", [1, 8])
def test_a_failure_at_any_step_changes_nothing(impl: Any, count: int, inner: str) -> None:
    at, mine, devices = 0, LookupError("mine"), backwards(count)

    def fail(n: int) -> None:
        if n == at:
            raise mine

    f, states = steps(impl, devices, inner, fail)
    x = jnp.ones((len(devices), 3))
    for at in range(6):  # noqa: B007
        assert_fails(impl, lambda: f(x), mine, *states)
    at = 6
    assert f(x).tolist() == (2 * x).tolist()
    assert states[0].value.tolist() == (4 * x).tolist()
    assert states[1].value == 1.0


@check("parallel.failure.unchanged@1", needs=["parallel.form.plain@1", "parallel.nest.vmap@1", "parallel.nest.jit@1"])
@inners
def test_a_failure_at_any_primitive_changes_nothing(impl: Any, inner: str, monkeypatch: pytest.MonkeyPatch) -> None:
    devices = some(8)
    x = jnp.ones((len(devices), 3))
    assert assert_whole_or_nothing(
        impl, monkeypatch, lambda: steps(impl, devices, inner, lambda n: None), lambda f: f(x)
    )


@check("parallel.failure.unchanged@1", needs=["parallel.form.plain@1"])
@errors
def test_an_exception_of_any_class_changes_nothing(impl: Any, error: type[BaseException]) -> None:
    grown, states, mine = (
        impl.State(jnp.zeros(2)),
        [impl.State(move(lanes(8))) for move in PLACES.values()],
        error("mine"),
    )

    @parallel(impl, state_in_axes={0: states})
    def f(x: Any, fail: Any = 1.0) -> Any:
        for state in states:
            state.value = state.value + x
        grown.value = grown.value * x
        if fail is not None:
            raise mine

    for _ in range(2):
        assert_fails(impl, lambda: f(lanes(8), lanes(8)), mine, grown, *states)
        for state in states:
            state.value = lanes(8)
        f(lanes(8), None)
        assert [state.value.tolist() for state in states] == [(2 * lanes(8)).tolist()] * len(states)
        grown.value = jnp.zeros(2)


@check("parallel.failure.unchanged@1", needs=["parallel.option.donate@1"])
def test_a_call_with_an_argument_that_is_no_more_changes_nothing(impl: Any) -> None:
    state, stream = impl.State(lanes(8)), impl.random.RandomState(0)

    @parallel(impl, state_in_axes={0: state})
    def f(x: Any) -> Any:
        state.value = state.value + x
        return stream.uniform()

    for n in (2, 3):
        gone = PLACES["spread"](lanes(8) * 1)
        gone.delete()
        before, key = state.value, stream.value
        with pytest.raises((RuntimeError, ValueError)):
            f(gone)
        assert state.value is before
        assert stream.value is key
        f(lanes(8))
        assert state.value.tolist() == (n * lanes(8)).tolist()


@check("parallel.open.accessors@1", needs=["parallel.form.plain@1"])
@counts
def test_a_parallel_mapping_tells_of_its_programs(impl: Any, count: int) -> None:
    size, state, whole = len(some(count)), impl.State(lanes(count, 2)), impl.ParamState(jnp.float32(2))
    stream = impl.random.RandomState(0)

    def origin(x: Any, y: Any) -> Any:
        stream.uniform()
        state.value = state.value + x * whole.value
        return {"a": state.value, "b": y}

    axes: dict[str, Any] = {"in_axes": (0, None), "out_axes": {"a": 1, "b": None}, "state_in_axes": {0: state}}
    f = counted(impl, origin, devices=backwards(count), **axes)
    m, x, y = f.function, lanes(count), jnp.arange(3)
    values = state.value, whole.value, stream.value
    wanted = {"a": shaped((2, size)), "b": shaped((3,), np.int32)}
    for _ in range(2):
        assert m.get_states(x, y) == (stream, state, whole)
        assert m.get_read_states(x, y) == (whole,)
        assert m.get_write_states(x, y) == (stream, state)
        assert_describes(m.eval_shape(x, y), wanted)
        assert_describes(m.get_out_shapes(shaped((size,)), y), wanted)
        assert m.get_out_treedef(x, y) == structure(wanted)
        jaxpr = m.get_jaxpr(x, y)
        assert [aval.shape for aval in jaxpr.in_avals] == [(size,), (3,), (), (size, 2), ()]
        assert [aval.shape for aval in jaxpr.out_avals] == [(2, size), (3,), (), (size, 2)]
        assert (state.value is values[0], whole.value is values[1], stream.value is values[2]) == (True, True, True)
        out = m(x, y)
        assert out["a"].tolist() == state.value.T.tolist()
        values = state.value, whole.value, stream.value
    key = m.get_arg_cache_key(x, y)
    assert key == m.get_arg_cache_key(PLACES["NumPy"](x), y) != m.get_arg_cache_key(y, x)
    assert m.get_states_by_cache(key) == (stream, state, whole)
    assert m.get_write_states_by_cache(key) == (stream, state)
    assert_describes(m.get_out_shapes_by_cache(key), wanted)
    m.clear_cache()
    assert f.ran(x, y) == 1
