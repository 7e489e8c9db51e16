"""What is fast about it: with no trace stack open, a read is one test and one slot, a write one look-up more.

Transforms of this room do not pay even that: they use the raw slot `state._value`; see `state_cell` for what it means.
What is put in is checked in `state_checks`, who looks on is in `state_stack` and `state_catch`, and the kinds below
`State` are in `state_kinds`.
"""

import copy
import copyreg
import typing as t

from brainspec_optimized.errors import NotTheSameKind
from brainspec_optimized.shown import shows_as
from brainspec_optimized.state_catch import Kind, announce
from brainspec_optimized.state_cell import Cell
from brainspec_optimized.state_checks import HARMLESS, check_metadata, check_value, checked_name
from brainspec_optimized.state_dead import is_dead
from brainspec_optimized.state_stack import OPEN, note_read, note_write
from brainspec_optimized.state_tags import checked_tag
from brainspec_optimized.state_text import state_text

__all__ = ["State"]

KEPT = {"_value", "_born", "_serial"}
Carried = tuple[dict[str, t.Any], dict[str, t.Any]]


@shows_as("State")
class State(Cell, metaclass=Kind):  # [state.identity.leaf]
    """A mutable cell that transforms know about, and a leaf, since JAX is told nothing of it."""

    __slots__ = ()

    def __init__(  # what a second positional argument means would be a guess
        self,
        /,
        value: t.Any,  # [state.meta.signature]
        *,
        name: str | None = None,
        tag: t.Any = None,
        **metadata: t.Any,
    ) -> None:
        check_metadata(type(self), metadata)
        self.name, self.tag = name, tag
        self.value = value
        self.__dict__.update(metadata)  # [state.meta.other]

    @property
    def value(self) -> t.Any:
        """What was last put in, the very object."""
        if OPEN:  # [state.bare.read]
            note_read(self)
        try:
            return self._value  # [state.value.identity]
        except AttributeError:
            raise is_dead(self) from None  # [jit.state.dead]

    @value.setter  # [state.value.augmented]
    def value(self, new: t.Any) -> None:
        if type(new) not in HARMLESS:
            check_value(self, new)
        if OPEN:  # [state.stack.refused]
            note_write(self)
        self._value = new  # [state.value.written]

    @property
    def name(self) -> str | None:
        """What the user calls it."""
        return self._name  # [state.meta.name]

    @name.setter
    def name(self, name: str | None) -> None:
        self._name = checked_name(name)

    @property
    def tag(self) -> t.Any:
        """What filters may pick it by, as it was given."""
        return self._tag  # [state.meta.tag]

    @tag.setter
    def tag(self, tag: t.Any) -> None:
        self._tag = checked_tag(tag)

    def copy(self) -> t.Self:
        """A new state of the same kind that holds the same."""
        return copy.copy(self)  # [state.copy.new]

    def copy_from(self, other: "State") -> None:
        """Take over what another state of the same kind holds and carries."""
        if type(other) is not type(self):
            found = f"A {type(self).__name__} was to copy from a {type(other).__name__}."
            cure = "Assign the value alone, `s.value = other.value`."
            raise NotTheSameKind(found, "state.error.copy-kind@1", cure)  # [state.error.copy-kind]
        attributes, slots = other.__getstate__()
        self.value = slots.pop("_value")  # first: it may be refused, and then nothing changes
        for name in self._slots().keys() - slots.keys() - KEPT:
            delattr(self, name)  # metadata too, in a slot of a user's subclass
        self.__dict__.clear()
        self._carry(attributes, slots)  # [state.copy.from]

    def __getstate__(self) -> Carried:
        # Through the property: a copy made in a transform has to count as a read.
        value = self.value  # [state.copy.touches]
        slots = self._slots()
        slots["_value"] = value
        del slots["_born"], slots["_serial"]  # a copy has its own birth
        return dict(self.__dict__), slots

    def _slots(self) -> dict[str, t.Any]:
        # Python's own list of them, since a user's subclass may have added some.
        slots: dict[str, t.Any] = t.cast("tuple[t.Any, dict[str, t.Any]]", super().__getstate__())[1]
        return slots

    def __setstate__(self, state: Carried) -> None:
        self._carry(*state)  # [state.copy.deep]
        announce(self)

    def _carry(self, attributes: dict[str, t.Any], slots: dict[str, t.Any]) -> None:
        for name, held in slots.items():  # those of a user's subclass too
            setattr(self, name, held)
        self.__dict__.update(attributes)  # [state.copy.apart]

    def __reduce__(self) -> tuple[t.Any, ...]:
        return copyreg.__newobj__, (type(self),), self.__getstate__()  # type: ignore[attr-defined] # [state.copy.pickle]

    def _metadata(self) -> dict[str, t.Any]:
        more = {name: getattr(self, name) for name in self._more if hasattr(self, name)}
        return self.__dict__ | more

    def __repr__(self) -> str:
        return state_text(self)
