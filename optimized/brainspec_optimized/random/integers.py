"""What is fast about it: nothing is wrapped around `jax.random.randint`."""

import jax

from brainspec_optimized.random.keys import Seed
from brainspec_optimized.random.size import Size, shape_of
from brainspec_optimized.random.stream import Real, Stream

__all__ = ["poisson", "randint", "random_integers"]


def randint(self: Stream, low: Real, high: Real = None, size: Size = None, *, key: Seed = None) -> jax.Array:
    """Draw an integer from `low` up to below `high`."""
    if high is None:
        low, high = 0, low  # [random.sampler.one-bound]
    shape = shape_of(size, low, high)
    return self._draw(key, lambda sub: jax.random.randint(sub, shape, low, high))  # [random.sampler.randint]


def random_integers(self: Stream, low: Real, high: Real = None, size: Size = None, *, key: Seed = None) -> jax.Array:
    """Draw an integer from `low` up to `high`."""
    if high is None:
        low, high = 1, low  # [random.sampler.one-bound]
    shape = shape_of(size, low, high)
    return self._draw(
        key,
        lambda sub: jax.random.randint(sub, shape, low, high + 1),  # [random.sampler.random-integers]
    )


def poisson(self: Stream, lam: Real = 1.0, size: Size = None, *, key: Seed = None) -> jax.Array:
    """Draw from the Poisson distribution."""
    shape = shape_of(size, lam)
    return self._draw(key, lambda sub: jax.random.poisson(sub, lam, shape))  # [random.sampler.poisson]
