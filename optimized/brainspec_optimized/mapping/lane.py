"""What is fast about it: the origin runs once for all lanes, on what one of them sees.

While it runs, a state that is mapped in shows its slice; a random state shows a key, which is the lane's. Where nothing
else says how many lanes there are, the first state that is mapped in does, and only then the axis has a size that
collectives can ask for.
"""

import typing as t

from brainspec_optimized._jaxshim import axis_scope
from brainspec_optimized.jit.types import Types
from brainspec_optimized.jit.watch import Watch
from brainspec_optimized.mapping import refusals
from brainspec_optimized.mapping.axes import Axis, sliced
from brainspec_optimized.mapping.given import Size
from brainspec_optimized.mapping.plan import Plan
from brainspec_optimized.mapping.refusals import text_of
from brainspec_optimized.state_cell import Cell
from brainspec_optimized.state_stack import MINE

__all__ = ["LaneWatch", "in_parallel"]


class LaneWatch(Watch):
    """The trace stack under which a lane is traced."""

    __slots__ = ("_asked", "_plan", "_scope", "_size", "axes", "whole")
    page = "mapping"

    def __init__(self, plan: Plan, size: Size) -> None:
        super().__init__()
        self._plan, self._size = plan, size
        self.axes: list[Axis] = []
        """Of each touched state, where it is mapped in."""
        self.whole: list[Types] = []
        """Of each touched state, the types outside of the lane."""

    def __enter__(self) -> t.Self:
        self._scope = axis_scope().__enter__()  # [mapping.axis.scatter]
        self._name_axis()  # [mapping.axis.gather]
        return super().__enter__()

    def __exit__(self, *raised: object) -> None:
        self._scope.__exit__(*raised)  # [mapping.error.axis-name]
        super().__exit__(*raised)

    def _name_axis(self) -> None:
        self._scope.name(self._plan.axis_name, self._size.value)  # [mapping.axis.index]

    def _touch(self, state: Cell) -> None:
        super()._touch(state)  # [mapping.state.aliases]
        self._name_axis()  # again where a block ended that began before the size was known

    def _inward(self, state: Cell, types: Types) -> Types:
        axis = self._plan.axis_in(state)
        self._asked = types, axis  # [mapping.nest.states]
        if axis is None:
            return types  # [mapping.state.whole]
        tree, avals = types
        return tree, tuple([_slice(state, aval, axis) for aval in avals])  # [mapping.state.sliced]

    def _admit(self, state: Cell) -> None:
        types, axis = self._asked
        if axis is not None:
            for aval in types[1]:
                lanes = aval.shape[axis]
                self._size.say(lanes, f"{text_of(state)} has {lanes} lanes on axis {axis}")  # [mapping.size.given]
            self._name_axis()  # [mapping.size.states]
        self.axes.append(axis)
        self.whole.append(types)


def _slice(state: Cell, aval: t.Any, axis: int) -> t.Any:
    try:
        return sliced(aval, axis)
    except IndexError:
        raise refusals.state_axis_missing(state, aval.shape, axis) from None  # [mapping.error.state-axis]


def in_parallel() -> bool:
    """Whether a lane of a parallel mapping is traced now, in this thread."""
    stacks = MINE.stacks
    while stacks:
        watch = stacks[0]  # a watch is the only stack until others are opened inside it
        if not isinstance(watch, Watch):
            return False
        if isinstance(watch, LaneWatch) and watch._plan.devices is not None:
            return True
        stacks = watch._around
    return False
