"""What is fast about it: nothing is wrapped around the samplers of `jax.random`, which know the shapes of vectors."""

import jax

from brainspec_optimized.random.keys import Seed
from brainspec_optimized.random.size import Size, given_shape
from brainspec_optimized.random.stream import Real, Stream

__all__ = ["dirichlet", "multivariate_normal"]


def dirichlet(self: Stream, alpha: Real, size: Size = None, *, key: Seed = None) -> jax.Array:
    """Draw shares that sum to 1."""
    shape = None if size is None else given_shape(size)  # [random.size.none]
    return self._draw(key, lambda sub: jax.random.dirichlet(sub, alpha, shape))  # [random.sampler.dirichlet]


def multivariate_normal(
    self: Stream, mean: Real, cov: Real, size: Size = None, method: str = "cholesky", *, key: Seed = None
) -> jax.Array:
    """Draw vectors with a covariance."""
    shape = None if size is None else given_shape(size)  # [random.size.none]
    sampler = jax.random.multivariate_normal
    return self._draw(
        key,
        lambda sub: sampler(sub, mean, cov, shape, method=method),  # [random.sampler.multivariate-normal]
    )
