"""nan, infinities, signed zeros, the ends of each type and subnormal numbers, through every elementwise rule and every
pair of types that a cast connects. Results are compared element by element: signs of zeros and infinities exactly."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from brainspec_reference.engine.ops import apply, flush

from tests.reference.corpus import Case
from tests.reference.corpus.check import outcomes
from tests.reference.corpus.run import to_numpy
from tests.reference.corpus.specials import SPECIAL, SUBNORMAL, subnormals

PART = 110
# XLA's CPU code itself is off here: asin of the smallest normal number is 0, and these see some subnormal numbers
# as what they are, some as zero, some as neither.
OFF = {"asin", "lgamma", "igamma_grad_a"}
# The sign of a zero that is one of two equal extremes is anyone's choice.
EITHER_ZERO = {"max", "min", "clamp", "reduce_max", "cummax", "top_k", "sort"}
NEITHER = {"nextafter", "cbrt", "log", "pow", "atan2", "lgamma", "digamma"}


def parts(cases: list[Case]) -> list[list[Case]]:
    kinds = [[c for c in cases if c.wide is wide] for wide in (False, True)]
    return [kind[i : i + PART] for kind in kinds for i in range(0, len(kind), PART)]


def rule_of(case: Case) -> str:
    return case.name.split(".")[1]


def wrong(case: Case, got: Any, want: Any) -> str:
    """Where two results are not the same special value, or further apart than a few units of their last place."""
    if got.dtype != want.dtype or got.shape != want.shape:
        return f"{case}: {got.dtype}{got.shape} is not {want.dtype}{want.shape}"
    got, want = np.asarray(flush(got)), np.asarray(flush(want))
    if not jax.dtypes.issubdtype(got.dtype, np.floating):
        good = got == want
    else:
        info = jnp.finfo(got.dtype)
        x, y = got.astype(np.float64), want.astype(np.float64)
        if rule_of(case) in EITHER_ZERO:
            x, y = x + 0.0, y + 0.0  # -0.0 + 0.0 is 0.0
        slack = (
            (128 if case.loose else 16)
            * float(info.eps)
            * np.maximum(np.abs(y), 1.0 if rule_of(case) in OFF else float(info.tiny))
        )
        exact = (x == y) & (np.signbit(x) == np.signbit(y))
        near = (np.abs(x - y) <= slack) & (((x != 0) & (y != 0)) | (rule_of(case) in OFF))
        good = (np.isnan(x) & np.isnan(y)) | exact | (np.isfinite(x) & np.isfinite(y) & near)
    where = np.argwhere(~good)[:3].tolist()
    return "" if good.all() else f"{case} at {where}: {got[~good][:3]} is not {want[~good][:3]}"


def differences(cases: list[Case]) -> list[str]:
    with np.errstate(all="ignore"):
        found = [wrong(o.case, x, to_numpy(y)) for o in outcomes(cases) for x, y in zip(o.rounded, o.jax, strict=True)]
    return [line for line in found if line]


def test_a_sample_of_special_values_goes_through_the_rules_as_through_jax() -> None:
    assert differences([case for case in SPECIAL.cases if not case.wide][::9]) == []


@pytest.mark.slow
@pytest.mark.parametrize("cases", parts(SPECIAL.cases), ids=lambda cases: f"from {cases[0]}")
def test_special_values_go_through_every_rule_and_cast_as_through_jax(cases: list[Case]) -> None:
    assert differences(cases) == []


@pytest.mark.slow
@pytest.mark.parametrize("cases", parts(SUBNORMAL.cases), ids=lambda cases: f"from {cases[0]}")
def test_subnormal_numbers_count_as_zero_in_arithmetic_as_on_xla_cpu(cases: list[Case]) -> None:
    assert differences([case for case in cases if rule_of(case) not in NEITHER]) == []


@pytest.mark.parametrize("dtype", [np.float32, jnp.bfloat16, np.float64])
def test_arithmetic_takes_and_gives_zero_for_a_subnormal_number_in_round_mode_only(dtype: Any) -> None:
    small, type_ = subnormals(dtype), jax.core.ShapedArray((7,), np.dtype(dtype))
    one = np.ones(7, dtype)

    assert apply("mul", [small, one], {}, [type_], "round")[0].astype(float).tolist() == [0, 0, 0, 0, 0, 0, 1]
    assert np.signbit(apply("mul", [small, one], {}, [type_], "round")[0].astype(float))[1]
    assert apply("mul", [small.astype(np.float64), one], {}, [type_], "shadow")[0][0] != 0


def test_a_result_that_rounding_makes_subnormal_is_zero() -> None:
    type_ = jax.core.ShapedArray((), np.dtype("float32"))

    assert apply("exp", [np.float32(-90)], {}, [type_], "round")[0] == 0


def test_half_precision_keeps_its_subnormal_numbers() -> None:
    small, type_ = subnormals(np.float16), jax.core.ShapedArray((7,), np.dtype("float16"))

    assert apply("mul", [small, np.ones(7, np.float16)], {}, [type_], "round")[0].tolist() == small.tolist()


@pytest.mark.parametrize("op", ["neg", "copy", "rev", "sort"])
def test_moves_keep_subnormal_numbers(op: str) -> None:
    small, type_ = subnormals(np.float32), jax.core.ShapedArray((7,), np.dtype("float32"))
    params = {"rev": {"dimensions": (0,)}, "sort": {"dimension": 0, "num_keys": 1}}.get(op, {})

    assert np.count_nonzero(apply(op, [small], params, [type_], "round")[0]) == 5
