"""Effects: what a program does beside giving its outputs, as `jax.debug.print` does.

A derivative is found by one lane per direction, and each of them computes the program once more. The effects belong to
the program itself, which is there beside them, and must not happen in the lanes again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .errors import ReferenceUnsupported
from .program import Equation, Program
from .show import show_equation

EFFECTS = ("debug_callback", "debug_print", "io_callback")


def without_effects(program: Program) -> Program:
    kept = tuple(quiet(eqn) for eqn in program.equations if eqn.op not in EFFECTS or eqn.outputs)
    return replace(program, equations=kept)


def quiet(eqn: Equation) -> Equation:
    if eqn.op in EFFECTS:
        why = "A derivative computes the program once for each direction, and would do it each time for its result."
        raise ReferenceUnsupported(eqn.op, why, show_equation(eqn), eqn.source)
    return replace(eqn, params={name: quieted(value) for name, value in eqn.params.items()})


def quieted(param: Any) -> Any:
    if isinstance(param, tuple) and param and all(isinstance(part, Program) for part in param):
        return tuple(map(without_effects, param))
    return without_effects(param) if isinstance(param, Program) else param
