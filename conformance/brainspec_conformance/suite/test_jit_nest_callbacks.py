"""The checks of `spec/30-jit.md`: callbacks inside an origin."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.experimental import io_callback

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import Shape, barrier, jitted

NUMBER = Shape((), jnp.float32)


@check("jit.nest.callbacks@1", needs=["jit.result.same@1"])
def test_printing_prints_at_each_call(impl: Any, capfd: pytest.CaptureFixture[str]) -> None:
    @jitted(impl)
    def f(x: Any) -> Any:
        jax.debug.print("x is {x} and {y}", x=x, y=x * 2)
        return x

    f(1.0), f(2.0), f(2.0)
    barrier()
    assert capfd.readouterr().out.splitlines() == ["x is 1.0 and 2.0", "x is 2.0 and 4.0", "x is 2.0 and 4.0"]


def debugged(see: Callable[[Any], None], x: Any) -> Any:
    jax.debug.callback(see, x)
    return x


def ordered(see: Callable[[Any], None], x: Any) -> Any:
    jax.debug.callback(see, x, ordered=True)
    return x


def done(see: Callable[[Any], None], x: Any) -> Any:
    io_callback(see, None, x)
    return x


def done_in_order(see: Callable[[Any], Any], x: Any) -> Any:
    return io_callback(lambda y: (see(y), np.float32(y))[1], NUMBER, x, ordered=True)


SEEING = {"debug": debugged, "debug in order": ordered, "io": done, "io in order": done_in_order}
seeing = pytest.mark.parametrize("way", SEEING.values(), ids=SEEING)


@check("jit.nest.callbacks@1", needs=["jit.result.same@1"])
@seeing
def test_a_callback_runs_once_at_each_call(impl: Any, way: Any) -> None:
    seen: list[float] = []
    f = impl.transform.jit(lambda x: way(lambda y: seen.append(float(y)), x) * 2)
    for n, x in enumerate((1.0, 3.0, 3.0), start=1):
        assert f(jnp.float32(x)) == 2 * x
        barrier()
        assert seen == [1.0, 3.0, 3.0][:n]


@check("jit.nest.callbacks@1", needs=["jit.result.same@1"])
@pytest.mark.parametrize("way", [ordered, done_in_order], ids=["debug", "io"])
def test_callbacks_in_order_run_in_order(impl: Any, way: Any) -> None:
    seen: list[float] = []

    @jitted(impl)
    def f(x: Any) -> Any:
        for n in range(4):
            way(lambda y: seen.append(float(y)), x + n)
        return x

    f(jnp.float32(0)), f(jnp.float32(10))
    barrier()
    assert seen == [0.0, 1.0, 2.0, 3.0, 10.0, 11.0, 12.0, 13.0]


@check("jit.nest.callbacks@1", needs=["jit.state.written@1"])
@seeing
def test_a_callback_sees_what_states_hold_at_its_place(impl: Any, way: Any) -> None:
    seen: list[float] = []
    state = impl.State(jnp.float32(1))

    @jitted(impl)
    def f() -> None:
        state.value = state.value * 2
        way(lambda y: seen.append(float(y)), state.value)
        state.value = state.value + 1

    for _ in range(3):
        f()
        barrier()
    assert seen == [2.0, 6.0, 14.0]
    assert state.value == 15.0


@check("jit.nest.callbacks@1", needs=["jit.nest.inside@1"])
@seeing
def test_a_callback_of_an_inner_function_runs_at_each_of_its_calls(impl: Any, way: Any) -> None:
    seen: list[float] = []
    inner = impl.transform.jit(lambda x: way(lambda y: seen.append(float(y)), x))
    outer = impl.transform.jit(lambda x: inner(x) + inner(x + 1))
    for x in (1.0, 5.0):
        outer(jnp.float32(x))
        barrier()
    assert sorted(seen) == [1.0, 2.0, 5.0, 6.0]


@check("jit.nest.callbacks@1", needs=["jit.nest.jax@1"])
@seeing
def test_a_callback_in_a_loop_runs_at_each_turn(impl: Any, way: Any) -> None:
    seen: list[float] = []

    def turn(i: Any, x: Any) -> Any:
        way(lambda y: seen.append(float(y)), x)
        return x * 2

    f = impl.transform.jit(lambda x: jax.lax.fori_loop(0, 3, turn, x))
    for x in (1.0, 10.0):
        assert f(jnp.float32(x)) == 8 * x
        barrier()
    assert sorted(seen) == [1.0, 2.0, 4.0, 10.0, 20.0, 40.0]


@check("jit.nest.callbacks@1", needs=["jit.state.written@1"])
def test_a_pure_callback_computes_results_and_states(impl: Any) -> None:
    def twice(y: Any) -> Any:
        return np.asarray(y) * np.float32(2)

    state = impl.State(jnp.ones(2))

    @jitted(impl)
    def f(x: Any) -> Any:
        state.value = jax.pure_callback(twice, Shape((2,), jnp.float32), state.value)
        return jax.pure_callback(twice, NUMBER, x)

    assert [f(jnp.float32(x)) for x in (1.0, 3.0)] == [2.0, 6.0]
    assert state.value.tolist() == [4, 4]


@check("jit.nest.callbacks@1", needs=["jit.result.same@1"])
def test_what_a_callback_gives_is_used(impl: Any) -> None:
    count = iter(range(10))
    f = impl.transform.jit(lambda x: x + io_callback(lambda: np.float32(next(count)), NUMBER, ordered=True))

    assert [f(jnp.float32(10)) for _ in range(3)] == [10.0, 11.0, 12.0]
