"""What is fast about it: the labels of most snapshots are a bare tuple, which JAX compares without a Python frame.

Labels are all that a snapshot has besides its value: class, name and tag, in a tuple. Where the tag is a collection, or
where there are metadata, `Rare` stands in place of the tag, and compares both by the rules of the clause. The tag and
the metadata are copied on their way in and out: a structure that JAX has kept must not change.
"""

import copy
import typing as t

from brainspec_optimized.graph.sameness import hash_of, same
from brainspec_optimized.state import State

__all__ = ["PLAIN_TAGS", "Labels", "Rare", "labels_of"]

Labels = tuple[type[State], str | None, t.Any]

PLAIN_TAGS = (str, type(None))


def labels_of(cls: type[State], name: str | None, tag: t.Any, metadata: dict[str, t.Any]) -> Labels:
    """The labels of a snapshot with these fields."""
    if type(tag) in PLAIN_TAGS and not metadata:
        return cls, name, tag  # [graph.snapshot.structure]
    return cls, name, Rare(copy.copy(tag), metadata)


class Rare:
    """A tag and metadata that do not compare as JAX compares."""

    __slots__ = ("_hash", "metadata", "tag")

    def __init__(self, tag: t.Any, metadata: dict[str, t.Any]) -> None:
        self.tag, self.metadata = tag, metadata
        self._hash: int | None = None

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if type(other) is not Rare or type(self.tag) is not type(other.tag) or self.tag != other.tag:
            return False  # [graph.snapshot.structure]
        mine, others = self.metadata, other.metadata
        if mine.keys() != others.keys():
            return False  # [graph.snapshot.structure]
        return all(same(mine[key], others[key]) for key in mine)  # [graph.snapshot.structure]

    def __hash__(self) -> int:
        if self._hash is None:
            metadata = frozenset([(name, hash_of(held)) for name, held in self.metadata.items()])
            self._hash = hash((type(self.tag), _hashable(self.tag), metadata))
        return self._hash

    def __reduce__(self) -> tuple[t.Any, ...]:
        # Not the hash: that of a string is another in every process.
        return Rare, (self.tag, self.metadata)


def _hashable(tag: t.Any) -> t.Any:
    if isinstance(tag, (set, frozenset)):
        return frozenset(tag)
    return tuple(tag) if isinstance(tag, (list, tuple)) else tag
