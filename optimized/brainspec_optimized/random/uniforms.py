"""What is fast about it: nothing is wrapped around `jax.random.uniform`."""

import jax

from brainspec_optimized.random.keys import Seed
from brainspec_optimized.random.size import Size, given_shape, shape_of
from brainspec_optimized.random.stream import Real, Stream

__all__ = ["rand", "random", "random_sample", "uniform"]


def rand(self: Stream, *dims: int, key: Seed = None) -> jax.Array:
    """Draw from 0 to 1 in a shape."""
    shape = given_shape(dims)
    return self._draw(key, lambda sub: jax.random.uniform(sub, shape))  # [random.sampler.rand]


def random(self: Stream, size: Size = None, *, key: Seed = None) -> jax.Array:
    """Draw from 0 to 1."""
    shape = shape_of(size)
    return self._draw(key, lambda sub: jax.random.uniform(sub, shape))  # [random.sampler.random]


def random_sample(self: Stream, size: Size = None, *, key: Seed = None) -> jax.Array:
    """Draw from 0 to 1."""
    return random(self, size, key=key)


def uniform(self: Stream, low: Real = 0.0, high: Real = 1.0, size: Size = None, *, key: Seed = None) -> jax.Array:
    """Draw from `low` up to `high`."""
    shape = shape_of(size, low, high)
    return self._draw(
        key,
        lambda sub: jax.random.uniform(sub, shape, minval=low, maxval=high),  # [random.sampler.uniform]
    )
