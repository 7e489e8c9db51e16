"""Values, as JAX has them and as the engine has them: numpy arrays, and keys of the structured dtype `KEY`."""

from typing import Any

import jax
import numpy as np
from jax.core import ShapedArray

from ._jaxshim import evaluating, type_of, weakly_typed
from .engine.errors import ReferenceUnsupported

KEY = np.dtype([("a", np.uint32), ("b", np.uint32)])
THREEFRY = "threefry2x32"


def is_key(type_: ShapedArray) -> bool:
    return bool(jax.numpy.issubdtype(type_.dtype, jax.dtypes.prng_key))


def to_numpy(x: Any, type_: ShapedArray) -> np.ndarray[Any, Any]:
    """A value of JAX, in memory that nobody can write to behind our back."""
    if not is_key(type_):
        return np.array(x, dtype=type_.dtype)  # [jit.trace.closure]
    if "fry" not in str(type_.dtype):
        raise ReferenceUnsupported(f"random keys of type {type_.dtype}", "Only threefry keys have a meaning here.")
    with evaluating():
        pair = np.asarray(jax.random.key_data(x))
    return pair.view(KEY)[..., 0]


def to_jax(value: np.ndarray[Any, Any], type_: ShapedArray, device: Any = None) -> jax.Array:
    """A value of the engine's, committed to a device or sharding if one is given, in memory of its own."""
    with evaluating():
        if is_key(type_):
            words = jax.device_put(np.stack([value["a"], value["b"]], axis=-1), device)
            keys: jax.Array = jax.random.wrap_key_data(words, impl=THREEFRY)
            return keys
        array = jax.device_put(np.array(value, type_.dtype), device)
        return weakly_typed(array) if type_.weak_type else array


def as_array(x: Any, type_: ShapedArray) -> Any:
    """An array of JAX for a number of Python or NumPy; what is one stays the same object."""
    return x if isinstance(x, jax.Array) else to_jax(to_numpy(x, type_), type_)


def as_keys(x: Any) -> np.ndarray[Any, Any]:
    """Keys in the engine's form, given as JAX's or as such."""
    own = isinstance(x, np.ndarray) and x.dtype == KEY
    return x if own else to_numpy(x, type_of(x))
