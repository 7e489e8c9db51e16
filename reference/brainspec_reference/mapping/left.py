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
    return [counted("a result", clause, a, t.shape, 1) for a, t in zip(axes, result.types)]  # [mapping.error.out-axis]


class StateOut(NamedTuple):
    axes: list[Axis]  # of its leaves
    grows: bool  # because nobody declared it


def state_out(recording: LaneRecording, state: State, left: TreeType | None, mapped: Flags) -> StateOut:
    if left is None:
        return StateOut([], False)  # [mapping.state.read-only]
    if isinstance(state, RandomState):
        return StateOut([0], False)  # for nobody
    kind, grows = type(state).__name__, False
    into = declared(recording.options.state_out_axes, state)
    axis = recording.declared[state].axis  # [mapping.state.stays]
    if into.at_all:  # [mapping.state.out]
        axis = into.axis  # [mapping.state.moves]
        refuse_declared_none(kind, axis, mapped)
    elif axis is None and any(mapped):  # [mapping.state.tree]
        refuse_undeclared(kind, recording.options.policy)
        axis, grows = 0, True  # [mapping.state.undeclared]
    what, clause = f"the value that a {kind} was given", "mapping.error.state-out-axis@1"
    axes = [counted(what, clause, axis, t.shape, 1) for t in left.types]  # [mapping.error.state-out-axis]
    return StateOut(axes, grows)


def refuse_declared_none(kind: str, axis: Axis, mapped: Flags) -> None:
    if axis is None and any(mapped):  # [mapping.state.out-none]
        found = f"A {kind} that state_out_axes declares on None was given a value that differs between lanes"
        cure = "Declare it on an axis, or reduce the value over the axis"
        raise BatchAxisError(found, "mapping.error.declared-none@1", cure)  # [mapping.error.declared-none]


def refuse_undeclared(kind: str, policy: str) -> None:
    if policy == "raise":
        found = f"A {kind} that is declared on no axis was given a value that differs between lanes"
        cure = "Declare it in state_out_axes, or reduce the value over the axis"
        raise BatchAxisError(found, "mapping.error.undeclared@1", cure)  # [mapping.error.undeclared]
