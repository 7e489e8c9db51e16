"""Evaluating a recorded program, one value per lane.

Equations run in order, each in all lanes of the group before the next. A plain operation is its numpy rule, once per
lane. Control flow splits the group: at a `cond` every branch runs with the lanes that chose it, in a `while` the lanes
that are done wait for the others. A `map` multiplies the group's lanes and joins their results.

The words are introduced in `group`; the shapes of the structured operations are in `program`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from .callbacks import CALLBACKS, apply_callback
from .collectives import COLLECTIVES, apply_collective, axis_index
from .errors import LaneVaryingOutputError, ReferenceUnsupported
from .group import Column, Group, Mode, Value, pick, typed, zeros
from .no_lanes import nobody, shared_part
from .ops import apply
from .prng import RANDOM, apply_random
from .program import Atom, Const, Equation, Program
from .show import show_equation

Observer: TypeAlias = Callable[[Equation, Sequence[Column], Sequence[Column]], None]


@dataclass(frozen=True)
class Run:
    """What stays the same during one evaluation: the mode, and who looks on after each equation."""

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
    """The outputs of a program in each lane, given each lane's inputs and its coordinates along named axes."""
    columns = [[typed(lane[i], var.type, mode) for lane in lanes] for i, var in enumerate(program.inputs)]
    with np.errstate(all="ignore"):
        out = run(program, top_group(program, coords, len(lanes)), columns, Run(mode, observe))
    return [[np.asarray(column[k]) for column in out] for k in range(len(lanes))]


def top_group(program: Program, coords: Sequence[Mapping[Hashable, int]] | None, n: int) -> Group:
    if coords is None:
        return Group(((None, n),), tuple((k,) for k in range(n)))
    names = list(coords[0]) if coords else list(program.axes)
    sizes = [program.axes.get(name, 1 + max(c[name] for c in coords)) for name in names]
    return Group(tuple(zip(names, sizes)), tuple(tuple(c[name] for name in names) for c in coords))


def run(program: Program, group: Group, columns: Sequence[Column], how: Run) -> list[Column]:
    """The outputs' columns, for the inputs' columns."""
    env: dict[Atom, Column] = dict(zip(program.inputs, columns, strict=True))

    def read(atom: Atom) -> Column:
        return [typed(atom.value, atom.type, how.mode)] * len(group) if isinstance(atom, Const) else env[atom]

    for eqn in program.equations:
        inputs = [read(a) for a in eqn.inputs]
        try:
            outputs = STRUCTURED.get(eqn.op, plain)(eqn, group, inputs, how)
        except ReferenceUnsupported as error:
            raise error.at(show_equation(eqn), eqn.source) from None
        except Exception as error:
            error.add_note(f"The reference was evaluating `{show_equation(eqn)}`, recorded at {eqn.source}.")
            raise
        env.update(zip(eqn.outputs, outputs, strict=True))
        if how.observe:
            how.observe(eqn, inputs, outputs)
    return [read(atom) for atom in program.outputs]


def plain(eqn: Equation, group: Group, inputs: Sequence[Column], how: Run) -> list[Column]:
    """An operation without nested programs."""
    if eqn.op in COLLECTIVES:
        return apply_collective(eqn, group, inputs, how.mode)
    if eqn.op == "axis_index":
        return axis_index(eqn, group)
    types, in_types = [v.type for v in eqn.outputs], [a.type for a in eqn.inputs]
    results = []
    for k in range(len(group)):
        values = [column[k] for column in inputs]
        if eqn.op in CALLBACKS:
            results.append(apply_callback(eqn, values, how.mode))  # [jit.nest.callbacks]
        elif eqn.op in RANDOM:
            results.append(apply_random(eqn.op, values, eqn.params, [*in_types, *types]))
        else:
            results.append(apply(eqn.op, values, eqn.params, types, how.mode, in_types))
    return [[result[i] for result in results] for i in range(len(types))]


def cond(eqn: Equation, group: Group, inputs: Sequence[Column], how: Run) -> list[Column]:
    """Every branch runs once, with the lanes whose index chose it; an index out of range means the nearest branch."""
    index, *operands = inputs
    branches: Sequence[Program] = eqn.params["branches"]
    chosen = [int(np.clip(i, 0, len(branches) - 1)) for i in index]
    outputs: list[Column] = [[None] * len(group) for _ in eqn.outputs]
    for which in sorted(set(chosen)):
        lanes = [k for k, c in enumerate(chosen) if c == which]
        results = run(branches[which], group.take(lanes), pick(operands, lanes), how)
        join(outputs, lanes, results)
    return outputs


def join(columns: Sequence[Column], lanes: Sequence[int], results: Sequence[Column]) -> None:
    """Put the results of some lanes into their places."""
    for column, result in zip(columns, results, strict=True):
        for k, value in zip(lanes, result, strict=True):
            column[k] = value


def while_(eqn: Equation, group: Group, inputs: Sequence[Column], how: Run) -> list[Column]:
    """Lanes leave the loop one by one; those still in it form the group of the next trip."""
    n = eqn.params["n_carry"]
    carry, consts = [list(column) for column in inputs[:n]], inputs[n:]
    lanes = list(range(len(group)))
    while True:
        (on,) = run(eqn.params["cond"], group.take(lanes), pick([*carry, *consts], lanes), how)
        lanes = [k for k, value in zip(lanes, on) if value]
        if not lanes:
            return carry
        join(carry, lanes, run(eqn.params["body"], group.take(lanes), pick([*carry, *consts], lanes), how))


def scan(eqn: Equation, group: Group, inputs: Sequence[Column], how: Run) -> list[Column]:
    """A loop of known length over the leading axis of its last operands; what each trip gives is stacked."""
    n_consts, n_carry, length = (eqn.params[key] for key in ("n_consts", "n_carry", "length"))
    consts, carry, xs = inputs[:n_consts], inputs[n_consts : n_consts + n_carry], inputs[n_consts + n_carry :]
    trips: list[Sequence[Column]] = [()] * length
    for t in reversed(range(length)) if eqn.params["reverse"] else range(length):
        slices = [[x[t] for x in column] for column in xs]
        out = run(eqn.params["body"], group, [*consts, *carry, *slices], how)
        carry, trips[t] = out[:n_carry], out[n_carry:]
    stacked = [
        [np.stack([trip[i][k] for trip in trips]) if length else zeros(var.type, how.mode) for k in range(len(group))]
        for i, var in enumerate(eqn.outputs[n_carry:])
    ]
    return [*carry, *stacked]


def map_(eqn: Equation, group: Group, inputs: Sequence[Column], how: Run) -> list[Column]:
    """Each lane becomes `size` lanes; each of these gets its slice, and their results are stacked."""
    size = eqn.params["size"]
    inner = group.times(eqn.params["axis_name"], size)  # [mapping.nest.mapping]
    columns = [
        sliced(column, axis, size)  # [mapping.result.lanes]
        for column, axis in zip(inputs, eqn.params["in_axes"], strict=True)
    ]
    results = run(eqn.params["body"], inner, columns, how) if size else on_no_lanes(eqn, group, inputs, how)
    outputs = []
    for var, axis, column in zip(eqn.outputs, eqn.params["out_axes"], results, strict=True):
        each = size or 1
        parts = [column[k * each : (k + 1) * each] for k in range(len(group))]
        outputs.append([joined(part, axis, eqn, zeros(var.type, how.mode)) for part in parts])
    return outputs


def on_no_lanes(eqn: Equation, group: Group, inputs: Sequence[Column], how: Run) -> list[Column]:
    """Nothing, but for what is the same in all lanes."""
    axes, zero = eqn.params["in_axes"], [zeros(v.type, how.mode) for v in eqn.params["body"].inputs]
    columns = [c if axis is None else [z] * len(group) for c, axis, z in zip(inputs, axes, zero, strict=True)]
    found = iter(run(shared_part(eqn), nobody(group, eqn.params["axis_name"]), columns, how))
    return [next(found) if axis is None else [] for axis in eqn.params["out_axes"]]


def sliced(column: Column, axis: int | None, size: int) -> Column:
    """The column of the multiplied lanes; with axis None each lane's value goes to all that came of it."""
    if axis is None:
        return [value for value in column for _ in range(size)]
    return [np.take(value, k, axis) for value in column for k in range(size)]


def joined(values: Column, axis: int | None, eqn: Equation, empty: Value) -> Value:
    """One value of those of the lanes that came of one lane."""
    if axis is not None:
        return np.stack(values, axis) if values else empty  # [mapping.size.zero]
    if any(v.tobytes() != values[0].tobytes() for v in values):
        raise LaneVaryingOutputError(
            f"An output of `{show_equation(eqn)}` at {eqn.source} differs between lanes. With out_axes=None it must be "
            "the same in all of them: reduce it over the axis, or give it an axis in out_axes."
        )
    return values[0]


def body(eqn: Equation, group: Group, inputs: Sequence[Column], how: Run) -> list[Column]:
    """Functions with a derivative of their own are themselves when nobody differentiates them."""
    return run(eqn.params["body"], group, inputs, how)


STRUCTURED: dict[str, Callable[[Equation, Group, Sequence[Column], Run], list[Column]]] = {
    "cond": cond,
    "while": while_,
    "scan": scan,
    "map": map_,
    "custom_jvp": body,
    "custom_vjp": body,
    "random_gamma": body,
    "linear_solve": body,
}
