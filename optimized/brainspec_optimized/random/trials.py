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
    chance = p if type(p) is float else jnp.asarray(p, float)  # [random.sampler.bernoulli]
    return self._draw(key, lambda sub: jax.random.bernoulli(sub, chance, shape))  # [random.sampler.bernoulli]


def binomial(self: Stream, n: Real, p: Real, size: Size = None, *, key: Seed = None) -> jax.Array:
    """Draw how many of `n` trials succeed."""
    check_probability(p)
    shape = shape_of(size, n, p)
    return self._draw(key, lambda sub: jax.random.binomial(sub, n, p, shape).astype(int))  # [random.sampler.binomial]


def geometric(self: Stream, p: Real, size: Size = None, *, key: Seed = None) -> jax.Array:
    """Draw the number of the first trial that succeeds."""
    check_probability(p)
    shape = shape_of(size, p)

    def sampler(sub: jax.Array) -> jax.Array:
        u = jax.random.uniform(sub, shape)
        return (jnp.floor(jnp.log1p(-u) / jnp.log1p(-p)) + 1).astype(int)  # [random.sampler.geometric]

    return self._draw(key, sampler)
