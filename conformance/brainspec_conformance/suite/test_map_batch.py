"""The checks of `spec/33-map.md`: batches of runs, which are the lanes of mappings."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import key_bits
from brainspec_conformance.suite.map_material import BATCHES, part_of, same
from brainspec_conformance.suite.mapping_material import filled
from brainspec_conformance.suite.mapping_more_material import bits, parted, seeded
from brainspec_conformance.suite.shared_material import assert_but_weak

# Functions of a number that draw, from a stream and the default one.
DRAWS: dict[str, Callable[[Any, Any], Callable[[Any], Any]]] = {
    "a stream": lambda impl, stream: lambda x: (x, bits(stream.split_key())),
    "the default stream": lambda impl, stream: lambda x: (x, bits(impl.random.split_key())),
    "both": lambda impl, stream: lambda x: (bits(impl.random.split_key()), {"x": x, "drawn": stream.uniform()}),
    "twice": lambda impl, stream: lambda x: (bits(stream.split_key()), bits(stream.split_key())),
    "the key that it holds": lambda impl, stream: lambda x: (bits(stream.value), x),
    "none": lambda impl, stream: lambda x: x * 2,
}


def in_batches(impl: Any, f: Callable[..., Any], *xs: Any, batch_size: int) -> Any:
    """The runs of batches as calls of a mapping, one after another."""
    mapping, size = impl.transform.vmap2(f), len(jax.tree.leaves(xs)[0])
    parts = [mapping(*part_of(xs, n, n + batch_size)) for n in range(0, size, batch_size)]
    return jax.tree.map(lambda *leaves: jnp.concatenate(leaves), *parts)


@check("map.batch.lanes@1", needs=["map.run.sequence@1", "mapping.random.lane-keys@1"])
@pytest.mark.parametrize("name", DRAWS)
def test_each_batch_draws_as_a_mapping_does(impl: Any, name: str) -> None:
    one, other, x = impl.random.RandomState(1), impl.random.RandomState(1), jnp.asarray(filled(3))
    with seeded(impl, 5):
        found = impl.transform.map(DRAWS[name](impl, one), x, batch_size=2)
        after = bits(impl.random.get_key())
    with seeded(impl, 5):
        assert_but_weak(found, in_batches(impl, DRAWS[name](impl, other), x, batch_size=2))
        assert after.tolist() == bits(impl.random.get_key()).tolist()
    assert key_bits(one) == key_bits(other)


@check("map.batch.lanes@1", needs=["map.run.sequence@1"])
@pytest.mark.parametrize(("size", "batch_size"), [(5, 2), (6, 3), (4, 4), (3, 1), (4, 3), (7, 2)])
def test_lanes_get_the_keys_that_a_mapping_gives_them(impl: Any, size: int, batch_size: int) -> None:
    stream, key, wanted = impl.random.RandomState(0), jax.random.key(0), list[Any]()
    for first in range(0, size, batch_size):
        key, lanes = parted(key, min(batch_size, size - first))
        wanted += bits(lanes).tolist()
    found = impl.transform.map(lambda x: bits(stream.value), jnp.zeros(size), batch_size=batch_size)
    assert found.tolist() == wanted
    assert key_bits(stream) == bits(key).tolist()


@check("map.batch.lanes@1", needs=["map.run.sequence@1", "mapping.state.whole@1"])
@pytest.mark.parametrize("batch_size", BATCHES)
def test_each_lane_reads_whole_states(impl: Any, batch_size: int) -> None:
    state, tree = impl.ParamState(jnp.asarray(filled(5))), impl.State({"a": 2.0, "b": filled(5, 2)})
    held, shapes = [state.value, tree.value], list[Any]()

    def f(x: Any, d: Any) -> Any:
        shapes.append((x.shape, d["y"].shape, state.value.shape, tree.value["b"].shape))
        return {"a": state.value * x, "b": tree.value["b"].sum() * d["y"] + tree.value["a"]}

    x, y = filled(5), filled(5, 2)
    found = impl.transform.map(f, x, {"y": y}, batch_size=batch_size)
    assert_but_weak(found, {"a": jnp.asarray(np.outer(x, x)), "b": jnp.asarray(y * y.sum() + 2)})
    assert shapes == [((), (2,), (5,), (5, 2))]
    assert [state.value is held[0], tree.value is held[1]] == [True, True]


@check("map.batch.lanes@1", needs=["map.run.sequence@1"])
def test_a_second_call_goes_on_from_the_keys_of_the_first(impl: Any) -> None:
    stream, key = impl.random.RandomState(0), jax.random.key(0)
    for _ in range(2):
        impl.transform.map(lambda x: bits(stream.split_key()), jnp.zeros(3), batch_size=2)
        key = parted(parted(key, 2)[0], 1)[0]
        assert key_bits(stream) == bits(key).tolist()


@check("map.batch.lanes@1", needs=["mapping.random.jit@1", "mapping.random.nested@1"])
@pytest.mark.parametrize("around", ["jit", "mapping"])
def test_batches_draw_so_inside_other_transforms(impl: Any, around: str) -> None:
    streams = [impl.random.RandomState(1), impl.random.RandomState(1)]
    make = {"jit": impl.transform.jit, "mapping": impl.transform.vmap2}[around]
    x = jnp.zeros((2, 3)) if around == "mapping" else jnp.zeros(3)

    def found(x: Any) -> Any:
        return impl.transform.map(DRAWS["a stream"](impl, streams[0]), x, batch_size=2)

    def wanted(x: Any) -> Any:
        return in_batches(impl, DRAWS["a stream"](impl, streams[1]), x, batch_size=2)

    one, other = make(found)(x), make(wanted)(x)
    assert_but_weak(one, other)
    assert key_bits(streams[0]) == key_bits(streams[1])


@check("map.batch.larger@1", needs=["map.batch.lanes@1"])
@pytest.mark.parametrize("batch_size", [3, 4, 7, 10**6, 2**40, np.int32(5), np.int64(5)], ids=str)
def test_one_batch_holds_all_slices(impl: Any, batch_size: int) -> None:
    one, other = impl.random.RandomState(1), impl.random.RandomState(1)
    mapping = impl.transform.vmap2(lambda x, y: (x, bits(other.split_key()), y))
    x, y = jnp.zeros((3, 2)), jnp.arange(3)
    found = impl.transform.map(lambda x, y: (x, bits(one.split_key()), y), x, y, batch_size=batch_size)
    assert_but_weak(found, mapping(x, y))
    assert key_bits(one) == key_bits(other)


@check("map.batch.larger@1", needs=["map.batch.lanes@1", "mapping.size.zero@1"])
@pytest.mark.parametrize("batch_size", [1, 2, 1000])
def test_no_slices_are_one_batch(impl: Any, batch_size: int) -> None:
    one, other, drawn = (impl.random.RandomState(n) for n in (1, 1, 2))
    idle = key_bits(drawn)
    mapping = impl.transform.vmap2(lambda x: ({"a": x, "b": bits(other.split_key())}, x.sum(), 2.0))
    found = impl.transform.map(
        lambda x: ({"a": x, "b": bits(one.split_key())}, x.sum(), 2.0), jnp.zeros((0, 2)), batch_size=batch_size
    )
    assert_but_weak(found, mapping(jnp.zeros((0, 2))))
    assert key_bits(one) == key_bits(other) == bits(parted(jax.random.key(1), 0)[0]).tolist()
    assert key_bits(drawn) == idle


@check("map.batch.larger@1", needs=["map.batch.lanes@1"])
def test_a_batch_of_more_than_there_is_gives_no_more(impl: Any) -> None:
    found = impl.transform.map(same, jnp.arange(3), [jnp.ones((3, 2))], batch_size=8)
    assert [leaf.shape for leaf in jax.tree.leaves(found)] == [(3,), (3, 2)]
