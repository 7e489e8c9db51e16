"""One program on two implementations: the oracle, and the one that is judged."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import jax
import numpy as np
from attrs import field, frozen

from ..implementations import Implementation, load
from . import data
from .comparing import Bound, Difference, bits, compare
from .laws import EQUAL, Law
from .run import NOTHING, Observed, observe

OUTCOMES = ("equal", "differs", "unstable", "unsupported", "invalid")
ON_PURPOSE = LookupError  # the only exception that a program raises itself


@frozen
class Judged:
    """What came of one program: `invalid` and `unsupported` are the oracle's word, the program then says nothing."""

    outcome: str
    difference: Difference | None = None
    why: str = ""
    exact: int = 0
    floats: int = 0
    expected: Observed | None = field(default=None, eq=False, repr=False)
    bound: Bound = field(default=bits, eq=False, repr=False)  # how far another may be from what was expected


@frozen
class Bench:
    """An oracle and an implementation under test."""

    oracle: Implementation
    subject: Implementation

    def judge(self, program: data.Program, law: Law = EQUAL) -> Judged:
        """Compare the two on a program; by a law, the oracle's program with the implementation's changed one."""
        base = law.base(program)
        changed = law.changed(base)
        if changed is None:
            return Judged("left out", why=f"the law {law.name!r} does not speak of it")
        with quiet(), measuring(self.oracle.namespace) as ledger:
            expected = observe(base, self.oracle.namespace)
            if (refused := refusal(expected)) is not None:
                unsupported = "Unsupported" in type(refused).__name__
                return Judged("unsupported" if unsupported else "invalid", why=f"{type(refused).__name__}: {refused}")
            if ledger is not None and not ledger.stable:
                return Judged("unstable")
            bound: Bound = bits if ledger is None else ledger.bound
            got = observe(changed, self.subject.namespace, text=law.written(changed))
            difference = compare(expected, got, bound, loose=law.loose)
            outcome = "differs" if difference else "equal"
            return Judged(outcome, difference, "", *shares(expected, bound), expected, bound)


@contextmanager
def quiet() -> Iterator[None]:
    """Programs donate arrays that cannot be used again, and mix types: what JAX warns of is not what is judged."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def measuring(namespace: Any) -> Any:
    """What the oracle knows of its own precision, if it tells."""
    oracle = getattr(namespace, "oracle", None)
    return nullcontext() if oracle is None else oracle.measuring()


def refusal(observed: Observed) -> BaseException | None:
    """An exception of the oracle that no program raises on purpose."""
    raised = [observed.failed, *(step.raised for step in observed.steps)]
    return next((error for error in raised if error is not None and type(error) is not ON_PURPOSE), None)


def shares(observed: Observed, bound: Bound) -> tuple[int, int]:
    """How many of the arrays of floats are exact, and how many there are; a large one counts no more than another."""
    exact = floats = 0
    for step in observed.steps:
        for leaf in jax.tree.leaves([] if step.result is NOTHING else step.result):
            if isinstance(leaf, jax.Array) and jax.numpy.issubdtype(leaf.dtype, np.inexact):
                floats += 1
                exact += bound(leaf) is None
    return exact, floats


def bench(subject: str, oracle: str = "reference") -> Bench:
    """The bench of two implementations by name."""
    return Bench(load(oracle), load(subject))
