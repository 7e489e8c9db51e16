"""The checks of `spec/33-map.md`: streams, which runs draw from one after another."""

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import key_bits
from brainspec_conformance.suite.map_material import (
    keys_of,
    one_by_one,
)
from brainspec_conformance.suite.mapping_more_material import assert_keys, bits, seeded
from brainspec_conformance.suite.random_material import kept
from brainspec_conformance.suite.shared_material import assert_but_weak

X = np.array([1.0, 2.0, 0.5, 4.0], np.float32)


# What a run does with a stream.
DRAWING: dict[str, Callable[[Any], Any]] = {
    "a draw": lambda stream: stream.uniform(),
    "two draws": lambda stream: (stream.uniform(size=(2,)), stream.uniform()),
    "a key": lambda stream: bits(stream.split_key()),
    "keys": lambda stream: bits(stream.split_key(3)),
    "its key and a draw": lambda stream: (bits(stream.value), stream.uniform()),
    "its key alone": lambda stream: bits(stream.value),
    "a draw that is not used": lambda stream: (stream.uniform(), jnp.ones(()))[1],
    "a draw with a key of its own": lambda stream: stream.uniform(key=1),
    "a seed": lambda stream: (stream.seed(4), stream.uniform())[1],
}


@check("map.state.random@1", needs=["map.run.sequence@1", "map.state.carried@1"])
@pytest.mark.parametrize("name", DRAWING)
def test_draws_go_on_from_run_to_run(impl: Any, name: str) -> None:
    one, other, draw = impl.random.RandomState(2), impl.random.RandomState(2), DRAWING[name]
    found = impl.transform.map(lambda x: (draw(one), x), X)
    assert_but_weak(found, one_by_one(lambda x: (draw(other), x), jnp.asarray(X)))
    assert key_bits(one) == key_bits(other)


@check("map.state.random@1", needs=["map.run.sequence@1"])
def test_keys_are_those_of_draws_one_after_another(impl: Any) -> None:
    stream = impl.random.RandomState(2)
    for draws in (4, 8):
        impl.transform.map(lambda x: stream.uniform(), X)
        assert key_bits(stream) == bits(keys_of(2, draws)[0]).tolist()


@check("map.state.random@1", needs=["map.run.sequence@1"])
def test_the_default_stream_goes_on_too(impl: Any) -> None:
    with seeded(impl, 9):
        found = impl.transform.map(lambda x: bits(impl.random.split_key()), X)
        after = impl.random.get_key()
    key, subs = keys_of(9, 4)
    assert found.tolist() == [bits(sub).tolist() for sub in subs]
    assert_keys(after, key)


@check("map.state.random@1", needs=["map.run.sequence@1"])
def test_a_seed_for_a_while_is_there_in_each_run(impl: Any) -> None:
    def f(x: Any) -> Any:
        with impl.random.seed_context(3):
            inside = bits(impl.random.split_key())
        return inside, bits(impl.random.split_key())

    with seeded(impl, 9):
        inside, outside = impl.transform.map(f, jnp.zeros(3))
    assert inside.tolist() == [bits(keys_of(3, 1)[1][0]).tolist()] * 3
    assert outside.tolist() == [bits(sub).tolist() for sub in keys_of(9, 3)[1]]


@check("map.state.random@1", needs=["map.run.sequence@1"])
def test_streams_go_on_each_for_itself(impl: Any) -> None:
    a, b = impl.random.RandomState(5), impl.random.RandomState(5)
    one, other, again = impl.transform.map(lambda x: tuple(bits(s.split_key()) for s in (a, b, a)), jnp.zeros(2))
    subs = [bits(sub).tolist() for sub in keys_of(5, 4)[1]]
    assert (one.tolist(), again.tolist(), other.tolist()) == (subs[::2], subs[1::2], subs[:2])


@check("map.state.random@1", needs=["map.run.sequence@1"])
def test_no_runs_draw_nothing(impl: Any) -> None:
    stream = impl.random.RandomState(2)
    with kept(impl):
        before = key_bits(stream), bits(impl.random.get_key()).tolist()
        out = impl.transform.map(lambda x: (stream.uniform(), impl.random.uniform(size=(3,))), jnp.zeros(0))
        assert (key_bits(stream), bits(impl.random.get_key()).tolist()) == before
    assert [leaf.shape for leaf in out] == [(0,), (0, 3)]
