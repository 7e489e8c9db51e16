"""The checks of `spec/12-random.md`: keys of fresh entropy."""

import random
from collections.abc import Callable, Iterator
from typing import Any

import jax
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.random_material import SEED, assert_differ, bits, kept


@pytest.fixture
def generators() -> Iterator[Callable[[], Any]]:
    """A look at the generators of NumPy and Python, which are put back afterwards."""
    numpys, pythons = np.random.get_state(), random.getstate()
    yield lambda: (repr(np.random.get_state()), random.getstate())
    np.random.set_state(numpys)
    random.setstate(pythons)


@check("random.state.fresh@1")
@pytest.mark.parametrize("none", [(), (None,)], ids=["nothing", "None"])
def test_a_fresh_random_state_holds_one_typed_key(impl: Any, none: Any) -> None:
    found = impl.random.RandomState(*none).value
    assert (found.shape, found.dtype) == ((), jax.random.key(0).dtype)


@check("random.state.fresh@1")
def test_fresh_random_states_differ_whatever_the_generators_hold(impl: Any, generators: Callable[[], Any]) -> None:
    found = []
    for _ in range(2):
        np.random.seed(0)
        random.seed(0)
        found.append(impl.random.RandomState().value)
    assert_differ(*found)


@check("random.state.fresh@1")
def test_a_fresh_random_state_leaves_the_generators_alone(impl: Any, generators: Callable[[], Any]) -> None:
    np.random.random(), random.random()  # so that seeding them as before shows
    before = generators()
    impl.random.RandomState()
    assert generators() == before


@check("random.state.fresh@1", needs=["random.default.key@1"])
def test_a_fresh_random_state_leaves_the_default_stream_alone_and_does_not_depend_on_it(impl: Any) -> None:
    with kept(impl) as stream:
        key = stream.get_key()
        one = impl.random.RandomState().value
        assert stream.get_key() is key
        stream.set_key(key)
        assert_differ(one, impl.random.RandomState().value)


@check("random.set.fresh@1")
@pytest.mark.parametrize("none", [(), (None,)], ids=["nothing", "None"])
def test_seeding_with_nothing_puts_a_fresh_typed_key_into_the_state(
    impl: Any, none: Any, generators: Callable[[], Any]
) -> None:
    found, state = [jax.random.key(SEED)], impl.random.RandomState(SEED)
    for _ in range(2):
        np.random.seed(0)
        random.seed(0)
        state.seed(*none)
        assert (state.value.shape, state.value.dtype) == ((), jax.random.key(0).dtype)
        found.append(state.value)
    assert len({bits(key) for key in found}) == 3


@check("random.set.fresh@1", needs=["random.state.typed@1"])
def test_states_of_one_key_that_are_seeded_with_nothing_differ(impl: Any) -> None:
    key = jax.random.key(SEED)
    one, other = impl.random.RandomState(key), impl.random.RandomState(key)
    one.seed()
    assert other.value is key
    other.seed()
    assert_differ(one.value, other.value)


@check("random.set.fresh@1", needs=["random.default.key@1"])
def test_seeding_a_state_with_nothing_does_not_depend_on_the_default_stream(impl: Any) -> None:
    state = impl.random.RandomState(SEED)
    with kept(impl) as stream:
        key = stream.get_key()
        state.seed()
        one = state.value
        stream.set_key(key)
        state.seed()
        assert_differ(one, state.value)
