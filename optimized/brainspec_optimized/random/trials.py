"""What is fast about it: a probability of Python is checked by one comparison."""

import jax
import jax.numpy as jnp

from brainspec_optimized.random.keys import Seed
from brainspec_optimized.random.probability import check_probability
from brainspec_optimized.random.size import Size, shape_of
from brainspec_optimized.random.stream import Real, Stream

__all__ = ["bernoulli", "binomial", "geometric"]


def bernoulli(self: Stream, p: Real = 0.5, size: Size = None, *, key: Seed = None) -> jax.Array:
    """Draw whether a trial succeeds."""
    check_probability(p)
    shape = shape_of(size, p)
    return jax.random.bernoulli(self._sub(key), p, shape)  # [random.sampler.bernoulli]


def binomial(self: Stream, n: Real, p: Real, size: Size = None, *, key: Seed = None) -> jax.Array:
    """Draw how many of `n` trials succeed."""
    check_probability(p)
    shape = shape_of(size, n, p)
    return jax.random.binomial(self._sub(key), n, p, shape).astype(int)  # [random.sampler.binomial]


def geometric(self: Stream, p: Real, size: Size = None, *, key: Seed = None) -> jax.Array:
    """Draw the number of the first trial that succeeds."""
    check_probability(p)
    shape = shape_of(size, p)
    u = jax.random.uniform(self._sub(key), shape)
    return (jnp.floor(jnp.log1p(-u) / jnp.log1p(-p)) + 1).astype(int)  # [random.sampler.geometric]
