"""The checks of `spec/30-jit.md`: what written states hold after a call."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import assert_arrays, assert_equal, jitted, type_of
from brainspec_conformance.suite.state_material import KINDS, a_state

ROW = np.array([0.5, -1.0, 2.0], np.float32)

# What an origin writes, given its argument; the state held something else of the same structure before.
WRITTEN: dict[str, tuple[Callable[[], Any], Callable[[Any], Any]]] = {
    "argument": (lambda: 0.0, lambda x: x),
    "int": (lambda: 0.0, lambda x: 3),
    "float": (lambda: jnp.zeros(2), lambda x: 2.5),
    "bool": (lambda: 0, lambda x: True),
    "complex": (lambda: 0, lambda x: 1j),
    "NumPy number": (lambda: 0, lambda x: np.float64(1.5)),
    "NumPy array": (lambda: 0, lambda x: np.arange(3)),
    "computed": (lambda: jnp.zeros(3), lambda x: x * ROW),
    "computed from numbers": (lambda: 0, lambda x: x + 1),
    "constant array": (lambda: 0, lambda x: jnp.arange(2)),
    "strong": (lambda: 0.0, lambda x: jnp.float32(1)),
    "weak": (lambda: jnp.float32(0), lambda x: jnp.asarray(x) * 1.0),
    "short": (lambda: 0.0, lambda x: x * jnp.int8(2)),
    "key": (lambda: jax.random.key(0), lambda x: jax.random.key(7)),
    "none": (lambda: None, lambda x: None),
    "tree": (lambda: {"a": 0, "b": [None, (1, 2)]}, lambda x: {"b": [None, (x, 2 * x)], "a": np.ones(2)}),
}


@check("jit.state.written@1")
@pytest.mark.parametrize("name", WRITTEN)
def test_a_state_holds_what_was_written_as_jax_would_give_it(impl: Any, name: str) -> None:
    make, origin = WRITTEN[name]
    before = make()
    state, other = impl.State(before), impl.State(before)

    @jitted(impl)
    def f(x: Any) -> None:
        state.value = origin(x)

    for x in (2, 3, 5):
        f(x)
        assert_arrays(state.value, jax.jit(origin)(x))
    assert other.value is before


@check("jit.state.written@1")
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_written(impl: Any, kind: str) -> None:
    state = a_state(impl, kind, name="w", tag="slow", unit="mV")

    @jitted(impl)
    def f(x: Any) -> None:
        state.value = state.value + x

    f(1.0), f(2.0)
    assert_arrays(state.value, jnp.array([3.0, 3.0]))
    assert (state.name, state.tag, state.unit) == ("w", "slow", "mV")


@check("jit.state.written@1")
def test_the_last_write_counts(impl: Any) -> None:
    state = impl.State(0.0)

    @jitted(impl)
    def f(x: Any) -> Any:
        state.value = x
        first = state.value
        state.value = first * 10
        state.value += 1
        return first, state.value

    assert f(2.0) == (2.0, 21.0)
    assert state.value == 21.0
    assert f(3.0) == (3.0, 31.0)
    assert state.value == 31.0


@check("jit.state.written@1")
def test_a_state_that_gets_what_it_has_is_written(impl: Any) -> None:
    state = impl.State({"a": 1.5, "b": np.arange(2)})

    @jitted(impl)
    def f() -> None:
        state.value = state.value

    for _ in range(2):
        f()
        assert_arrays(state.value, {"a": jnp.asarray(1.5), "b": jnp.arange(2)})


@check("jit.state.written@1")
def test_several_states_are_written_each_with_its_own(impl: Any) -> None:
    a, b, c = impl.State(1.0), impl.State(jnp.array([2.0, 3.0])), impl.State({"x": 4, "y": 5})

    @jitted(impl)
    def f(x: Any) -> None:
        c.value = {"x": c.value["y"], "y": c.value["x"]}
        a.value, b.value = b.value[0] + x, b.value * a.value

    f(1.0)
    assert_arrays((a.value, b.value), (jnp.float32(3), jnp.array([2.0, 3.0])))
    assert_arrays(c.value, {"x": jnp.asarray(5), "y": jnp.asarray(4)})
    f(1.0)
    assert_arrays((a.value, b.value), (jnp.float32(3), jnp.array([6.0, 9.0])))
    assert_arrays(c.value, {"x": jnp.asarray(4), "y": jnp.asarray(5)})


@check("jit.state.written@1")
def test_one_array_is_written_to_several_states_and_given_back(impl: Any) -> None:
    a, b = impl.State(0.0), impl.State([0.0])

    @jitted(impl)
    def f(x: Any) -> Any:
        a.value = y = x * 2
        b.value = [y]
        return y

    for x in (1.0, 2.0):
        out = f(x)
        assert_arrays((a.value, b.value, out), (jnp.asarray(2 * x), [jnp.asarray(2 * x)], jnp.asarray(2 * x)))


@check("jit.state.written@1")
def test_states_may_swap_what_they_hold(impl: Any) -> None:
    a, b = impl.State(1.0), impl.State(jnp.int32(2))

    @jitted(impl)
    def f() -> None:
        a.value, b.value = b.value, a.value

    f()
    assert_arrays((a.value, b.value), (jnp.int32(2), jnp.asarray(1.0)))
    f()
    assert_arrays((a.value, b.value), (jnp.asarray(1.0), jnp.int32(2)))


@check("jit.state.written@1")
def test_an_exception_that_the_origin_catches_itself_takes_nothing_back(impl: Any) -> None:
    state = impl.State(0.0)

    @jitted(impl)
    def f(x: Any) -> Any:
        try:
            state.value = x
            raise LookupError
        except LookupError:
            return state.value + 1

    for x in (2.0, 5.0):
        assert f(x) == x + 1
        assert_arrays(state.value, jnp.asarray(x))


@check("jit.state.written@1", needs=["state.copy.from@1"])
def test_a_value_is_taken_over_from_another_state(impl: Any) -> None:
    state, other = impl.State(0.0), impl.State(np.ones(2))
    impl.transform.jit(lambda: state.copy_from(other))()

    assert_arrays(state.value, jnp.ones(2))
    assert isinstance(other.value, np.ndarray)


@check("jit.state.written@1")
def test_only_the_branch_that_python_takes_is_written(impl: Any) -> None:
    a, b = impl.State(0.0), impl.State(0.0)

    @jitted(impl, static_argnums=1)
    def f(x: Any, first: bool) -> None:
        if first:
            a.value = x
        else:
            b.value = x

    f(1.0, True), f(2.0, False)
    assert_arrays((a.value, b.value), (jnp.asarray(1.0), jnp.asarray(2.0)))
    f(3.0, True), f(4.0, False)
    assert_arrays((a.value, b.value), (jnp.asarray(3.0), jnp.asarray(4.0)))


# What a state holds, and what an origin writes to it.
RETYPED: dict[str, tuple[Callable[[], Any], Callable[[Any], Any]]] = {
    "longer": (lambda: jnp.ones(2), lambda v: jnp.concatenate([v, v])),
    "shorter": (lambda: jnp.ones(8), lambda v: v[::2]),
    "another rank": (lambda: jnp.ones(3), lambda v: v[None]),
    "float from int": (lambda: jnp.array([1, 2]), lambda v: v * 0.5),
    "int from float": (lambda: jnp.array([1.0, 2.0]), lambda v: v.astype(int)),
    "half": (lambda: jnp.ones(2), lambda v: v.astype(jnp.float16)),
    "bool": (lambda: jnp.array([1, 0]), lambda v: v > 0),
    "strong from weak": (lambda: 1.5, lambda v: v * jnp.float32(1)),
    "weak from strong": (lambda: jnp.float32(1.5), lambda v: 2.5),
    "weak to float": (lambda: 1, lambda v: v * 1.5),
    "in a tree": (lambda: {"a": 1, "b": jnp.ones(2)}, lambda v: {"a": v["b"], "b": v["a"] + 0.5}),
    "all at once": (lambda: jnp.array([1, 2], jnp.int8), lambda v: 2.5),
}


@check("jit.state.retyped@1", needs=["jit.state.written@1"])
@pytest.mark.parametrize("name", RETYPED)
def test_a_state_keeps_the_type_that_was_written(impl: Any, name: str) -> None:
    make, origin = RETYPED[name]
    value = make()
    state = impl.State(value)

    @jitted(impl)
    def f() -> Any:
        state.value = origin(state.value)
        return state.value

    wanted = jax.jit(origin)(value)
    out = f()
    assert [type_of(leaf) for leaf in jax.tree.leaves(wanted)] != [type_of(leaf) for leaf in jax.tree.leaves(value)]
    assert_arrays(state.value, wanted)
    assert_arrays(out, wanted)


@check("jit.state.retyped@1", needs=["jit.state.current@1"])
def test_the_next_call_begins_with_the_new_type(impl: Any) -> None:
    state = impl.State(jnp.ones(1, jnp.int32))

    @jitted(impl)
    def f(x: Any) -> Any:
        state.value = jnp.concatenate([state.value, state.value]) * x
        return state.value.sum()

    outs = [f(x) for x in (2, np.float32(0.5), np.float32(0.5))]
    assert_equal(outs, [jnp.int32(4), jnp.float32(4), jnp.float32(4)])
    assert_arrays(state.value, jnp.array([0.5] * 8))


@check("jit.state.retyped@1", needs=["jit.state.current@1"])
def test_another_function_sees_the_new_type_and_may_take_it_back(impl: Any) -> None:
    state = impl.State(jnp.ones(2))

    @jitted(impl)
    def widen() -> None:
        state.value = jnp.stack([state.value, state.value])

    @jitted(impl)
    def narrow() -> Any:
        state.value = state.value[0] + 1
        return state.value

    for n in (2.0, 3.0):
        widen()
        assert state.value.shape == (2, 2)
        assert_arrays(narrow(), jnp.array([n, n]))
