"""Random streams: random states, and the samplers as functions that draw from the default stream."""

from .default_stream import (
    backup_key,
    clone_rng,
    default_rng,
    get_key,
    on_default,
    restore_key,
    seed,
    seed_context,
    set_key,
    split_key,
    split_keys,
)
from .random_state import RandomState

__all__ = [  # [model.surface.present]
    "RandomState",
    "backup_key",
    "bernoulli",
    "beta",
    "binomial",
    "categorical",
    "chisquare",
    "choice",
    "clone_rng",
    "default_rng",
    "dirichlet",
    "exponential",
    "gamma",
    "geometric",
    "get_key",
    "gumbel",
    "laplace",
    "logistic",
    "lognormal",
    "multivariate_normal",
    "normal",
    "pareto",
    "permutation",
    "poisson",
    "rand",
    "rand_like",
    "randint",
    "randint_like",
    "randn",
    "randn_like",
    "random",
    "random_integers",
    "random_sample",
    "rayleigh",
    "restore_key",
    "seed",
    "seed_context",
    "set_key",
    "shuffle",
    "split_key",
    "split_keys",
    "standard_cauchy",
    "standard_t",
    "truncated_normal",
    "uniform",
    "weibull",
]

rand = on_default(RandomState.rand)
randn = on_default(RandomState.randn)
random = on_default(RandomState.random)
random_sample = on_default(RandomState.random_sample)
uniform = on_default(RandomState.uniform)
normal = on_default(RandomState.normal)
laplace = on_default(RandomState.laplace)
logistic = on_default(RandomState.logistic)
gumbel = on_default(RandomState.gumbel)
lognormal = on_default(RandomState.lognormal)
truncated_normal = on_default(RandomState.truncated_normal)
exponential = on_default(RandomState.exponential)
gamma = on_default(RandomState.gamma)
beta = on_default(RandomState.beta)
weibull = on_default(RandomState.weibull)
rayleigh = on_default(RandomState.rayleigh)
chisquare = on_default(RandomState.chisquare)
standard_t = on_default(RandomState.standard_t)
standard_cauchy = on_default(RandomState.standard_cauchy)
pareto = on_default(RandomState.pareto)
dirichlet = on_default(RandomState.dirichlet)
multivariate_normal = on_default(RandomState.multivariate_normal)
rand_like = on_default(RandomState.rand_like)
randn_like = on_default(RandomState.randn_like)
randint = on_default(RandomState.randint)
random_integers = on_default(RandomState.random_integers)
randint_like = on_default(RandomState.randint_like)
bernoulli = on_default(RandomState.bernoulli)
binomial = on_default(RandomState.binomial)
geometric = on_default(RandomState.geometric)
poisson = on_default(RandomState.poisson)
categorical = on_default(RandomState.categorical)
choice = on_default(RandomState.choice)
permutation = on_default(RandomState.permutation)
shuffle = on_default(RandomState.shuffle)
