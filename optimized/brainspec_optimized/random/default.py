"""What is fast about it: importing starts no backend, since the default stream is made when it is first asked for.

It belongs to the process and not to whoever asks first. So it is made in a thread of its own, where no JAX trace is
current and nobody catches states, and counts as older than any trace stack that is open.
"""

import concurrent.futures
import contextlib
import threading
import typing as t

import jax

from brainspec_optimized.random.keys import Seed, as_key
from brainspec_optimized.random.state import RandomState

__all__ = ["clone_rng", "default_rng", "get_key", "seed_context", "split_keys", "the_default"]

_LOCK = threading.Lock()
_MADE: list[RandomState] = []


def the_default() -> RandomState:
    """The default stream."""
    return _MADE[0] if _MADE else _made()


def _made() -> RandomState:
    with _LOCK, concurrent.futures.ThreadPoolExecutor(max_workers=1) as apart:
        if not _MADE:
            stream = apart.submit(RandomState).result()
            stream._serial = -1
            _MADE.append(stream)
    return _MADE[0]


def get_key() -> jax.Array:
    """The key of the default stream, as it is."""
    key: jax.Array = the_default().value
    return key  # [random.default.key]


def split_keys(n: int, backup: bool = False) -> jax.Array:
    """An array of `n` keys that no draw uses."""
    return the_default().split_key(n, backup)  # [random.default.keys]


def default_rng(n: Seed = None) -> RandomState:
    """The default stream, or a new one of a seed."""
    return the_default() if n is None else RandomState(n)  # [random.default.rng]


def clone_rng(n: Seed = None) -> RandomState:
    """A new random state that continues the default stream, or one of a seed."""
    return the_default().clone() if n is None else RandomState(n)  # [random.default.clone]


def seed_context(n: Seed) -> contextlib.AbstractContextManager[None]:
    """Let the default stream begin anew inside the block, and go on afterwards as if nothing had been."""
    return _holding(as_key(n))  # here, so that a mistake is reported where it was written


@contextlib.contextmanager
def _holding(key: jax.Array) -> t.Iterator[None]:
    stream = the_default()
    before = stream.value
    stream.value = key  # [random.context.sets]
    try:
        yield
    finally:
        stream.value = before  # [random.context.exception]
