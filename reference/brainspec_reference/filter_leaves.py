"""The filters that have no members: they look at the path or at the value themselves.

The *tag* of a value is its attribute `tag`. The class that a value *carries* is its attribute `type`:
a snapshot of a state is not a state, but carries the class of the state that it was taken from.
A *part* of a path stands bare (`'weight'`, `0`) or wrapped in a key type of JAX, which *holds* it.
"""

from jax.tree_util import DictKey, FlattenedIndexKey, GetAttrKey, SequenceKey

from .errors import NotAClass, NotATag
from .filter_value import Filter, Path


class OfType(Filter):
    """Accepts the instances of a class, and the snapshots that carry it."""

    def read(self, given: object) -> type:
        if isinstance(given, type):
            return given
        cure = "Give one class; for several write Any(A, B)"
        raise NotAClass(f"OfType was given {given!r}", "filters.error.type@1", cure)  # [filters.error.type]

    def accepts(self, path: Path, value: object) -> bool:
        (wanted,) = self.arguments
        if isinstance(value, wanted):  # [filters.type.instance]
            return True
        carried = getattr(value, "type", None)  # [filters.error.attribute]
        if not isinstance(carried, type):
            return False  # [filters.type.other]
        return issubclass(carried, wanted)  # [filters.type.carried]


class WithTag(Filter):
    """Accepts the values whose tag is a string, or is a collection that contains it."""

    def read(self, given: object) -> str:
        if isinstance(given, str):
            return given
        cure = "Give one string; for several write Any('a', 'b')"
        raise NotATag(f"WithTag was given {given!r}", "filters.error.tag@1", cure)  # [filters.error.tag]

    def accepts(self, path: Path, value: object) -> bool:
        (wanted,) = self.arguments
        tag = getattr(value, "tag", None)  # [filters.error.attribute]
        if tag is None:
            return False  # [filters.tag.absent]
        if isinstance(tag, str):  # [filters.tag.whole]
            return bool(tag == wanted)  # [filters.tag.equal]
        return isinstance(tag, list | tuple | set | frozenset) and wanted in tag  # [filters.tag.contains]


HOLDS = {DictKey: "key", GetAttrKey: "name", SequenceKey: "idx", FlattenedIndexKey: "key"}


def bare(part: object) -> object:
    for wrapper, holds in HOLDS.items():
        if isinstance(part, wrapper):
            return getattr(part, holds)  # [filters.path.jax-keys]
    return part


class PathContains(Filter):
    """Accepts the values on whose path a part is the key."""

    def read(self, given: object) -> object:
        return bare(given)  # [filters.path.jax-keys]

    def accepts(self, path: Path, value: object) -> bool:
        (key,) = self.arguments
        found = [bare(part) == key for part in path]  # [filters.path.whole-part]
        return any(found)  # [filters.path.part]


class Everything(Filter):
    """Accepts every value."""

    count = 0

    def accepts(self, path: Path, value: object) -> bool:
        return True  # [filters.everything.accepts]


class Nothing(Filter):
    """Accepts no value."""

    count = 0

    def accepts(self, path: Path, value: object) -> bool:
        return False  # [filters.nothing.accepts]
