"""Random keys and bits: threefry-2x32, bit for bit as JAX has it.

A *key* is two words of 32 bits; an array of keys is a numpy array of the structured dtype `KEY`, so that slicing,
stacking and gathering keys need no special case. Everything is one hash: of a key and a pair of words, to a pair of
words. The k-th part of a split key is the hash of the number k, as two words, high word first.

JAX's samplers (uniform, normal, ...) are Python on top of these bits, so they are recorded like any other function.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import jax
import numpy as np

from ..jax_values import KEY
from .errors import ReferenceUnsupported

Array: TypeAlias = np.ndarray[Any, Any]
Params: TypeAlias = Mapping[str, Any]

ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
PARITY = np.uint32(0x1BD11BDA)


def rotate(x: Array, distance: int) -> Array:
    return (x << np.uint32(distance)) | (x >> np.uint32(32 - distance))


@np.errstate(over="ignore")
def threefry2x32(k0: Array, k1: Array, x0: Array, x1: Array) -> tuple[Array, Array]:
    """Twenty rounds on words of 32 bits; sums wrap around."""
    schedule = (k0, k1, k0 ^ k1 ^ PARITY)
    x0, x1 = x0 + schedule[0], x1 + schedule[1]
    for i in range(5):
        for distance in ROTATIONS[i % 2]:
            x0 = x0 + x1
            x1 = rotate(x1, distance) ^ x0
        x0 = x0 + schedule[(i + 1) % 3]
        x1 = x1 + schedule[(i + 2) % 3] + np.uint32(i + 1)
    return x0, x1


def key_of(high: Array, low: Array) -> Array:
    key = np.empty(np.shape(low), KEY)
    key["a"], key["b"] = high, low
    return key


def numbers(shape: Sequence[int]) -> tuple[Array, Array]:
    """0, 1, 2, ... in this shape, as high and low words."""
    n = np.arange(math.prod(shape), dtype=np.uint64).reshape(shape)
    return (n >> np.uint64(32)).astype(np.uint32), n.astype(np.uint32)


def hash_numbers(keys: Array, shape: Sequence[int]) -> tuple[Array, Array]:
    """The hashes of 0, 1, 2, ... under every key, of shape (*keys.shape, *shape)."""
    keys = np.asarray(keys).reshape(keys.shape + (1,) * len(shape))
    return threefry2x32(keys["a"], keys["b"], *numbers(shape))


def seed(number: Array) -> Array:
    """The key of an integer: its high and low words; an integer of 32 bits has a high word of zero."""
    number = np.asarray(number)
    wide = number.astype(np.uint64)
    high = (wide >> np.uint64(32)).astype(np.uint32) if number.dtype.itemsize == 8 else np.uint32(0)
    return key_of(np.broadcast_to(high, number.shape), wide.astype(np.uint32))


def split(keys: Array, shape: Sequence[int]) -> Array:
    return key_of(*hash_numbers(keys, shape))


def fold_in(keys: Array, data: Array) -> Array:
    word = np.asarray(data).astype(np.uint32)
    return key_of(*threefry2x32(keys["a"], keys["b"], np.zeros_like(word), word))


def bits(keys: Array, width: int, shape: Sequence[int]) -> Array:
    high, low = hash_numbers(keys, shape)
    if width == 64:
        return (high.astype(np.uint64) << np.uint64(32)) | low
    return (high ^ low).astype(f"uint{width}")


def wrap(words: Array) -> Array:
    return key_of(words[..., 0], words[..., 1])


def unwrap(keys: Array) -> Array:
    return np.stack([keys["a"], keys["b"]], axis=-1)


# One row per primitive: operands and parameters -> results.
RANDOM: dict[str, Callable[..., Sequence[Any]]] = {
    "random_seed": lambda number, impl: [seed(number)],
    "random_wrap": lambda words, impl: [wrap(words)],
    "random_unwrap": lambda keys: [unwrap(keys)],
    "random_clone": lambda keys: [keys],
    "random_split": lambda keys, shape: [split(keys, shape)],
    "random_fold_in": lambda keys, data: [fold_in(keys, data)],
    "random_bits": lambda keys, bit_width, shape: [bits(keys, bit_width, shape)],
    "threefry2x32": lambda k0, k1, x0, x1: list(threefry2x32(*np.broadcast_arrays(k0, k1, x0, x1))),
    "iota_2x32_shape": lambda shape: list(numbers(shape)),
}


def apply_random(op: str, values: Sequence[Array], params: Params, types: Sequence[Any]) -> list[Array]:
    """The results of a random primitive whose operands and results are of these types."""
    if not jax.config.values["jax_threefry_partitionable"]:
        raise ReferenceUnsupported(op, "It knows only jax_threefry_partitionable=True, which is JAX's default.")
    for type_ in types:
        if "key<" in str(type_.dtype) and "fry" not in str(type_.dtype):
            raise ReferenceUnsupported(op, f"Only threefry keys have a meaning here, not {type_.dtype}.")
    return [np.asarray(x) for x in RANDOM[op](*map(np.asarray, values), **params)]
