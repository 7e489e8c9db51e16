"""The samplers of floats.

A *sampler* is a function of a key and of what a user says; it uses the key as it is, and knows no state. All here
are those of `jax.random`, moved and stretched where it leaves that to the user.
"""

import jax
import jax.numpy as jnp

from .arguments import Parameter, Size, scaled, shape_if_given, shape_of
from .keys import Key


def rand(key: Key, *dims: int) -> jax.Array:
    return jax.random.uniform(key, shape_of(dims))  # [random.sampler.rand]


def randn(key: Key, *dims: int) -> jax.Array:
    return jax.random.normal(key, shape_of(dims))  # [random.sampler.randn]


def random(key: Key, size: Size = None) -> jax.Array:
    return jax.random.uniform(key, shape_of(size))  # [random.sampler.random]


def random_sample(key: Key, size: Size = None) -> jax.Array:
    return jax.random.uniform(key, shape_of(size))  # [random.sampler.random]


def uniform(key: Key, low: Parameter = 0.0, high: Parameter = 1.0, size: Size = None) -> jax.Array:
    return jax.random.uniform(key, shape_of(size, low, high), minval=low, maxval=high)  # [random.sampler.uniform]


def normal(key: Key, loc: Parameter = None, scale: Parameter = None, size: Size = None) -> jax.Array:
    return scaled(jax.random.normal(key, shape_of(size, loc, scale)), scale, loc)  # [random.sampler.normal]


def laplace(key: Key, loc: Parameter = None, scale: Parameter = None, size: Size = None) -> jax.Array:
    return scaled(jax.random.laplace(key, shape_of(size, loc, scale)), scale, loc)  # [random.sampler.laplace]


def logistic(key: Key, loc: Parameter = None, scale: Parameter = None, size: Size = None) -> jax.Array:
    return scaled(jax.random.logistic(key, shape_of(size, loc, scale)), scale, loc)  # [random.sampler.logistic]


def gumbel(key: Key, loc: Parameter = None, scale: Parameter = None, size: Size = None) -> jax.Array:
    return scaled(jax.random.gumbel(key, shape_of(size, loc, scale)), scale, loc)  # [random.sampler.gumbel]


def lognormal(key: Key, mean: Parameter = None, sigma: Parameter = None, size: Size = None) -> jax.Array:
    drawn = scaled(jax.random.normal(key, shape_of(size, mean, sigma)), sigma, mean)
    return jnp.exp(drawn)  # [random.sampler.lognormal]


def truncated_normal(
    key: Key, lower: Parameter, upper: Parameter, size: Size = None, loc: Parameter = 0.0, scale: Parameter = 1.0
) -> jax.Array:
    shape = shape_of(size, lower, upper, loc, scale)
    drawn = jax.random.truncated_normal(key, (lower - loc) / scale, (upper - loc) / scale, shape)
    return scaled(drawn, scale, loc)  # [random.sampler.truncated-normal]


def exponential(key: Key, scale: Parameter = None, size: Size = None) -> jax.Array:
    return scaled(jax.random.exponential(key, shape_of(size, scale)), scale)  # [random.sampler.exponential]


def gamma(key: Key, shape: Parameter, scale: Parameter = None, size: Size = None) -> jax.Array:
    return scaled(jax.random.gamma(key, shape, shape_of(size, shape, scale)), scale)  # [random.sampler.gamma]


def beta(key: Key, a: Parameter, b: Parameter, size: Size = None) -> jax.Array:
    return jax.random.beta(key, a, b, shape_of(size, a, b))  # [random.sampler.beta]


def weibull(key: Key, a: Parameter, size: Size = None) -> jax.Array:
    return jax.random.weibull_min(key, 1.0, a, shape_of(size, a))  # [random.sampler.weibull]


def rayleigh(key: Key, scale: Parameter = 1.0, size: Size = None) -> jax.Array:
    return jax.random.rayleigh(key, scale, shape_of(size, scale))  # [random.sampler.rayleigh]


def chisquare(key: Key, df: Parameter, size: Size = None) -> jax.Array:
    return jax.random.chisquare(key, df, shape_of(size, df))  # [random.sampler.chisquare]


def standard_t(key: Key, df: Parameter, size: Size = None) -> jax.Array:
    return jax.random.t(key, df, shape_of(size, df))  # [random.sampler.standard-t]


def standard_cauchy(key: Key, size: Size = None) -> jax.Array:
    return jax.random.cauchy(key, shape_of(size))  # [random.sampler.standard-cauchy]


def pareto(key: Key, a: Parameter, size: Size = None) -> jax.Array:
    return jax.random.pareto(key, a, shape_of(size, a))  # [random.sampler.pareto]


def dirichlet(key: Key, alpha: Parameter, size: Size = None) -> jax.Array:
    return jax.random.dirichlet(key, alpha, shape_if_given(size))  # [random.sampler.dirichlet]


def multivariate_normal(
    key: Key, mean: Parameter, cov: Parameter, size: Size = None, method: str = "cholesky"
) -> jax.Array:
    shape = shape_if_given(size)
    return jax.random.multivariate_normal(key, mean, cov, shape, method=method)  # [random.sampler.multivariate-normal]


def rand_like(key: Key, x: Parameter) -> jax.Array:
    return jax.random.uniform(key, jnp.shape(x), jnp.result_type(x))  # [random.sampler.like]


def randn_like(key: Key, x: Parameter) -> jax.Array:
    return jax.random.normal(key, jnp.shape(x), jnp.result_type(x))  # [random.sampler.like]
