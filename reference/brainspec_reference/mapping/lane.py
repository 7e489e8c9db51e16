"""One lane, recorded: what the origin does, for any of them.

A lane sees its slice of what is mapped in, a key of its own in a random state, and the whole of everything else.
"""

from collections.abc import Callable
from typing import Any

from ..errors import BatchAxisError
from ..jit.arguments import Arguments
from ..random import RandomState
from ..state import State
from ..stateful import Recording, Stateful, held
from ..tree_types import TreeType
from .axes import Axis, argument_axes, counted, places_of, sliced
from .declared import Declared, declared
from .devices import ON_DEVICES, DeviceList, refuse_nested
from .options import Options
from .sizes import Size, checked_size


class LaneRecording(Recording):
    chapter = "mapping"

    def __init__(self, function: Callable[[Any], Any], arguments: Arguments, options: Options) -> None:
        self.whole_argument, self.options = arguments.type(), options
        self.size = Size(checked_size(options.axis_size))
        if options.devices is not None:
            refuse_nested()
        self.argument_axes = self.axes_of(arguments)
        if options.devices is not None:
            self.on_devices(options.devices)
        super().__init__(function, sliced_tree(self.whole_argument, self.argument_axes))
        self.whole: dict[State, TreeType] = {}  # the types of what the states held
        self.declared: dict[State, Declared] = {}  # in
        self.state_axes: dict[State, list[Axis]] = {}  # of the leaves

    def axes_of(self, arguments: Arguments) -> list[Axis]:
        """Of the leaves of the arguments, counted from the front."""
        given = argument_axes(self.options.in_axes, arguments)
        axes = []
        for where, type_, axis in zip(places_of(arguments), self.whole_argument.types, given, strict=True):
            axes.append(counted(where, "mapping.error.argument-axis@1", axis, type_.shape))
            if axis is not None:
                self.size.agree(type_.shape[axis], where)  # [mapping.size.given]
        return axes

    def on_devices(self, devices: DeviceList) -> None:
        if self.size.known is None:
            self.size.agree(len(devices.found()), "the list of devices")  # [parallel.size.devices]
        devices.refuse_more(self.size.decided())

    def lane(self) -> Stateful:
        """The lane's program, in which the named axis has a number for its size as soon as there is one."""
        size: Any = self.size if self.size.known is None else self.size.known
        names = [self.options.axis_name] if self.options.axis_name is not None else []
        if self.options.devices is not None:
            names.append(ON_DEVICES)
        return self.recorded(axes=dict.fromkeys(names, size))  # [mapping.axis.index]

    def seen(self, state: State) -> TreeType:
        whole, found = held(state, self.chapter), declared(self.options.state_in_axes, state)
        what, clause = f"the value of a {type(state).__name__}", "mapping.error.state-axis@1"
        axes = [counted(what, clause, found.axis, t.shape) for t in whole.types]  # [mapping.error.state-axis]
        for type_, axis in zip(whole.types, axes):
            if axis is not None:
                self.size.agree(type_.shape[axis], what)  # [mapping.size.states]
        self.whole[state], self.declared[state], self.state_axes[state] = whole, found, axes  # [mapping.state.aliases]
        return sliced_tree(whole, axes)  # [mapping.state.sliced]

    def in_axes(self, state: State) -> list[Axis]:
        """Of the leaves of what the lanes are handed; for a random state these are keys."""
        return [0] if isinstance(state, RandomState) else self.state_axes[state]

    def refuse_mapped(self, leaf: int) -> Exception:
        """A leaf of the result is mapped where it should not be."""
        found, cure = "Found a result that differs between lanes, where out_axes says None", "Give it an axis"
        return BatchAxisError(found, "mapping.error.result-none@1", cure)  # [mapping.error.result-none]


def sliced_tree(whole: TreeType, axes: list[Axis]) -> TreeType:
    return TreeType(whole.structure, tuple(map(sliced, whole.types, axes)))
