"""What is fast about it: what is not asked for, a scale or a shift, is not computed."""

import jax

from brainspec_optimized.random.keys import Seed
from brainspec_optimized.random.size import Size, shape_of
from brainspec_optimized.random.stream import Real, Stream, moved

__all__ = ["exponential", "gumbel", "laplace", "logistic"]


def exponential(self: Stream, scale: Real = None, size: Size = None, *, key: Seed = None) -> jax.Array:
    """Draw from the exponential distribution."""
    shape = shape_of(size, scale)
    return self._draw(
        key,
        lambda sub: moved(jax.random.exponential(sub, shape), None, scale),  # [random.sampler.exponential]
    )


def laplace(self: Stream, loc: Real = None, scale: Real = None, size: Size = None, *, key: Seed = None) -> jax.Array:
    """Draw from the Laplace distribution."""
    shape = shape_of(size, loc, scale)
    return self._draw(key, lambda sub: moved(jax.random.laplace(sub, shape), loc, scale))  # [random.sampler.laplace]


def logistic(self: Stream, loc: Real = None, scale: Real = None, size: Size = None, *, key: Seed = None) -> jax.Array:
    """Draw from the logistic distribution."""
    shape = shape_of(size, loc, scale)
    return self._draw(key, lambda sub: moved(jax.random.logistic(sub, shape), loc, scale))  # [random.sampler.logistic]


def gumbel(self: Stream, loc: Real = None, scale: Real = None, size: Size = None, *, key: Seed = None) -> jax.Array:
    """Draw from the Gumbel distribution."""
    shape = shape_of(size, loc, scale)
    return self._draw(key, lambda sub: moved(jax.random.gumbel(sub, shape), loc, scale))  # [random.sampler.gumbel]
