"""The checks of `spec/33-map.md`: calls of `map` and other transforms, one inside the other."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.grad_material import assert_gradients
from brainspec_conformance.suite.jit_material import assert_arrays, nothing_changes
from brainspec_conformance.suite.map_material import assert_same_states, one_by_one, run, scene, some_batches
from brainspec_conformance.suite.mapping_more_material import AROUND, both, lax, mapped, rows
from brainspec_conformance.suite.shared_material import BODIES, Read, assert_as_plain, assert_but_weak, squared

Runs = Callable[..., Any]  # `map` of the implementation, or the runs in plain Python


def the_map(impl: Any) -> Runs:
    return lambda f, *xs: impl.transform.map(f, *xs)


def accumulated(state: Any, runs: Runs) -> Callable[[Any], Any]:
    """A function of a vector that adds to a state in runs."""

    def add(x: Any) -> Any:
        state.value = state.value * 0.5 + x
        return state.value * x

    return lambda x: runs(add, x)


# How functions of a vector or matrix stand in others.
INSIDE: dict[str, Callable[[Any, Any], tuple[Any, Any]]] = {
    "jit": lambda impl, f: (impl.transform.jit(f), rows(3)),
    "two jits": lambda impl, f: (impl.transform.jit(lambda x: impl.transform.jit(f)(x)), rows(3)),
    "a map": lambda impl, f: (lambda x: impl.transform.map(f, x), rows(2, 3)),
    "two maps": lambda impl, f: (lambda x: impl.transform.map(run(impl)(f), x), rows(2, 1, 3)),
    "a jit in a map": lambda impl, f: (lambda x: impl.transform.map(impl.transform.jit(f), x), rows(2, 3)),
    "a map in a jit": lambda impl, f: (impl.transform.jit(run(impl)(f)), rows(2, 3)),
}


@check("map.nest.inside@1", needs=["map.state.carried@1", "map.state.random@1"])
@pytest.mark.parametrize("name", INSIDE)
def test_a_call_acts_in_a_function_as_its_runs(impl: Any, name: str) -> None:
    (f, states), (plain, others) = scene(impl), scene(impl)
    made, x = INSIDE[name](impl, lambda x: impl.transform.map(f, x))
    wanted, _ = INSIDE[name](impl, lambda x: one_by_one(plain, x))
    for _ in range(2):
        assert_but_weak(made(x), wanted(x))
        assert_same_states(states, others)


@check("map.nest.inside@1", needs=["map.state.carried@1", "mapping.state.sliced@1", "mapping.state.stays@1"])
@pytest.mark.parametrize("axis", [0, 1])
def test_a_call_in_a_mapping_carries_slices(impl: Any, axis: int) -> None:
    found, wanted = (impl.State(rows(2, 2) * 3) for _ in range(2))
    lanes = [
        mapped(impl, **both({axis: s}))(accumulated(s, runs))
        for s, runs in ((found, the_map(impl)), (wanted, one_by_one))
    ]
    for _ in range(2):
        assert_but_weak(lanes[0](rows(2, 3)[..., None]), lanes[1](rows(2, 3)[..., None]))
        assert_but_weak(found.value, wanted.value)


@check("map.nest.inside@1", needs=["map.state.carried@1", "mapping.state.undeclared@1", "mapping.state.unmapped@1"])
def test_what_depends_on_the_lane_is_told_apart(impl: Any) -> None:
    grown, count = impl.State(jnp.zeros(())), impl.State(jnp.array(0))

    def step(x: Any) -> Any:
        grown.value, count.value = grown.value + x, count.value + 1
        return grown.value

    out = impl.transform.vmap2(lambda x: impl.transform.map(step, x))(rows(2, 3))
    assert out.tolist() == np.cumsum(rows(2, 3), 1).tolist()
    assert (grown.value.tolist(), count.value.tolist()) == ([6.0, 15.0], 3)


@check("map.nest.inside@1", needs=["map.state.random@1", "mapping.random.lane-keys@1"])
def test_a_call_in_a_mapping_draws_from_the_stream_of_its_lane(impl: Any) -> None:
    one, other = impl.random.RandomState(0), impl.random.RandomState(0)
    found = impl.transform.vmap2(lambda x: impl.transform.map(lambda y: jax.random.key_data(one.split_key()), x))
    wanted = impl.transform.vmap2(lambda x: one_by_one(lambda y: jax.random.key_data(other.split_key()), x))
    for _ in range(2):
        assert found(jnp.zeros((2, 3))).tolist() == wanted(jnp.zeros((2, 3))).tolist()


@check("map.nest.inside@1", needs=["map.run.sequence@1", "mapping.axis.reduce@1"])
@some_batches
def test_collectives_in_a_call_are_over_the_lanes_around_it(impl: Any, batch_size: int | None) -> None:
    def f(xs: Any) -> Any:
        return impl.transform.map(lambda x: (lax.psum(x, "i"), lax.axis_index("i")), xs, batch_size=batch_size)

    total, lane = impl.transform.vmap2(f, axis_name="i")(rows(2, 3))
    assert total.tolist() == [[5.0, 7.0, 9.0]] * 2
    assert lane.tolist() == [[0] * 3, [1] * 3]


def given(state: Any, value: Any) -> Any:
    state.value = value
    return value


# Losses of a number, by the runs that are in them.
LOSSES: dict[str, Callable[[Runs, Any, Any], Any]] = {
    "of results": lambda runs, s, w: runs(lambda x: x * w**2, rows(3)).sum(),
    "of what is run over": lambda runs, s, w: runs(lambda x: jnp.sin(x) * w, rows(3) * w).sum(),
    "of several": lambda runs, s, w: runs(lambda x, y: x * y["a"], rows(3) * w, {"a": w * rows(3)}).sum(),
    "of what is carried": lambda runs, s, w: (accumulated(s, runs)(rows(3) * w), s.value)[1] ** 2,
    "of results and what is carried": lambda runs, s, w: accumulated(s, runs)(rows(3) * w).sum() * s.value,
    "of a state that it was given": lambda runs, s, w: (given(s, w), accumulated(s, runs)(rows(3)))[1].sum(),
}


@check("map.nest.inside@1", needs=["map.state.carried@1", "grad.result.argument@1"])
@pytest.mark.parametrize("jit", [False, True], ids=["bare", "in a jit"])
@pytest.mark.parametrize("name", LOSSES)
def test_runs_are_differentiated(impl: Any, name: str, jit: bool) -> None:
    results = []
    for runs in (the_map(impl), one_by_one):
        state = impl.State(jnp.float32(0.5))
        grad = impl.transform.grad(lambda w: LOSSES[name](runs, state, w))  # noqa: B023
        results.append(((impl.transform.jit(grad) if jit else grad)(jnp.float32(1.5)), jnp.asarray(state.value)))
    assert_gradients(*results)


@check("map.nest.inside@1", needs=["map.state.carried@1", "grad.result.states@1"])
@some_batches
def test_runs_are_differentiated_by_states_that_they_read(impl: Any, batch_size: int | None) -> None:
    w = impl.ParamState({"a": jnp.ones(2), "b": jnp.float32(2)})

    def loss() -> Any:
        return impl.transform.map(
            lambda x: (w.value["a"] * x).sum() * w.value["b"], rows(3), batch_size=batch_size
        ).sum()

    found = impl.transform.grad(loss, w)()
    assert_gradients(found, {"a": jnp.full(2, 12.0), "b": jnp.float32(12)})


@check("map.nest.inside@1", needs=["map.state.carried@1", "grad.result.states@1"])
def test_a_state_that_runs_carry_is_differentiated(impl: Any) -> None:
    h = impl.State(jnp.float32(3))

    def step(w: Any) -> Any:
        h.value = h.value * w
        return h.value

    found = impl.transform.grad(lambda: impl.transform.map(step, rows(3)).sum(), h)()
    assert_gradients(found, jnp.float32(1 + 2 + 6))
    assert h.value == 18.0


@check("map.nest.inside@1", needs=["map.state.carried@1", "grad.result.argument@1"])
def test_each_run_differentiates(impl: Any) -> None:
    total = impl.State(jnp.zeros(()))

    def loss(x: Any) -> Any:
        total.value = total.value + x
        return x**3 * total.value

    # The derivative of x ** 3 * (t + x) is 3 * x ** 2 * (t + x) + x ** 3.
    assert impl.transform.map(impl.transform.grad(loss), rows(3)).tolist() == [4.0, 44.0, 189.0]
    assert total.value == 6.0


@check("map.nest.inside@1", needs=["map.batch.lanes@1"])
def test_batches_of_runs_of_batches(impl: Any) -> None:
    def inner(x: Any) -> Any:
        return impl.transform.map(lambda y: y * 2 + x.sum(), x, batch_size=2)

    found = impl.transform.map(inner, rows(3, 5), batch_size=2)
    assert found.tolist() == (rows(3, 5) * 2 + rows(3, 5).sum(1, keepdims=True)).tolist()


@check("map.nest.jax@1", needs=["map.run.same@1"])
@some_batches
@pytest.mark.parametrize("name", BODIES)
def test_each_transform_acts_in_each_run_as_in_jax(impl: Any, name: str, batch_size: int | None) -> None:
    state, body = impl.State(jnp.float32(2)), BODIES[name]
    found = impl.transform.map(lambda x: body(lambda: state.value, x), rows(3), batch_size=batch_size)
    wanted = jax.lax.map(lambda x: body(lambda: jnp.float32(2), x), rows(3), batch_size=batch_size)
    assert_arrays(found, wanted)


@check("map.nest.jax@1", needs=["map.state.carried@1"])
@pytest.mark.parametrize("name", ["grad", "vmap", "scan", "cond", "jit", "while_loop", "checkpoint"])
def test_each_transform_reads_what_runs_carry(impl: Any, name: str) -> None:
    def step(state: Any, x: Any) -> Any:
        out = BODIES[name](read_of(state), x)
        state.value = state.value + x
        return out, BODIES[name](read_of(state), x)

    found, wanted = impl.State(jnp.float32(2)), impl.State(jnp.float32(2))
    out = impl.transform.map(lambda x: step(found, x), rows(3))
    assert_but_weak(out, one_by_one(lambda x: step(wanted, x), rows(3)))


def read_of(state: Any) -> Read:
    return lambda: state.value


@check("map.nest.jax@1", needs=["map.run.sequence@1"])
@some_batches
@pytest.mark.parametrize("name", AROUND)
def test_a_call_in_a_transform_does_as_its_runs_or_says_so(impl: Any, name: str, batch_size: int | None) -> None:
    around = AROUND[name]

    def f(x: Any) -> Any:
        return impl.transform.map(squared, x, batch_size=batch_size)

    assert_as_plain(lambda: around(f), lambda: around(lambda x: jax.lax.map(squared, x)))
    assert f(rows(3)).tolist() == [1, 4, 9]


@check("map.nest.jax@1", needs=["map.state.read-only@1"])
@pytest.mark.parametrize("name", ["grad", "vmap", "jit", "scan", "cond"])
def test_a_call_in_a_transform_reads_states(impl: Any, name: str) -> None:
    state, around = impl.State(np.float32(2)), AROUND[name]
    value = state.value

    def f(x: Any) -> Any:
        return impl.transform.map(lambda x: state.value * x, x)

    assert_as_plain(lambda: around(f), lambda: around(lambda x: jax.lax.map(lambda x: value * x, x)))
    assert state.value is value
    assert f(rows(2)).tolist() == [2, 4]


@check("map.nest.jax@1", needs=["map.state.carried@1", "state.error.traced@1"])
@pytest.mark.parametrize("name", ["grad", "vmap", "jit", "scan"])
def test_a_call_in_a_transform_writes_no_state(impl: Any, name: str) -> None:
    state = impl.State(jnp.zeros(()))

    def writes(x: Any) -> Any:
        state.value = state.value + x
        return x

    with nothing_changes(impl, state), pytest.raises(Exception) as raised:
        AROUND[name](run(impl)(writes))
    assert not type(raised.value).__module__.startswith("jax")
    impl.transform.map(writes, rows(2))
    assert state.value == 3.0


@check("map.nest.jax@1", needs=["map.nest.inside@1"])
@pytest.mark.parametrize("name", ["grad", "vmap", "scan", "cond"])
def test_a_call_in_a_transform_in_a_run(impl: Any, name: str) -> None:
    around = AROUND[name]

    def found() -> Any:
        return impl.transform.map(lambda n: (n, around(lambda x: impl.transform.map(squared, x))), jnp.arange(2))

    assert_as_plain(found, lambda: jax.lax.map(lambda n: (n, around(lambda x: jax.lax.map(squared, x))), jnp.arange(2)))


@check("map.nest.jax@1", needs=["state.error.traced@1", "map.failure.unchanged@1"])
@pytest.mark.parametrize("name", ["vmap", "scan", "jit"])
def test_a_state_of_outside_is_not_written_in_a_transform_in_a_run(impl: Any, name: str) -> None:
    state, stream = impl.State(jnp.zeros(())), impl.random.RandomState(0)

    def step(y: Any) -> Any:
        with pytest.raises(impl.TraceContextError):
            state.value = y.sum()
        with pytest.raises(impl.TraceContextError):
            stream.uniform()
        return y

    with nothing_changes(impl, state, stream):
        impl.transform.map(lambda x: AROUND[name](step), rows(2))
