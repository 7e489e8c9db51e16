"""One run, recorded: what the function does with a slice, and what it may leave in states."""

from collections.abc import Callable
from typing import Any

from jax.tree_util import tree_leaves

from ..engine.tangents import retyped
from ..errors import OtherTypeLeft
from ..jax_values import as_array
from ..jit.arguments import Arguments
from ..mapping.axes import sliced
from ..state import State
from ..stateful import Recording, held
from ..tree_types import TreeType, strong


class RunRecording(Recording):
    """It finds states of the types that they have when the call begins, and leaves them so."""

    chapter = "map"

    def __init__(self, function: Callable[[Any], Any], arguments: Arguments) -> None:
        super().__init__(function, slice_type(arguments))

    def taken_back(self, state: State) -> TreeType | None:
        found = self.found.get(state) or self.seen(state)
        if state not in self._written:
            return None  # [map.state.read-only]
        state._hold(carried(state, found))
        return found


def same(left: TreeType, found: TreeType) -> bool:
    """Whether two types are the same but for being weak."""
    return [*map(strong, left.types)] == [*map(strong, found.types)]


def slice_type(arguments: Arguments) -> TreeType:
    """The type of what one run is given."""
    whole = arguments.type()
    return TreeType(whole.structure, tuple(sliced(type_, 0) for type_ in whole.types))


def carried(state: State, found: TreeType) -> Any:
    """What a run left in a state, in the type that the next run is to find."""
    left = held(state, "map")
    if left.structure != found.structure or not same(left, found):  # [map.error.type]
        held_, given = found.filled(found.types), left.filled(left.types)
        what = f"A {type(state).__name__} that held {held_} was given {given}"
        raise OtherTypeLeft(what, "map.error.type@1", "Give it a value of the same type, or assign outside")
    arrays = map(as_array, tree_leaves(state._held), left.types)
    each = zip(arrays, left.types, found.types)
    return found.filled(x if own == type_ else retyped(x, type_) for x, own, type_ in each)  # [map.state.weak]
