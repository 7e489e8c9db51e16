"""What is fast about it: a snapshot holds what JAX takes it apart into, so that flattening is one look-up in C.

Snapshots of states, and those that JAX makes, are not checked: their fields come from states or from snapshots.
"""

import copy
import copyreg
import operator
import typing as t

import jax
from jax.tree_util import GetAttrKey

from brainspec_optimized._jaxshim import current_trace
from brainspec_optimized.errors import NotAKind, SnapshotIsFrozen
from brainspec_optimized.graph.labels import PLAIN_TAGS, Labels, Rare, labels_of
from brainspec_optimized.shown import Shown, shows_as
from brainspec_optimized.state import State
from brainspec_optimized.state_catch import announce
from brainspec_optimized.state_checks import HARMLESS, check_metadata, check_value, checked_name
from brainspec_optimized.state_tags import checked_tag
from brainspec_optimized.state_text import dressed_tag
from brainspec_optimized.text_blocks import block

__all__ = ["TreefyState", "revived", "snapshot"]

Pair = tuple[tuple[t.Any], Labels]


def _refused(ref: "TreefyState", *new: object) -> t.NoReturn:
    found = "A field of a TreefyState was to be set or deleted, and trees share it."
    raise SnapshotIsFrozen(found, "graph.error.frozen@1", "Use ref.replace(value).")  # [graph.error.frozen]


@shows_as("TreefyState")  # [graph.types.shown]
class TreefyState(metaclass=Shown):
    """What a state held when it was taken, with its kind, name, tag and metadata."""

    __slots__ = ("__weakref__", "_pair")
    _pair: Pair  # the value, in a tuple, and the labels

    def __init__(
        self,
        kind: type[State],
        value: t.Any,
        /,  # so that metadata may have these names
        name: str | None = None,
        tag: t.Any = None,
        **metadata: t.Any,
    ) -> None:
        if not (isinstance(kind, type) and issubclass(kind, State)):
            found = f"A TreefyState was to be one of {kind!r}, no class of states."
            raise NotAKind(found, "graph.error.kind@1", "Give State or a class below it.")  # [graph.error.kind]
        check_metadata(kind, metadata)
        self._pair = (value,), labels_of(kind, checked_name(name), checked_tag(tag), metadata)  # [graph.snapshot.made]

    def replace(self, value: t.Any) -> "TreefyState":
        """A snapshot that differs from this one in its value."""
        return _made(self._pair[1], (value,))  # [graph.snapshot.replace]

    def to_state(self) -> State:
        """A new state that holds this."""
        state = revived(self, current_trace())
        announce(state)  # [graph.snapshot.to-state]
        return state

    def __reduce__(self) -> tuple[t.Any, ...]:
        fields = self.type, self.value, self.name, self.tag, self.metadata
        return copyreg.__newobj__, (TreefyState,), fields  # type: ignore[attr-defined] # [graph.snapshot.pickle]

    def __setstate__(self, fields: tuple[t.Any, ...]) -> None:
        kind, value, name, tag, metadata = fields
        self._pair = (value,), labels_of(kind, name, tag, metadata)  # [graph.snapshot.pickle]

    def __repr__(self) -> str:
        parts = {"type": self.type, "value": self.value, "name": self.name, "tag": dressed_tag(self.tag)}
        lines = [f"{key}={held!r}" for key, held in parts.items() if key != "name" or held is not None]
        return block("TreefyState(", lines, ")")  # [graph.snapshot.repr]

    # Last, since one of them hides a builtin.
    value = property(lambda ref: ref._pair[0][0], _refused, _refused, "What the state held.")
    name = property(lambda ref: ref._pair[1][1], _refused, _refused, "What the state was called.")
    tag = property(lambda ref: _tag(ref._pair[1][2]), _refused, _refused, "What filters may pick it by.")
    metadata = property(lambda ref: _metadata(ref._pair[1][2]), _refused, _refused, "What else the state carried.")
    type = property(lambda ref: ref._pair[1][0], _refused, _refused, "The class of the state.")


def _tag(rare: t.Any) -> t.Any:
    return copy.copy(rare.tag) if type(rare) is Rare else rare


def _metadata(rare: t.Any) -> dict[str, t.Any]:
    return dict(rare.metadata) if type(rare) is Rare else {}


def _made(labels: Labels, children: t.Any) -> TreefyState:
    ref = object.__new__(TreefyState)
    ref._pair = children, labels
    return ref


def snapshot(state: State) -> TreefyState:
    """Read a state, and give what it holds and carries."""
    value, tag = state.value, state._tag  # [graph.split.untouched]
    if state.__dict__ or state._more or type(tag) not in PLAIN_TAGS:
        return _made(labels_of(type(state), state._name, tag, state._metadata()), (value,))  # [graph.snapshot.fields]
    return _made((type(state), state._name, tag), (value,))  # [graph.snapshot.fields]


def revived(ref: TreefyState, born: object) -> State:
    """A state that holds this, which nobody has heard of yet, born in the trace that is given."""
    (value,), (kind, name, tag) = ref._pair
    state = kind._bare(born)  # [graph.snapshot.to-state]
    if type(value) not in HARMLESS:
        check_value(state, value)
    state._value, state._name, state._tag = value, name, tag  # [graph.snapshot.to-state]
    if type(tag) is Rare:
        state._tag = _tag(tag)  # [graph.snapshot.to-state]
        for key, held in tag.metadata.items():
            _attach(state, key, held)
    return state


def _attach(state: State, key: str, held: t.Any) -> None:
    # Not by `setattr` alone: nothing that the user's class does to attributes was asked when they were taken.
    if key in state._more:
        setattr(state, key, held)
    else:
        state.__dict__[key] = held  # [graph.snapshot.to-state]


def _with_keys(ref: TreefyState) -> tuple[tuple[tuple[GetAttrKey, t.Any]], Labels]:
    (value,), labels = ref._pair
    return ((GetAttrKey("value"), value),), labels  # [graph.snapshot.pytree]


jax.tree_util.register_pytree_with_keys(TreefyState, _with_keys, _made, operator.attrgetter("_pair"))
