"""The samplers that programs draw with: how each is written, what it takes, and the type that it gives.

`{0}`, `{1}` are operands, `{size}` the size. Parameters stay where a distribution is defined, and integers never hang on rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from attrs import frozen

from .operations import BOOL, FLOAT, INT, broadcast
from .values import Type

Shape = tuple[int, ...] | None
Rule = Callable[[Sequence[Type], Shape], Type | None]


@frozen
class Sampler:
    """`exact` says whether its numbers come out exact; `arity` how many operands it takes; `sized` whether it takes a size."""

    name: str
    text: str
    rule: Rule
    arity: int = 0
    exact: bool = False
    sized: bool = True


def plain(dtype: str) -> Rule:
    """The size, or no shape without one."""
    return lambda types, shape: Type(dtype, shape or ())


def fixed(dtype: str, *dims: int) -> Rule:
    return lambda types, shape: Type(dtype, dims)


def spread(dtype: str, of: str = FLOAT) -> Rule:
    """The shape that the operands broadcast to, which a size must not contradict."""

    def rule(types: Sequence[Type], shape: Shape) -> Type | None:
        if any(t.dtype != of for t in types):
            return None
        wide: tuple[int, ...] | None = ()
        for t in types:
            wide = None if wide is None else broadcast(wide, t.shape)
        if wide is None or (shape is not None and broadcast(wide, shape) != shape):
            return None
        return Type(dtype, wide if shape is None else shape)

    return rule


def whole(rank: int, dtype: str | None = None) -> Rule:
    """All of one operand of a rank, not empty: its own type, or another dtype."""
    return lambda types, shape: (
        Type(dtype or types[0].dtype, types[0].shape)
        if len(types[0].shape) == rank and 0 not in types[0].shape
        else None
    )


def picked(types: Sequence[Type], shape: Shape) -> Type | None:
    return Type(types[0].dtype, shape or ()) if len(types[0].shape) == 1 and 0 not in types[0].shape else None


def lanes(types: Sequence[Type], shape: Shape) -> Type | None:
    """One integer for each row of logits."""
    (a,) = types
    return Type(INT, a.shape[:-1]) if a.dtype == FLOAT and a.shape and 0 not in a.shape else None


def alike(*dtypes: str) -> Rule:
    return lambda types, shape: types[0] if types[0].dtype in dtypes else None


def vector(types: Sequence[Type], shape: Shape) -> Type | None:
    return Type(FLOAT, (2,)) if types[0] == Type(FLOAT, (2,)) else None


SAMPLERS = {
    sampler.name: sampler
    for sampler in [
        Sampler("rand", "rand()", fixed(FLOAT), sized=False, exact=True),
        Sampler("rand_dims", "rand(2, 3)", fixed(FLOAT, 2, 3), sized=False, exact=True),
        Sampler("randn", "randn(2)", fixed(FLOAT, 2), sized=False),
        Sampler("random", "random({size})", plain(FLOAT), exact=True),
        Sampler("random_sample", "random_sample(size={size})", plain(FLOAT), exact=True),
        Sampler("uniform", "uniform(0.0, 1.0, {size})", plain(FLOAT), exact=True),
        Sampler("uniform_default", "uniform(size={size})", plain(FLOAT), exact=True),
        Sampler("uniform_between", "uniform({0}, jnp.abs({0}) + 1, {size})", spread(FLOAT), 1),
        Sampler("uniform_named", "uniform(high=2.0, low=-1.0, size={size})", plain(FLOAT)),
        Sampler("normal", "normal(0.0, 1.0, {size})", plain(FLOAT)),
        Sampler("normal_default", "normal(size={size})", plain(FLOAT)),
        Sampler("normal_around", "normal({0}, 0.5, {size})", spread(FLOAT), 1),
        Sampler("normal_scaled", "normal(scale=jnp.abs({0}) + 1, size={size})", spread(FLOAT), 1),
        Sampler("randint", "randint(0, 8, {size})", plain(INT), exact=True),
        Sampler("randint_one", "randint(5, size={size})", plain(INT), exact=True),
        Sampler("randint_between", "randint({0}, {0} + 5, {size})", spread(INT, INT), 1, exact=True),
        Sampler("random_integers", "random_integers(2, 9, {size})", plain(INT), exact=True),
        Sampler("random_integers_one", "random_integers(6, size={size})", plain(INT), exact=True),
        Sampler("bernoulli", "bernoulli(0.5, {size})", plain(BOOL), exact=True),
        Sampler("bernoulli_default", "bernoulli(size={size})", plain(BOOL), exact=True),
        Sampler("bernoulli_of", "bernoulli(jnp.clip({0}, 0, 1), {size})", spread(BOOL), 1, exact=True),
        Sampler("exponential", "exponential(2.0, {size})", plain(FLOAT)),
        Sampler("exponential_default", "exponential(size={size})", plain(FLOAT)),
        Sampler("gamma", "gamma(2.0, 3.0, {size})", plain(FLOAT)),
        Sampler("gamma_default", "gamma(jnp.abs({0}) + 1, size={size})", spread(FLOAT), 1),
        Sampler("beta", "beta(2.0, 3.0, {size})", plain(FLOAT)),
        Sampler("poisson", "poisson(3.0, {size})", plain(INT)),
        Sampler("poisson_default", "poisson(size={size})", plain(INT)),
        Sampler("binomial", "binomial(5, 0.5, {size})", plain(INT)),
        Sampler("geometric", "geometric(0.5, {size})", plain(INT), exact=True),
        Sampler("choice", "choice(5, {size})", plain(INT), exact=True),
        Sampler("choice_of", "choice({0}, {size})", picked, 1, exact=True),
        Sampler("choice_apart", "choice({0}, (2,), replace=False)", lambda t, s: Type(t[0].dtype, (2,)) if len(t[0].shape) == 1 and t[0].shape[0] > 1 else None, 1, exact=True, sized=False),
        Sampler("choice_weighted", "choice(3, {size}, p=jnp.array([0.5, 0.25, 0.25]))", plain(INT), exact=True),
        Sampler("permutation", "permutation(4)", fixed(INT, 4), exact=True, sized=False),
        Sampler("permutation_of", "permutation({0})", whole(1), 1, exact=True, sized=False),
        Sampler("permutation_axis", "permutation({0}, axis=1)", whole(2), 1, exact=True, sized=False),
        Sampler("permutation_apart", "permutation({0}, 0, independent=True)", whole(2), 1, exact=True, sized=False),
        Sampler("shuffle", "shuffle({0})", whole(1), 1, exact=True, sized=False),
        Sampler("shuffle_axis", "shuffle({0}, axis=1)", whole(2), 1, exact=True, sized=False),
        Sampler("laplace", "laplace(1.0, 2.0, {size})", plain(FLOAT)),
        Sampler("laplace_default", "laplace(size={size})", plain(FLOAT)),
        Sampler("logistic", "logistic(1.0, 2.0, {size})", plain(FLOAT)),
        Sampler("logistic_around", "logistic({0}, size={size})", spread(FLOAT), 1),
        Sampler("gumbel", "gumbel(1.0, 2.0, {size})", plain(FLOAT)),
        Sampler("gumbel_scaled", "gumbel(scale=0.5, size={size})", plain(FLOAT)),
        Sampler("lognormal", "lognormal(1.0, 0.5, {size})", plain(FLOAT)),
        Sampler("lognormal_default", "lognormal(size={size})", plain(FLOAT)),
        Sampler("truncated_normal", "truncated_normal(-1.0, 2.0, {size})", plain(FLOAT)),
        Sampler("truncated_normal_moved", "truncated_normal(-1.0, 2.0, {size}, loc=0.5, scale=2.0)", plain(FLOAT)),
        Sampler("categorical", "categorical({0})", lanes, 1, exact=True, sized=False),
        Sampler("categorical_axis", "categorical({0}, axis=0)", lambda t, s: Type(INT, (t[0].shape[1],)) if t[0].dtype == FLOAT and len(t[0].shape) == 2 and 0 not in t[0].shape else None, 1, exact=True, sized=False),
        Sampler("categorical_sized", "categorical({0}, size=(4,))", lambda t, s: Type(INT, (4,)) if t[0].dtype == FLOAT and len(t[0].shape) == 1 and t[0].shape[0] else None, 1, exact=True, sized=False),
        Sampler("dirichlet", "dirichlet(jnp.array([1.0, 2.0]))", fixed(FLOAT, 2), sized=False),
        Sampler("dirichlet_sized", "dirichlet(jnp.ones(3), (2,))", fixed(FLOAT, 2, 3), sized=False),
        Sampler("multivariate_normal", "multivariate_normal({0}, jnp.eye(2))", vector, 1, sized=False),
        Sampler("multivariate_normal_sized", "multivariate_normal({0}, jnp.eye(2), (3,))", lambda t, s: Type(FLOAT, (3, 2)) if vector(t, s) else None, 1, sized=False),
        Sampler("weibull", "weibull(2.0, {size})", plain(FLOAT)),
        Sampler("rayleigh", "rayleigh(2.0, {size})", plain(FLOAT)),
        Sampler("rayleigh_default", "rayleigh(size={size})", plain(FLOAT)),
        Sampler("chisquare", "chisquare(2.0, {size})", plain(FLOAT)),
        Sampler("standard_t", "standard_t(3.0, {size})", plain(FLOAT)),
        Sampler("standard_cauchy", "standard_cauchy({size})", plain(FLOAT)),
        Sampler("pareto", "pareto(2.0, {size})", plain(FLOAT)),
        Sampler("rand_like", "rand_like({0})", alike(FLOAT), 1, exact=True, sized=False),
        Sampler("randn_like", "randn_like({0})", alike(FLOAT), 1, sized=False),
        Sampler("randint_like", "randint_like({0}, 0, 8)", alike(INT), 1, exact=True, sized=False),
        Sampler("randint_like_one", "randint_like({0}, 5)", alike(INT), 1, exact=True, sized=False),
    ]
}  # fmt: skip
# Numbers with so many bits that a sum of two of them is rounded.
FULL = {"rand", "rand_dims", "random", "random_sample", "uniform", "uniform_default", "rand_like"}
