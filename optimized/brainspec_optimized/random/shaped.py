"""What is fast about it: nothing is wrapped around the samplers of `jax.random`, which take these parameters."""

import jax

from brainspec_optimized.random.keys import Seed
from brainspec_optimized.random.size import Size, shape_of
from brainspec_optimized.random.stream import Real, Stream, moved

__all__ = ["beta", "chisquare", "gamma", "pareto", "rayleigh", "standard_cauchy", "standard_t", "weibull"]


def gamma(self: Stream, shape: Real, scale: Real = None, size: Size = None, *, key: Seed = None) -> jax.Array:
    """Draw from the gamma distribution."""
    wanted = shape_of(size, shape, scale)
    return self._draw(
        key,
        lambda sub: moved(jax.random.gamma(sub, shape, wanted), None, scale),  # [random.sampler.gamma]
    )


def beta(self: Stream, a: Real, b: Real, size: Size = None, *, key: Seed = None) -> jax.Array:
    """Draw from the beta distribution."""
    shape = shape_of(size, a, b)
    return self._draw(key, lambda sub: jax.random.beta(sub, a, b, shape))  # [random.sampler.beta]


def weibull(self: Stream, a: Real, size: Size = None, *, key: Seed = None) -> jax.Array:
    """Draw from the Weibull distribution."""
    shape = shape_of(size, a)
    return self._draw(key, lambda sub: jax.random.weibull_min(sub, 1.0, a, shape))  # [random.sampler.weibull]


def rayleigh(self: Stream, scale: Real = 1.0, size: Size = None, *, key: Seed = None) -> jax.Array:
    """Draw from the Rayleigh distribution."""
    shape = shape_of(size, scale)
    return self._draw(key, lambda sub: jax.random.rayleigh(sub, scale, shape))  # [random.sampler.rayleigh]


def chisquare(self: Stream, df: Real, size: Size = None, *, key: Seed = None) -> jax.Array:
    """Draw from the chi-square distribution."""
    shape = shape_of(size, df)
    return self._draw(key, lambda sub: jax.random.chisquare(sub, df, shape))  # [random.sampler.chisquare]


def standard_t(self: Stream, df: Real, size: Size = None, *, key: Seed = None) -> jax.Array:
    """Draw from the t distribution."""
    shape = shape_of(size, df)
    return self._draw(key, lambda sub: jax.random.t(sub, df, shape))  # [random.sampler.standard-t]


def standard_cauchy(self: Stream, size: Size = None, *, key: Seed = None) -> jax.Array:
    """Draw from the standard Cauchy distribution."""
    shape = shape_of(size)
    return self._draw(key, lambda sub: jax.random.cauchy(sub, shape))  # [random.sampler.standard-cauchy]


def pareto(self: Stream, a: Real, size: Size = None, *, key: Seed = None) -> jax.Array:
    """Draw from the Pareto distribution."""
    shape = shape_of(size, a)
    return self._draw(key, lambda sub: jax.random.pareto(sub, a, shape))  # [random.sampler.pareto]
