"""What is fast about it: what is not asked for, a scale or a shift, is not computed."""

import jax
import jax.numpy as jnp

from brainspec_optimized.random.keys import Seed
from brainspec_optimized.random.size import Size, given_shape, shape_of
from brainspec_optimized.random.stream import Real, Stream, moved

__all__ = ["lognormal", "normal", "randn", "truncated_normal"]


def randn(self: Stream, *dims: int, key: Seed = None) -> jax.Array:
    """Draw from the standard normal distribution in a shape."""
    shape = given_shape(dims)
    return self._draw(key, lambda sub: jax.random.normal(sub, shape))  # [random.sampler.randn]


def normal(self: Stream, loc: Real = None, scale: Real = None, size: Size = None, *, key: Seed = None) -> jax.Array:
    """Draw from the normal distribution."""
    shape = shape_of(size, loc, scale)
    return self._draw(key, lambda sub: moved(jax.random.normal(sub, shape), loc, scale))  # [random.sampler.normal]


def lognormal(self: Stream, mean: Real = None, sigma: Real = None, size: Size = None, *, key: Seed = None) -> jax.Array:
    """Draw what has a normal logarithm."""
    shape = shape_of(size, mean, sigma)
    return self._draw(
        key,
        lambda sub: jnp.exp(moved(jax.random.normal(sub, shape), mean, sigma)),  # [random.sampler.lognormal]
    )


def truncated_normal(
    self: Stream, lower: Real, upper: Real, size: Size = None, loc: Real = 0.0, scale: Real = 1.0, *, key: Seed = None
) -> jax.Array:
    """Draw from the normal distribution between two bounds."""
    shape = shape_of(size, lower, upper, loc, scale)
    low, high = (lower - loc) / scale, (upper - loc) / scale

    def sampler(sub: jax.Array) -> jax.Array:
        drawn = jax.random.truncated_normal(sub, low, high, shape)
        return moved(drawn, loc, scale)  # [random.sampler.truncated-normal]

    return self._draw(key, sampler)
