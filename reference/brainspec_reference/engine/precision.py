"""How precisely a result is known: what a suite needs to judge another implementation's numbers.

A program is evaluated three times: rounded, never rounded (*wide*), and *rough*. A result is *exact* if nothing on the way
to it was rounded, and would not be in any order; it is compared bit by bit. Another may differ by eight times the distance
between the three, plus a unit. A program in which a decision (a comparison, an index, a rounding to integers) comes out
differently in the three is *unstable*, and says nothing.

Results outlive their call: a state is written by one and read by the next. So what is known of an array is kept beside it in a
*ledger*, for as long as a `measuring()` is open.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .group import Column, Mode
from .lanes import evaluate
from .program import Equation, Program, Var, nested_programs
from .rough import rounds_nowhere, spacing

ULPS = 8


@dataclass(frozen=True)
class Known:
    """What is known of an array beside its numbers."""

    wide: Any
    rough: Any
    exact: bool


@dataclass
class Ledger:
    """What is known of arrays, by identity; the arrays are kept, so that an identity stays theirs."""

    stable: bool = True
    entries: dict[int, tuple[Any, Known]] = field(default_factory=dict)

    def of(self, array: Any) -> Known | None:
        found = self.entries.get(id(array))
        return None if found is None else found[1]

    def noted(self, array: Any, known: Known) -> Any:
        self.entries[id(array)] = (array, known)
        return array

    def bound(self, array: Any) -> float | None:
        """How far another implementation's array may be from this one at most; None if it must have the same bits."""
        known = self.of(array)
        if known is None or known.exact:
            return None
        here = np.asarray(array, np.float64)
        eps = float(np.finfo(np.asarray(array).dtype).eps)
        return ULPS * (largest(here - known.wide) + largest(known.rough - known.wide) + eps * largest(here))


LEDGERS: list[Ledger] = []


@contextmanager
def measuring() -> Iterator[Ledger]:
    """Meanwhile, results of the reference are measured."""
    LEDGERS.append(Ledger())
    try:
        yield LEDGERS[-1]
    finally:
        LEDGERS.pop()


def copied(array: Any, copy: Any) -> Any:
    """A copy of an array, in another place, of which the same is known."""
    known = LEDGERS[-1].of(array) if LEDGERS else None
    return copy if known is None else LEDGERS[-1].noted(copy, known)


def largest(x: Any) -> float:
    finite = np.abs(x[np.isfinite(x)])
    return float(finite.max()) if finite.size else 0.0


@dataclass
class Trail:
    """The operations of one evaluation, in order, with what went in and came out."""

    steps: list[tuple[Equation, Sequence[Column], Sequence[Column]]] = field(default_factory=list)

    def note(self, eqn: Equation, inputs: Sequence[Column], outputs: Sequence[Column]) -> None:
        self.steps.append((eqn, inputs, outputs))


def measured(program: Program, values: Sequence[Any], ledger: Ledger) -> list[tuple[Any, Any, Known]]:
    """The rounded outputs of a program of one lane, their types, and what is known of them; `values` may be arrays of the ledger."""
    known = [ledger.of(value) for value in values]
    wide = [value if k is None else k.wide for value, k in zip(values, known)]
    rough = [value if k is None else k.rough for value, k in zip(values, known)]
    runs: list[tuple[list[Any], Trail]] = []
    modes: list[tuple[Mode, Sequence[Any]]] = [("round", values), ("shadow", wide), ("rough", rough)]
    for mode, given in modes:
        trail = Trail()
        (outputs,) = evaluate(program, [given], mode=mode, observe=trail.note)
        runs.append((outputs, trail))
    trails = [trail for _, trail in runs]
    ledger.stable = ledger.stable and all(alike(trails[0], trail) for trail in trails[1:])
    inexact = {v for v, k in zip(program.inputs, known) if k is not None and not k.exact}
    if ledger.stable:  # else the ways differ, and say nothing of each other
        inexact = spread(trails[0], trails[1], inexact)
    outs = zip(program.outputs, *(outputs for outputs, _ in runs))
    return [(r, atom.type, Known(w, o, atom not in inexact)) for atom, r, w, o in outs]


def alike(a: Trail, b: Trail) -> bool:
    """Whether two evaluations took the same way: the same operations, and the same integers, booleans and keys."""
    if len(a.steps) != len(b.steps):
        return False
    return all(
        x[0] is y[0] and all(map(same_decision, flat(x[2]), flat(y[2]))) for x, y in zip(a.steps, b.steps, strict=True)
    )


def flat(columns: Sequence[Column]) -> list[Any]:
    return [value for column in columns for value in column]


def same_decision(a: Any, b: Any) -> bool:
    return a.dtype.kind in "fc" or (a.dtype.kind == "V" and a.dtype.names is None) or a.tobytes() == b.tobytes()


def spread(rounded: Trail, wide: Trail, inexact: set[Any]) -> set[Any]:
    """The variables whose numbers rounding had a part in: an operation rounded, or was given such."""
    inexact = set(inexact)
    for (eqn, inputs, outputs), (_, _, unrounded) in zip(rounded.steps, wide.steps):
        nested = [v for _, body in nested_programs(eqn) for inner in body.equations for v in inner.outputs]
        rounded_before = any(isinstance(a, Var) and a in inexact for a in [*eqn.inputs, *nested])
        if rounded_before or (eqn.primitive and not exactly(eqn, inputs, outputs, unrounded)):
            inexact.update(
                v for v in eqn.outputs if spacing(v.type)
            )  # integers are the same or the program is unstable
    return inexact


def exactly(eqn: Equation, inputs: Sequence[Column], outputs: Sequence[Column], wide: Sequence[Column]) -> bool:
    """Whether an operation rounded nothing, in any lane, and would not in another order."""
    for a, b in zip(flat(outputs), flat(wide)):
        if a.dtype.kind in "fcV" and a.dtype.names is None and not np.array_equal(a.astype(b.dtype), b, equal_nan=True):
            return False
    lanes = zip(*inputs) if inputs else []
    return all(rounds_nowhere(eqn.op, values, eqn.outputs[0].type) for values in lanes)
