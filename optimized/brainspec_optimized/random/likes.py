"""What is fast about it: of `x` only shape and dtype are asked for, so it is not moved to a device."""

import jax
import jax.numpy as jnp
import numpy as np

from brainspec_optimized.random.keys import Seed
from brainspec_optimized.random.stream import Real, Stream

__all__ = ["rand_like", "randint_like", "randn_like"]


def rand_like(self: Stream, x: Real, *, key: Seed = None) -> jax.Array:
    """Draw from 0 to 1 in the shape and dtype of `x`."""
    shape, dtype = np.shape(x), jnp.result_type(x)
    return self._draw(key, lambda sub: jax.random.uniform(sub, shape, dtype))  # [random.sampler.like]


def randn_like(self: Stream, x: Real, *, key: Seed = None) -> jax.Array:
    """Draw from the standard normal distribution in the shape and dtype of `x`."""
    shape, dtype = np.shape(x), jnp.result_type(x)
    return self._draw(key, lambda sub: jax.random.normal(sub, shape, dtype))  # [random.sampler.like]


def randint_like(self: Stream, x: Real, low: Real, high: Real = None, *, key: Seed = None) -> jax.Array:
    """Draw integers in the shape and dtype of `x`."""
    if high is None:
        low, high = 0, low
    shape, dtype = np.shape(x), jnp.result_type(x)
    return self._draw(key, lambda sub: jax.random.randint(sub, shape, low, high, dtype))  # [random.sampler.like]
