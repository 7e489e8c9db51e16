"""A mapping of size 0: nobody runs its body, and still some of its results have a value.

What is the same in all lanes does not depend on any. It is what a lane would say, *nobody*, that is handed zeros for
slices, and of the body does no more than is needed for it. A reduction over the axis finds no values there.
"""

from collections.abc import Hashable
from dataclasses import replace
from typing import Any

import numpy as np

from .group import Group, Mode, Value, zeros
from .ops import apply
from .program import Atom, Equation, Program, Var

REDUCTIONS = {"psum": "reduce_sum", "psum_invariant": "reduce_sum", "pmax": "reduce_max", "pmin": "reduce_min"}


def shared_part(eqn: Equation) -> Program:
    """What of a body is needed for the results that are the same in all lanes."""
    body: Program = eqn.params["body"]
    outputs = tuple(atom for atom, axis in zip(body.outputs, eqn.params["out_axes"]) if axis is None)
    wanted: set[Atom] = set(outputs)
    equations: list[Equation] = []
    for each in reversed(body.equations):
        if wanted.intersection(each.outputs):
            equations.insert(0, each)
            wanted.update(atom for atom in each.inputs if isinstance(atom, Var))
    return replace(body, equations=tuple(equations), outputs=outputs)


def nobody(group: Group, name: Hashable) -> Group:
    """One for each lane that maps."""
    return Group((*group.axes, (name, 0)), tuple((*c, 0) for c in group.coords))


def collected(op: str, type_: Any, mode: Mode) -> Value:
    """The result of a collective among no lanes."""
    if op not in REDUCTIONS:
        return zeros(type_, mode)
    nothing = np.zeros((0, *type_.shape), zeros(type_, mode).dtype)
    (result,) = apply(REDUCTIONS[op], [nothing], {"axes": (0,), "out_sharding": None}, [type_], mode)
    return result
