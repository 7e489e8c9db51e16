"""What is fast about it: a function of the namespace is a method and one call that looks up the default stream.

Each is made from the method, so that the two cannot differ, and has its signature without `self`.
"""

import inspect
import typing as t

from brainspec_optimized.random.default import the_default
from brainspec_optimized.random.state import RandomState

P = t.ParamSpec("P")
R = t.TypeVar("R")


def _acting(method: t.Callable[t.Concatenate[RandomState, P], R]) -> t.Callable[P, R]:
    def acting(*args: P.args, **kwargs: P.kwargs) -> R:
        return method(the_default(), *args, **kwargs)  # [random.default.functions]

    signature = inspect.signature(method)
    parameters = list(signature.parameters.values())[1:]
    acting.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    acting.__name__ = acting.__qualname__ = method.__name__
    acting.__module__ = "brainspec_optimized.random"  # where pickle finds it
    acting.__doc__ = method.__doc__
    return acting


seed = _acting(RandomState.seed)  # [random.default.others]
set_key = _acting(RandomState.set_key)
split_key = _acting(RandomState.split_key)
backup_key = _acting(RandomState.backup_key)
restore_key = _acting(RandomState.restore_key)

rand = _acting(RandomState.rand)
random = _acting(RandomState.random)
random_sample = _acting(RandomState.random_sample)
uniform = _acting(RandomState.uniform)
randn = _acting(RandomState.randn)
normal = _acting(RandomState.normal)
lognormal = _acting(RandomState.lognormal)
truncated_normal = _acting(RandomState.truncated_normal)
exponential = _acting(RandomState.exponential)
laplace = _acting(RandomState.laplace)
logistic = _acting(RandomState.logistic)
gumbel = _acting(RandomState.gumbel)
gamma = _acting(RandomState.gamma)
beta = _acting(RandomState.beta)
weibull = _acting(RandomState.weibull)
rayleigh = _acting(RandomState.rayleigh)
chisquare = _acting(RandomState.chisquare)
standard_t = _acting(RandomState.standard_t)
standard_cauchy = _acting(RandomState.standard_cauchy)
pareto = _acting(RandomState.pareto)
randint = _acting(RandomState.randint)
random_integers = _acting(RandomState.random_integers)
poisson = _acting(RandomState.poisson)
bernoulli = _acting(RandomState.bernoulli)
binomial = _acting(RandomState.binomial)
geometric = _acting(RandomState.geometric)
choice = _acting(RandomState.choice)
permutation = _acting(RandomState.permutation)
shuffle = _acting(RandomState.shuffle)
categorical = _acting(RandomState.categorical)
dirichlet = _acting(RandomState.dirichlet)
multivariate_normal = _acting(RandomState.multivariate_normal)
rand_like = _acting(RandomState.rand_like)
randn_like = _acting(RandomState.randn_like)
randint_like = _acting(RandomState.randint_like)
