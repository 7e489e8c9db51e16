"""Tangents of the structured operations, those that carry programs.

A rule is called as `rule(eqn, primals, tangents, differentiate)` and gives the outputs and their tangents. It binds the
same structure once more, with more operands and more results: beside each group of operands (such as the carry of a
loop) the tangents of those that *move*. `differentiate(program, which, instantiate)` is the pass itself: it gives a
nested program with tangents and says which of its outputs move. All branches of a `cond` must agree on that, and so
must the beginning and the end of a loop's body, which is found by trying.

Custom rules are the user's word on a derivative and are followed to the letter, also where they are not the derivative
of the body.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import jax.numpy as jnp
import numpy as np

from .directions import per_direction, rows_of, spans
from .errors import ReferenceUnsupported
from .program import Equation, Program, Var
from .record import emit, here, rebind, replay
from .tangent_values import Tangent, Value, filled, is_continuous, tangent_type, total

Outcome: TypeAlias = tuple[list[Value], list[Tangent]]
Differentiate: TypeAlias = Callable[[Program, Sequence[bool], Sequence[bool]], tuple[Program, list[bool]]]


def moving(tangents: Iterable[Tangent]) -> list[bool]:
    return [t is not None for t in tangents]


# ---- groups: primals, each group followed by its tangents ----------------------------------------------------------


def together(primals: Sequence[Any], tangents: Sequence[Any], sizes: Sequence[int]) -> list[Any]:
    """Each group's primals, then the tangents of those of them that move."""
    out: list[Any] = []
    for start, stop in spans(sizes):
        out += [*primals[start:stop], *(t for t in tangents[start:stop] if t is not None)]
    return out


def apart(values: Iterable[Any], moves: Sequence[bool], sizes: Sequence[int]) -> tuple[list[Any], list[Any]]:
    """The inverse of `together`."""
    primals: list[Any] = []
    tangents: list[Any] = []
    given = iter(values)
    for start, stop in spans(sizes):
        primals += [next(given) for _ in range(start, stop)]
        tangents += [next(given) if m else None for m in moves[start:stop]]
    return primals, tangents


def grouped(
    program: Program, which: Sequence[bool], moves: Sequence[bool], ins: Sequence[int], outs: Sequence[int]
) -> Program:
    """A differentiated program, whose tangents all come last, with its inputs and outputs in groups."""
    inputs = together(*apart(program.inputs, which, [len(which)]), ins)
    outputs = together(*apart(program.outputs, moves, [len(moves)]), outs)
    return replace(program, inputs=tuple(inputs), outputs=tuple(outputs))


def emit_grouped(eqn: Equation, operands: Sequence[Value], params: Any, moves: Sequence[bool], sizes: Any) -> Outcome:
    primals = [v.type for v in eqn.outputs]
    types = together(primals, [tangent_type(t) if m else None for t, m in zip(primals, moves)], sizes)
    return apart(emit(eqn.op, operands, {**eqn.params, **params}, types), moves, sizes)


# ---- branches, maps, loops -----------------------------------------------------------------------------------------


def cond(eqn: Equation, primals: Sequence[Value], tangents: Sequence[Tangent], differentiate: Differentiate) -> Outcome:
    branches, n = eqn.params["branches"], len(eqn.outputs)
    which = moving(tangents[1:])
    alone = [differentiate(branch, which, [False] * n) for branch in branches]
    moves = [any(m) for m in zip(*(m for _, m in alone), strict=True)]
    nested = tuple(p if m == moves else differentiate(b, which, moves)[0] for b, (p, m) in zip(branches, alone))
    return emit_grouped(eqn, together(primals, tangents, [len(primals)]), {"branches": nested}, moves, [n])


def map_(eqn: Equation, primals: Sequence[Value], tangents: Sequence[Tangent], differentiate: Differentiate) -> Outcome:
    which, n = moving(tangents), len(eqn.outputs)
    body, moves = differentiate(eqn.params["body"], which, [False] * n)  # [grad.nest.mapping]
    in_axes, out_axes = eqn.params["in_axes"], eqn.params["out_axes"]
    nested = {
        "body": body,
        "in_axes": (*in_axes, *(axis for axis, m in zip(in_axes, which) if m)),
        "out_axes": (*out_axes, *(axis for axis, m in zip(out_axes, moves) if m)),
    }
    return emit_grouped(eqn, together(primals, tangents, [len(primals)]), nested, moves, [n])


def scan(eqn: Equation, primals: Sequence[Value], tangents: Sequence[Tangent], differentiate: Differentiate) -> Outcome:
    n_consts, n_carry, n = eqn.params["n_consts"], eqn.params["n_carry"], len(eqn.outputs)
    start, stop = n_consts, n_consts + n_carry
    which, settled = moving(tangents), False
    while not settled:
        body, moves = differentiate(eqn.params["body"], which, [*which[start:stop], *[False] * (n - n_carry)])
        settled, which[start:stop] = moves[:n_carry] == which[start:stop], moves[:n_carry]
    ins, outs = [n_consts, n_carry, len(primals) - stop], [n_carry, n - n_carry]
    nested = {
        "body": grouped(body, which, moves, ins, outs),
        "n_consts": n_consts + sum(which[:start]),
        "n_carry": n_carry + sum(which[start:stop]),
    }
    return emit_grouped(eqn, together(primals, filled_where(which, primals, tangents), ins), nested, moves, outs)


def while_(
    eqn: Equation, primals: Sequence[Value], tangents: Sequence[Tangent], differentiate: Differentiate
) -> Outcome:
    n_carry = eqn.params["n_carry"]
    which, settled = moving(tangents), False
    while not settled:
        body, moves = differentiate(eqn.params["body"], which, which[:n_carry])
        settled, which[:n_carry] = moves == which[:n_carry], moves
    ins = [n_carry, len(primals) - n_carry]
    test = eqn.params["cond"]
    unread = [Var(tangent_type(v.type)) if m else None for v, m in zip(test.inputs, which)]
    nested = {
        "cond": replace(test, inputs=tuple(together(test.inputs, unread, ins))),
        "body": grouped(body, which, moves, ins, [n_carry]),
        "n_carry": n_carry + sum(moves),
    }
    return emit_grouped(eqn, together(primals, filled_where(which, primals, tangents), ins), nested, moves, [n_carry])


def filled_where(which: Sequence[bool], primals: Sequence[Value], tangents: Sequence[Tangent]) -> list[Tangent]:
    return [filled(t, x) if w else t for w, x, t in zip(which, primals, tangents)]


# ---- derivatives of the user's own ---------------------------------------------------------------------------------


def custom_jvp(
    eqn: Equation, primals: Sequence[Value], tangents: Sequence[Tangent], differentiate: Differentiate
) -> Outcome:
    outs, moved = eqn.params["jvp"](primals, tangents)  # [grad.result.custom]
    return lifted(outs), lifted(moved)


def lifted(values: Sequence[Any]) -> list[Any]:
    """What a user's rule returned, as recorded values: numbers and numpy arrays are fine there."""
    current = here("a custom rule")
    return [None if x is None else current.lift(x) for x in values]


def custom_vjp(
    eqn: Equation, primals: Sequence[Value], tangents: Sequence[Tangent], differentiate: Differentiate
) -> Outcome:
    """The rule pulls cotangents back. Pulled back, the unit vector of an element of the outputs is that element's
    gradient; times the tangents of the operands it is the element's tangent.
    """
    types = [v.type for v in eqn.outputs if is_continuous(v.type)]
    if any(jnp.issubdtype(x.dtype, np.complexfloating) for x in (*primals, *types)):
        raise ReferenceUnsupported("custom_vjp", "Tangents of complex numbers through a custom_vjp are not written.")
    outs, residuals = eqn.params["fwd"](primals, moving(tangents))

    def element(*units: Value) -> list[Value]:
        given = iter(units)
        cotangents = [next(given) if is_continuous(v.type) else None for v in eqn.outputs]
        rows = eqn.params["bwd"](residuals, cotangents)  # [grad.result.custom]
        terms = [jnp.sum(row * t) for row, t in zip(rows, tangents) if row is not None and t is not None]
        return [total(terms) if terms else jnp.zeros(())]

    (elements,) = per_direction(element, types)
    pieces = iter(rows.reshape(t.shape) for rows, t in rows_of(elements, types))
    return lifted(outs), [next(pieces) if is_continuous(v.type) else None for v in eqn.outputs]


# ---- linear solves -------------------------------------------------------------------------------------------------


def linear_solve(
    eqn: Equation, primals: Sequence[Value], tangents: Sequence[Tangent], differentiate: Differentiate
) -> Outcome:
    """`matvec(a, x) = b`, so `matvec(a, x') = b' - matvec'(a, x)`: one solver, held constant, solves both."""
    start, stop = eqn.params["start"], eqn.params["stop"]
    n = stop - start
    outs = rebind(eqn, primals)
    right = [filled(t, b) for t, b in zip(tangents[start:stop], primals[start:stop])]
    of_matrix = [*tangents[:start], *[None] * n, *tangents[stop:]]
    moved, _ = differentiate(eqn.params["matvec"], moving(of_matrix), [True] * n)
    at_solution = [*primals[:start], *outs[:n], *primals[stop:], *(t for t in of_matrix if t is not None)]
    right = [b - change for b, change in zip(right, replay(moved, at_solution)[n:], strict=True)]
    solved = rebind(eqn, [*primals[:start], *right, *primals[stop:]])
    return outs, [*solved[:n], *[None] * (len(outs) - n)]


STRUCTURED = {
    "cond": cond,
    "map": map_,
    "scan": scan,
    "while": while_,
    "custom_jvp": custom_jvp,
    "custom_vjp": custom_vjp,
    "linear_solve": linear_solve,
}
