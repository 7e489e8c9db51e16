"""Recording and replaying: how programs are made.

`record` makes a program of a function, `record_body` and `record_bodies` make programs inside the current recording,
`replay` binds a program's equations again in the recorder that is current, and `emit` appends one structured equation
to it. The words are introduced in `program` and `recorder`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

from jax.core import ShapedArray

from .._jaxshim import type_of
from .errors import FinishedRecordingError, ReferenceUnsupported
from .program import Atom, Const, Equation, Program, Var
from .recorder import Function, Recorded, Recorder, record_inside, recorder

__all__ = ["Atom", "Const", "Equation", "Program", "Recorded", "Recorder", "Var", "type_of"]
__all__ += ["emit", "on_its_own", "record", "record_bodies", "record_body", "recorder", "replay"]


def record(fun: Function, types: Sequence[ShapedArray], *, axes: Mapping[Hashable, int] | None = None) -> Program:
    """The program of `fun`, which is given one recorded value per type and returns a flat list of values."""
    return on_its_own(*record_body(fun, types, axes=axes))


def on_its_own(program: Program, captured: Sequence[Recorded]) -> Program:
    """The program; raises if it captured something."""
    if captured:
        raise FinishedRecordingError(
            f"A function recorded on its own uses {len(captured)} value(s) of an enclosing recording. "
            "Record it as a body (`record_body`), or pass the values as arguments."
        )
    return program


def record_body(
    fun: Function, types: Sequence[ShapedArray], *, axes: Mapping[Hashable, int] | None = None
) -> tuple[Program, list[Recorded]]:
    """The program of `fun`, and the captured values of the current recording that are its further inputs."""
    (program,), captured = record_bodies([(fun, types)], axes=axes)
    return program, captured


def record_bodies(
    functions: Sequence[tuple[Function, Sequence[ShapedArray]]], *, axes: Mapping[Hashable, int] | None = None
) -> tuple[list[Program], list[Recorded]]:
    """A program per function, and the captured values: further inputs, the same for each program (branches)."""
    programs, captured = record_inside(recorder(), functions, axes)
    return programs, list(captured.values())


def here(what: str) -> Recorder:
    """The recorder that is current; there must be one."""
    current = recorder()
    if current is None:
        raise ReferenceUnsupported(what, "No recording is in progress; it acts on the current one.")
    return current


def emit(op: str, inputs: Sequence[Any], params: Mapping[str, Any], out_types: Sequence[ShapedArray]) -> list[Recorded]:
    """Append a structured equation to the current recording."""
    return here("emit").note(op, inputs, params, out_types)


def replay(
    program: Program, values: Sequence[Any], bind: Callable[[Equation, list[Any]], Sequence[Any]] | None = None
) -> list[Any]:
    """Bind every equation of a program again, on `values`, in the recorder that is current.

    `bind(equation, values) -> outputs` is what a pass does with an equation; by default, the same again. Meanwhile the
    values stand in for the program's variables, which a user's rule may have closed over.
    """
    current, bind = here("replay"), bind or rebind
    env: dict[Atom, Any] = dict(zip(program.inputs, values, strict=True))

    def read(atom: Atom) -> Any:
        return Recorded(current, atom) if isinstance(atom, Const) else env[atom]

    with current.standing_in(env) as stand_in:
        for eqn in program.equations:
            with current.at(eqn.source):
                outputs: dict[Atom, Any] = dict(zip(eqn.outputs, bind(eqn, [read(a) for a in eqn.inputs]), strict=True))
            env.update(outputs)
            stand_in(outputs)
    return [read(atom) for atom in program.outputs]


def rebind(eqn: Equation, values: Sequence[Any]) -> list[Any]:
    """Bind one equation again in the current recorder."""
    if eqn.primitive is None:
        return list(emit(eqn.op, values, eqn.params, [v.type for v in eqn.outputs]))
    out = eqn.primitive.bind(*values, **eqn.params)
    return list(out) if eqn.primitive.multiple_results else [out]
