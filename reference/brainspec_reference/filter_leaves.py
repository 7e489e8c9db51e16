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

    def __init__(self, wanted: type) -> None:
        if not isinstance(wanted, type):
            cure = "Give one class; for several write Any(A, B)"
            raise NotAClass(f"OfType was given {wanted!r}", "filters.error.type@1", cure)  # [filters.error.type]
        super().__init__(wanted)

    def accepts(self, path: Path, value: object) -> bool:
        (wanted,) = self.arguments
        if isinstance(value, wanted):  # [filters.type.instance]
            return True
        carried = getattr(value, "type", None)
        if not isinstance(carried, type):
            return False  # [filters.type.other]
        return issubclass(carried, wanted)  # [filters.type.carried]


class WithTag(Filter):
    """Accepts the values whose tag is a string, or is a collection that contains it."""

    def __init__(self, wanted: str) -> None:
        if not isinstance(wanted, str):
            cure = "Give one string; for several write Any('a', 'b')"
            raise NotATag(f"WithTag was given {wanted!r}", "filters.error.tag@1", cure)  # [filters.error.tag]
        super().__init__(wanted)

    def accepts(self, path: Path, value: object) -> bool:
        (wanted,) = self.arguments
        tag = getattr(value, "tag", None)
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

    def __init__(self, key: object) -> None:
        super().__init__(key)

    def accepts(self, path: Path, value: object) -> bool:
        (key,) = self.arguments
        found = [bare(part) == key for part in path]  # [filters.path.whole-part]
        return any(found)  # [filters.path.part]


class Everything(Filter):
    """Accepts every value."""

    def __init__(self) -> None:
        super().__init__()

    def accepts(self, path: Path, value: object) -> bool:
        return True  # [filters.everything.accepts]


class Nothing(Filter):
    """Accepts no value."""

    def __init__(self) -> None:
        super().__init__()

    def accepts(self, path: Path, value: object) -> bool:
        return False  # [filters.nothing.accepts]
