"""The checks of `spec/12-random.md`: the samplers of integers, booleans, choices and orders."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from brainspec_conformance.check import check
from brainspec_conformance.suite.random_material import GRID, PARTS, ROW, SEED, SHAPE, assert_draws, assert_same, halves

LOWS = np.array([1, 2, 3], np.int32)

# Integers between bounds


@check("random.sampler.randint@1", needs=["random.draw.rule@1"])
def test_randint_leaves_out_its_upper_bound(impl: Any) -> None:
    assert_draws(impl, "randint", {"low": 2, "high": 9}, lambda sub: jax.random.randint(sub, (), 2, 9))
    given = {"low": -2, "high": 3, "size": SHAPE}
    assert_draws(impl, "randint", given, lambda sub: jax.random.randint(sub, SHAPE, -2, 3))
    assert_draws(impl, "randint", {"low": 4, "high": 5, "size": SHAPE}, lambda sub: jnp.full(SHAPE, 4, int))


@check("random.sampler.randint@1", needs=["random.draw.rule@1"])
def test_randint_broadcasts_its_bounds(impl: Any) -> None:
    assert_draws(impl, "randint", {"low": LOWS, "high": 9}, lambda sub: jax.random.randint(sub, SHAPE, LOWS, 9))


@check("random.sampler.random-integers@1", needs=["random.draw.rule@1"])
def test_random_integers_reaches_its_upper_bound(impl: Any) -> None:
    assert_draws(impl, "random_integers", {"low": 2, "high": 9}, lambda sub: jax.random.randint(sub, (), 2, 10))
    given = {"low": -2, "high": 3, "size": SHAPE}
    assert_draws(impl, "random_integers", given, lambda sub: jax.random.randint(sub, SHAPE, -2, 4))
    given = {"low": 4, "high": 4, "size": SHAPE}
    assert_draws(impl, "random_integers", given, lambda sub: jnp.full(SHAPE, 4, int))


@check("random.sampler.random-integers@1", needs=["random.draw.rule@1"])
def test_random_integers_broadcasts_its_bounds(impl: Any) -> None:
    given = {"low": 0, "high": LOWS}
    assert_draws(impl, "random_integers", given, lambda sub: jax.random.randint(sub, SHAPE, 0, LOWS + 1))


@check("random.sampler.one-bound@1", needs=["random.draw.rule@1"])
def test_one_bound_is_the_upper_one(impl: Any) -> None:
    for given in ({"low": 9, "size": SHAPE}, {"low": 9, "high": None, "size": SHAPE}):
        assert_draws(impl, "randint", given, lambda sub: jax.random.randint(sub, SHAPE, 0, 9))
        assert_draws(impl, "random_integers", given, lambda sub: jax.random.randint(sub, SHAPE, 1, 10))


@check("random.sampler.one-bound@1", needs=["random.draw.rule@1"])
def test_one_bound_may_be_an_array(impl: Any) -> None:
    assert_draws(impl, "randint", {"low": LOWS}, lambda sub: jax.random.randint(sub, SHAPE, 0, LOWS))
    assert_draws(impl, "random_integers", {"low": LOWS}, lambda sub: jax.random.randint(sub, SHAPE, 1, LOWS + 1))


@check("random.sampler.one-bound@1", needs=["random.draw.rule@1"])
def test_one_bound_that_leaves_one_number_gives_it(impl: Any) -> None:
    assert_draws(impl, "randint", {"low": 1, "size": SHAPE}, lambda sub: jnp.full(SHAPE, 0, int))
    assert_draws(impl, "random_integers", {"low": 1, "size": SHAPE}, lambda sub: jnp.full(SHAPE, 1, int))


# Counts


@check("random.sampler.bernoulli@1", needs=["random.draw.rule@1"])
def test_bernoulli_draws_booleans(impl: Any) -> None:
    assert_draws(impl, "bernoulli", {"size": SHAPE}, lambda sub: jax.random.bernoulli(sub, 0.5, SHAPE))
    assert_draws(impl, "bernoulli", {"p": 0.3, "size": SHAPE}, lambda sub: jax.random.bernoulli(sub, 0.3, SHAPE))
    for p in (PARTS, jnp.asarray(PARTS)):
        assert_draws(impl, "bernoulli", {"p": p}, lambda sub: jax.random.bernoulli(sub, PARTS))


@check("random.sampler.bernoulli@1", needs=["random.draw.rule@1"])
def test_bernoulli_takes_the_bounds_of_a_probability_as_floats_or_integers(impl: Any) -> None:
    for p in (0.0, 1.0, 0, 1, np.int8(1)):
        assert_draws(impl, "bernoulli", {"p": p, "size": SHAPE}, lambda sub: jnp.full(SHAPE, p == 1))  # noqa: B023
    for sure in (np.array([0, 1, 1]), jnp.array([0, 1, 1])):
        assert_draws(impl, "bernoulli", {"p": sure}, lambda sub: jnp.array([False, True, True]))


@check("random.sampler.bernoulli@1", needs=["random.draw.key@1"])
def test_bernoulli_takes_a_traced_probability(impl: Any) -> None:
    state, key = impl.random.RandomState(SEED), jax.random.key(7)
    drawn = jax.jit(lambda p: state.bernoulli(p, SHAPE, key=key))(0.3)
    assert_same(drawn, jax.random.bernoulli(key, 0.3, SHAPE))


@check("random.sampler.binomial@1", needs=["random.draw.rule@1"])
def test_binomial_draws_integers(impl: Any) -> None:
    given = {"n": 5, "p": 0.3, "size": SHAPE}
    assert_draws(impl, "binomial", given, lambda sub: jax.random.binomial(sub, 5, 0.3, SHAPE).astype(int))


@check("random.sampler.geometric@1", needs=["random.draw.rule@1"])
def test_geometric_counts_the_trials_of_the_formula(impl: Any) -> None:
    def wanted(sub: jax.Array, p: Any, shape: tuple[int, ...]) -> jax.Array:
        return (jnp.floor(jnp.log1p(-jax.random.uniform(sub, shape)) / jnp.log1p(-p)) + 1).astype(int)

    assert_draws(impl, "geometric", {"p": 0.3}, lambda sub: wanted(sub, 0.3, ()))
    assert_draws(impl, "geometric", {"p": 0.3, "size": SHAPE}, lambda sub: wanted(sub, 0.3, SHAPE))
    assert_draws(impl, "geometric", {"p": PARTS}, lambda sub: wanted(sub, PARTS, SHAPE))


@check("random.sampler.geometric@1", needs=["random.draw.rule@1"])
def test_geometric_succeeds_at_once_where_it_is_certain(impl: Any) -> None:
    assert_draws(impl, "geometric", {"p": 1.0, "size": SHAPE}, lambda sub: jnp.full(SHAPE, 1, int))


@check("random.sampler.poisson@1", needs=["random.draw.rule@1"])
def test_poisson_draws_counts(impl: Any) -> None:
    assert_draws(impl, "poisson", {"size": SHAPE}, lambda sub: jax.random.poisson(sub, 1.0, SHAPE))
    assert_draws(impl, "poisson", {"lam": 3.5, "size": SHAPE}, lambda sub: jax.random.poisson(sub, 3.5, SHAPE))


# Choices and orders


@check("random.sampler.choice@1", needs=["random.draw.rule@1"])
def test_choice_picks_positions_or_entries(impl: Any) -> None:
    for a in (5, ROW, jnp.asarray(ROW)):
        assert_draws(impl, "choice", {"a": a, "size": SHAPE}, lambda sub: jax.random.choice(sub, a, SHAPE))  # noqa: B023
    assert_draws(impl, "choice", {"a": 5}, lambda sub: jax.random.choice(sub, 5))


@check("random.sampler.choice@1", needs=["random.draw.rule@1"])
def test_choice_picks_without_replacement_and_by_weights(impl: Any) -> None:
    weights = np.array([0.125, 0.125, 0.25, 0.0, 0.5], np.float32)
    for replace, p in ((False, None), (True, weights), (False, weights)):
        given = {"a": 5, "size": SHAPE, "replace": replace, "p": p}
        assert_draws(impl, "choice", given, lambda sub: jax.random.choice(sub, 5, SHAPE, replace, p))  # noqa: B023


@check("random.sampler.permutation@1", needs=["random.draw.rule@1"])
def test_permutation_orders_positions_or_entries(impl: Any) -> None:
    for x in (5, ROW, GRID, jnp.asarray(GRID)):
        assert_draws(impl, "permutation", {"x": x}, lambda sub: jax.random.permutation(sub, x))  # noqa: B023


@check("random.sampler.permutation@1", needs=["random.draw.rule@1"])
def test_permutation_orders_along_an_axis_together_or_each_row(impl: Any) -> None:
    along = {"x": GRID, "axis": 1}
    assert_draws(impl, "permutation", along, lambda sub: jax.random.permutation(sub, GRID, 1))
    each = along | {"independent": True}
    assert_draws(impl, "permutation", each, lambda sub: jax.random.permutation(sub, GRID, 1, independent=True))


@check("random.sampler.shuffle@1", needs=["random.draw.rule@1"])
def test_shuffle_gives_the_permutation(impl: Any) -> None:
    for x in (ROW, GRID, jnp.asarray(GRID)):
        assert_draws(impl, "shuffle", {"x": x}, lambda sub: jax.random.permutation(sub, x))  # noqa: B023
    assert_draws(impl, "shuffle", {"x": GRID, "axis": 1}, lambda sub: jax.random.permutation(sub, GRID, 1))


@check("random.sampler.shuffle@1")
def test_what_is_shuffled_stays_as_it_is(impl: Any) -> None:
    x, state = np.arange(8), impl.random.RandomState(SEED)
    for _ in range(2):
        state.shuffle(x)
        assert x.tolist() == [*range(8)]


@check("random.sampler.permutation@1")
def test_what_is_permuted_stays_as_it_is(impl: Any) -> None:
    x, state = np.arange(8), impl.random.RandomState(SEED)
    for _ in range(2):
        state.permutation(x)
        assert x.tolist() == [*range(8)]


@check("random.sampler.categorical@1", needs=["random.draw.rule@1"])
def test_categorical_picks_along_the_axis_of_the_logits(impl: Any) -> None:
    assert_draws(impl, "categorical", {"logits": GRID}, lambda sub: jax.random.categorical(sub, GRID))
    along = {"logits": GRID, "axis": 0}
    assert_draws(impl, "categorical", along, lambda sub: jax.random.categorical(sub, GRID, 0))
    sized = {"logits": GRID, "axis": 1, "size": (4, 2)}
    assert_draws(impl, "categorical", sized, lambda sub: jax.random.categorical(sub, GRID, 1, (4, 2)))


@check("random.sampler.random@1", needs=["random.draw.rule@1"])
def test_other_seeds_give_other_numbers(impl: Any) -> None:
    for seed in (0, 123):
        _, sub = halves(jax.random.key(seed))
        assert_same(impl.random.RandomState(seed).random(SHAPE), jax.random.uniform(sub, SHAPE))
