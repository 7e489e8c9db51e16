"""Each row of the rule table against jax on CPU: types exactly, integers exactly, floats within DESIGN §8's bound."""

import math

import jax
import numpy as np
import pytest
from brainspec_reference.engine.errors import ReferenceUnsupported
from brainspec_reference.engine.ops import RULES, apply
from brainspec_reference.engine.rules.special import erf_inv

from tests.reference.corpus import Case
from tests.reference.corpus.check import disagreements
from tests.reference.corpus.rows import ROWS
from tests.reference.corpus.run import recorded

PART = 90
NARROW = [case for case in ROWS.cases if not case.wide]
WIDE = [case for case in ROWS.cases if case.wide]
PARTS = [cases[i : i + PART] for cases in (NARROW, WIDE) for i in range(0, len(cases), PART)]


def test_a_sample_of_rows_is_what_jax_computes() -> None:
    assert disagreements(NARROW[::16]) == []


@pytest.mark.slow
@pytest.mark.parametrize("cases", PARTS, ids=lambda cases: f"from {cases[0]}")
def test_rows_are_what_jax_computes(cases: list[Case]) -> None:
    assert disagreements(cases) == []


def f32(*shape: int) -> jax.core.ShapedArray:
    return jax.core.ShapedArray(shape, np.dtype("float32"))


def test_a_primitive_without_a_rule_is_named() -> None:
    with pytest.raises(ReferenceUnsupported, match="random_gamma"):
        apply("random_gamma", [], {}, [f32()], "round")


def test_a_parameter_that_the_rule_does_not_read_is_named() -> None:
    with pytest.raises(ReferenceUnsupported, match="backwards=True"):
        apply("sin", [np.float32(1)], {"backwards": True}, [f32()], "round")


def test_a_parameter_that_cannot_change_the_value_is_ignored() -> None:
    (result,) = apply("sin", [np.float32(0)], {"accuracy": "high", "something": None}, [f32()], "round")

    assert result == 0


def test_round_mode_rounds_once_and_shadow_mode_never() -> None:
    third = [np.float32(1), np.float32(3)]

    assert apply("div", third, {}, [f32()], "round")[0] == np.float32(1 / 3)
    assert apply("div", third, {}, [f32()], "shadow")[0] == 1 / 3


def test_a_sum_in_round_mode_is_rounded_at_the_end_only() -> None:
    ones = np.array([2**24, 1, 1, -(2**24)], np.float32)

    assert apply("reduce_sum", [ones], {"axes": (0,)}, [f32()], "round")[0] == 2


def test_a_result_in_bfloat16_is_rounded_once_too() -> None:
    type_ = jax.core.ShapedArray((4,), np.dtype("bfloat16"))
    above, tie, nan, big = 1 + 2**-8 + 2**-40, 1 + 2**-8, np.nan, 3.4e38  # through float32 the first would be a tie too

    got = apply("convert_element_type", [np.array([above, tie, nan, big])], {}, [type_], "round")[0].astype(float)

    assert got[:2].tolist() == [1 + 2**-7, 1]
    assert np.isnan(got[2])
    assert np.isinf(got[3])


@pytest.mark.parametrize("mode", ["round", "shadow"])
def test_integers_wrap_in_both_modes(mode: str) -> None:
    int8 = jax.core.ShapedArray((), np.dtype("int8"))

    assert apply("add", [np.int8(127), np.int8(1)], {}, [int8], mode)[0] == -128


def test_the_bits_of_a_widened_float_need_its_declared_type() -> None:
    half, bits = (jax.core.ShapedArray((), np.dtype(name)) for name in ("float16", "int16"))

    assert apply("bitcast_convert_type", [np.float64(1)], {}, [bits], "shadow", in_types=[half])[0] == 0x3C00
    with pytest.raises(ReferenceUnsupported, match="declared type"):
        apply("bitcast_convert_type", [np.float64(1)], {}, [bits], "shadow")


def test_a_singular_vector_is_refused_and_a_singular_value_is_not() -> None:
    with pytest.raises(ReferenceUnsupported, match="up to a factor"):
        apply("svd", [np.eye(2)], {"compute_uv": True}, [f32(2)], "round")
    assert apply("svd", [np.eye(2)], {"compute_uv": False}, [f32(2)], "round")[0].tolist() == [1, 1]


def test_every_rule_reads_only_its_operands_and_never_writes_them() -> None:
    kept = np.arange(4, dtype=np.float64)
    for op in ("copy", "cumsum", "scatter", "dynamic_update_slice", "select_n"):
        assert op in RULES
    apply("cumsum", [kept], {"axis": 0, "reverse": True}, [jax.core.ShapedArray((4,), np.dtype("float64"))], "round")

    assert kept.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("tail", [1e-15, 1e-10, 1e-3, 0.3, 0.7])
def test_the_inverse_of_erf_has_all_digits_of_a_double_also_near_one(tail: float) -> None:
    # XLA's own float64 version loses four digits there, so it cannot be the judge.
    assert math.erfc(erf_inv(1 - tail)) == pytest.approx(1 - (1 - tail), rel=1e-14)


@pytest.mark.slow
def test_every_rule_that_this_jax_can_bind_is_exercised_by_a_row() -> None:
    bound = {eqn.op for case in ROWS.cases for eqn in recorded(case).equations}
    of_other_versions = {"log2", "one_minus_square", "polynomial", "eq_to", "le_to", "lt_to", "empty", "empty2"}

    assert RULES.keys() - bound - of_other_versions == {"pvary"}
