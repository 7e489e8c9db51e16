"""Comparing many cases at once: one compilation for all of them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from . import Case
from .run import mismatch, ours, recorded, theirs, to_numpy

TOLERANCE, LOOSE = 8, 16  # times DESIGN §8's measure; the second for the lgamma family


class Outcome(NamedTuple):
    case: Case
    program: Any
    rounded: list[Any]
    shadow: list[Any]
    jax: list[Any]


def outcomes(cases: Sequence[Case]) -> list[Outcome]:
    done = []
    for case in cases:
        program = recorded(case)
        done.append((case, program, ours(case, program, "round"), ours(case, program, "shadow")))
    return [Outcome(*o, want) for o, want in zip(done, theirs(cases), strict=True)]


def disagreements(cases: Sequence[Case]) -> list[str]:
    """One line for each result that is not what jax computes."""
    return [f"{o.case}: {why}" for o in outcomes(cases) for why in reasons(o)]


def reasons(outcome: Outcome) -> list[str]:
    case, program, rounded, shadow, wanted = outcome
    found = []
    for atom, got, wide, want in zip(program.outputs, rounded, shadow, wanted, strict=True):
        why = mismatch(got, to_numpy(want), wide, LOOSE if case.loose else TOLERANCE)
        if not why and not case.axis and getattr(want, "weak_type", False) != atom.type.weak_type:
            why = f"weak type {atom.type.weak_type}, jax {want.weak_type}"
        found += [why] if why else []
    return found
