"""Keys and bits, bit for bit."""

from typing import Any

import jax
import numpy as np
import pytest
from brainspec_reference.engine import prng
from brainspec_reference.engine.errors import ReferenceUnsupported
from jax import random

from tests.reference.drivers import run

WORDS = np.random.RandomState(0).randint(0, 2**32, (8, 2), dtype=np.uint64).astype(np.uint32)
OURS, THEIRS = prng.wrap(WORDS), random.wrap_key_data(WORDS)


def same(ours: Any, theirs: Any) -> bool:
    if ours.dtype == prng.KEY:
        ours, theirs = prng.unwrap(ours), random.key_data(theirs)
    return ours.dtype == theirs.dtype and np.array_equal(ours, np.asarray(theirs))


@pytest.mark.parametrize("shape", [(2,), (3,), (2, 3), (1,), (0,), ()])
def test_split_is_jaxs(shape: tuple[int, ...]) -> None:
    assert same(prng.split(OURS[0], shape), random.split(THEIRS[0], shape))


def test_splitting_an_array_of_keys_splits_each() -> None:
    each = np.stack([prng.split(key, (3,)) for key in OURS])

    assert np.array_equal(each, prng.split(OURS, (3,)))


@pytest.mark.parametrize("data", [0, 1, 7, 2**31, 2**32 - 1])
def test_fold_in_is_jaxs(data: int) -> None:
    for ours, theirs in zip(OURS, THEIRS, strict=True):
        assert same(prng.fold_in(ours, np.uint32(data)), random.fold_in(theirs, data))


@pytest.mark.parametrize("width", [8, 16, 32])
@pytest.mark.parametrize("shape", [(), (1,), (7,), (3, 5), (0,)])
def test_bits_are_jaxs(width: int, shape: tuple[int, ...]) -> None:
    assert same(prng.bits(OURS[1], width, shape), random.bits(THEIRS[1], shape, f"uint{width}"))


def test_bits_of_64_are_jaxs() -> None:
    with jax.enable_x64(True):
        expected = np.asarray(random.bits(THEIRS[2], (5,), "uint64"))

    assert same(prng.bits(OURS[2], 64, (5,)), expected)


@pytest.mark.parametrize("number", [0, 1, -1, 2**31 - 1, -(2**31)])
def test_seeds_are_jaxs(number: int) -> None:
    assert same(prng.seed(np.int32(number)), random.key(number))


@pytest.mark.parametrize("number", [0, -1, 2**33 + 5, -(2**31)])
def test_wide_seeds_are_jaxs(number: int) -> None:
    with jax.enable_x64(True):
        expected = np.asarray(random.key_data(random.key(number)))

    assert np.array_equal(prng.unwrap(prng.seed(np.int64(number))), expected)


def test_the_samplers_of_jax_run_on_our_bits() -> None:
    def sample(key: Any) -> Any:
        first, second = random.split(key)
        return random.uniform(first, (4,)), random.permutation(second, 7), random.key_data(random.fold_in(first, 3))

    for ours, theirs in zip(run(sample, THEIRS[3]), sample(THEIRS[3]), strict=True):
        assert np.array_equal(ours, theirs)


def test_old_style_keys_are_arrays_of_words() -> None:
    (ours,) = run(lambda key: random.bits(random.split(key)[1], (3,)), WORDS[0])

    assert np.array_equal(random.bits(random.split(WORDS[0])[1], (3,)), ours)


def test_keys_can_be_given_as_jaxs_or_as_ours() -> None:
    (given,) = run(lambda key: random.bits(key), THEIRS[0])

    assert random.bits(THEIRS[0]) == given


def test_keys_of_another_kind_are_refused() -> None:
    with pytest.raises(ReferenceUnsupported, match="threefry"):
        run(lambda words: random.bits(random.wrap_key_data(words, impl="rbg")), np.ones(4, np.uint32))


def test_the_other_way_of_splitting_is_refused() -> None:
    with jax.threefry_partitionable(False), pytest.raises(ReferenceUnsupported, match="partitionable"):
        run(lambda key: random.split(key), THEIRS[0])
