"""The samplers of integers, and those that choose and shuffle.

A *probability* lies from 0 to 1, and is checked where it is known before the program runs.
"""

import jax
import jax.numpy as jnp

from .arguments import Parameter, Size, bounds, checked_probability, shape_if_given, shape_of
from .keys import Key


def randint(key: Key, low: Parameter, high: Parameter = None, size: Size = None) -> jax.Array:
    low, high = bounds(low, high, first=0)
    return jax.random.randint(key, shape_of(size, low, high), low, high)  # [random.sampler.randint]


def random_integers(key: Key, low: Parameter, high: Parameter = None, size: Size = None) -> jax.Array:
    low, high = bounds(low, high, first=1)
    return jax.random.randint(key, shape_of(size, low, high), low, high + 1)  # [random.sampler.random-integers]


def randint_like(key: Key, x: Parameter, low: Parameter, high: Parameter = None) -> jax.Array:
    low, high = bounds(low, high, first=0)
    return jax.random.randint(key, jnp.shape(x), low, high, jnp.result_type(x))  # [random.sampler.like]


def bernoulli(key: Key, p: Parameter = 0.5, size: Size = None) -> jax.Array:
    probability = jnp.asarray(checked_probability(p), float)  # [random.sampler.bernoulli]
    return jax.random.bernoulli(key, probability, shape_of(size, p))  # [random.sampler.bernoulli]


def binomial(key: Key, n: Parameter, p: Parameter, size: Size = None) -> jax.Array:
    drawn = jax.random.binomial(key, n, checked_probability(p), shape_of(size, n, p))
    return drawn.astype(int)  # [random.sampler.binomial]


def geometric(key: Key, p: Parameter, size: Size = None) -> jax.Array:
    """The first success: the least `k` of at least 1 with `1 - (1 - p)**k` above a uniform number."""
    log_of_failure = jnp.log1p(-checked_probability(p))
    log_of_uniform = jnp.log1p(-jax.random.uniform(key, shape_of(size, p)))
    return (jnp.floor(log_of_uniform / log_of_failure) + 1).astype(int)  # [random.sampler.geometric]


def poisson(key: Key, lam: Parameter = 1.0, size: Size = None) -> jax.Array:
    return jax.random.poisson(key, lam, shape_of(size, lam))  # [random.sampler.poisson]


def categorical(key: Key, logits: Parameter, axis: int = -1, size: Size = None) -> jax.Array:
    return jax.random.categorical(key, logits, axis, shape_if_given(size))  # [random.sampler.categorical]


def choice(key: Key, a: Parameter, size: Size = None, replace: bool = True, p: Parameter = None) -> jax.Array:
    shape = shape_of(size)  # one of `a` for the size `None`  # [random.size.none]
    return jax.random.choice(key, a, shape, replace, p)  # [random.sampler.choice]


def permutation(key: Key, x: Parameter, axis: int = 0, independent: bool = False) -> jax.Array:
    return jax.random.permutation(key, x, axis, independent=independent)  # [random.sampler.permutation]


def shuffle(key: Key, x: Parameter, axis: int = 0) -> jax.Array:
    return jax.random.permutation(key, x, axis)  # [random.sampler.shuffle]
