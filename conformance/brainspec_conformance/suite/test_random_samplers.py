"""The checks of `spec/12-random.md`: the samplers of numbers that jax.random draws without or with one parameter's help."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from brainspec_conformance.check import check
from brainspec_conformance.suite.random_material import PARTS, ROW, SEED, SHAPE, assert_draws, assert_same, halves

# Uniform and normal numbers


@check("random.sampler.rand@1", needs=["random.draw.rule@1"])
def test_rand_draws_uniform_numbers_of_its_dimensions(impl: Any) -> None:
    new, sub = halves(jax.random.key(SEED))
    for shape in ((), SHAPE, (2, 3), (0,)):
        state = impl.random.RandomState(SEED)
        assert_same(state.rand(*shape), jax.random.uniform(sub, shape))
        assert_same(state.value, new)


@check("random.sampler.randn@1", needs=["random.draw.rule@1"])
def test_randn_draws_normal_numbers_of_its_dimensions(impl: Any) -> None:
    new, sub = halves(jax.random.key(SEED))
    for shape in ((), SHAPE):
        state = impl.random.RandomState(SEED)
        assert_same(state.randn(*shape), jax.random.normal(sub, shape))
        assert_same(state.value, new)


@check("random.sampler.random@1", needs=["random.draw.rule@1"])
def test_random_and_random_sample_draw_uniform_numbers(impl: Any) -> None:
    for name in ("random", "random_sample"):
        assert_draws(impl, name, {}, jax.random.uniform)
        assert_draws(impl, name, {"size": SHAPE}, lambda sub: jax.random.uniform(sub, SHAPE))


@check("random.sampler.uniform@1", needs=["random.draw.rule@1"])
def test_uniform_draws_between_its_bounds(impl: Any) -> None:
    assert_draws(impl, "uniform", {}, jax.random.uniform)
    assert_draws(impl, "uniform", {"low": 0.5}, lambda sub: jax.random.uniform(sub, (), minval=0.5))
    assert_draws(impl, "uniform", {"high": 3.0}, lambda sub: jax.random.uniform(sub, (), maxval=3.0))
    given = {"low": -0.7, "high": 0.2, "size": SHAPE}
    assert_draws(impl, "uniform", given, lambda sub: jax.random.uniform(sub, SHAPE, minval=-0.7, maxval=0.2))


@check("random.sampler.uniform@1", needs=["random.draw.rule@1"])
def test_uniform_broadcasts_its_bounds(impl: Any) -> None:
    given = {"low": -ROW, "high": 2}
    assert_draws(impl, "uniform", given, lambda sub: jax.random.uniform(sub, SHAPE, minval=-ROW, maxval=2))
    column = {"low": np.array([[-1.0], [-2.0]], np.float32), "high": ROW}
    bounds = (None, column["low"], ROW)
    assert_draws(impl, "uniform", column, lambda sub: jax.random.uniform(sub, (2, 3), *bounds))


@check("random.sampler.normal@1", needs=["random.draw.rule@1"])
def test_normal_scales_and_then_shifts(impl: Any) -> None:
    given = {"loc": 0.3, "scale": 1.7, "size": SHAPE}
    assert_draws(impl, "normal", given, lambda sub: jax.random.normal(sub, SHAPE) * 1.7 + 0.3)
    assert_draws(impl, "normal", {"loc": 1, "scale": 2}, lambda sub: jax.random.normal(sub) * 2 + 1)


@check("random.sampler.normal@1", needs=["random.draw.rule@1"])
def test_normal_broadcasts_its_parameters(impl: Any) -> None:
    for loc, scale in ((ROW, 2.0), (1.0, PARTS), (jnp.asarray(ROW), PARTS)):
        given = {"loc": loc, "scale": scale}
        assert_draws(impl, "normal", given, lambda sub: jax.random.normal(sub, SHAPE) * scale + loc)  # noqa: B023
    sized = {"loc": ROW, "scale": PARTS, "size": (2, 3)}
    assert_draws(impl, "normal", sized, lambda sub: jax.random.normal(sub, (2, 3)) * PARTS + ROW)


@check("random.sampler.skipped@1", needs=["random.draw.rule@1"])
def test_what_is_none_is_neither_added_nor_multiplied(impl: Any) -> None:
    for name in ("normal", "laplace", "logistic", "gumbel"):
        draw = getattr(jax.random, name)
        assert_draws(impl, name, {"size": SHAPE}, lambda sub: draw(sub, SHAPE))  # noqa: B023
        assert_draws(impl, name, {"loc": 0.3, "size": SHAPE}, lambda sub: draw(sub, SHAPE) + 0.3)  # noqa: B023
        given = {"loc": None, "scale": 1.7, "size": SHAPE}
        assert_draws(impl, name, given, lambda sub: draw(sub, SHAPE) * 1.7)  # noqa: B023


@check("random.sampler.skipped@1", needs=["random.draw.rule@1"])
def test_what_is_none_has_no_part_in_the_other_samplers(impl: Any) -> None:
    assert_draws(impl, "exponential", {"size": SHAPE}, lambda sub: jax.random.exponential(sub, SHAPE))
    given: dict[str, Any] = {"shape": 2.0, "scale": None, "size": SHAPE}
    assert_draws(impl, "gamma", given, lambda sub: jax.random.gamma(sub, 2.0, SHAPE))
    assert_draws(impl, "lognormal", {"size": SHAPE}, lambda sub: jnp.exp(jax.random.normal(sub, SHAPE)))
    mean, sigma = {"mean": 0.3, "size": SHAPE}, {"mean": None, "sigma": 1.7, "size": SHAPE}
    assert_draws(impl, "lognormal", mean, lambda sub: jnp.exp(jax.random.normal(sub, SHAPE) + 0.3))
    assert_draws(impl, "lognormal", sigma, lambda sub: jnp.exp(jax.random.normal(sub, SHAPE) * 1.7))


@check("random.sampler.skipped@1", needs=["random.draw.key@1"])
def test_what_is_none_makes_no_operation_in_the_program(impl: Any) -> None:
    def primitives(draw: Any) -> list[str]:
        return [equation.primitive.name for equation in jax.make_jaxpr(draw)(jax.random.key(0)).jaxpr.eqns]

    state = impl.random.RandomState(SEED)
    bare = primitives(lambda key: state.normal(size=SHAPE, key=key))
    shifted = primitives(lambda key: state.normal(2.0, None, SHAPE, key=key))
    scaled = primitives(lambda key: state.normal(None, 2.0, SHAPE, key=key))
    assert "mul" not in shifted
    assert "add" not in scaled
    assert not {"mul", "add"} & set(bare)


# Other distributions with a place and a scale


@check("random.sampler.laplace@1", needs=["random.draw.rule@1"])
def test_laplace_scales_and_then_shifts(impl: Any) -> None:
    given = {"loc": 0.3, "scale": 1.7, "size": SHAPE}
    assert_draws(impl, "laplace", given, lambda sub: jax.random.laplace(sub, SHAPE) * 1.7 + 0.3)
    assert_draws(impl, "laplace", {"loc": ROW}, lambda sub: jax.random.laplace(sub, SHAPE) + ROW)


@check("random.sampler.logistic@1", needs=["random.draw.rule@1"])
def test_logistic_scales_and_then_shifts(impl: Any) -> None:
    given = {"loc": 0.3, "scale": 1.7, "size": SHAPE}
    assert_draws(impl, "logistic", given, lambda sub: jax.random.logistic(sub, SHAPE) * 1.7 + 0.3)
    assert_draws(impl, "logistic", {"scale": ROW}, lambda sub: jax.random.logistic(sub, SHAPE) * ROW)


@check("random.sampler.gumbel@1", needs=["random.draw.rule@1"])
def test_gumbel_scales_and_then_shifts(impl: Any) -> None:
    given = {"loc": 0.3, "scale": 1.7, "size": SHAPE}
    assert_draws(impl, "gumbel", given, lambda sub: jax.random.gumbel(sub, SHAPE) * 1.7 + 0.3)
    assert_draws(impl, "gumbel", {"loc": ROW, "scale": 2}, lambda sub: jax.random.gumbel(sub, SHAPE) * 2 + ROW)


@check("random.sampler.lognormal@1", needs=["random.draw.rule@1"])
def test_lognormal_is_the_exponential_of_a_normal_number(impl: Any) -> None:
    given = {"mean": 0.3, "sigma": 0.7, "size": SHAPE}
    assert_draws(impl, "lognormal", given, lambda sub: jnp.exp(jax.random.normal(sub, SHAPE) * 0.7 + 0.3))
    broad = {"mean": ROW, "sigma": 0.5}
    assert_draws(impl, "lognormal", broad, lambda sub: jnp.exp(jax.random.normal(sub, SHAPE) * 0.5 + ROW))


@check("random.sampler.truncated-normal@1", needs=["random.draw.rule@1"])
def test_truncated_normal_moves_its_bounds_with_place_and_scale(impl: Any) -> None:
    plain = {"lower": -1.0, "upper": 2.0, "size": SHAPE}
    assert_draws(impl, "truncated_normal", plain, lambda sub: jax.random.truncated_normal(sub, -1.0, 2.0, SHAPE))
    given = plain | {"loc": 0.5, "scale": 2.0}
    wanted = (-0.75, 0.75, SHAPE)
    assert_draws(impl, "truncated_normal", given, lambda sub: jax.random.truncated_normal(sub, *wanted) * 2.0 + 0.5)


@check("random.sampler.truncated-normal@1", needs=["random.draw.rule@1"])
def test_truncated_normal_broadcasts_its_parameters(impl: Any) -> None:
    given = {"lower": -ROW, "upper": 2.0}
    assert_draws(impl, "truncated_normal", given, lambda sub: jax.random.truncated_normal(sub, -ROW, 2.0, SHAPE))
    bounds = (-1 - ROW, 2 - ROW, SHAPE)
    moved = {"lower": -1.0, "upper": 2.0, "loc": ROW}
    assert_draws(impl, "truncated_normal", moved, lambda sub: jax.random.truncated_normal(sub, *bounds) + ROW)


@check("random.sampler.like@1", needs=["random.draw.rule@1"])
def test_the_samplers_like_an_array_draw_floats_of_its_shape_and_dtype(impl: Any) -> None:
    for dtype in (jnp.float32, jnp.float16):
        for x in (jnp.ones(SHAPE, dtype), np.ones(SHAPE, dtype)):
            uniform, normal = jax.random.uniform, jax.random.normal
            assert_draws(impl, "rand_like", {"x": x}, lambda sub: uniform(sub, SHAPE, dtype))  # noqa: B023
            assert_draws(impl, "randn_like", {"x": x}, lambda sub: normal(sub, SHAPE, dtype))  # noqa: B023


@check("random.sampler.like@1", needs=["random.draw.rule@1"])
def test_the_sampler_like_an_array_draws_integers_of_its_shape_and_dtype(impl: Any) -> None:
    for dtype in (jnp.int8, jnp.uint8):
        x = jnp.ones(SHAPE, dtype)
        given = {"x": x, "low": 2, "high": 9}
        assert_draws(impl, "randint_like", given, lambda sub: jax.random.randint(sub, SHAPE, 2, 9, dtype))  # noqa: B023


@check("random.sampler.uniform@1", needs=["random.draw.rule@1"])
def test_where_floats_have_64_bits_uniform_numbers_have_them_too(impl: Any) -> None:
    enabling: Any = jax.enable_x64
    with enabling(True):
        _, sub = halves(jax.random.key(SEED))
        assert_same(impl.random.RandomState(SEED).uniform(), jax.random.uniform(sub))


@check("random.sampler.geometric@1", needs=["random.draw.rule@1"])
def test_where_integers_have_64_bits_counts_have_them_too(impl: Any) -> None:
    enabling: Any = jax.enable_x64
    with enabling(True):
        assert impl.random.RandomState(SEED).geometric(0.25).dtype == np.int64
