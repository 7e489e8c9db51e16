"""What becomes of what the lanes leave: on which axes results and states are stacked."""

from typing import NamedTuple

from ..errors import BatchAxisError
from ..random import RandomState
from ..state import State
from ..tree_types import TreeType
from .axes import Axis, counted, spread
from .declared import declared
from .lane import LaneRecording
from .mapped import Flags


def result_axes(recording: LaneRecording, result: TreeType, mapped: Flags) -> list[Axis]:
    """For each leaf of the result."""
    axes = spread("out_axes", recording.options.out_axes, result.described())  # [mapping.result.out-axes]
    for leaf, (axis, differs) in enumerate(zip(axes, mapped, strict=True)):
        if axis is None and differs:
            raise recording.refuse_mapped(leaf)  # [mapping.error.result-none]
    clause = "mapping.error.out-axis@1"
    return [counted("a result", clause, axis, t.shape, 1) for axis, t in zip(axes, result.types)]


class StateOut(NamedTuple):
    axes: list[Axis]  # of its leaves
    grows: bool  # because nobody declared it


def state_out(recording: LaneRecording, state: State, left: TreeType | None, mapped: Flags) -> StateOut:
    if left is None:
        return StateOut([], False)  # [mapping.state.read-only]
    if isinstance(state, RandomState):
        return StateOut([0], False)  # for nobody
    into, came = declared(recording.options.state_out_axes, state), recording.declared[state]
    kind, axis, grows = type(state).__name__, into.axis, False
    if axis is None and into.at_all:
        refuse_declared_none(kind, mapped)
    elif axis is None and came.axis is not None:
        axis = came.axis  # [mapping.state.stays]
    elif axis is None and any(mapped):  # [mapping.state.tree]
        refuse_undeclared(kind, recording.options.policy)
        axis, grows = 0, True  # [mapping.state.undeclared]
    clause = "mapping.error.state-out-axis@1"
    what = f"the value that a {kind} was given"
    return StateOut([counted(what, clause, axis, t.shape, 1) for t in left.types], grows)  # [mapping.state.out]


def refuse_declared_none(kind: str, mapped: Flags) -> None:
    if any(mapped):
        found = f"A {kind} that state_out_axes declares on None was given a value that differs between lanes"
        cure = "Declare it on an axis, or reduce the value over the axis"
        raise BatchAxisError(found, "mapping.error.declared-none@1", cure)  # [mapping.error.declared-none]


def refuse_undeclared(kind: str, policy: str) -> None:
    if policy == "raise":
        found = f"A {kind} that is declared on no axis was given a value that differs between lanes"
        cure = "Declare it in state_out_axes, or reduce the value over the axis"
        raise BatchAxisError(found, "mapping.error.undeclared@1", cure)  # [mapping.error.undeclared]
