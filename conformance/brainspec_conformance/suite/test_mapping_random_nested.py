"""The checks of `spec/32-mapping.md`: random streams in mappings inside others, and streams that do not part."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import jitted, key_bits
from brainspec_conformance.suite.mapping_more_material import (
    assert_holds,
    assert_keys,
    bits,
    mapped,
    parted,
    seeded,
    split,
)

sizes_and_none = pytest.mark.parametrize("size", [0, 1, 3])


def pair(impl: Any) -> tuple[Any, Any]:
    return impl.random.RandomState(1), impl.random.RandomState(2)


@check("mapping.random.nested@1", needs=["mapping.random.lane-keys@1"])
def test_an_inner_mapping_splits_what_its_lane_holds_then(impl: Any) -> None:
    stream = impl.random.RandomState(7)
    inner = impl.transform.vmap2(lambda x: bits(stream.split_key()))

    @mapped(impl)
    def outer(x: Any) -> Any:
        drawn = bits(stream.split_key())
        return drawn, inner(x), bits(stream.value), inner(x[:2]), bits(stream.value)

    key = stream.value
    for _ in range(2):
        found = outer(jnp.zeros((2, 3)))
        key, lanes = parted(key, 2)
        for i in range(2):
            now, sub = split(lanes[i])
            assert_keys(found[0][i], sub)
            for n, size in ((1, 3), (3, 2)):
                now, inside = parted(now, size)
                assert_keys(found[n][i], jnp.stack([bits(split(lane)[1]) for lane in inside]))
                assert_keys(found[n + 1][i], now)
        assert_holds(stream, key)


@check("mapping.random.nested@1", needs=["mapping.random.lane-keys@1"])
def test_three_mappings_split_thrice(impl: Any) -> None:
    f = impl.transform.vmap2(lambda x: bits(impl.random.get_key()), axis_size=2)
    for size in (3, 1):
        f = impl.transform.vmap2(lambda x, f=f: f(x), axis_size=size, in_axes=None)
    # The innermost is mapped over the axis of its argument, the others over none.
    with seeded(impl, 2) as key:
        found = f(jnp.zeros(2))
        second = parted(key, 1)[1][0]
        for i, third in enumerate(parted(second, 3)[1]):
            assert_keys(found[0][i], parted(third, 2)[1])
        assert_keys(impl.random.get_key(), parted(key, 1)[0])


@check("mapping.random.nested@1", needs=["mapping.random.lane-keys@1"])
def test_an_inner_mapping_splits_a_stream_of_its_lane(impl: Any) -> None:
    @mapped(impl)
    def outer(n: Any) -> Any:
        mine = impl.random.RandomState(jax.random.fold_in(jax.random.key(0), n))
        inside = impl.transform.vmap2(lambda x: bits(mine.value))(jnp.zeros(2))
        return inside, bits(mine.value)

    found = outer(jnp.arange(3))
    for n in range(3):
        stays, lanes = parted(jax.random.fold_in(jax.random.key(0), n), 2)
        assert_keys(found[0][n], lanes)
        assert_keys(found[1][n], stays)


@check("mapping.random.jit@1", needs=["mapping.random.lane-keys@1"])
@sizes_and_none
def test_a_mapping_in_a_jitted_function_draws_as_outside(impl: Any, size: int) -> None:
    a, b = pair(impl)
    m = impl.transform.vmap2(lambda x: (bits(a.split_key()), bits(impl.random.split_key())))

    @jitted(impl)
    def f(x: Any) -> Any:
        before = bits(a.split_key())
        return before, m(x), m(x), bits(a.value)

    other = b.value
    with seeded(impl, 3) as default:
        key = a.value
        for _ in range(2):
            found = f(jnp.zeros(size))
            key, sub = split(key)
            assert_keys(found[0], sub)
            for n in (1, 2):
                for lanes, now in zip(found[n], (key, default)):
                    wanted = [bits(split(lane)[1]) for lane in parted(now, size)[1]]
                    assert_keys(lanes, np.reshape(wanted, (size, *bits(key).shape)))
                key, default = parted(key, size)[0], parted(default, size)[0]
            assert_keys(found[3], key)
            assert_holds(a, key)
            assert_keys(impl.random.get_key(), default)
    assert b.value is other


@check("mapping.random.born@1", needs=["random.draw.rule@1"])
def test_a_stream_that_is_born_in_a_lane_is_plain(impl: Any) -> None:
    stream = impl.random.RandomState(1)

    @mapped(impl)
    def f(x: Any) -> Any:
        fixed, own = impl.random.RandomState(5), impl.random.RandomState(stream.split_key())
        drawn = [bits(state.split_key()) for state in (fixed, own)]
        return drawn, [bits(state.value) for state in (fixed, own)]

    key = stream.value
    for _ in range(2):
        drawn, left = f(jnp.zeros(3))
        key, lanes = parted(key, 3)
        for i in range(3):
            for n, begin in enumerate((jax.random.key(5), split(lanes[i])[1])):
                stays, sub = split(begin)
                assert_keys(drawn[n][i], sub)
                assert_keys(left[n][i], stays)
        assert_holds(stream, key)


@check("mapping.random.born@1")
def test_a_stream_that_is_born_in_a_lane_from_its_argument_is_plain(impl: Any) -> None:
    f = impl.transform.vmap2(lambda key: bits(impl.random.RandomState(key).split_key()))
    keys = split(jax.random.key(3), 4)
    for given in (keys, bits(keys)):
        assert_keys(f(given), jnp.stack([bits(split(key)[1]) for key in keys]))


@check("mapping.random.shared@1")
@pytest.mark.parametrize("form", ["typed", "raw"])
def test_a_key_is_shared_unless_it_is_mapped(impl: Any, form: str) -> None:
    keys: Any = split(jax.random.key(3), 2)
    keys = keys if form == "typed" else bits(keys)
    default = impl.random.get_key()

    def f(key: Any, x: Any) -> Any:
        return bits(split(key)) if form == "typed" else split(key)

    x, wanted = jnp.zeros(2), [bits(split(key)) if form == "typed" else split(key) for key in keys]
    shared = impl.transform.vmap2(f, in_axes=(None, 0))
    parts = impl.transform.vmap2(f, in_axes=(0, 0))
    around = impl.transform.vmap2(lambda x: f(keys[1], x))
    for _ in range(2):
        assert_keys(shared(keys[0], x), jnp.stack([wanted[0]] * 2))
        assert_keys(parts(keys, x), jnp.stack(wanted))
        assert_keys(around(x), jnp.stack([wanted[1]] * 2))
    assert impl.random.get_key() is default


@check("mapping.random.shared@1", needs=["random.draw.rule@1"])
def test_samplers_share_a_key_that_they_are_given(impl: Any) -> None:
    stream, key = impl.random.RandomState(1), jax.random.key(9)
    before = key_bits(stream)
    f = impl.transform.vmap2(lambda x, k: (stream.uniform(key=k), impl.random.uniform(key=key)), in_axes=(0, None))
    for out in f(jnp.zeros(3), key):
        assert np.allclose(out, [jax.random.uniform(key)] * 3, rtol=1e-6)
    assert key_bits(stream) == before
