"""States: mutable cells that transforms know about.

A state *holds* one value. To *read* and to *write* it is what users do through `value`, and is told to the open
trace stacks. Underneath lies what tells nobody: `_held` is what the state holds, and `_hold` puts something there;
whoever records a program lends a state another value so, and takes it away again.

When a state is *born*, and where it is *away from home*, stands in `state_birth`; the kinds below `State` stand
in `state_kinds`.

All that a state keeps for itself lies in slots, so that its `__dict__` is exactly its metadata.
"""

import copy
from typing import Any

from jax.tree_util import keystr, tree_leaves, tree_leaves_with_path

from ._jaxshim import innermost_trace, is_tracer
from .errors import NestedState, OtherKind, TraceContextError, ValueIsState
from .state_birth import UNBORN, Kind, away_from_home, be_born
from .state_death import refuse_dead
from .state_labels import Tag, checked_metadata, checked_name, checked_tag
from .state_text import state_text
from .trace_stack import touched
from .type_names import shown_as


@shown_as("State")
class State(metaclass=Kind):  # not registered with JAX, so it is a leaf  # [state.identity.leaf]
    """A mutable cell that holds one value and has an identity."""

    __slots__ = ("__dict__", "__weakref__", "_born_at", "_born_in", "_held", "_name", "_tag")

    def __init__(
        self,
        /,
        value: Any,  # [state.meta.signature]
        *,
        name: str | None = None,
        tag: Tag = None,
        **metadata: Any,
    ) -> None:
        self._hold(self._taken(value))
        self.name = name
        self.tag = tag
        vars(self).update(checked_metadata(type(self), metadata))  # [state.meta.other]
        self._born_in, self._born_at = innermost_trace(), UNBORN  # yet: a user's constructor may go on

    def _taken(self, value: Any) -> Any:
        """What the state takes a value for that is put into it; raises where it takes none."""
        refuse_states(value)
        return value

    def _hold(self, value: Any) -> None:
        self._held = value  # one assignment, so whoever reads meanwhile gets a whole value  # [state.threads.last]

    @property
    def value(self) -> Any:  # whichever trace is current  # [state.bare.read]
        refuse_dead(self)
        touched(self, written=False)  # [state.value.augmented]
        return self._held  # [state.value.identity]

    @value.setter
    def value(self, value: Any) -> None:
        value = self._taken(value)
        refuse_tracers(self, value)
        touched(self, written=True)  # after the checks  # [state.stack.refused]
        self._hold(value)  # [state.value.written]

    @property
    def name(self) -> str | None:
        return self._name

    @name.setter
    def name(self, name: str | None) -> None:
        self._name = checked_name(name)  # [state.meta.name]

    @property
    def tag(self) -> Tag:
        return self._tag

    @tag.setter
    def tag(self, tag: Tag) -> None:
        self._tag = checked_tag(tag)  # [state.meta.tag]

    def __eq__(self, other: object) -> bool:
        return self is other  # [state.identity.equal]

    def __hash__(self) -> int:
        return object.__hash__(self)  # [state.identity.equal]

    def copy(self) -> "State":
        return copy.copy(self)  # [state.copy.new]

    def copy_from(self, other: "State") -> None:
        if type(other) is not type(self):
            found = f"Found a {type(other).__name__} to copy into a {type(self).__name__}"
            cure = "Assign its value instead"
            raise OtherKind(found, "state.error.copy-kind@1", cure)  # [state.error.copy-kind]
        self.value = other.value  # first, since only this can fail  # [state.copy.touches]
        self.name, self.tag, metadata = other.name, other.tag, dict(vars(other))  # [state.copy.from]
        vars(self).clear()  # [state.copy.from]
        vars(self).update(metadata)  # [state.copy.from]

    def __getstate__(self) -> tuple[Any, str | None, Tag, dict[str, Any]]:
        """What `copy` and `pickle` carry over; they ask no constructor, which may want what only its caller knows."""
        value = self.value  # [state.copy.touches]
        return value, self.name, self.tag, vars(self)  # [state.copy.pickle]

    def __setstate__(self, carried: tuple[Any, str | None, Tag, dict[str, Any]]) -> None:
        value, self._name, self._tag, metadata = carried  # all four copied, if deeply  # [state.copy.deep]
        vars(self).update(metadata)
        self._hold(value)  # in a cell of its own  # [state.copy.apart]
        be_born(self)

    def __repr__(self) -> str:
        return state_text(type(self).__name__, self._held, self.name, self.tag)  # [state.repr.no-touch]


def refuse_states(value: object) -> None:
    if isinstance(value, State):
        found = f"Found a {type(value).__name__} for a value"
        cure = "Put in its value, or use copy_from"
        raise ValueIsState(found, "state.error.value-is-state@1", cure)  # [state.error.value-is-state]
    for path, leaf in tree_leaves_with_path(value):
        if isinstance(leaf, State):
            found = f"Found a {type(leaf).__name__} at {keystr(path)} of a value"
            raise NestedState(found, "state.error.nested-state@1", "Put in its value")  # [state.error.nested-state]


def refuse_tracers(state: State, value: object) -> None:
    if away_from_home(state) and any(map(is_tracer, tree_leaves(value))):  # [state.bare.concrete]
        found = f"A {type(state).__name__} born outside a JAX trace was given a tracer of it"
        cure = "Use the transform of this system instead of the one of JAX"
        raise TraceContextError(found, "state.error.traced@1", cure)  # [state.error.traced]
