"""The checks of `spec/33-map.md`: calls under `jax.disable_jit`."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import assert_equal, is_traced, key_bits, type_of
from brainspec_conformance.suite.map_material import XS, assert_same_states, batches, scene, sizes, some_batches
from brainspec_conformance.suite.mapping_material import filled
from brainspec_conformance.suite.mapping_more_material import bits
from brainspec_conformance.suite.test_jit_errors_called import CONCRETE


@check("map.disabled.python@1", needs=["map.run.sequence@1"])
@sizes
def test_the_function_runs_for_each_slice_in_their_order(impl: Any, size: int) -> None:
    seen: list[Any] = []

    def f(x: Any, d: Any) -> Any:
        seen.append((x, d["y"]))
        return x + d["y"].sum()

    with jax.disable_jit():
        out = impl.transform.map(f, np.arange(size), {"y": filled(size, 2)})
    assert out.shape == (size,)
    if not size:
        assert len(seen) == 1
        return
    assert not is_traced(seen)
    assert [int(x) for x, _ in seen] == list(range(size))
    assert [y.tolist() for _, y in seen] == filled(size, 2).tolist()


@check("map.disabled.python@1", needs=["map.state.carried@1", "map.state.random@1"])
@pytest.mark.parametrize("size", [0, 1, 3], ids=lambda size: f"{size} slices")
def test_results_states_and_keys_are_those_of_other_calls(impl: Any, size: int) -> None:
    (f, states), (g, others), x = scene(impl), scene(impl), filled(size)
    for _ in range(2):
        wanted = impl.transform.map(g, x)
        with jax.disable_jit():
            found = impl.transform.map(f, x)
        assert_equal(found, wanted)
        assert_same_states(states, others)


@check("map.disabled.python@1", needs=["map.run.same@1"])
@some_batches
@pytest.mark.parametrize("name", XS)
def test_results_have_the_types_of_other_calls(impl: Any, name: str, batch_size: int | None) -> None:
    def f(*xs: Any) -> Any:
        return jax.tree.map(lambda leaf: (leaf, leaf * 1), xs), 2.0, None, jnp.float16(1)

    xs = XS[name]()
    with jax.disable_jit():
        found = impl.transform.map(f, *xs, batch_size=batch_size)
    assert_equal(found, impl.transform.map(f, *xs, batch_size=batch_size))


@check("map.disabled.python@1", needs=["map.batch.lanes@1"])
@batches
def test_keys_are_those_of_other_calls(impl: Any, batch_size: int | None) -> None:
    streams, weight = [impl.random.RandomState(1) for _ in range(2)], impl.State(2.0)

    def of(stream: Any, size: int) -> Any:
        f = lambda x: (bits(stream.split_key()), x * weight.value)  # noqa: E731
        return impl.transform.map(f, filled(size), batch_size=batch_size)

    for size in (3, 0):
        wanted = of(streams[1], size)
        with jax.disable_jit():
            found = of(streams[0], size)
        assert_equal(found, wanted)
        assert key_bits(streams[0]) == key_bits(streams[1])


@check("map.disabled.python@1", needs=["map.state.weak@1"])
@pytest.mark.parametrize("start", [1.5, np.float32(1.5), 3], ids=["weak", "strong", "an integer"])
def test_states_are_as_weak_as_after_other_calls(impl: Any, start: Any) -> None:
    state, seen = impl.State(start), list[Any]()
    shape, dtype, weak = type_of(start)

    def f(x: Any) -> Any:
        seen.append(type_of(state.value))
        found = state.value
        state.value = jnp.ones(shape, dtype) if weak else np.ones((), dtype).item()
        return found

    with jax.disable_jit():
        out = impl.transform.map(f, jnp.zeros(3))
    assert [*seen, type_of(state.value)] == [(shape, dtype, weak)] * 4
    assert type_of(out) == ((3,), dtype, weak)


@check("map.disabled.python@1", needs=["map.state.carried@1"])
def test_states_hold_numbers_in_each_run(impl: Any) -> None:
    total, seen = impl.State(jnp.array(0)), list[int]()

    def f(x: Any) -> Any:
        if int(total.value) < 3:
            total.value = total.value + x
        seen.append(int(total.value))
        return total.value

    with jax.disable_jit():
        assert impl.transform.map(f, jnp.arange(1, 5)).tolist() == [1, 3, 3, 3]
    assert (seen, int(total.value)) == ([1, 3, 3, 3], 3)


@check("map.disabled.python@1", needs=["map.run.sequence@1"])
@pytest.mark.parametrize("name", CONCRETE)
def test_what_asks_for_a_number_gets_it(impl: Any, name: str) -> None:
    asked: list[Any] = []

    def f(x: Any) -> Any:
        asked.append(CONCRETE[name](x))
        return x

    with jax.disable_jit():
        assert impl.transform.map(f, jnp.array([2, 1])).tolist() == [2, 1]
    assert len(asked) == 2


# Calls inside others.
NESTED: dict[str, Callable[[Any, Any], Any]] = {
    "a map": lambda impl, f: impl.transform.map(lambda x: impl.transform.map(f, x), jnp.asarray(filled(2, 3))),
    "a jitted function": lambda impl, f: impl.transform.jit(lambda x: impl.transform.map(f, x))(filled(3)),
    "around a jitted function": lambda impl, f: impl.transform.map(impl.transform.jit(f), jnp.asarray(filled(3))),
}


@check("map.disabled.python@1", needs=["map.nest.inside@1"])
@pytest.mark.parametrize("name", NESTED)
def test_calls_in_others_do_as_in_other_calls(impl: Any, name: str) -> None:
    (f, states), (g, others), seen = scene(impl), scene(impl), list[Any]()

    def watching(x: Any) -> Any:
        seen.append(x)
        return f(x)

    wanted = NESTED[name](impl, g)
    with jax.disable_jit():
        found = NESTED[name](impl, watching)
    assert_equal(found, wanted)
    assert_same_states(states, others)
    assert len(seen) == found["drawn"][0].size
    assert not is_traced(seen)


@check("map.disabled.python@1", needs=["map.run.once@1"])
def test_afterwards_calls_are_as_before(impl: Any) -> None:
    runs: list[Any] = []

    def f(x: Any) -> Any:
        runs.append(is_traced(x))
        return x

    impl.transform.map(f, jnp.arange(2))
    with jax.disable_jit():
        impl.transform.map(f, jnp.arange(2))
    impl.transform.map(f, jnp.arange(2))
    assert runs == [True, False, False, True]
