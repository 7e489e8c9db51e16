"""Tangents of a program: the pass that makes, of a program, the program that also says how its outputs move.

`jvp(program, which)` binds each equation again together with its rule: from the table (`tangent_rules`) or, for an
operation that carries programs, from `tangent_control`. Meanwhile a value that moves is a *dual*: a primal and its
tangent. Everything is recorded, so the result is an ordinary program and the pass can run on it again: a gradient of a
gradient needs nothing new. There is no reverse pass; `gradients` finds derivatives by one lane per direction.

A value of a type without tangents (integers, booleans, keys) never moves. A rule that is missing is a
`ReferenceUnsupported` that names the operation and the user's line, never a silent zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from jax import lax

from .check import check
from .errors import ReferenceUnsupported
from .program import Equation, Program
from .record import Recorded, on_its_own, rebind, record_body, replay
from .show import show_equation, show_type
from .tangent_control import STRUCTURED
from .tangent_rules import JVP
from .tangent_values import Tangent, Value, filled, is_continuous, tangent_type


class Dual(NamedTuple):
    """A value that moves."""

    primal: Value
    tangent: Value


def dual(primal: Value, tangent: Tangent) -> Any:
    return primal if tangent is None else Dual(primal, tangent)


def primal_of(x: Any) -> Value:
    return x.primal if isinstance(x, Dual) else x


def tangent_of(x: Any) -> Tangent:
    return x.tangent if isinstance(x, Dual) else None


def jvp(program: Program, which: Sequence[bool]) -> Program:
    """Inputs: the primals, then the tangents of the inputs chosen by `which`. Outputs: likewise, of every float."""
    return on_its_own(*jvp_body(program, which))


def jvp_body(program: Program, which: Sequence[bool]) -> tuple[Program, list[Recorded]]:
    """The same, and what a user's rules captured of the current recording: further inputs."""
    for k, (v, w) in enumerate(zip(program.inputs, which, strict=True)):
        if w and not is_continuous(v.type):
            raise TypeError(f"Input {k} is {show_type(v.type)}: only float and complex inputs have tangents.")
    moving, _, captured = differentiate_body(program, which, [True] * len(program.outputs))
    check(moving)
    return moving, captured


def differentiate(program: Program, which: Sequence[bool], instantiate: Sequence[bool]) -> tuple[Program, list[bool]]:
    """The program with tangents, and which outputs have one: those that move, and those told to `instantiate`."""
    made, moves, captured = differentiate_body(program, which, instantiate)
    return on_its_own(made, captured), moves


def differentiate_body(
    program: Program, which: Sequence[bool], instantiate: Sequence[bool]
) -> tuple[Program, list[bool], list[Recorded]]:
    types = [v.type for v in program.inputs]
    moves: list[bool] = []

    def with_tangents(*values: Value) -> list[Value]:
        given = iter(values[len(types) :])
        duals = replay(program, [dual(x, next(given) if w else None) for x, w in zip(values, which)], push_equation)
        outs = [retyped(primal_of(y), atom.type) for y, atom in zip(duals, program.outputs)]
        tangents = [tangent_of(y) for y in duals]
        wanted = [filled(t, y) if i and is_continuous(y) else t for y, t, i in zip(outs, tangents, instantiate)]
        moves[:] = [t is not None for t in wanted]
        return [*outs, *(t for t in wanted if t is not None)]

    chosen = [tangent_type(t) for t, w in zip(types, which, strict=True) if w]
    made, captured = record_body(with_tangents, [*types, *chosen], axes=program.axes)
    return made, moves, captured


def push_equation(eqn: Equation, values: Sequence[Any]) -> list[Any]:
    """One equation on values that may be duals."""
    primals, tangents = [primal_of(x) for x in values], [tangent_of(x) for x in values]
    if all(t is None for t in tangents):
        return rebind(eqn, primals)
    try:
        outs, moved = STRUCTURED.get(eqn.op, plain)(eqn, primals, tangents, differentiate)
    except ReferenceUnsupported as error:
        raise error.at(show_equation(eqn), eqn.source) from None
    return [dual(y, fitting(t, y)) for y, t in zip(outs, moved, strict=True)]


def plain(eqn: Equation, primals: Sequence[Value], tangents: Sequence[Tangent], _: Any) -> tuple[list[Value], Any]:
    """An operation without programs: its rule in the table."""
    outs = rebind(eqn, primals)
    if not any(map(is_continuous, outs)):
        return outs, [None] * len(outs)
    if eqn.op not in JVP:
        raise ReferenceUnsupported(eqn.op, "The table of tangents has no rule for it, so it has no derivative here.")

    def again(*operands: Value, **changed: Any) -> Any:
        return eqn.primitive.bind(*operands, **{**eqn.params, **changed})

    moved = JVP[eqn.op](primals, tangents, outs, again, **eqn.params)
    return outs, moved if isinstance(moved, (list, tuple)) else [moved]


def fitting(tangent: Tangent, primal: Value) -> Tangent:
    """The tangent in the type that belongs to its primal: a rule may leave weak types to us."""
    if tangent is None or not is_continuous(primal):
        return None
    return retyped(tangent, tangent_type(primal.aval))


def retyped(x: Value, type_: Any) -> Value:
    """The same value, weakly typed or not; a custom rule may differ in that from the function that it belongs to."""
    if x.dtype == type_.dtype and x.weak_type == type_.weak_type:
        return x
    return lax.convert_element_type_p.bind(x, new_dtype=type_.dtype, weak_type=type_.weak_type, sharding=None)
