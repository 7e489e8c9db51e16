"""What is fast about it: one compiled call splits a key and takes the halves apart.

Taking two keys out of an array of keys costs bare JAX several calls. The bits are the same. Inside a trace it is one
nested call, whose program JAX has at hand after the first.

`LOCK` is held while one key replaces another, never while JAX works. It is one for all random states, so that they stay
free of what cannot be copied or pickled; and it lets its holder in again, so that a draw in a signal handler does not
hang.
"""

import functools
import threading
import typing as t

import jax

from brainspec_optimized.errors import CountTooSmall, NotACount
from brainspec_optimized.random.size import integer_of

__all__ = ["LOCK", "Split", "splitting"]

LOCK = threading.RLock()

Split = t.Callable[[jax.Array], tuple[jax.Array, jax.Array]]


def splitting(n: t.Any) -> Split:
    """How to split: into the key that is kept, and the key or keys that are given away."""
    return _in_two if n is None else functools.partial(_in_many, n=_checked_count(n))


def _split_in_two(key: jax.Array) -> tuple[jax.Array, jax.Array]:
    keys = jax.random.split(key)
    return keys[0], keys[1]  # [random.split.one]


def _split_in_many(key: jax.Array, n: int) -> tuple[jax.Array, jax.Array]:
    keys = jax.random.split(key, n + 1)
    return keys[0], keys[1:]  # [random.split.many]


_in_two = jax.jit(_split_in_two)
_in_many = jax.jit(_split_in_many, static_argnames="n")


def _checked_count(n: t.Any) -> int:
    count = integer_of(n)
    cure = "Ask for a positive integer."
    if count is None:
        raise NotACount(f"{n!r} keys were asked for.", "random.error.count@1", cure)  # [random.error.count]
    if count < 1:
        raise CountTooSmall(f"{n!r} keys were asked for.", "random.error.count@1", cure)  # [random.error.count]
    return count
