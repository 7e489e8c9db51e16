"""The checks of `spec/33-map.md`: what runs find in states, and what they leave there."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.map_material import (
    assert_as_runs,
    one_by_one,
    scene,
)
from brainspec_conformance.suite.mapping_more_material import assert_keys, bits
from brainspec_conformance.suite.shared_material import assert_but_weak

# Functions of a number that carry on what their states hold, and these.
Carrying = Callable[[Any], tuple[Callable[..., Any], list[Any]]]


def of_states(body: Callable[..., Any], *values: Callable[[], Any]) -> Carrying:
    """A function that gets its states before its argument."""

    def make(impl: Any) -> tuple[Callable[..., Any], list[Any]]:
        states = [impl.State(value()) for value in values]
        return lambda *xs: body(*states, *xs), states

    return make


def added(s: Any, x: Any) -> Any:
    s.value = s.value + x
    return s.value


def delayed(s: Any, x: Any) -> Any:
    before, s.value = s.value, x
    return before


def written_alone(s: Any, x: Any) -> Any:
    s.value = x * 2
    return x


def swapped(a: Any, b: Any, x: Any) -> Any:
    a.value, b.value = b.value, a.value + x
    return a.value, b.value


def in_a_tree(s: Any, x: Any) -> Any:
    s.value = {"sum": s.value["sum"] + x, "past": [x, s.value["past"][0]], "none": None}
    return s.value["past"][1]


def in_a_branch(s: Any, x: Any) -> Any:
    s.value = jax.lax.cond(x > 1, lambda: s.value * 2, lambda: s.value + 1)
    return s.value


def twice_written(s: Any, x: Any) -> Any:
    s.value = s.value + x
    s.value = s.value * 2
    return s.value - x


def at_an_index(s: Any, x: Any) -> Any:
    s.value = jnp.roll(s.value, 1).at[0].set(x)
    return s.value


def of_another_length(s: Any, x: Any) -> Any:
    s.value = jnp.stack([s.value, s.value]) * x
    s.value = s.value.sum(0)
    return s.value


CARRYING: dict[str, Carrying] = {
    "added": of_states(added, lambda: jnp.zeros(())),
    "added to a vector": of_states(added, lambda: jnp.ones(3)),
    "added to NumPy": of_states(added, lambda: np.ones(2, np.float32)),
    "added to a Python number": of_states(added, lambda: 1.0),
    "delayed": of_states(delayed, lambda: jnp.full((), 7.0)),
    "written alone": of_states(written_alone, lambda: jnp.zeros(())),
    "swapped": of_states(swapped, lambda: jnp.zeros(()), lambda: jnp.ones(())),
    "in a tree": of_states(
        in_a_tree, lambda: {"sum": jnp.zeros(()), "past": [jnp.ones(()), jnp.zeros(())], "none": None}
    ),
    "in a branch": of_states(in_a_branch, lambda: jnp.ones(())),
    "written twice": of_states(twice_written, lambda: jnp.zeros(())),
    "at an index": of_states(at_an_index, lambda: jnp.zeros(4)),
    "of another length on the way": of_states(of_another_length, lambda: jnp.ones(2)),
    "of many sorts": scene,
}
X = np.array([1.0, 2.0, 0.5, 4.0], np.float32)


@check("map.state.carried@1", needs=["map.run.sequence@1"])
@pytest.mark.parametrize("name", CARRYING)
def test_each_run_goes_on_from_the_one_before_it(impl: Any, name: str) -> None:
    assert_as_runs(impl, CARRYING[name], jnp.asarray(X))


@check("map.state.carried@1", needs=["map.run.sequence@1"])
@pytest.mark.parametrize("size", [1, 2, 17])
def test_the_last_run_leaves_what_is_held(impl: Any, size: int) -> None:
    state = impl.State(jnp.array(0))
    found = impl.transform.map(lambda x: added(state, x), np.arange(size))
    assert found.tolist() == np.cumsum(np.arange(size)).tolist()
    assert state.value == sum(range(size))


@check("map.state.carried@1", needs=["map.run.sequence@1"])
def test_what_is_written_between_calls_is_found(impl: Any) -> None:
    state, x = impl.State(jnp.array(0)), jnp.arange(3)
    for start in (0, 10, -5):
        state.value = jnp.array(start)
        assert impl.transform.map(lambda x: added(state, x), x).tolist() == [start, start + 1, start + 3]


@check("map.state.carried@1", needs=["map.run.sequence@1"])
@pytest.mark.parametrize("dtype", ["bool", "int8", "uint32", "float16", "complex64"])
def test_states_of_each_type_are_carried(impl: Any, dtype: str) -> None:
    state = impl.State(jnp.zeros(2, dtype))

    def f(x: Any) -> Any:
        before = state.value
        state.value = before | x if dtype == "bool" else before + x
        return before

    found = impl.transform.map(f, jnp.ones((3, 2), dtype))
    wanted = [0, 1, 1] if dtype == "bool" else [0, 1, 2]
    assert_but_weak(found, jnp.asarray(wanted, dtype)[:, None] * jnp.ones(2, dtype))


@check("map.state.carried@1", needs=["map.run.sequence@1"])
def test_keys_in_states_are_carried(impl: Any) -> None:
    state, plain = impl.State(jax.random.key(0)), impl.State(jax.random.key(0))

    def f(state: Any, x: Any) -> Any:
        state.value = jax.random.fold_in(state.value, x)
        return bits(state.value)

    found = impl.transform.map(lambda x: f(state, x), jnp.arange(3))
    assert found.tolist() == one_by_one(lambda x: f(plain, x), jnp.arange(3)).tolist()
    assert_keys(state.value, plain.value)
