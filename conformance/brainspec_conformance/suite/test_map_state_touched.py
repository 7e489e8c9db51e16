"""The checks of `spec/33-map.md`: states that calls reach, what trace stacks around a call record, states that are born in it."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.map_material import assert_same_states, batches, one_by_one, scene, some_batches
from brainspec_conformance.suite.mapping_more_material import bits
from brainspec_conformance.suite.random_material import kept
from brainspec_conformance.suite.shared_material import (
    TOUCHES,
    assert_but_weak,
    assert_every_stack_records,
    read_then_written,
    three,
    watched,
)
from brainspec_conformance.suite.test_mapping_state_reached import THROUGH

# More ways to call a function of one argument from another.
WAYS: dict[str, Callable[[Any, Any], Any]] = {
    **THROUGH,
    "another map": lambda impl, f: lambda x: jax.tree.map(lambda out: out[0], impl.transform.map(f, jnp.stack([x]))),
    "a map in a jit": lambda impl, f: impl.transform.jit(WAYS["another map"](impl, f)),
    "a method": lambda impl, f: type("Users", (), {"of": lambda self, x: f(x)})().of,
    "a module": lambda impl, f: type("Net", (impl.nn.Module,), {"update": lambda self, x: f(x)})(),
}
X = jnp.array([1.0, 2.0, 0.5])


@check("map.state.through@1", needs=["map.state.carried@1"])
@pytest.mark.parametrize("name", [name for name in WAYS if "mapping" not in name])
def test_states_that_an_inner_function_touches_are_carried(impl: Any, name: str) -> None:
    (f, states), (plain, others) = scene(impl), scene(impl)
    inner = WAYS[name](impl, f)
    for _ in range(2):
        found = impl.transform.map(lambda x: inner(x), X)
        assert_but_weak(found, one_by_one(plain, X))
        assert_same_states(states, others)


@check("map.state.through@1", needs=["map.state.carried@1", "mapping.state.unmapped@1", "mapping.state.stays@1"])
def test_states_that_a_mapping_touches_are_carried(impl: Any) -> None:
    count, sums = impl.State(jnp.array(0)), impl.State(jnp.zeros(2))

    def lane(x: Any) -> Any:
        count.value, sums.value = count.value + 1, sums.value + x
        return sums.value * 10

    mapping = impl.transform.vmap2(lane, state_in_axes={0: sums})
    assert impl.transform.map(mapping, jnp.ones((3, 2))).tolist() == [[10, 10], [20, 20], [30, 30]]
    assert (count.value.tolist(), sums.value.tolist()) == (3, [3, 3])


@check("map.state.through@1", needs=["map.state.carried@1"])
@pytest.mark.parametrize("name", ["jit", "two jits", "another map"])
def test_a_function_that_was_called_before_touches_them_too(impl: Any, name: str) -> None:
    state = impl.State(jnp.zeros(()))

    def add(x: Any) -> Any:
        state.value = state.value + x
        return state.value

    inner = WAYS[name](impl, add)
    inner(jnp.float32(1))
    assert impl.transform.map(inner, X).tolist() == [2.0, 4.0, 4.5]
    assert state.value == 4.5
    inner(jnp.float32(1))
    assert state.value == 5.5


@check("map.state.touched@1", needs=["state.stack.records@1", "state.stack.writes@1"])
@pytest.mark.parametrize("size", [3, 0], ids=lambda size: f"{size} slices")
@pytest.mark.parametrize("name", TOUCHES)
def test_what_the_function_touches_is_recorded_in_its_order(impl: Any, name: str, size: int) -> None:
    origin, order, written = TOUCHES[name]
    states = three(impl)
    for _ in range(2):
        stack = watched(impl, lambda: impl.transform.map(lambda x: origin(**states, x=x), jnp.ones(size)))
        assert stack.states == [states[letter] for letter in order]
        assert stack.been_writen == written


@check("map.state.touched@1", needs=["state.stack.records@1", "state.stack.writes@1"])
@batches
def test_states_that_are_read_and_streams_are_recorded(impl: Any, batch_size: int | None) -> None:
    a, b, idle = (impl.State(float(n)) for n in range(3))
    drawn, looked = impl.random.RandomState(0), impl.random.RandomState(1)

    def f(x: Any) -> Any:
        first = b.value
        key = bits(looked.value)
        return first, key, drawn.split_key(), impl.random.split_key(), a.value * x

    with kept(impl):
        stack = watched(impl, lambda: impl.transform.map(f, jnp.ones(4), batch_size=batch_size))
        assert stack.states == [b, looked, drawn, impl.random.default_rng(), a]
        assert stack.been_writen == [False, batch_size is not None, True, True, False]
    assert idle.value == 2.0


@check("map.state.touched@1", needs=["state.stack.nested@1"])
def test_every_open_stack_records_and_adds_to_what_it_has(impl: Any) -> None:
    a, b, c = three(impl).values()
    assert_every_stack_records(impl, lambda: impl.transform.map(lambda x: read_then_written(a, b, c, x), X), a, b, c)


@check("map.state.touched@1", needs=["state.stack.recover@1"])
def test_what_a_call_wrote_can_be_taken_back(impl: Any) -> None:
    a, b, c = three(impl).values()
    before = [state.value for state in (a, b, c)]
    stack = watched(impl, lambda: impl.transform.map(lambda x: read_then_written(a, b, c, x), X))
    assert a.value != 1.0
    stack.recovery_original_values()
    assert [state.value is value for state, value in zip((a, b, c), before)] == [True, True, True]


@check("map.state.touched@1", needs=["state.stack.newborn@1"])
@batches
def test_states_that_are_born_in_a_run_are_not_recorded(impl: Any, batch_size: int | None) -> None:
    outside = impl.State(3.0)

    def f(x: Any) -> Any:
        inside, stream = impl.State(x), impl.random.RandomState(0)
        inside.value = inside.value * outside.value + stream.uniform()
        return inside.value

    stack = watched(impl, lambda: impl.transform.map(f, X, batch_size=batch_size))
    assert (stack.states, stack.been_writen) == ([outside], [False])


@check("map.state.touched@1", needs=["map.nest.inside@1", "jit.state.touched@1", "mapping.state.touched@1"])
@pytest.mark.parametrize("around", ["jit", "mapping", "map", "grad"])
def test_the_caller_touches_what_a_call_in_it_touches(impl: Any, around: str) -> None:
    a, b, c = (impl.State(jnp.float32(n)) for n in range(3))

    def f(x: Any) -> Any:
        c.value = a.value * 2
        return x

    def outer(x: Any) -> Any:
        return impl.transform.map(f, x).sum() * b.value

    make, x = {
        "jit": (impl.transform.jit, X),
        "mapping": (impl.transform.vmap2, X[None]),
        "map": (lambda f: lambda x: impl.transform.map(f, x), X[None]),
        "grad": (impl.transform.grad, X),
    }[around]
    made = make(outer)
    for _ in range(2):
        stack = watched(impl, lambda: made(x))
        assert (stack.states, stack.been_writen) == ([a, c, b], [False, True, False])


def with_states(impl: Any, x: Any) -> Any:
    states = [impl.State(x * n) for n in range(3)]
    for state in states:
        state.value = state.value + x
    return [state.value for state in states]


def with_a_stream(impl: Any, x: Any) -> Any:
    stream = impl.random.RandomState(3)
    return stream.uniform() + x, bits(stream.value)


def with_a_function(impl: Any, x: Any) -> Any:
    state = impl.State(x)

    def add(y: Any) -> Any:
        state.value = state.value + y
        return state.value

    return impl.transform.jit(add)(x * 2), impl.transform.map(add, jnp.stack([x, x])), state.value


def with_a_module(impl: Any, x: Any) -> Any:
    cell = impl.nn.Module()
    cell.h = impl.ShortTermState({"a": x})
    cell.h.value = {"a": cell.h.value["a"] * 2}
    return cell.h.value


LOCAL = {"states": with_states, "a stream": with_a_stream, "a function": with_a_function, "a module": with_a_module}


@check("map.state.local@1", needs=["map.run.sequence@1"])
@some_batches
@pytest.mark.parametrize("name", LOCAL)
def test_what_is_born_in_a_run_acts_as_in_plain_python(impl: Any, name: str, batch_size: int | None) -> None:
    for x in (X, -X):
        found = impl.transform.map(lambda x: LOCAL[name](impl, x), x, batch_size=batch_size)
        assert_but_weak(found, one_by_one(lambda x: LOCAL[name](impl, x), x))


@check("map.state.local@1", needs=["map.run.sequence@1", "map.state.carried@1"])
def test_a_run_finds_nothing_of_what_another_made(impl: Any) -> None:
    count = impl.State(jnp.array(0))

    def f(x: Any) -> Any:
        inside = impl.State(jnp.zeros(()))
        inside.value = inside.value + x
        count.value = count.value + 1
        return inside.value, inside.value * count.value

    one, other = impl.transform.map(f, X)
    assert (one.tolist(), other.tolist()) == ([1.0, 2.0, 0.5], [1.0, 4.0, 1.5])
