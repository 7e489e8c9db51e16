"""A whole call, as one program: keys are split, all lanes run, and what they leave is put together.

Its inputs are whole arguments and what the states hold; its outputs, whole results and what the states hold afterwards.
So it is a program of a stateful function like any other, to be remembered, run, nested and looked into as such.
"""

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any, TypeVar

import jax

from ..engine.record import emit, record_body
from ..random import RandomState
from ..stateful import Stateful
from ..tree_types import TreeType
from .axes import Axis, stacked
from .lane import LaneRecording
from .left import result_axes, state_out
from .mapped import mapped
from .running import Mapped

T = TypeVar("T")


def whole(recording: LaneRecording) -> Mapped:
    """The program of a call, for the recording of its lanes."""
    lane = recording.lane()
    return of_size(recording, lane, recording.size.decided())


def of_size(recording: LaneRecording, lane: Stateful, size: int) -> Mapped:
    """The program of a call that has so many of these lanes."""
    call = Whole(recording, lane, size)
    states = lane.states  # [mapping.state.touched]
    arguments = call.together(recording.argument, recording.argument_axes)
    program, captured = record_body(call.run, [*arguments.types, *chain(*(t.types for t in call.found))])
    result = call.together(lane.result, call.results)
    grown = tuple(type(state).__name__ for state, out in zip(states, call.outs) if out.grows)
    axes = tuple(call.axes())
    return Mapped(program, captured, result, states, call.found, call.left(), recording.options, size, axes, grown)


class Whole:
    def __init__(self, recording: LaneRecording, lane: Stateful, size: int) -> None:
        self.recording, self.lane, self.size = recording, lane, size
        self.found = tuple(recording.whole[state] for state in lane.states)
        in_axes = [recording.argument_axes, *map(recording.in_axes, lane.states)]
        self.in_axes = (*chain(*in_axes), *[None] * len(lane.captured))  # [mapping.random.shared]
        flags = mapped(lane.program, [axis is not None for axis in self.in_axes], recording.options.axis_name)
        of_result, *of_states = self.apart(flags)
        self.results = result_axes(recording, lane.result, of_result)
        self.outs = [state_out(recording, *each) for each in zip(lane.states, lane.left, of_states)]

    def apart(self, outputs: Sequence[T]) -> Iterator[list[T]]:
        """What belongs to the lane's outputs: to those of the result, and to those of each state."""
        rest = iter(outputs)
        for type_ in (self.lane.result, *self.lane.left):
            yield list(islice(rest, len(type_.types) if type_ else 0))

    def together(self, type_: TreeType, axes: Sequence[Axis]) -> TreeType:
        types = tuple(stacked(t, axis, self.size) for t, axis in zip(type_.types, axes))
        return TreeType(type_.structure, types)  # [mapping.state.retyped]

    def left(self) -> tuple[TreeType | None, ...]:
        """The types of what is left in the states; a random state that was only read gets another key too."""
        found = zip(self.lane.states, self.found, self.lane.left, self.outs)
        return tuple(
            key
            if isinstance(state, RandomState)
            else left and self.together(left, out.axes)  # [mapping.random.touched]
            for state, key, left, out in found
        )

    def axes(self) -> Iterator[Axis]:
        """Of the outputs of the call."""
        yield from self.results
        for state, out in zip(self.lane.states, self.outs):
            yield from [None] if isinstance(state, RandomState) else out.axes

    def run(self, *leaves: Any) -> list[Any]:
        """The call, recorded."""
        given = iter(leaves)
        operands = list(islice(given, len(self.recording.argument_axes)))
        afterwards: dict[Any, list[Any]] = {}  # the keys that are left
        for state, type_ in zip(self.lane.states, self.found):  # [mapping.random.several]
            own = list(islice(given, len(type_.types)))
            if isinstance(state, RandomState):
                keys = jax.random.split(own[0], self.size + 1)  # [mapping.random.nested]
                own, afterwards[state] = [keys[1:]], [keys[0]]  # [mapping.random.lane-keys]
            operands += own
        results, *left = self.apart(self.lanes([*operands, *self.lane.captured]))
        left = [afterwards.get(s, own) for s, own in zip(self.lane.states, left)]  # [mapping.random.afterwards]
        return [*results, *chain(*left)]  # [mapping.random.jit]

    def lanes(self, operands: Sequence[Any]) -> list[Any]:
        """All lanes at once; what is not stacked is the same in each."""
        out_axes = (*self.results, *chain(*(out.axes for out in self.outs)))
        types = [stacked(atom.type, axis, self.size) for atom, axis in zip(self.lane.program.outputs, out_axes)]
        name = self.recording.options.axis_name
        params = {"body": self.lane.program, "size": self.size, "in_axes": self.in_axes, "out_axes": out_axes}
        return list(emit("map", operands, {**params, "axis_name": name}, types))
