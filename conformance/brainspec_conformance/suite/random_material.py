"""What the checks of `spec/12-random.md` share: keys, a call of each sampler, and how a draw is judged."""

import copy
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

SEED = 42
SHAPE = (3,)
ROW = np.array([0.5, 1.0, 2.0], np.float32)
PARTS = np.array([0.25, 0.5, 0.75], np.float32)
GRID = np.array([[0.0, 1.0, -1.0], [0.5, 0.0, 2.0]], np.float32)
SQUARE = np.array([[2.0, 0.5], [0.5, 1.0]], np.float32)
HALF = np.zeros(SHAPE, np.float16)

# Each sampler with the names of its parameters, as the page writes them, but for those that take dimensions.
PARAMETERS = {
    "random": "size",
    "random_sample": "size",
    "uniform": "low high size",
    "normal": "loc scale size",
    "randint": "low high size",
    "random_integers": "low high size",
    "bernoulli": "p size",
    "exponential": "scale size",
    "gamma": "shape scale size",
    "beta": "a b size",
    "poisson": "lam size",
    "binomial": "n p size",
    "geometric": "p size",
    "choice": "a size replace p",
    "permutation": "x axis independent",
    "shuffle": "x axis",
    "laplace": "loc scale size",
    "logistic": "loc scale size",
    "gumbel": "loc scale size",
    "lognormal": "mean sigma size",
    "truncated_normal": "lower upper size loc scale",
    "categorical": "logits axis size",
    "dirichlet": "alpha size",
    "multivariate_normal": "mean cov size method",
    "weibull": "a size",
    "rayleigh": "scale size",
    "chisquare": "df size",
    "standard_t": "df size",
    "standard_cauchy": "size",
    "pareto": "a size",
    "rand_like": "x",
    "randn_like": "x",
    "randint_like": "x low high",
}

# One call of each sampler. The checks of the samplers use the same shapes, so that each compiles once.
CALLS: dict[str, tuple[Any, ...]] = {
    "rand": SHAPE,
    "randn": SHAPE,
    "random": (SHAPE,),
    "random_sample": (SHAPE,),
    "uniform": (-1.0, 2.0, SHAPE),
    "normal": (1.0, 2.0, SHAPE),
    "randint": (2, 9, SHAPE),
    "random_integers": (2, 9, SHAPE),
    "bernoulli": (0.25, SHAPE),
    "exponential": (2.0, SHAPE),
    "gamma": (2.0, 3.0, SHAPE),
    "beta": (2.0, 3.0, SHAPE),
    "poisson": (3.0, SHAPE),
    "binomial": (5, 0.25, SHAPE),
    "geometric": (0.25, SHAPE),
    "choice": (5, SHAPE),
    "permutation": (5,),
    "shuffle": (ROW,),
    "laplace": (1.0, 2.0, SHAPE),
    "logistic": (1.0, 2.0, SHAPE),
    "gumbel": (1.0, 2.0, SHAPE),
    "lognormal": (1.0, 0.5, SHAPE),
    "truncated_normal": (-1.0, 2.0, SHAPE, 0.5, 2.0),
    "categorical": (GRID,),
    "dirichlet": (ROW,),
    "multivariate_normal": (np.zeros(2, np.float32), SQUARE),
    "weibull": (2.0, SHAPE),
    "rayleigh": (2.0, SHAPE),
    "chisquare": (2.0, SHAPE),
    "standard_t": (3.0, SHAPE),
    "standard_cauchy": (SHAPE,),
    "pareto": (2.0, SHAPE),
    "rand_like": (HALF,),
    "randn_like": (HALF,),
    "randint_like": (np.zeros(SHAPE, np.int8), 2, 9),
}

# How to call each sampler that has a size with that size and without the rest that it may do without.
SIZED: dict[str, dict[str, Any]] = {
    **{name: {} for name in ("random", "random_sample", "uniform", "normal", "bernoulli", "exponential", "poisson")},
    **{name: {} for name in ("laplace", "logistic", "gumbel", "lognormal", "rayleigh", "standard_cauchy")},
    "randint": {"low": 9},
    "random_integers": {"low": 9},
    "gamma": {"shape": 2.0},
    "beta": {"a": 2.0, "b": 3.0},
    "binomial": {"n": 5, "p": 0.25},
    "geometric": {"p": 0.25},
    "choice": {"a": 5},
    "truncated_normal": {"lower": -1.0, "upper": 2.0},
    "categorical": {"logits": ROW},
    "dirichlet": {"alpha": ROW},
    "multivariate_normal": {"mean": np.zeros(2, np.float32), "cov": SQUARE},
    "weibull": {"a": 2.0},
    "chisquare": {"df": 2.0},
    "standard_t": {"df": 3.0},
    "pareto": {"a": 2.0},
}


def arguments(name: str) -> tuple[Any, ...]:
    """Those of the one call of a sampler, copied: a sampler that changes them spoils no other check."""
    return copy.deepcopy(CALLS[name])


def halves(key: jax.Array) -> tuple[jax.Array, jax.Array]:
    """What a draw makes of a key: the one that the state keeps, and the one that the sampler uses."""
    new, sub = jax.random.split(key)
    return new, sub


def bits(value: jax.Array) -> bytes:
    data = jax.random.key_data(value) if jnp.issubdtype(value.dtype, jax.dtypes.prng_key) else value
    return np.asarray(data).tobytes()


def assert_same(found: Any, wanted: jax.Array) -> None:
    """The type and the bits are the same."""
    assert isinstance(found, jax.Array), f"{type(found).__name__} is no array of JAX"
    assert (found.shape, found.dtype) == (wanted.shape, wanted.dtype)
    assert getattr(found, "weak_type", False) == getattr(wanted, "weak_type", False)
    assert bits(found) == bits(wanted), f"{found} is not {wanted}"


def assert_differ(one: jax.Array, other: jax.Array) -> None:
    assert bits(one) != bits(other)


def assert_draws(
    impl: Any, name: str, given: Mapping[str, Any], formula: Callable[[jax.Array], jax.Array], seed: int = SEED
) -> None:
    """A draw with these parameters, by name and where possible by position, gives what the formula makes of the sub key."""
    new, sub = halves(jax.random.key(seed))
    wanted = formula(sub)
    state = impl.random.RandomState(seed)
    assert_same(getattr(state, name)(**given), wanted)
    assert_same(state.value, new)
    if [*given] == PARAMETERS[name].split()[: len(given)]:
        state = impl.random.RandomState(seed)
        assert_same(getattr(state, name)(*given.values()), wanted)
        assert_same(state.value, new)


def says(error: BaseException, found: object) -> bool:
    """The message contains what was found, as it prints in one way or the other."""
    return repr(found) in str(error) or str(found) in str(error)


@contextmanager
def kept(impl: Any) -> Iterator[Any]:
    """The default stream, put back on the way out with nothing backed up."""
    key = impl.random.get_key()
    try:
        yield impl.random
    finally:
        with suppress(ValueError):
            impl.random.restore_key()
        impl.random.set_key(key)


def assert_refused(impl: Any, kind: Any, act: Callable[[Any], object]) -> pytest.ExceptionInfo[BaseException]:
    """The act on a random state raises, and leaves the state as it was, for what watches too."""
    state = impl.random.RandomState(SEED)
    before = state.value
    with pytest.raises(kind) as raised, impl.StateTraceStack() as stack:
        act(state)
    assert state.value is before
    assert stack.get_write_states() == ()
    return raised
