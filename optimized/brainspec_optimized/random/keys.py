"""What is fast about it: a typed key is let through by one look at its type.

Everything else is made into a typed key outside whatever trace is current, so that a seed that is known stays known:
put into a state inside a trace, it is a concrete value and leaks nothing.
"""

import os
import typing as t

import jax
import jax.numpy as jnp
import numpy as np

from brainspec_optimized._jaxshim import Tracer
from brainspec_optimized.errors import NotAKey, SeveralKeys

__all__ = ["Seed", "as_key", "fresh_key"]

Seed: t.TypeAlias = t.Any
"""An integer, a typed key or a raw key, and None where none is given; checked when it is used."""

_IMPL = "threefry2x32"
_CURE = "Give an integer, a key of jax.random.key, or the two numbers of jax.random.PRNGKey."


def fresh_key() -> jax.Array:
    """A key that nobody can foresee; as many random bits as it holds, which a seed would not be."""
    bits = np.frombuffer(os.urandom(8), np.uint32)  # [random.state.fresh]
    return as_key(bits)


def as_key(given: Seed) -> jax.Array:
    """The typed key that a seed stands for, or an error that says why there is none."""
    if isinstance(given, Tracer):
        return _key_of_array(given)
    if isinstance(given, int) and not isinstance(given, bool):
        with jax.ensure_compile_time_eval():
            return jax.random.key(given)  # [random.state.seed]
    if isinstance(given, (jax.Array, np.ndarray, np.generic)):
        with jax.ensure_compile_time_eval():
            return _key_of_array(given)
    raise _no_key(type(given).__name__)


def _key_of_array(given: t.Any) -> jax.Array:
    shape, dtype = given.shape, given.dtype
    if jnp.issubdtype(dtype, jax.dtypes.prng_key):
        return _checked_typed(given)
    if dtype == np.uint32 and shape[-1:] == (2,):
        if len(shape) > 1:
            raise _several(shape[:-1])
        key: jax.Array = jax.random.wrap_key_data(jnp.array(given), impl=_IMPL)  # [random.state.raw]
        return key
    if shape == () and jnp.issubdtype(dtype, np.integer):
        return jax.random.key(given)  # [random.state.seed]
    raise _no_key(f"{type(given).__name__} {dtype.name}{list(shape)}")


def _checked_typed(given: t.Any) -> jax.Array:
    if given.shape != ():
        raise _several(given.shape)
    if given.dtype.name != "key<fry>":
        raise _no_key(given.dtype.name)
    return t.cast(jax.Array, given)  # [random.state.typed]


def _several(shape: tuple[int, ...]) -> SeveralKeys:
    found = f"An array of keys of shape {shape} was given where one key is wanted."
    return SeveralKeys(found, "random.error.keys@1", "Choose one, `keys[0]`.")  # [random.error.keys]


def _no_key(what: str) -> NotAKey:
    found = f"A {what} was given for a seed."
    return NotAKey(found, "random.error.seed@1", _CURE)  # [random.error.seed]
