"""The checks of `spec/33-map.md`: states that are only read, and weak types of those that are written."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import assert_close, type_of
from brainspec_conformance.suite.map_material import (
    assert_same_states,
    scene,
    sizes,
    some_batches,
)
from brainspec_conformance.suite.mapping_more_material import bits

HELD: dict[str, Callable[[], Any]] = {
    "a number": lambda: 1000.5,
    "NumPy": lambda: np.ones(2, np.float32),
    "an array": lambda: jnp.ones(2),
    "a weak array": lambda: jnp.asarray(1.5),
    "a tree": lambda: {"a": [np.ones((2, 3), np.float32), 2], "b": None},
}
READING: dict[str, Callable[[Any, Any], Any]] = {
    "bare": lambda impl, f: f,
    "jitted": lambda impl, f: impl.transform.jit(f),
    "in a map": lambda impl, f: lambda x: impl.transform.map(f, jnp.stack([x, x])),
    "in a mapping": lambda impl, f: lambda x: impl.transform.vmap2(f)(jnp.stack([x, x])),
    "in a branch": lambda impl, f: lambda x: jax.lax.cond(x > 1, f, lambda x: x, x),
}


@check("map.state.read-only@1", needs=["map.run.sequence@1"])
@some_batches
@pytest.mark.parametrize("name", HELD)
def test_what_is_only_read_is_the_same_object(impl: Any, name: str, batch_size: int | None) -> None:
    state, value = impl.State(HELD[name]()), HELD[name]()
    state.value = value
    for size in (3, 1, 0):
        impl.transform.map(
            lambda x: jax.tree.map(lambda leaf: leaf * x, state.value), jnp.ones(size), batch_size=batch_size
        )
        assert state.value is value


@check("map.state.read-only@1", needs=["map.state.through@1"])
@pytest.mark.parametrize("name", READING)
def test_it_is_so_for_what_is_read_further_in(impl: Any, name: str) -> None:
    state, written, stream = impl.State(np.float32(2)), impl.State(jnp.zeros(())), impl.random.RandomState(0)
    value, key = state.value, stream.value
    inner = READING[name](impl, lambda x: state.value * x)

    def f(x: Any) -> Any:
        written.value = written.value + jnp.sum(inner(x))
        return bits(stream.value)

    impl.transform.map(f, jnp.arange(3.0))
    assert (state.value is value, stream.value is key) == (True, True)


@check("map.state.read-only@1", needs=["map.state.carried@1"])
def test_what_is_read_by_one_call_is_written_by_another(impl: Any) -> None:
    state, x = impl.State(jnp.zeros(())), jnp.ones(2)
    value = state.value

    def add(x: Any) -> None:
        state.value = state.value + x

    impl.transform.map(lambda x: state.value, x)
    assert state.value is value
    impl.transform.map(add, x)
    assert state.value == 2.0


@check("map.state.read-only@1", needs=["map.run.sequence@1"])
@pytest.mark.parametrize("name", HELD)
def test_no_runs_write_nothing(impl: Any, name: str) -> None:
    state, wanted = impl.State(HELD[name]()), HELD[name]()

    def f(x: Any) -> None:
        state.value = jax.tree.map(lambda leaf: jnp.zeros_like(leaf), state.value)

    impl.transform.map(f, jnp.ones((0, 2)))
    for one, other in zip(jax.tree.leaves(state.value), jax.tree.leaves(wanted), strict=True):
        assert type_of(one) == type_of(other)
        assert_close(one, other)


@check("map.state.read-only@1", needs=["map.run.sequence@1"])
def test_no_runs_leave_states_of_many_sorts_as_they_are(impl: Any) -> None:
    (f, states), (_, others) = scene(impl), scene(impl)
    impl.transform.map(f, jnp.zeros(0))
    assert_same_states(states, others)


# Values with a leaf that is weak, strong, or each.
WEAK: dict[str, Callable[[], Any]] = {
    "a Python float": lambda: 1.5,
    "a Python integer": lambda: 3,
    "a Python complex number": lambda: 1j,
    "a weak array": lambda: jnp.asarray(1.5),
    "a weak vector": lambda: jnp.broadcast_to(jnp.asarray(1.5), (2,)),
    "a strong number": lambda: jnp.float32(1.5),
    "a NumPy number": lambda: np.float32(1.5),
    "a strong vector": lambda: jnp.ones(2),
    "a tree of both": lambda: {"a": 1.5, "b": [jnp.ones(2), np.int32(2), 2]},
}


def turned(leaf: Any) -> Any:
    """The same type but for weakness: weak for strong, and strong for weak."""
    shape, dtype, weak = type_of(leaf)
    return jnp.ones(shape, dtype) if weak else jnp.broadcast_to(jnp.asarray(np.ones((), dtype).item()), shape)


def kept_as(leaf: Any) -> Any:
    return leaf


def types_of(value: Any) -> list[Any]:
    return [type_of(leaf) for leaf in jax.tree.leaves(value)]


@check("map.state.weak@1", needs=["map.state.carried@1"])
@sizes
@pytest.mark.parametrize("write", [turned, kept_as], ids=["turned", "kept"])
@pytest.mark.parametrize("name", WEAK)
def test_states_are_weak_where_they_were(impl: Any, name: str, write: Any, size: int) -> None:
    state, seen, wanted = impl.State(WEAK[name]()), list[Any](), types_of(WEAK[name]())

    def f(x: Any) -> Any:
        seen.append(types_of(state.value))
        found = state.value
        state.value = jax.tree.map(write, state.value)
        return found

    for _ in range(2):
        found = impl.transform.map(f, jnp.ones(size))
        assert types_of(state.value) == wanted
        assert [(*shape[1:], dtype, weak) for shape, dtype, weak in types_of(found)] == [
            (*shape, dtype, weak) for shape, dtype, weak in wanted
        ]
    assert all(types == wanted for types in seen)


@check("map.state.weak@1", needs=["map.state.carried@1"])
def test_what_a_run_makes_of_a_weak_state_is_of_the_type_that_this_gives(impl: Any) -> None:
    state = impl.State(1.0)

    def f(x: Any) -> Any:
        out = jnp.float16(2) * state.value
        state.value = jnp.float32(3)
        return out

    found = impl.transform.map(f, jnp.zeros(3))
    assert (found.dtype, found.tolist()) == (jnp.float16, [2.0, 6.0, 6.0])
    assert (jnp.float16(1) * state.value).dtype == jnp.float16


@check("map.state.weak@1", needs=["map.state.carried@1", "map.nest.inside@1"])
@pytest.mark.parametrize("around", ["jit", "map"])
def test_who_reads_it_after_a_call_in_a_function_finds_it_so(impl: Any, around: str) -> None:
    weak, strong, seen = impl.State(1.0), impl.State(jnp.float32(2)), list[bool]()

    def f(x: Any) -> None:
        weak.value, strong.value = strong.value, weak.value

    def outer(x: Any) -> Any:
        impl.transform.map(f, x)
        seen.extend(type_of(state.value)[2] for state in (weak, strong))
        return x

    make = {"jit": impl.transform.jit, "map": lambda f: lambda x: impl.transform.map(f, jnp.stack([x, x]))}[around]
    make(outer)(jnp.zeros(3))
    assert seen[:2] == [True, False]


@check("map.state.weak@1", needs=["map.run.sequence@1"])
@pytest.mark.parametrize("name", WEAK)
def test_what_is_only_read_is_as_weak_as_it_is(impl: Any, name: str) -> None:
    state, seen = impl.State(WEAK[name]()), list[Any]()
    written = impl.State(jnp.zeros(()))

    def f(x: Any) -> None:
        seen.append(types_of(state.value))
        written.value = x

    impl.transform.map(f, jnp.ones(3))
    assert seen[0] == types_of(WEAK[name]())
