"""Snapshots: what a state held when it was taken.

A snapshot stands for a state in trees of values. For JAX it is a container of one value; all else that it carries,
its *labels*, belongs to the structure, which JAX compares. A snapshot never changes, and gives away copies of what
could be changed in place: trees share snapshots, and JAX keeps their structures.
"""

import copy
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from jax.tree_util import GetAttrKey, register_pytree_with_keys

from .errors import NotAKind, SnapshotIsFrozen
from .state import State, refuse_states
from .state_birth import Kind
from .state_labels import Tag, checked_metadata, checked_name, checked_tag, words
from .state_text import block, label_text
from .static_value import Static
from .type_names import Shown, shown_as

StateClass: TypeAlias = type[State]  # a snapshot has an attribute `type`, which hides the word


@dataclass(frozen=True, eq=False)
class Labels:
    """All that a snapshot carries beside its value, as JAX compares it."""

    kind: StateClass
    name: str | None
    tag: Tag
    metadata: dict[str, Any]

    def _compared(self) -> tuple[object, ...]:
        metadata = frozenset((name, Static(value)) for name, value in self.metadata.items())
        return self.kind, self.name, type(self.tag), words(self.tag), metadata  # [graph.snapshot.structure]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Labels) and self._compared() == other._compared()  # [graph.snapshot.structure]

    def __hash__(self) -> int:
        return hash(self._compared())  # [graph.snapshot.structure]


@shown_as("TreefyState")  # [graph.types.shown]
class TreefyState(metaclass=Shown):
    """What a state held, with the kind, name, tag and metadata of the state."""

    value: Any
    _labels: Labels

    def __init__(
        self, kind: StateClass, value: Any, /, *, name: str | None = None, tag: Tag = None, **metadata: Any
    ) -> None:
        if not isinstance(kind, Kind):
            found, cure = f"Found {kind!r} for the class of a state", "Give State or a class below it"
            raise NotAKind(found, "graph.error.kind@1", cure)  # [graph.error.kind]
        labels = Labels(kind, checked_name(name), copy.copy(checked_tag(tag)), checked_metadata(kind, metadata))
        vars(self).update(value=value, _labels=labels)  # [graph.snapshot.made]

    @property
    def type(self) -> StateClass:
        return self._labels.kind  # [graph.snapshot.fields]

    @property
    def name(self) -> str | None:
        return self._labels.name  # [graph.snapshot.fields]

    @property
    def tag(self) -> Tag:
        return copy.copy(self._labels.tag)  # [graph.snapshot.fields]

    @property
    def metadata(self) -> dict[str, Any]:
        return dict(self._labels.metadata)  # [graph.snapshot.fields]

    def replace(self, value: Any) -> "TreefyState":
        return labelled(self._labels, value)  # [graph.snapshot.replace]

    def to_state(self) -> State:
        refuse_states(self.value)
        state = object.__new__(self.type)  # not `self.type(...)`  # [graph.snapshot.to-state]
        carried = self.value, self.name, self.tag, self.metadata
        State.__setstate__(state, carried)  # as copies are born  # [graph.snapshot.to-state]
        return state

    def __getstate__(self) -> dict[str, Any]:
        return vars(self)  # [graph.snapshot.pickle]

    def __setattr__(self, name: str, value: object) -> None:
        raise frozen(name)  # [graph.error.frozen]

    def __delattr__(self, name: str) -> None:
        raise frozen(name)

    def __repr__(self) -> str:
        name = [] if self.name is None else [f"name={self.name!r}"]
        entries = [f"type={self.type!r}", f"value={self.value!r}", *name, f"tag={label_text(self.tag)}"]
        return block("TreefyState(", entries, ")")  # [graph.snapshot.repr]


def labelled(labels: Labels, value: Any) -> TreefyState:
    """A snapshot of any value: JAX puts there whatever its transforms make of values.

    Its attributes are filled past `__setattr__`, as `pickle` and `copy` do it.
    """
    snapshot = object.__new__(TreefyState)
    vars(snapshot).update(value=value, _labels=labels)
    return snapshot


def snapshot_of(state: State) -> TreefyState:
    value = state.value  # [graph.split.untouched]
    labels = Labels(type(state), state.name, copy.copy(state.tag), dict(vars(state)))  # [graph.snapshot.fields]
    return labelled(labels, value)


def frozen(name: str) -> SnapshotIsFrozen:
    found = f"The attribute {name!r} of a snapshot was set or deleted"
    return SnapshotIsFrozen(found, "graph.error.frozen@1", "Make a new one with snapshot.replace(value)")


def taken_apart(snapshot: TreefyState) -> tuple[Iterable[tuple[GetAttrKey, Any]], Labels]:
    return ((GetAttrKey("value"), snapshot.value),), snapshot._labels  # [graph.snapshot.pytree]


def put_together(labels: Labels, values: Iterable[Any]) -> TreefyState:
    (value,) = values
    return labelled(labels, value)  # [graph.snapshot.pytree]


register_pytree_with_keys(TreefyState, taken_apart, put_together)
