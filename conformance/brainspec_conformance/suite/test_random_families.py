"""The checks of `spec/12-random.md`: the samplers of families with parameters of their own."""

from typing import Any

import jax
import numpy as np

from brainspec_conformance.check import check
from brainspec_conformance.suite.random_material import ROW, SHAPE, SQUARE, assert_draws


@check("random.sampler.exponential@1", needs=["random.draw.rule@1"])
def test_exponential_multiplies_by_its_scale(impl: Any) -> None:
    given = {"scale": 1.7, "size": SHAPE}
    assert_draws(impl, "exponential", given, lambda sub: jax.random.exponential(sub, SHAPE) * 1.7)
    assert_draws(impl, "exponential", {"scale": ROW}, lambda sub: jax.random.exponential(sub, SHAPE) * ROW)


@check("random.sampler.gamma@1", needs=["random.draw.rule@1"])
def test_gamma_multiplies_by_its_scale(impl: Any) -> None:
    given = {"shape": 2.0, "scale": 1.7, "size": SHAPE}
    assert_draws(impl, "gamma", given, lambda sub: jax.random.gamma(sub, 2.0, SHAPE) * 1.7)


@check("random.sampler.gamma@1", needs=["random.draw.rule@1"])
def test_gamma_broadcasts_its_shape_to_its_scale(impl: Any) -> None:
    given = {"shape": 2.0, "scale": ROW}
    assert_draws(impl, "gamma", given, lambda sub: jax.random.gamma(sub, 2.0, SHAPE) * ROW)


@check("random.sampler.beta@1", needs=["random.draw.rule@1"])
def test_beta_draws_by_its_two_parameters(impl: Any) -> None:
    given = {"a": 2.0, "b": 3.0, "size": SHAPE}
    assert_draws(impl, "beta", given, lambda sub: jax.random.beta(sub, 2.0, 3.0, SHAPE))


@check("random.sampler.dirichlet@1", needs=["random.draw.rule@1"])
def test_dirichlet_draws_vectors_of_its_parameter(impl: Any) -> None:
    assert_draws(impl, "dirichlet", {"alpha": ROW}, lambda sub: jax.random.dirichlet(sub, ROW))


@check("random.sampler.multivariate-normal@1", needs=["random.draw.rule@1"])
def test_multivariate_normal_draws_vectors_of_its_mean(impl: Any) -> None:
    mean = np.array([1.0, -1.0], np.float32)
    given = {"mean": mean, "cov": SQUARE}
    assert_draws(impl, "multivariate_normal", given, lambda sub: jax.random.multivariate_normal(sub, mean, SQUARE))


@check("random.sampler.multivariate-normal@1", needs=["random.draw.rule@1"])
def test_multivariate_normal_factors_by_its_method(impl: Any) -> None:
    mean = np.zeros(2, np.float32)
    given = {"mean": mean, "cov": SQUARE, "size": None, "method": "eigh"}
    assert_draws(
        impl, "multivariate_normal", given, lambda sub: jax.random.multivariate_normal(sub, mean, SQUARE, method="eigh")
    )


@check("random.sampler.weibull@1", needs=["random.draw.rule@1"])
def test_weibull_has_the_scale_one(impl: Any) -> None:
    given = {"a": 1.7, "size": SHAPE}
    assert_draws(impl, "weibull", given, lambda sub: jax.random.weibull_min(sub, 1.0, 1.7, SHAPE))
    assert_draws(impl, "weibull", {"a": ROW}, lambda sub: jax.random.weibull_min(sub, 1.0, ROW, SHAPE))


@check("random.sampler.rayleigh@1", needs=["random.draw.rule@1"])
def test_rayleigh_draws_by_its_scale(impl: Any) -> None:
    assert_draws(impl, "rayleigh", {"size": SHAPE}, lambda sub: jax.random.rayleigh(sub, 1.0, SHAPE))
    given = {"scale": 1.7, "size": SHAPE}
    assert_draws(impl, "rayleigh", given, lambda sub: jax.random.rayleigh(sub, 1.7, SHAPE))
    assert_draws(impl, "rayleigh", {"scale": ROW}, lambda sub: jax.random.rayleigh(sub, ROW))


@check("random.sampler.chisquare@1", needs=["random.draw.rule@1"])
def test_chisquare_draws_by_its_degrees_of_freedom(impl: Any) -> None:
    given = {"df": 2.0, "size": SHAPE}
    assert_draws(impl, "chisquare", given, lambda sub: jax.random.chisquare(sub, 2.0, SHAPE))


@check("random.sampler.standard-t@1", needs=["random.draw.rule@1"])
def test_standard_t_draws_by_its_degrees_of_freedom(impl: Any) -> None:
    assert_draws(impl, "standard_t", {"df": 3.0, "size": SHAPE}, lambda sub: jax.random.t(sub, 3.0, SHAPE))


@check("random.sampler.standard-cauchy@1", needs=["random.draw.rule@1"])
def test_standard_cauchy_draws_by_its_size_alone(impl: Any) -> None:
    assert_draws(impl, "standard_cauchy", {"size": SHAPE}, lambda sub: jax.random.cauchy(sub, SHAPE))
    assert_draws(impl, "standard_cauchy", {}, jax.random.cauchy)


@check("random.sampler.pareto@1", needs=["random.draw.rule@1"])
def test_pareto_draws_by_its_exponent(impl: Any) -> None:
    assert_draws(impl, "pareto", {"a": 2.5, "size": SHAPE}, lambda sub: jax.random.pareto(sub, 2.5, SHAPE))
    assert_draws(impl, "pareto", {"a": ROW}, lambda sub: jax.random.pareto(sub, ROW))
