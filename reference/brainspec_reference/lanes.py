"""Evaluating a recorded program, one value per lane.

A *lane* is one copy of the computation. The values of one variable, one per lane, are its *column*. A *group* is the
lanes that run together: a mapping multiplies them, a branch on a value that differs between lanes splits them and they
join after it. Each lane has a *coordinate* along each axis that some enclosing mapping runs over.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from .errors import ReferenceUnsupported
from .program import Atom, Const, Equation, Program
from .show import show_equation

Value: TypeAlias = Any  # np.ndarray of any dtype
Column: TypeAlias = list[Value]
Mode: TypeAlias = Literal["round", "shadow"]
Observer: TypeAlias = Callable[[Equation, Sequence[Column], Sequence[Column]], None]


@dataclass(frozen=True)
class Group:
    """Lanes that run together; axes are innermost last, and an inner axis hides an outer one of the same name."""

    axes: tuple[tuple[Hashable, int], ...]
    coords: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Run:
    mode: Mode
    observe: Observer | None = None


def evaluate(
    program: Program,
    lanes: Sequence[Sequence[Value]],
    *,
    mode: Mode = "round",
    coords: Sequence[Mapping[Hashable, int]] | None = None,
    observe: Observer | None = None,
) -> list[list[Value]]:
    """The outputs of a program, for each lane's inputs."""
    columns = [[widen(lane[i], mode) for lane in lanes] for i in range(len(program.inputs))]
    group = group_of(coords, len(lanes))
    with np.errstate(all="ignore"):
        out = run(program, group, columns, Run(mode, observe))
    return [[column[k] for column in out] for k in range(len(lanes))]


def group_of(coords: Sequence[Mapping[Hashable, int]] | None, n: int) -> Group:
    if coords is None:
        return Group(((None, n),), tuple((k,) for k in range(n)))
    names = list(coords[0]) if coords else []
    sizes = [1 + max(c[name] for c in coords) for name in names]
    return Group(tuple(zip(names, sizes)), tuple(tuple(c[name] for name in names) for c in coords))


def widen(value: Any, mode: Mode) -> Value:
    """In shadow mode every float is float64, whatever its type says."""
    value = np.asarray(value)
    if mode == "round" or value.dtype.names or value.dtype.kind in "biu":
        return value
    return value.astype(np.complex128 if value.dtype.kind == "c" else np.float64)


def run(program: Program, group: Group, columns: Sequence[Column], how: Run) -> list[Column]:
    """The outputs' columns, for the inputs' columns."""
    env: dict[Atom, Column] = dict(zip(program.inputs, columns, strict=True))

    def read(atom: Atom) -> Column:
        return [widen(atom.value, how.mode)] * len(group.coords) if isinstance(atom, Const) else env[atom]

    for eqn in program.equations:
        inputs = [read(a) for a in eqn.inputs]
        try:
            outputs = lane_by_lane(eqn, group, inputs, how)
        except ReferenceUnsupported as error:
            raise error.at(show_equation(eqn), eqn.source) from None
        env.update(zip(eqn.outputs, outputs, strict=True))
        if how.observe:
            how.observe(eqn, inputs, outputs)
    return [read(atom) for atom in program.outputs]


def lane_by_lane(eqn: Equation, group: Group, inputs: Sequence[Column], how: Run) -> list[Column]:
    """A plain operation: its numpy rule, once per lane."""
    from .ops import apply

    types = [v.type for v in eqn.outputs]
    per_lane = [apply(eqn.op, [x[k] for x in inputs], eqn.params, types, how.mode) for k in range(len(group.coords))]
    return [[out[i] for out in per_lane] for i in range(len(types))]
