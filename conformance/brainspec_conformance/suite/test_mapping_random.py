"""The checks of `spec/32-mapping.md`: how random streams part."""

import warnings
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.mapping_more_material import (
    assert_holds,
    assert_keys,
    bits,
    both,
    mapped,
    parted,
    seeded,
    split,
)

sizes = pytest.mark.parametrize("size", [1, 3, 5])
sizes_and_none = pytest.mark.parametrize("size", [0, 1, 3])


def pair(impl: Any) -> tuple[Any, Any]:
    return impl.random.RandomState(1), impl.random.RandomState(2)


@check("mapping.random.lane-keys@1")
@sizes
def test_each_lane_begins_with_a_key_of_its_own_in_each_state(impl: Any, size: int) -> None:
    a, b = pair(impl)
    f = impl.transform.vmap2(lambda x: (bits(b.value), bits(a.value), bits(impl.random.get_key()), x))
    with seeded(impl, 3):
        for _ in range(3):
            keys = [state.value for state in (b, a)] + [impl.random.get_key()]
            found = f(jnp.zeros(size))
            for lanes, key in zip(found, keys):
                assert_keys(lanes, parted(key, size)[1])


# How a call gets its three lanes.
CALLS: dict[str, Callable[[Any, Any], Any]] = {
    "an argument": lambda impl, f: impl.transform.vmap2(f)(jnp.zeros((3, 2))),
    "another axis": lambda impl, f: impl.transform.vmap2(f, in_axes=-1)(jnp.zeros((2, 3))),
    "one of two arguments": lambda impl, f: impl.transform.vmap2(f, in_axes=(None, 0))(0.0, jnp.zeros(3)),
    "a named argument": lambda impl, f: impl.transform.vmap2(f, in_axes=None)(y=jnp.zeros(3)),
    "axis_size": lambda impl, f: impl.transform.vmap2(f, axis_size=3)(),
    "a named axis": lambda impl, f: impl.transform.vmap2(f, axis_name="i", axis_size=3)(),
    "a method": lambda impl, f: type("Users", (), {"of": impl.transform.vmap2(f)})().of(jnp.zeros(3)),
}


@check("mapping.random.lane-keys@1")
@pytest.mark.parametrize("how", CALLS)
def test_keys_are_split_for_the_lanes_wherever_their_number_comes_from(impl: Any, how: str) -> None:
    stream = impl.random.RandomState(7)
    found = CALLS[how](impl, lambda *args, **words: bits(stream.value))
    assert_keys(found, parted(jax.random.key(7), 3)[1])


@check("mapping.random.lane-keys@1", needs=["mapping.state.sliced@1"])
@pytest.mark.parametrize("first", ["the key", "the state"])
def test_keys_are_split_for_the_lanes_of_a_state(impl: Any, first: str) -> None:
    state, stream = impl.State(jnp.arange(3.0)), impl.random.RandomState(7)

    def f() -> Any:
        if first == "the state":
            return state.value, bits(stream.value)
        key = bits(stream.value)
        return state.value, key

    # Where the key comes first, the size has to be known before.
    options = {"axis_size": 3} if first == "the key" else {}
    found = impl.transform.vmap2(f, state_in_axes={0: state}, **options)()
    assert found[0].tolist() == [0, 1, 2]
    assert_keys(found[1], parted(jax.random.key(7), 3)[1])


@check("mapping.random.lane-keys@1", needs=["random.draw.rule@1"])
@sizes
def test_draws_of_a_lane_are_those_of_a_stream_with_its_key(impl: Any, size: int) -> None:
    stream = impl.random.RandomState(5)

    @mapped(impl)
    def f(scale: Any) -> Any:
        first = stream.uniform(size=(2,))
        kept, drawn = bits(stream.value), stream.split_key()
        return first, kept, bits(drawn), stream.uniform()

    lanes = parted(stream.value, size)[1]
    found = f(jnp.ones(size))
    for i in range(size):
        key, sub = split(lanes[i])
        assert np.allclose(found[0][i], jax.random.uniform(sub, (2,)), rtol=1e-6)
        assert_keys(found[1][i], key)
        key, sub = split(key)
        assert_keys(found[2][i], sub)
        assert np.allclose(found[3][i], jax.random.uniform(split(key)[1]), rtol=1e-6)


@check("mapping.random.lane-keys@1")
def test_streams_of_a_module_are_split(impl: Any) -> None:
    class Noisy(impl.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            self.one, self.two = pair(impl)

        def __call__(self, x: Any) -> Any:
            return bits(self.two.value) + 0 * bits(self.one.split_key())

    noisy = Noisy()
    found = impl.transform.vmap2(noisy)(jnp.zeros(4))
    assert_keys(found, parted(jax.random.key(2), 4)[1])


# What lanes may do to a stream.
ACTS: dict[str, Callable[[Any, Any], Any]] = {
    "read": lambda stream, x: stream.value,
    "draw": lambda stream, x: stream.uniform(),
    "draw thrice": lambda stream, x: [stream.uniform(), stream.normal(), stream.split_key()],
    "split": lambda stream, x: stream.split_key(3),
    "seed": lambda stream, x: stream.seed(9),
    "set": lambda stream, x: setattr(stream, "value", jax.random.key(8)),
    "set to the lane's own": lambda stream, x: setattr(stream, "value", jax.random.fold_in(jax.random.key(8), x)),
}
acts = pytest.mark.parametrize("act", ACTS)


@check("mapping.random.afterwards@1")
@acts
@sizes_and_none
def test_the_first_part_of_the_key_stays_whatever_lanes_do(impl: Any, act: str, size: int) -> None:
    stream = impl.random.RandomState(4)

    @mapped(impl)
    def f(x: Any) -> Any:
        ACTS[act](stream, x)
        return x

    key, x = stream.value, jnp.arange(size)
    for _ in range(3):
        f(x)
        key = parted(key, size)[0]
        assert_holds(stream, key)


@check("mapping.random.afterwards@1")
def test_calls_of_several_sizes_follow_each_other(impl: Any) -> None:
    with seeded(impl, 6) as key:
        f = impl.transform.vmap2(lambda x: x + impl.random.uniform())
        for size in (2, 0, 3, 2, 1):
            f(jnp.zeros(size))
            key = parted(key, size)[0]
            assert_keys(impl.random.get_key(), key)


@check("mapping.random.touched@1")
@acts
def test_a_stream_is_split_if_it_is_touched_and_only_then(impl: Any, act: str) -> None:
    touched, other = pair(impl)
    before, default = other.value, impl.random.get_key()

    @mapped(impl)
    def f(x: Any) -> Any:
        ACTS[act](touched, x)
        return x + len(repr(type(other)))

    for n in (1, 2):
        f(jnp.arange(3))
        key = jax.random.key(1)
        for _ in range(n):
            key = parted(key, 3)[0]
        assert_holds(touched, key)
        assert other.value is before
        assert impl.random.get_key() is default


@check("mapping.random.touched@1", needs=["jit.nest.inside@1"])
def test_a_touch_in_a_jitted_function_is_a_touch(impl: Any) -> None:
    touched, other = pair(impl)
    inner = impl.transform.jit(lambda n, x: x + (touched.uniform() if n else 0), static_argnums=0)
    inner(1, 0.0)
    key, before = touched.value, other.value
    impl.transform.vmap2(lambda x: inner(0, x))(jnp.zeros(2))
    assert touched.value is key
    impl.transform.vmap2(lambda x: inner(1, x))(jnp.zeros(2))
    assert_holds(touched, parted(key, 2)[0])
    assert other.value is before


@check("mapping.random.touched@1")
def test_each_signature_touches_what_it_touches(impl: Any) -> None:
    a, b = pair(impl)
    keys = {1: a.value, 2: b.value}
    f = impl.transform.vmap2(lambda x: x + (b if x.ndim else a).uniform())
    for shape, n, size in (((3,), 1, 3), ((2, 2), 2, 2), ((3,), 1, 3)):
        f(jnp.zeros(shape))
        keys[n] = parted(keys[n], size)[0]
        assert_holds(a, keys[1])
        assert_holds(b, keys[2])


@check("mapping.random.touched@1", needs=["random.draw.rule@1"])
def test_a_draw_with_a_key_touches_nothing(impl: Any) -> None:
    stream = impl.random.RandomState(1)
    key, default = stream.value, impl.random.get_key()
    given = jax.random.key(3)
    f = impl.transform.vmap2(lambda x: stream.uniform(key=given) + impl.random.uniform(key=given) + x)
    f(jnp.zeros(2))
    assert stream.value is key
    assert impl.random.get_key() is default


@check("mapping.random.several@1", needs=["mapping.random.lane-keys@1", "mapping.random.afterwards@1"])
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 1, 0, 2)], ids=str)
def test_each_stream_goes_its_own_way(impl: Any, order: tuple[int, ...]) -> None:
    streams = [*pair(impl), impl.random]
    with seeded(impl, 3):
        f = impl.transform.vmap2(lambda x: [bits(streams[n].split_key()) for n in order])
        found = f(jnp.zeros(2))
        draws: dict[int, int] = {}
        for lanes, n in zip(found, order):
            draws[n] = draws.get(n, 0) + 1
            for i, key in enumerate(parted(jax.random.key(n + 1), 2)[1]):
                for _ in range(draws[n]):
                    key, sub = split(key)
                assert_keys(lanes[i], sub)
        for n, stream in enumerate(streams):
            assert_keys(impl.random.get_key() if n == 2 else stream.value, parted(jax.random.key(n + 1), 2)[0])


FILTERS: dict[str, Callable[[Any, Any], dict[str, Any]]] = {
    "by kind": lambda impl, stream: both({0: impl.random.RandomState}),
    "itself": lambda impl, stream: both({0: stream}),
    "everything": lambda impl, stream: both({0: ...}),
    "another axis": lambda impl, stream: both({-1: ...}),
    "an axis that it cannot have": lambda impl, stream: both({5: stream}),
    "nothing": lambda impl, stream: both({None: ...}),
    "in alone": lambda impl, stream: {"state_in_axes": stream},
    "out alone": lambda impl, stream: {"state_out_axes": [stream]},
    "none": lambda impl, stream: {},
}


@check("mapping.random.filters@1", needs=["mapping.random.lane-keys@1", "mapping.random.afterwards@1"])
@pytest.mark.parametrize("policy", ["ignore", "warn", "raise"])
@pytest.mark.parametrize("name", FILTERS)
def test_filters_and_policies_do_not_speak_of_streams(impl: Any, name: str, policy: str) -> None:
    stream = impl.random.RandomState(4)
    options = FILTERS[name](impl, stream)
    f = impl.transform.vmap2(
        lambda x: bits(stream.split_key()), unexpected_out_state_mapping=policy, axis_size=2, **options
    )
    key = stream.value
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(2):
            stays, lanes = parted(key, 2)
            assert_keys(f(jnp.zeros(2)), jnp.stack([bits(split(lane)[1]) for lane in lanes]))
            assert_holds(stream, stays)
            key = stays
