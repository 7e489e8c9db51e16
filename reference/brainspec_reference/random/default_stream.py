"""The default stream: the one random state behind the functions of `random`.

It is born before every program and outside every trace, wherever this file is imported; but it holds no key before
somebody asks for the stream, since a key would start a JAX backend.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import jax

from .keys import Key, Seed, fresh_key
from .random_state import RandomState

STREAM = RandomState.__new__(RandomState)
STREAM.__setstate__((None, None, None, {}))  # it holds `None`, and has neither name nor tag nor metadata
STREAM._born_in, STREAM._born_at = None, 0
LOCK = threading.Lock()


def stream() -> RandomState:
    with LOCK:
        if STREAM._held is None:
            with jax.ensure_compile_time_eval():  # a key of no trace, even if one is current
                STREAM._hold(fresh_key())
    return STREAM


def on_default(method: Callable[..., Any]) -> Callable[..., Any]:
    def function(*given: Any, **named: Any) -> Any:
        return method(stream(), *given, **named)  # [random.default.functions]

    return function


seed = on_default(RandomState.seed)  # and of nothing else  # [random.default.others]
set_key = on_default(RandomState.set_key)
split_key = on_default(RandomState.split_key)
backup_key = on_default(RandomState.backup_key)
restore_key = on_default(RandomState.restore_key)


def get_key() -> Key:
    key: Key = stream().value  # [random.default.key]
    return key


def split_keys(n: int) -> jax.Array:
    return stream().split_key(n)  # [random.default.keys]


def default_rng(value: Seed | None = None) -> RandomState:
    return stream() if value is None else RandomState(value)  # [random.default.rng]


def clone_rng(value: Seed | None = None) -> RandomState:
    return stream().clone() if value is None else RandomState(value)  # [random.default.clone]


@contextmanager
def seed_context(value: Seed) -> Iterator[None]:
    before = stream().value
    stream().set_key(value)  # [random.context.sets]
    try:
        yield
    finally:
        stream().value = before  # [random.context.exception]
