"""The checks of `spec/30-jit.md`: jitted functions that call jitted functions."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import SEED, assert_arrays, jitted
from brainspec_conformance.suite.random_material import SHAPE

BEFORE = pytest.mark.parametrize("before", [False, True], ids=["new", "used before"])


@check("jit.nest.inside@1", needs=["jit.state.written@1", "jit.state.current@1"])
@BEFORE
def test_an_inner_call_acts_as_its_origin(impl: Any, before: bool) -> None:
    def step(state: Any, x: Any) -> Any:
        state.value = state.value * 2 + x
        return {"now": state.value, "x": x}

    def origin(state: Any, inner: Any, x: Any) -> Any:
        first = inner(x)
        state.value = state.value + first["now"]
        second = inner(first["x"] + 1)
        return first, second, state.value

    state, plain = impl.State(jnp.int32(1)), impl.State(jnp.int32(1))
    inner = impl.transform.jit(lambda x: step(state, x))
    if before:
        inner(5), step(plain, 5)
    outer = impl.transform.jit(lambda x: origin(state, inner, x))
    for x in (1, 2):
        assert_arrays(outer(x), jax.tree.map(jnp.asarray, origin(plain, lambda x: step(plain, x), x)))
        assert_arrays(state.value, plain.value)


@check("jit.nest.inside@1", needs=["jit.state.written@1"])
@BEFORE
def test_an_inner_call_changes_the_type_of_a_state(impl: Any, before: bool) -> None:
    state = impl.State(jnp.ones(1))

    @jitted(impl)
    def widen() -> Any:
        state.value = jnp.concatenate([state.value, state.value + 1])
        return state.value.sum()

    if before:
        widen()
        state.value = jnp.ones(1)
    outer = impl.transform.jit(lambda: (widen(), widen(), state.value * 2))
    sums = outer()
    assert [float(x) for x in sums[:2]] == [3.0, 8.0]
    assert sums[2].tolist() == [2, 4, 4, 6]
    assert_arrays(state.value, jnp.array([1.0, 2.0, 2.0, 3.0]))


@check("jit.nest.inside@1", needs=["jit.state.written@1"])
def test_three_functions_stand_in_each_other(impl: Any) -> None:
    a, b = impl.State(1.0), impl.State(jnp.ones(2))

    @jitted(impl)
    def third(x: Any) -> Any:
        a.value = a.value + x
        return b.value * a.value

    @jitted(impl)
    def second(x: Any) -> Any:
        b.value = third(x) + third(x)
        return a.value

    @jitted(impl)
    def first(x: Any) -> Any:
        return second(x) * third(2 * x)

    # a: 1, 2, 3, 5; b: 1, then 2 + 3.
    assert first(1.0).tolist() == [75, 75]
    assert (float(a.value), b.value.tolist()) == (5.0, [5, 5])
    # a: 6, 7, 9; b: 30 + 35.
    assert first(1.0).tolist() == [7 * 65 * 9] * 2
    assert (float(a.value), b.value.tolist()) == (9.0, [65, 65])


@check("jit.nest.inside@1", needs=["jit.static.passed@1", "jit.result.keywords@1"])
def test_inner_calls_take_every_sort_of_argument(impl: Any) -> None:
    inner = impl.transform.jit(lambda tree, n, *, k=2: {"out": tree["x"] * len(n) + k}, static_argnums=1)

    @jitted(impl)
    def outer(x: Any) -> Any:
        return inner({"x": x}, "ab"), inner({"x": 1}, "abc", k=x), inner({"x": np.ones(2)}, n="a")

    for x in (3.0, 5.0):
        wanted = {"out": jnp.asarray(x * 2 + 2)}, {"out": jnp.asarray(x + 3)}, {"out": jnp.array([3.0, 3.0])}
        assert_arrays(outer(x), wanted)


@check("jit.nest.inside@1", needs=["jit.result.same@1"])
def test_results_of_inner_calls_have_the_types_of_those_of_jax(impl: Any) -> None:
    def origin(x: Any) -> Any:
        return x, x * np.int8(2), 3, 2.5, np.float64(1)

    inner, plain = impl.transform.jit(origin), jax.jit(origin)
    outer, wanted = impl.transform.jit(lambda x: [inner(x), inner(2)]), jax.jit(lambda x: [plain(x), plain(2)])
    for x in (1, 1.5, np.int8(3), jnp.float16(2)):
        assert_arrays(outer(x), wanted(x))


@check("jit.nest.inside@1", needs=["jit.state.random@1"])
def test_inner_draws_follow_the_outer_ones(impl: Any) -> None:
    state, plain = impl.random.RandomState(SEED), impl.random.RandomState(SEED)
    inner = impl.transform.jit(lambda: state.random(SHAPE))
    outer = impl.transform.jit(lambda: [inner(), state.random(SHAPE), inner()])
    for _ in range(2):
        assert_arrays(outer(), [plain.random(SHAPE) for _ in range(3)])
        assert_arrays(state.value, plain.value)


@check("jit.nest.inside@1", needs=["jit.form.method@1", "jit.state.written@1"])
def test_a_method_is_an_inner_function(impl: Any) -> None:
    class Counter:
        def __init__(self) -> None:
            self.count = impl.State(0.0)

        @jitted(impl)
        def add(self, x: Any) -> Any:
            self.count.value = self.count.value + x
            return self.count.value

    one, other = Counter(), Counter()
    outer = impl.transform.jit(lambda x: one.add(x) + other.add(one.add(x)))

    assert (outer(1.0), outer(1.0)) == (3.0, 9.0)
    assert (one.count.value, other.count.value) == (4.0, 6.0)


@check("jit.nest.inside@1", needs=["jit.state.read-only@1", "jit.state.written@1"])
def test_states_that_an_inner_call_leaves_alone_are_left_alone(impl: Any) -> None:
    value = np.ones(2)
    a, b, c = impl.State(value), impl.State(0.0), impl.State(value)
    inner = impl.transform.jit(lambda x: a.value * x)

    @jitted(impl)
    def outer(x: Any) -> None:
        b.value = inner(x).sum()

    outer(2.0), outer(3.0)
    assert b.value == 6.0
    assert a.value is value
    assert c.value is value


@check("jit.nest.counts@1", needs=["jit.trace.once@1", "jit.nest.inside@1"])
def test_an_inner_origin_runs_once_for_each_signature(impl: Any) -> None:
    runs: Any = []

    @jitted(impl)
    def inner(x: Any) -> Any:
        runs.append(x.shape)
        return x + 1

    one, other = jnp.float32(1), jnp.ones(2)
    outer = impl.transform.jit(lambda x: inner(inner(x)))
    assert outer(one) == 3.0
    assert len(runs) == 1
    outer(one), inner(one)
    assert len(runs) == 1
    outer(other), outer(other), inner(other), outer(one)
    assert runs == [(), (2,)]


@check("jit.nest.counts@1", needs=["jit.trace.once@1", "jit.nest.inside@1"])
def test_an_inner_origin_that_is_remembered_does_not_run(impl: Any) -> None:
    runs: Any = []
    inner = impl.transform.jit(lambda x: (runs.append(1), x + 1)[1])
    inner(jnp.float32(1))
    outers = [impl.transform.jit(lambda x, n=n: inner(x) * n) for n in (2, 3)]

    assert [outer(jnp.float32(1)) for outer in outers] == [4.0, 6.0]
    assert len(runs) == 1


@check("jit.nest.counts@1", needs=["jit.trace.once@1", "jit.nest.inside@1", "jit.state.written@1"])
def test_what_states_hold_inside_is_part_of_the_signature(impl: Any) -> None:
    runs, state = [], impl.State(jnp.float32(0))

    @jitted(impl)
    def inner() -> None:
        runs.append(state.value.shape)
        state.value = state.value + np.float32(1)

    @jitted(impl)
    def outer() -> None:
        inner(), inner()
        state.value = jnp.stack([state.value, state.value])
        inner(), inner()
        state.value = state.value[0]

    outer()
    assert runs == [(), (2,)]
    outer(), inner()
    assert runs == [(), (2,)]
    assert state.value == 9.0


@check("jit.nest.counts@1", needs=["jit.trace.once@1", "jit.nest.inside@1"])
def test_the_origin_of_each_of_three_runs_once(impl: Any) -> None:
    runs: Any = []
    third = impl.transform.jit(lambda x: (runs.append(3), x + 1)[1])
    second = impl.transform.jit(lambda x: (runs.append(2), third(x) + third(x))[1])
    first = impl.transform.jit(lambda x: (runs.append(1), second(x) * second(x))[1])

    assert (first(jnp.float32(1)), first(jnp.float32(2))) == (16.0, 36.0)
    assert runs == [1, 2, 3]


@check("jit.nest.captured@1", needs=["jit.nest.inside@1"])
def test_a_function_that_is_made_inside_uses_what_is_around(impl: Any) -> None:
    @jitted(impl)
    def outer(x: Any) -> Any:
        z = x + 1
        inner = impl.transform.jit(lambda y: (x * y, z - y))
        return inner(3.0), inner(x)

    for x in (2.0, 5.0, jnp.array([1.0, 2.0]), jnp.array([3.0, 4.0])):
        assert_arrays(outer(x), jax.jit(lambda x: ((x * 3.0, x - 2.0), (x * x, x + 1 - x)))(x))


@check("jit.nest.captured@1", needs=["jit.nest.inside@1"])
def test_a_function_that_stays_gets_the_values_of_each_trace(impl: Any) -> None:
    around: list[Any] = []
    inner = impl.transform.jit(lambda y: around[-1].sum() * y)

    @jitted(impl)
    def outer(x: Any) -> Any:
        around.append(x)
        return inner(3.0)

    assert [outer(x) for x in (jnp.ones(1), jnp.ones(2), 2 * jnp.ones(1), jnp.ones(3))] == [3.0, 6.0, 6.0, 9.0]


@check("jit.nest.captured@1", needs=["jit.nest.inside@1", "jit.state.written@1"])
def test_what_is_around_may_be_written_to_a_state(impl: Any) -> None:
    state = impl.State(0.0)

    @jitted(impl)
    def outer(x: Any) -> Any:
        @jitted(impl)
        def middle(y: Any) -> Any:
            @jitted(impl)
            def inner() -> Any:
                state.value = state.value + x * y
                return x

            return inner() + y

        return middle(x + 1)

    assert (outer(2.0), outer(3.0)) == (5.0, 7.0)
    assert state.value == 6.0 + 12.0


@check("jit.nest.captured@1", needs=["jit.nest.inside@1"])
def test_what_nobody_else_keeps_is_there(impl: Any) -> None:
    @jitted(impl)
    def outer(x: Any) -> Any:
        only = [x + 1]
        return impl.transform.jit(lambda y: only.pop() * y)(3.0)

    assert [outer(x) for x in (2.0, 3.0, jnp.ones(2))] == [9.0, 12.0, pytest.approx([6.0, 6.0])]


@check("jit.nest.captured@1", needs=["jit.nest.inside@1", "jit.form.callable@1"])
def test_what_a_partial_holds_is_of_the_present_trace(impl: Any) -> None:
    import functools

    def scaled(by: Any, x: Any) -> Any:
        return by * x

    outer = impl.transform.jit(lambda x: impl.transform.jit(functools.partial(scaled, x + 1))(x))
    assert [outer(x) for x in (1.0, 2.0, jnp.float32(3))] == [2.0, 6.0, 12.0]
