"""jax.random: keys, and every sampler that is made of random bits and array operations.

The gamma family (gamma, beta, dirichlet, t, ball, chisquare) is an opaque primitive of JAX and has no rule.
"""

import jax
import jax.numpy as jnp
import numpy as np
from jax import random as jr

from . import Family
from .numbers import definite

RANDOMS = Family("random")
KEY = jax.random.key(41)
RAW = np.array([3, 7], np.uint32)
COVARIANCE = definite(2)


def add(name, fun, **options):  # type: ignore[no-untyped-def]
    """With a typed key; every third one also with a raw pair of words."""
    RANDOMS.add(name, fun, KEY, **options)
    if len(RANDOMS.cases) % 3 == 0:
        RANDOMS.add(f"{name}-raw", fun, RAW, **options)


add("uniform", lambda k: (jr.uniform(k, (3, 5)), jr.uniform(k), jr.uniform(k, (5,), minval=-2.0, maxval=3.0)))
add("uniform-half", lambda k: (jr.uniform(k, (4,), jnp.float16), jr.uniform(k, (4,), jnp.bfloat16)))
add("normal", lambda k: jr.normal(k, (3, 5)), loose=True)
add("normal-half", lambda k: jr.normal(k, (4,), jnp.bfloat16), loose=True)
add("truncated_normal", lambda k: jr.truncated_normal(k, -1.0, 1.0, (4,)), loose=True)
add("multivariate_normal", lambda k: jr.multivariate_normal(k, jnp.zeros(2), COVARIANCE), loose=True)
add("bernoulli", lambda k: jr.bernoulli(k, 0.3, (9,)))
add("rademacher", lambda k: jr.rademacher(k, (4,)))
add("randint", lambda k: (jr.randint(k, (9,), -3, 10), jr.randint(k, (9,), 0, 100, jnp.uint8)))
add("permutation", lambda k: (jr.permutation(k, 9), jr.permutation(k, jnp.arange(12).reshape(4, 3))))
add("permutation-independent", lambda k: jr.permutation(k, jnp.arange(12).reshape(4, 3), 1, independent=True))
add("choice", lambda k: (jr.choice(k, 5, (3,), replace=False), jr.choice(k, 5, (3,))))
add("choice-p", lambda k: jr.choice(k, 3, (4,), p=jnp.array([0.2, 0.3, 0.5])))
add("choice-p-without", lambda k: jr.choice(k, 4, (2,), replace=False, p=jnp.array([0.2, 0.3, 0.1, 0.4])))
add("categorical", lambda k: jr.categorical(k, jnp.arange(5.0), shape=(4,)))
add("gumbel", lambda k: jr.gumbel(k, (4,)))
add("exponential", lambda k: jr.exponential(k, (4,)))
add("laplace", lambda k: jr.laplace(k, (4,)))
add("logistic", lambda k: jr.logistic(k, (4,)))
add("cauchy", lambda k: jr.cauchy(k, (4,)))
add("pareto", lambda k: jr.pareto(k, 2.0, (4,)))
add("rayleigh", lambda k: jr.rayleigh(k, 1.0, (4,)))
add("weibull", lambda k: jr.weibull_min(k, 1.0, 2.0, (3,)))
add("maxwell", lambda k: jr.maxwell(k, (3,)), loose=True)
add("lognormal", lambda k: jr.lognormal(k, 0.5, (3,)), loose=True)
add("wald", lambda k: jr.wald(k, 1.0, (3,)), loose=True)
add("triangular", lambda k: jr.triangular(k, 0.0, 0.3, 1.0, (3,)))
add("double_sided_maxwell", lambda k: jr.double_sided_maxwell(k, 0.0, 1.0, (3,)), loose=True)
add("geometric", lambda k: jr.geometric(k, 0.3, (3,)))
add("poisson", lambda k: jr.poisson(k, 3.0, (4,)))
add("poisson-large", lambda k: jr.poisson(k, 30.0, (4,)))
add("binomial", lambda k: jr.binomial(k, 5.0, 0.3, (4,)))
add("orthogonal", lambda k: jr.orthogonal(k, 3), loose=True)
add("bits", lambda k: (jr.bits(k), jr.bits(k, (3, 7)), jr.bits(k, (7,), jnp.uint8), jr.bits(k, (7,), jnp.uint16)))
add("split", lambda k: (jr.split(k, 4), jr.split(k, (2, 3)), jr.split(k)))
add("fold_in", lambda k: (jr.fold_in(k, 123), jr.fold_in(k, 0)))
RANDOMS.add("key-arrays", lambda k: (jr.split(k, 4)[1:3], jr.split(k, 4).reshape(2, 2).T, jnp.stack([k, k])), KEY)
add("clone", lambda k: jr.clone(k))
add("many-keys", lambda k: jax.vmap(lambda key: jr.normal(key, (2,)))(jr.split(k, 3)), loose=True)
RANDOMS.add("seed", lambda s: (jr.key_data(jr.key(s)), jr.PRNGKey(s), jr.uniform(jr.key(7))), np.int32(-5))
RANDOMS.add("key-data", lambda k: (jr.key_data(k), jr.key_data(jr.split(jr.wrap_key_data(jr.key_data(k))))), KEY)
RANDOMS.add("dropout", lambda k, x: jnp.where(jr.bernoulli(k, 0.5, x.shape), x / 0.5, 0.0), KEY, np.ones(6, np.float32))
