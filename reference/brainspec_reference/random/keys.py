"""Keys, and what stands for one.

A *key* is a typed key of JAX, of shape `()` and dtype `key<fry>`. A *raw* key is the `uint32[2]` array that a typed
key holds. A *seed* is an integer, or a key, typed or raw: what may be given wherever a key is wanted. A boolean is
no integer.
"""

import os
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np

from ..errors import NotACount, NotASeed, SeveralKeys, TooFewKeys
from ..state_text import is_array

Key: TypeAlias = jax.Array
Seed: TypeAlias = int | np.integer[Any] | jax.Array | np.ndarray[Any, Any]


def is_integer(value: Any) -> bool:
    """Is it an integer of Python, or one of NumPy or JAX without shape?"""
    if isinstance(value, int):
        return not isinstance(value, bool)
    if isinstance(value, np.generic) or is_array(value):
        return value.shape == () and bool(jnp.issubdtype(value.dtype, jnp.integer))
    return False


def shape_of_keys(given: Any) -> tuple[int, ...] | None:
    """In which shape does an array hold keys, typed or raw? `None` if it holds none."""
    if not is_array(given):
        return None
    if given.dtype.name == "key<fry>":
        return tuple(given.shape)
    if given.dtype.name == "uint32" and given.shape[-1:] == (2,):
        return tuple(given.shape[:-1])
    return None


def key_of(given: Any) -> Key:
    """The key of a seed."""
    if is_integer(given):
        return jax.random.key(given)  # [random.state.seed]
    shape = shape_of_keys(given)
    if shape is None:
        found, cure = f"Found a {type(given).__name__} for a seed", "Give an integer or a key"
        raise NotASeed(found, "random.error.seed@1", cure)  # [random.error.seed]
    if shape != ():
        found, cure = f"Found keys of shape {shape} for a seed", "Give one of them"
        raise SeveralKeys(found, "random.error.keys@1", cure)  # [random.error.keys]
    key: Key = given  # [random.state.typed]
    if given.dtype.name == "uint32":
        copied = jnp.array(given)  # JAX may share the memory of a NumPy array, which can change
        key = jax.random.wrap_key_data(copied, impl="threefry2x32")  # [random.state.raw]
    return key


def fresh_key() -> Key:
    """From the operating system, so that nobody else's numbers change."""
    return key_of(np.frombuffer(os.urandom(8), np.uint32))  # [random.state.fresh]


def checked_count(n: Any) -> int:
    if not is_integer(n):
        found, cure = f"Found {n!r} for a number of keys", "Give an integer of at least 1"
        raise NotACount(found, "random.error.count@1", cure)  # [random.error.count]
    if n < 1:
        found, cure = f"Found {n} for a number of keys", "Give an integer of at least 1"
        raise TooFewKeys(found, "random.error.count@1", cure)  # [random.error.count]
    return int(n)
