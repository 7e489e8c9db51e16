"""The checks of `spec/12-random.md`: how a size is read."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.random_material import (
    GRID,
    PARAMETERS,
    PARTS,
    ROW,
    SEED,
    SIZED,
    SQUARE,
    assert_draws,
    assert_same,
    halves,
)

VECTORS = {"dirichlet": (3,), "multivariate_normal": (2,)}
# Calls of the samplers whose parameters are whole distributions, each with its shape where no size is given.
WHOLE: dict[str, list[tuple[dict[str, Any], tuple[int, ...]]]] = {
    "choice": [({"a": 5}, ()), ({"a": ROW}, ()), ({"a": GRID}, (3,)), ({"a": 3, "p": PARTS}, ())],
    "categorical": [({"logits": ROW}, ()), ({"logits": GRID}, (2,)), ({"logits": GRID, "axis": 0}, (3,))],
    "dirichlet": [({"alpha": ROW}, (3,)), ({"alpha": np.ones((2, 3), np.float32)}, (2, 3))],
    "multivariate_normal": [
        ({"mean": np.zeros(2, np.float32), "cov": SQUARE}, (2,)),
        ({"mean": np.zeros(2, np.float32), "cov": np.stack([SQUARE, SQUARE, SQUARE])}, (3, 2)),
    ],
}
FORMS: list[tuple[Any, tuple[int, ...]]] = [
    (3, (3,)),
    (0, (0,)),
    (np.int64(3), (3,)),
    (np.array(3), (3,)),
    ((), ()),
    ([], ()),
    ((3,), (3,)),
    ([3], (3,)),
    ((2, 3), (2, 3)),
    ([2, 3], (2, 3)),
    ((np.int32(2), 3), (2, 3)),
    ((0, 3), (0, 3)),
]


@check("random.size.forms@1")
@pytest.mark.parametrize(("size", "shape"), FORMS, ids=repr)
def test_a_size_is_an_integer_or_a_sequence_of_integers(impl: Any, size: Any, shape: tuple[int, ...]) -> None:
    _, sub = halves(jax.random.key(SEED))
    assert_same(impl.random.RandomState(SEED).random(size), jax.random.uniform(sub, shape))


@check("random.size.forms@1")
def test_an_integer_of_jax_is_a_size(impl: Any) -> None:
    state, three = impl.random.RandomState(SEED), jnp.int32(3)
    assert state.random(three).shape == state.random((three,)).shape == (3,)


def drawn_shape(impl: Any, name: str, given: dict[str, Any]) -> tuple[int, ...]:
    """The shape of what a sampler draws, known without compiling."""
    state = impl.random.RandomState(SEED)
    drawn = jax.eval_shape(lambda key: getattr(state, name)(**given, key=key), jax.random.key(SEED))
    return tuple(drawn.shape)


@check("random.size.forms@1", needs=["random.draw.key@1"])
@pytest.mark.parametrize("name", SIZED)
def test_each_sampler_reads_a_size_in_every_form(impl: Any, name: str) -> None:
    inner = VECTORS.get(name, ())
    for size, shape in ((3, (3,)), (np.int64(3), (3,)), ((), ()), ([2, 3], (2, 3)), ((0, 3), (0, 3))):
        assert drawn_shape(impl, name, {**SIZED[name], "size": size}) == (*shape, *inner)


@check("random.size.forms@1", needs=["random.draw.key@1"])
@pytest.mark.parametrize("name", [name for name in SIZED if name not in WHOLE])
def test_each_sampler_without_a_size_draws_one_of_its_parameters(impl: Any, name: str) -> None:
    for given in ({}, {"size": None}):
        assert drawn_shape(impl, name, {**SIZED[name], **given}) == ()


@check("random.size.none@1", needs=["random.draw.key@1"])
@pytest.mark.parametrize("name", WHOLE)
def test_without_a_size_whole_distributions_do_not_broadcast(impl: Any, name: str) -> None:
    for given, shape in WHOLE[name]:
        for none in ({}, {"size": None}):
            assert drawn_shape(impl, name, {**given, **none}) == shape


@check("random.size.none@1", needs=["random.draw.rule@1"])
def test_without_a_size_a_choice_is_one_and_a_category_one_a_row(impl: Any) -> None:
    for none in ({}, {"size": None}):
        assert_draws(impl, "choice", {"a": ROW, **none}, lambda sub: jax.random.choice(sub, ROW, ()))
    given = {"logits": GRID, "axis": -1, "size": None}
    assert_draws(impl, "categorical", given, lambda sub: jax.random.categorical(sub, GRID, -1, None))


@check("random.size.forms@1", needs=["random.draw.key@1"])
@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("uniform", {"low": -ROW}),
        ("uniform", {"high": ROW}),
        ("normal", {"loc": ROW}),
        ("normal", {"scale": ROW}),
        ("randint", {"low": -5, "high": np.array([1, 2, 3])}),
        ("bernoulli", {"p": PARTS}),
        ("exponential", {"scale": ROW}),
        ("gamma", {"shape": ROW}),
        ("gamma", {"shape": 2.0, "scale": ROW}),
        ("poisson", {"lam": ROW}),
        ("beta", {"a": 2.0, "b": ROW}),
        ("beta", {"a": ROW, "b": 2.0}),
        ("geometric", {"p": PARTS}),
        ("binomial", {"n": 5, "p": PARTS}),
        ("binomial", {"n": np.array([1, 2, 3]), "p": 0.5}),
        ("laplace", {"scale": ROW}),
        ("lognormal", {"sigma": ROW}),
        ("truncated_normal", {"lower": -1.0, "upper": 2.0, "scale": ROW}),
        ("weibull", {"a": ROW}),
        ("rayleigh", {"scale": ROW}),
        ("chisquare", {"df": ROW}),
        ("standard_t", {"df": ROW}),
        ("pareto", {"a": ROW}),
    ],
    ids=lambda given: given if isinstance(given, str) else "-".join(given),
)
def test_without_a_size_the_parameters_broadcast(impl: Any, name: str, given: dict[str, Any]) -> None:
    assert drawn_shape(impl, name, given) == (3,)


@check("random.size.forms@1", needs=["random.draw.key@1"])
def test_without_a_size_parameters_of_different_shapes_broadcast_together(impl: Any) -> None:
    column, row = np.ones((2, 1), np.float32), np.ones(3, np.float32)
    for name in ("normal", "uniform", "gamma", "beta", "truncated_normal", "lognormal"):
        first, second = PARAMETERS[name].replace("size ", "").split()[:2]
        assert drawn_shape(impl, name, {first: column, second: row}) == (2, 3)


@check("random.size.forms@1", needs=["random.draw.rule@1"])
def test_a_draw_of_no_numbers_is_a_draw(impl: Any) -> None:
    state = impl.random.RandomState(SEED)
    new, _ = halves(jax.random.key(SEED))
    assert state.normal(size=(0, 3)).shape == (0, 3)
    assert_same(state.value, new)
