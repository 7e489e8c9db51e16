"""The checks of `spec/33-map.md`: what calls run over, what they give, and how often the function runs."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_counts_material import Boxed, Pair
from brainspec_conformance.suite.jit_material import jitted, structure
from brainspec_conformance.suite.map_material import (
    XS,
    assert_as_jax,
    batches,
    one_by_one,
    run,
    same,
    sizes,
    some_batches,
)
from brainspec_conformance.suite.mapping_material import filled, mapped
from brainspec_conformance.suite.shared_material import Cube, Slotted, assert_but_weak


@check("map.run.sequence@1")
@pytest.mark.parametrize("batch_size", [None, 3], ids=["one by one", "in batches"])
@pytest.mark.parametrize("name", XS)
def test_each_run_gets_a_slice_of_each(impl: Any, name: str, batch_size: int | None) -> None:
    xs, seen = XS[name](), list[Any]()

    def f(*slices: Any) -> Any:
        seen.append([(structure(slices), leaf.shape, leaf.dtype) for leaf in jax.tree.leaves(slices)])
        return slices, jax.tree.map(lambda leaf: leaf.sum(), slices)

    found = impl.transform.map(f, *xs, batch_size=batch_size)
    assert_but_weak(found, one_by_one(f, *jax.tree.map(jnp.asarray, xs)))
    assert seen[0] == seen[-1]
    assert structure(found[0]) == structure(xs)


# Results of a run, from a number.
RESULTS: dict[str, Callable[[Any], Any]] = {
    "the slice": lambda x: x,
    "a vector": lambda x: jnp.arange(3.0) + x,
    "a matrix": lambda x: jnp.ones((3, 2)) * x,
    "no numbers": lambda x: jnp.zeros((0, 2)) * x,
    "a tuple": lambda x: (x, -x),
    "a list of one": lambda x: [x],
    "a tree": lambda x: {"b": x, "a": (x * 2, [None, {"c": x > 1}])},
    "nothing beside": lambda x: (None, x, ()),
    "a named tuple": lambda x: Pair(x, x + 1),
    "a box": lambda x: Boxed(x, "mV"),
    "a Python number beside": lambda x: (x, 7, True, 2.5),
    "an array of NumPy beside": lambda x: (x, np.arange(2)),
    "a constant": lambda x: 3,
    "a comparison": lambda x: x == 2,
    "another type": lambda x: x.astype(jnp.int8),
}


@check("map.run.sequence@1")
@some_batches
@pytest.mark.parametrize("name", RESULTS)
def test_results_are_stacked_leaf_by_leaf(impl: Any, name: str, batch_size: int | None) -> None:
    f, x = RESULTS[name], jnp.array([3.0, 1.0, 2.0])
    assert_but_weak(impl.transform.map(f, x, batch_size=batch_size), one_by_one(f, x))


@check("map.run.sequence@1")
@sizes
def test_there_are_as_many_results_as_slices(impl: Any, size: int) -> None:
    for batch_size in (None, 2):
        a, b = impl.transform.map(lambda x, y: (x.sum(), [y]), filled(size, 3), np.arange(size), batch_size=batch_size)
        assert a.tolist() == filled(size, 3).sum(1).tolist()
        assert b[0].tolist() == list(range(size))


@check("map.run.sequence@1")
def test_keys_are_sliced_and_stacked(impl: Any) -> None:
    keys = jax.random.split(jax.random.key(0), 3)
    found = impl.transform.map(lambda key, n: (jax.random.fold_in(key, n), jax.random.uniform(key)), keys, np.arange(3))
    wanted = [jax.random.fold_in(key, n) for n, key in enumerate(keys)]
    assert_but_weak(found[0], jnp.stack(wanted))
    assert found[1].tolist() == [jax.random.uniform(key).item() for key in keys]


class Called:
    """What a class of a user may be called by."""

    def of(self, x: Any) -> Any:
        return x**3

    __call__ = of


@check("map.run.sequence@1")
@pytest.mark.parametrize(
    "f", [Called(), Called().of, Cube(1.0), Slotted(), jax.jit(Called())], ids=lambda f: type(f).__name__
)
def test_whatever_can_be_called_is_run(impl: Any, f: Any) -> None:
    assert impl.transform.map(f, jnp.arange(3)).tolist() == [0, 1, 8]


# Functions without states of numbers, or of rows of them.
PURE: dict[str, Callable[[Any], Any]] = {
    **RESULTS,
    "a weak number": lambda x: (2.0, 1, x * 1.0),
    "a weak array": lambda x: jnp.broadcast_to(jnp.asarray(1.5), (2,)),
    "strong and weak together": lambda x: {"a": jnp.float32(1), "b": 1.0, "c": 1j},
    "a key": lambda x: jax.random.key(3),
    "nothing at all": lambda x: None,
    "an empty tree": lambda x: {"a": [], "b": ()},
    "a small integer": lambda x: np.int8(3),
    "a truth": lambda x: True,
    "a cumulative sum": lambda x: jnp.cumsum(jnp.sin(x) * jnp.arange(3.0)),
}


@check("map.run.same@1", needs=["map.run.sequence@1"])
@pytest.mark.parametrize("name", PURE)
def test_types_are_those_of_jax(impl: Any, name: str) -> None:
    # With batches JAX itself fails where results hold no numbers.
    for batch_size in (None,) if name == "no numbers" else (None, 2):
        assert_as_jax(impl, PURE[name], jnp.array([3.0, 1.0, 2.0]), batch_size=batch_size)


@check("map.run.same@1", needs=["map.run.sequence@1"])
@batches
@pytest.mark.parametrize("size", [1, 4, 5], ids=lambda size: f"{size} slices")
def test_each_size_of_batches_gives_what_jax_gives(impl: Any, size: int, batch_size: int | None) -> None:
    def f(x: Any, d: Any) -> Any:
        return {"dot": x @ d["y"], "weak": 2.0, "least": jnp.where(x > 2, x, 1), "n": d["n"] * 2}

    assert_as_jax(impl, f, filled(size, 2), {"y": filled(size, 2) + 1, "n": np.arange(size)}, batch_size=batch_size)


@check("map.run.same@1", needs=["map.run.sequence@1"])
@pytest.mark.parametrize("name", PURE)
def test_no_slices_give_the_types_that_jax_gives(impl: Any, name: str) -> None:
    assert_as_jax(impl, PURE[name], jnp.zeros(0))


@check("map.run.same@1", needs=["map.run.sequence@1"])
@pytest.mark.parametrize("name", XS)
def test_what_a_slice_is_to_jax_it_is_here(impl: Any, name: str) -> None:
    def f(*slices: Any) -> Any:
        return jax.tree.map(lambda leaf: (leaf, leaf * 1, jnp.zeros_like(leaf)), slices)

    xs = XS[name]()
    for part in (xs, jax.tree.map(lambda leaf: leaf[:1], xs)):
        assert_as_jax(impl, f, *part)


# How a function runs in one call of a counted one.
CALLS: dict[str, Callable[[Any, Any], Callable[..., Any]]] = {
    "called": lambda impl, f: run(impl)(f),
    "in plain Python": lambda impl, f: lambda x: [run(impl)(f)(x)],
    "in a jitted function": lambda impl, f: impl.transform.jit(run(impl)(f)),
    "in a mapping": lambda impl, f: lambda x: impl.transform.vmap2(run(impl)(f))(jnp.stack([x, x])),
    "in itself": lambda impl, f: lambda x: run(impl)(run(impl)(f))(jnp.stack([x, x])),
}


@check("map.run.once@1")
@sizes
@batches
def test_the_function_runs_once_in_a_call(impl: Any, size: int, batch_size: int | None) -> None:
    runs: list[int] = []

    def f(x: Any) -> Any:
        runs.append(1)
        return x * 2

    for n in (1, 2):
        impl.transform.map(f, jnp.arange(size), batch_size=batch_size)
        assert len(runs) == n


@check("map.run.once@1", needs=["map.nest.inside@1"])
@pytest.mark.parametrize("way", CALLS)
def test_the_function_runs_once_wherever_the_call_stands(impl: Any, way: str) -> None:
    runs: list[int] = []

    def f(x: Any) -> Any:
        runs.append(1)
        return x * 2

    CALLS[way](impl, f)(jnp.arange(4.0))
    assert len(runs) == 1


@check("map.run.once@1", needs=["map.state.weak@1", "map.state.random@1"])
@pytest.mark.parametrize(
    "start", [0.0, np.float32(0), jnp.asarray(0.0), jnp.array(0.0)], ids=["0.0", "NumPy", "weak", "strong"]
)
def test_states_make_no_further_runs(impl: Any, start: Any) -> None:
    state, stream, runs = impl.State(start), impl.random.RandomState(0), list[int]()

    def f(x: Any) -> Any:
        runs.append(1)
        state.value = state.value + x + stream.uniform()
        return state.value

    for n in (1, 2):
        impl.transform.map(f, jnp.arange(4.0))
        assert len(runs) == n


@check("map.run.once@1", needs=["map.batch.lanes@1"])
@pytest.mark.parametrize("batch_size", [2, 4, 5])
def test_streams_make_no_further_runs_of_batches(impl: Any, batch_size: int) -> None:
    state, stream, runs = impl.State(1.0), impl.random.RandomState(0), list[int]()

    def f(x: Any) -> Any:
        runs.append(1)
        return state.value * x + stream.uniform() + impl.random.uniform()

    impl.transform.map(f, jnp.arange(5.0), batch_size=batch_size)
    assert len(runs) == 1


# Python values that a function reads, and what changes them.
class Settings:
    """Values that change."""

    def __init__(self) -> None:
        self.by, self.several, self.array = 2, {"by": [2]}, jnp.array(2)

    def change(self) -> None:
        self.by, self.several["by"][0], self.array = 3, 3, jnp.array(3)

    def times(self, x: Any) -> Any:
        return self.by * x


READS: dict[str, Callable[[Settings], Any]] = {
    "an attribute": lambda settings: lambda x: settings.by * x,
    "an item": lambda settings: lambda x: settings.several["by"][0] * x,
    "an array": lambda settings: lambda x: settings.array * x,
    "a method": lambda settings: settings.times,
    "a default": lambda settings: lambda x, by=settings.several["by"]: by[0] * x,
    "a branch": lambda settings: lambda x: 2 * x if settings.by == 2 else x + x + x,
}


@check("map.run.closure@1")
@some_batches
@pytest.mark.parametrize("name", READS)
def test_what_a_function_reads_is_read_in_each_call(impl: Any, name: str, batch_size: int | None) -> None:
    settings, x = Settings(), jnp.arange(3)
    f = READS[name](settings)
    first = impl.transform.map(f, x, batch_size=batch_size)
    settings.change()
    assert impl.transform.map(f, x, batch_size=batch_size).tolist() == [0, 3, 6]
    assert first.tolist() == [0, 2, 4]


@check("map.run.closure@1", needs=["map.state.carried@1"])
def test_another_state_is_another_state(impl: Any) -> None:
    class Net:
        state: Any

    net, states = Net(), [impl.State(jnp.array(0)), impl.State(jnp.array(10))]

    def f(x: Any) -> Any:
        net.state.value = net.state.value + x
        return net.state.value

    for net.state in (*states, states[0]):
        before = int(net.state.value)
        assert impl.transform.map(f, jnp.ones(2, "int32")).tolist() == [before + 1, before + 2]
    assert [int(state.value) for state in states] == [4, 12]


@check("map.run.closure@1", needs=["map.nest.inside@1", "jit.trace.closure@1", "mapping.trace.closure@1"])
@pytest.mark.parametrize("around", ["jit", "mapping"])
def test_inside_a_function_that_is_remembered_it_is_read_as_that_says(impl: Any, around: str) -> None:
    settings, make = Settings(), {"jit": jitted, "mapping": mapped}[around]
    f = make(impl)(lambda x: impl.transform.map(settings.times, x))
    x = jnp.ones((1, 2), "int32")
    first = f(x)
    settings.change()
    assert f(x).tolist() == first.tolist() == [[2, 2]]
    assert impl.transform.map(settings.times, x).tolist() == [[3, 3]]


@check("map.run.sequence@1")
def test_a_value_that_is_given_twice_is_sliced_twice(impl: Any) -> None:
    x = jnp.arange(3)
    for found in impl.transform.map(same, x, {"again": x})[0], impl.transform.map(same, x, x)[1]:
        assert found.tolist() == [0, 1, 2]
