"""How far another implementation may be: why round and shadow are not enough, and that rough makes up for it.

8·(|r32 − r64|∞ + eps·|y|∞) takes |r32 − r64| for the effect of rounding on a program. But `round` computes an operation in float64 and
rounds it once, while XLA accumulates the terms of a sum, and the steps of a factorisation, in float32. Where the terms
cancel, r32 and r64 agree and XLA is far from both. What explains the distance is a unit of the last place of the sum of
the terms' magnitudes, or of the operands of a solve.
"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from brainspec_reference.engine.precision import Ledger, measured, measuring

from tests.reference.corpus import Case
from tests.reference.corpus.check import TOLERANCE, outcomes

EPS = 2.0**-23
HIDDEN = np.float32([2.0**25, 1, -(2.0**25)])  # adds to 1; in float32 to 0, unless the two large ones meet first
HILBERT = np.float32(1 / (1 + np.add.outer(np.arange(5), np.arange(5))))


def cancelling(seed: int, n: int) -> np.ndarray[Any, Any]:
    """Numbers of size 1 that add to about -0.1."""
    x = np.random.RandomState(seed).randn(n).astype(np.float32)
    x[-1] -= np.float32(x.sum(dtype=float) + 0.1)
    return x


def cases(fun: Callable[..., Any], *arguments: Any) -> list[Case]:
    return [Case(f"tolerance.{k}", fun, args) for k, args in enumerate(arguments)]


CANCELS = {
    "sum": cases(jnp.sum, (HIDDEN,)),
    "dot": cases(jnp.dot, (HIDDEN, np.ones(3, np.float32))),
    "mean of 24": cases(jnp.mean, *((cancelling(seed, 24),) for seed in range(10))),
}
ILL_CONDITIONED = {
    "solve": cases(jnp.linalg.solve, (HILBERT, np.ones(5, np.float32))),
    "inverse": cases(jnp.linalg.inv, (HILBERT,)),
}


def known(case: Case, program: Any) -> tuple[Any, Ledger]:
    """The one result of a case, and the ledger that knows how far another may be from it."""
    with measuring() as ledger:
        ((value, _, about),) = measured(program, [np.asarray(x) for x in case.args], ledger)
        return ledger.noted(value, about), ledger


@pytest.mark.parametrize("name", [*CANCELS, *ILL_CONDITIONED])
def test_what_cancels_is_within_the_bound_of_what_jax_computes(name: str) -> None:
    for case, program, _, _, (wanted,) in outcomes((CANCELS | ILL_CONDITIONED)[name]):
        value, ledger = known(case, program)
        bound = ledger.bound(value)

        assert bound is not None
        assert np.abs(value - wanted).max() <= bound


def test_a_bound_is_no_wider_than_it_must_be() -> None:
    for case, program, (rounded,), _, _ in outcomes(cases(jnp.tanh, (np.float32([0.3, -2.0]),))):
        value, ledger = known(case, program)

        assert ledger.bound(value) <= 16 * EPS * np.abs(rounded).max()  # type: ignore[operator]


def test_a_decision_that_rounding_changes_makes_a_program_unstable() -> None:
    for fun, stable in ((lambda x: x * 2 > x, True), (lambda x: x + 1e-8 > x, False)):
        ((case, program, *_),) = outcomes(cases(fun, (np.float32([1.0, 5.0]),)))
        _, ledger = known(case, program)

        assert ledger.stable == stable


def test_a_sum_that_counts_as_exact_may_still_differ() -> None:
    ((_, _, (rounded,), (shadow,), (wanted,)),) = outcomes(CANCELS["sum"])

    assert (1, 1) == (rounded, shadow)
    assert 0 == wanted


@pytest.mark.parametrize("name", CANCELS)
def test_a_unit_of_the_sum_of_magnitudes_explains_a_sum_that_cancels(name: str) -> None:
    for case, _, (rounded,), _, (wanted,) in outcomes(CANCELS[name]):
        magnitudes = case.fun(*map(np.abs, case.args))

        assert abs(rounded - wanted) <= TOLERANCE * EPS * magnitudes


@pytest.mark.parametrize("name", ILL_CONDITIONED)
def test_a_unit_of_the_matrix_explains_a_solve_that_is_ill_conditioned(name: str) -> None:
    ((case, _, (rounded,), _, (wanted,)),) = outcomes(ILL_CONDITIONED[name])
    signs = np.random.RandomState(0).choice([-1, 1], HILBERT.shape)
    with jax.enable_x64(True):
        moved = np.asarray(case.fun(HILBERT * (1.0 + EPS * signs), *case.args[1:]))

    assert np.abs(rounded - wanted).max() <= TOLERANCE * np.abs(moved - rounded).max()


def test_a_sum_of_which_every_partial_sum_is_exact_is_exact() -> None:
    dyadic = np.random.RandomState(0).randint(-64, 64, (50, 24)).astype(np.float32) / 8

    for _, _, (rounded,), (shadow,), (wanted,) in outcomes(cases(jnp.sum, *((x,) for x in dyadic))):
        assert rounded == shadow == wanted
