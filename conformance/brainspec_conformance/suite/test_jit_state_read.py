"""The checks of `spec/30-jit.md`: states that are read, when they are read, and under which names."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import assert_arrays, assert_equal, jitted
from brainspec_conformance.suite.state_material import KINDS, a_state

ROW = np.array([0.5, -1.0, 2.0], np.float32)

HELD: dict[str, Callable[[], Any]] = {
    "int": lambda: 1000,
    "float": lambda: 1.5,
    "NumPy array": lambda: np.ones(2),
    "NumPy number": lambda: np.float64(2.0),
    "JAX array": lambda: jnp.ones(2),
    "key": lambda: jax.random.key(3),
    "tree": lambda: {"a": [1, None], "b": np.ones(2)},
}


@check("jit.state.read-only@1")
@pytest.mark.parametrize("name", HELD)
def test_a_state_that_is_read_holds_the_same_object(impl: Any, name: str) -> None:
    value = HELD[name]()
    state, written = impl.State(value), impl.State(0)

    @jitted(impl)
    def f(x: Any) -> Any:
        written.value = x
        return state.value

    for x in (1, 2):
        assert_arrays(f(x), jax.jit(lambda: value)())
        assert state.value is value
        assert written.value == x


@check("jit.state.read-only@1")
@pytest.mark.parametrize("kind", KINDS)
def test_a_state_of_each_kind_that_is_read_holds_the_same_object(impl: Any, kind: str) -> None:
    state = a_state(impl, kind)
    value, f = state.value, impl.transform.jit(lambda x: state.value * x)
    f(1.0), f(2.0)

    assert state.value is value


@check("jit.state.read-only@1", needs=["jit.result.same@1"])
def test_a_state_that_an_inner_function_reads_holds_the_same_object(impl: Any) -> None:
    value = [np.ones(2), 3]
    state = impl.State(value)
    inner = impl.transform.jit(lambda: state.value[0] * state.value[1])
    outer = impl.transform.jit(lambda: inner() + state.value[0])
    for _ in range(2):
        assert outer().tolist() == [4, 4]
        assert state.value is value


@check("jit.state.read-only@1")
def test_the_source_of_what_is_written_elsewhere_holds_the_same_object(impl: Any) -> None:
    value = np.arange(2)
    source, target = impl.State(value), impl.State(0)

    @jitted(impl)
    def f() -> None:
        target.value = source.value

    for _ in range(2):
        f()
        assert source.value is value
        assert_arrays(target.value, jnp.arange(2))


@check("jit.state.read-only@1", needs=["random.default.key@1"])
def test_a_key_that_is_looked_at_is_the_same_object(impl: Any) -> None:
    state = impl.random.RandomState(0)
    key, default = state.value, impl.random.get_key()
    f = impl.transform.jit(lambda: jax.random.uniform(state.value) + jax.random.uniform(impl.random.get_key()))
    f(), f()

    assert state.value is key
    assert impl.random.get_key() is default


@check("jit.state.current@1")
@pytest.mark.parametrize("values", [(1.0, 5.0), (ROW, 2 * ROW), ([1, 2], [3, 4])], ids=repr)
def test_each_call_uses_what_the_state_holds(impl: Any, values: Any) -> None:
    state = impl.State(values[0])
    f = impl.transform.jit(lambda x: jax.tree.map(lambda leaf: leaf * x, state.value))
    for x in (2, 3):
        for value in values:
            state.value = value
            assert_equal(f(x), jax.tree.map(lambda leaf: jnp.asarray(leaf) * x, value))  # noqa: B023


@check("jit.state.current@1")
def test_a_state_of_another_type_is_used_as_it_is(impl: Any) -> None:
    state = impl.State(0)
    f = impl.transform.jit(lambda: state.value * 2)
    for value in (1, 1.5, np.float32(2), np.int8(3), jnp.ones(2), np.ones((2, 1)), 2, jnp.zeros(2), True, 2.5):
        state.value = value
        assert_arrays(f(), jax.jit(lambda x: x * 2)(value))


@check("jit.state.current@1")
def test_a_state_of_another_structure_is_used_as_it_is(impl: Any) -> None:
    state = impl.State(1.0)
    f = impl.transform.jit(lambda: jax.tree.map(lambda leaf: leaf * 2, state.value))
    for value in (1.0, [1.0], {"a": 1.0}, [1.0, 2], None, 3.0, {"b": 1.0}):
        state.value = value
        assert_equal(f(), jax.tree.map(lambda leaf: leaf * 2, value))


@check("jit.state.current@1", needs=["jit.state.written@1"])
def test_functions_hand_on_to_each_other_through_a_state(impl: Any) -> None:
    state = impl.State(jnp.float32(1))

    @jitted(impl)
    def double() -> None:
        state.value = state.value * 2

    @jitted(impl)
    def plus(x: Any) -> Any:
        state.value = state.value + x
        return state.value

    seen = []
    for x in (1.0, 2.0, 3.0):
        double()
        seen.append(float(plus(x)))
        state.value = state.value - 1
    assert seen == [3.0, 6.0, 13.0]


@check("jit.state.current@1", needs=["jit.state.random@1"])
def test_a_new_seed_is_used(impl: Any) -> None:
    state = impl.random.RandomState(0)
    f = impl.transform.jit(lambda: state.randint(0, 1 << 20, (4,)))
    first, second = f().tolist(), f().tolist()
    state.seed(0)

    assert first != second
    assert f().tolist() == first


@check("jit.state.aliases@1", needs=["jit.state.written@1"])
def test_what_is_written_under_one_name_is_read_under_the_other(impl: Any) -> None:
    state = impl.State(jnp.float32(1))
    pair, other = SimpleNamespace(a=state, b=state), {"c": [state]}

    @jitted(impl)
    def f(x: Any) -> Any:
        pair.a.value = pair.a.value + x
        first = pair.b.value
        other["c"][0].value = state.value * 2
        return first, pair.a.value

    assert f(1.0) == (2.0, 4.0)
    assert f(1.0) == (5.0, 10.0)
    assert state.value == 10.0


@check("jit.state.aliases@1", needs=["jit.state.written@1"])
def test_the_last_write_under_any_name_counts(impl: Any) -> None:
    state = impl.State(0.0)
    names = [SimpleNamespace(s=state), SimpleNamespace(s=state)]

    @jitted(impl)
    def f(x: Any) -> None:
        for n, holder in enumerate([*names, names[0]]):
            holder.s.value = x + n

    f(1.0)
    assert state.value == 3.0
    f(5.0)
    assert state.value == 7.0


@check("jit.state.aliases@1", needs=["jit.state.written@1", "jit.nest.inside@1"])
def test_an_inner_function_and_its_caller_share_a_state(impl: Any) -> None:
    state = impl.State(1)
    one, other = SimpleNamespace(s=state), SimpleNamespace(t=state)

    @jitted(impl)
    def inner(x: Any) -> None:
        one.s.value = one.s.value * 10 + x

    @jitted(impl)
    def outer(x: Any) -> Any:
        other.t.value = x
        inner(2)
        other.t.value = other.t.value * 10 + 3
        return one.s.value

    assert outer(1) == 123
    assert outer(4) == 423
    assert state.value == 423


@check("jit.state.aliases@1", needs=["jit.state.touched@1"])
def test_a_state_with_several_names_is_touched_once(impl: Any) -> None:
    state = impl.State(1.0)
    pair = SimpleNamespace(a=state, b=state)

    @jitted(impl)
    def f() -> None:
        pair.b.value = pair.a.value + state.value

    for _ in range(2):
        with impl.StateTraceStack() as stack:
            f()
        assert stack.states == [state]
        assert stack.been_writen == [True]


@check("jit.state.aliases@1", needs=["jit.state.written@1"])
def test_states_that_hold_the_same_object_are_no_aliases(impl: Any) -> None:
    value = jnp.ones(2)
    a, b = impl.State(value), impl.State(value)

    @jitted(impl)
    def f() -> Any:
        a.value = a.value + 1
        return b.value

    assert f().tolist() == [1, 1]
    assert a.value.tolist() == [2, 2]
    assert b.value is value
