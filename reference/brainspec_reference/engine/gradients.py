"""Gradients and Jacobians of a program, as programs.

A gradient is found by one lane per *direction*, that is per element of the inputs asked for: the lane's tangent of the
output is one entry of the gradient. A complex input has two directions per element, one and i.

A program may talk to other lanes of axes that run outside of it (`psum`). Then its gradient is, as JAX defines it, the
derivative of the *sum over these lanes* of the output, by this lane's own inputs. So there is a direction for each
element in each of those lanes: only the lane that owns the direction moves, all lanes add up what comes out, and the
owner keeps it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.core import ShapedArray

from .check import check
from .collectives import COLLECTIVES, named_axes
from .directions import mapped, per_direction, rows_of
from .effects import without_effects
from .errors import ReferenceUnsupported
from .program import Program, nested_programs
from .record import Recorded, on_its_own, record_body, replay
from .show import show_type
from .tangent_values import Tangent, Value, is_continuous, tangent_type, total, where
from .tangents import jvp_body, retyped

Measure = Callable[[list[Value]], Sequence[Value]]  # from the tangents of the float outputs to what one lane keeps


def gradient(program: Program, wrt: Sequence[int], output: int = 0) -> Program:
    """Outputs: those of the program, then the gradient of one of them, a scalar, by each of the inputs `wrt`."""
    return on_its_own(*gradient_body(program, wrt, output))


def gradient_body(program: Program, wrt: Sequence[int], output: int = 0) -> tuple[Program, list[Recorded]]:
    """The same, and what a user's rules captured of the current recording: further inputs.

    A gradient is weakly typed where its input is, as in JAX.
    """
    if program.outputs[output].type.shape != () or not is_continuous(program.outputs[output].type):
        raise TypeError(
            f"A gradient needs a scalar float output, but output {output} is "
            f"{show_type(program.outputs[output].type)}. Reduce it, or ask for the jacobian."
        )

    def with_gradient(*primals: Value) -> list[Value]:
        outs = replay(program, primals)
        seeds = [jnp.ones((), y.dtype) if k == output else None for k, y in enumerate(outs)]
        return [*outs, *map(retyped, pull(program, primals, seeds, wrt), (program.inputs[i].type for i in wrt))]

    return checked_body(with_gradient, [v.type for v in program.inputs], axes=program.axes)


def pullback(program: Program, wrt: Sequence[int]) -> Program:
    """Inputs: those of the program, then a cotangent per float output.

    Outputs: the gradients of the outputs times their cotangents, by each of the inputs `wrt`.
    """
    types = [v.type for v in program.inputs]

    def pulled(*values: Value) -> list[Value]:
        given = iter(values[len(types) :])
        seeds = [next(given) if is_continuous(atom.type) else None for atom in program.outputs]
        return pull(program, values[: len(types)], seeds, wrt)

    cotangents = [tangent_type(atom.type) for atom in program.outputs if is_continuous(atom.type)]
    return checked(pulled, [*types, *cotangents], axes=program.axes)


def jacobian(program: Program, wrt: Sequence[int], of_the_sum: bool = True) -> Program:
    """Outputs: for each float output its derivative by each of the inputs `wrt`; axes of the output, then of the input.

    For a program that talks to other lanes there are two: of the sum over the lanes by this lane's inputs, as JAX's
    `jacrev` has it, and of this lane's output by all lanes' inputs, which move together, as in `jacfwd`.
    """
    types = directions_of(program, wrt)
    if any(np.issubdtype(t.dtype, np.complexfloating) for t in (*types, *(a.type for a in program.outputs))):
        raise ReferenceUnsupported("jacobian", "The Jacobian of complex numbers is not written; use pullbacks.")

    def entries(*primals: Value) -> list[Value]:
        stacks = along_directions(program, primals, wrt, lambda tangents: tangents, of_the_sum)
        pieces = [piece for stack in stacks for piece in rows_of(stack, types)]
        return [jnp.moveaxis(rows, 0, -1).reshape(*rows.shape[1:], *t.shape) for rows, t in pieces]

    return checked(entries, [v.type for v in program.inputs], axes=program.axes)


def checked(fun: Callable[..., list[Value]], types: Sequence[ShapedArray], axes: Mapping[Hashable, int]) -> Program:
    return on_its_own(*checked_body(fun, types, axes))


def checked_body(
    fun: Callable[..., list[Value]], types: Sequence[ShapedArray], axes: Mapping[Hashable, int]
) -> tuple[Program, list[Recorded]]:
    program, captured = record_body(fun, types, axes=axes)
    check(program)
    return program, captured


def pull(program: Program, primals: Sequence[Value], cotangents: Sequence[Tangent], wrt: Sequence[int]) -> list[Value]:
    """The gradients of the outputs times their cotangents; for use in a recording."""
    weights = [c for c, atom in zip(cotangents, program.outputs) if is_continuous(atom.type)]

    def weighed(tangents: list[Value]) -> list[Value]:
        terms = [jnp.sum(jnp.real(c * t)) for c, t in zip(weights, tangents, strict=True) if c is not None]
        return [total(terms) if terms else jnp.zeros(())]

    types = directions_of(program, wrt)
    (entries,) = along_directions(program, primals, wrt, weighed)
    pieces = iter(rows.reshape(t.shape).astype(t.dtype) for rows, t in rows_of(entries, types))
    return [assembled(pieces, program.inputs[i].type, -1) for i in wrt]


def along_directions(
    program: Program, primals: Sequence[Value], wrt: Sequence[int], measure: Measure, of_the_sum: bool = True
) -> Sequence[Value]:
    """What `measure` gives in each direction, stacked on a first axis."""
    moving, captured = jvp_body(program, [i in wrt for i in range(len(program.inputs))])
    moving = without_effects(moving)
    types, n = directions_of(program, wrt), len(program.outputs)
    axes = tuple(sorted(talks_over(moving), key=str)) if of_the_sum else ()

    def measured(units: Iterable[Value]) -> Sequence[Value]:
        given = iter(units)
        parts = [(i, assembled(given, program.inputs[i].type, 1)) for i in wrt]
        tangents = [total(t for k, t in parts if k == i) for i in sorted(set(wrt))]  # an input may be asked for twice
        return measure(replay(moving, [*primals, *tangents, *captured])[n:])

    if not axes:
        return per_direction(lambda *units: measured(units), types)
    here = lax.axis_index(axes)

    def owned_by(owner: Value) -> Sequence[Value]:
        def one(*units: Value) -> Sequence[Value]:
            mine = [where(jnp.broadcast_to(owner == here, u.shape), u) for u in units]
            return [lax.psum(x, axes) for x in measured(mine)]  # type: ignore[no-untyped-call]

        return per_direction(one, types)

    lanes = np.arange(int(np.prod([program.axes[name] for name in axes])), dtype=np.int32)
    return [stack[here] for stack in mapped(owned_by, [lanes], len(lanes))]


def directions_of(program: Program, wrt: Sequence[int]) -> list[ShapedArray]:
    """The types whose unit vectors are the directions: a complex input counts as two real ones."""
    types = [tangent_type(program.inputs[i].type) for i in wrt]
    reals = [[ShapedArray(t.shape, np.finfo(t.dtype).dtype)] * 2 if is_complex(t) else [t] for t in types]
    return [part for parts in reals for part in parts]


def assembled(parts: Iterator[Value], type_: ShapedArray, sign: int) -> Value:
    """One input's direction from its parts, or (sign -1, as in JAX) its gradient from its parts' derivatives."""
    return lax.complex(next(parts), sign * next(parts)) if is_complex(type_) else next(parts)


def is_complex(type_: ShapedArray) -> bool:
    return np.issubdtype(type_.dtype, np.complexfloating)


def talks_over(program: Program) -> set[Hashable]:
    """The axes that run outside of the program and over which it talks to other lanes."""
    names: set[Hashable] = set()
    for eqn in program.equations:
        if eqn.op in COLLECTIVES:
            names |= {*named_axes(eqn.params)}
        for _, nested in nested_programs(eqn):
            own = {eqn.params["axis_name"]} if eqn.op == "map" else set()
            names |= talks_over(nested) - own
    return names
