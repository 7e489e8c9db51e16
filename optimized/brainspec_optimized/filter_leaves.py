"""What is fast about it: what a filter looks for is bound in its closure, and a path is compared in one set operation.

For a name or a position all spellings of it are known when the filter is made: bare, and in each of JAX's key types
that can hold it. Any other key is looked for part by part. These are the five filters that have no members.
"""

import typing as t

from jax.tree_util import DictKey, FlattenedIndexKey, GetAttrKey, SequenceKey

from brainspec_optimized.errors import NotAClass, NotAString
from brainspec_optimized.filter_value import Answer, Filter, Path, counted, made

__all__ = ["Everything", "Nothing", "OfType", "PathContains", "WithTag", "bare_path", "held_part"]

_GROUPS = (list, tuple, set, frozenset)

_KEYS = (DictKey, GetAttrKey, SequenceKey, FlattenedIndexKey)

_WRAPS: dict[type, tuple[type, ...]] = {
    str: (DictKey, GetAttrKey),
    int: (DictKey, SequenceKey, FlattenedIndexKey),
}


class OfType(Filter):
    """Accepts the instances of a class, and what was taken from them."""

    __slots__ = ()

    def __new__(cls, *kinds: type) -> t.Self:
        (kind,) = counted(cls, kinds, 1)
        if not isinstance(kind, type):
            cure = "Give one class; for several, Any(A, B)."
            raise NotAClass(f"OfType got {kind!r}, no class.", "filters.error.type@1", cure)  # [filters.error.type]

        def answer(path: Path, value: t.Any) -> bool:
            if isinstance(value, kind):  # [filters.type.instance]
                return True
            carried = getattr(value, "type", None)  # [filters.error.attribute]
            # `is` first: most values carry nothing.
            if carried is None or not isinstance(carried, type):  # [filters.type.other]
                return False
            return issubclass(carried, kind)  # [filters.type.carried]

        return made(cls, (kind,), answer)


class WithTag(Filter):
    """Accepts what has the tag, alone or among others."""

    __slots__ = ()

    def __new__(cls, *tags: str) -> t.Self:
        (tag,) = counted(cls, tags, 1)
        if not isinstance(tag, str):
            cure = "Give one string; for several, Any('a', 'b')."
            raise NotAString(f"WithTag got {tag!r}, no string.", "filters.error.tag@1", cure)  # [filters.error.tag]

        def answer(path: Path, value: t.Any) -> bool:
            found = getattr(value, "tag", None)  # [filters.error.attribute]
            if found is None:  # [filters.tag.absent]
                return False
            if isinstance(found, str):  # [filters.tag.whole]
                # Not bare: strings of NumPy compare to booleans of NumPy.
                return bool(found == tag)  # [filters.tag.equal]
            return isinstance(found, _GROUPS) and tag in found  # [filters.tag.contains]

        return made(cls, (tag,), answer)


class PathContains(Filter):
    """Accepts what is reached over a certain part."""

    __slots__ = ()

    def __new__(cls, *keys: object) -> t.Self:
        (key,) = counted(cls, keys, 1)
        held = held_part(key)  # [filters.path.jax-keys]
        return made(cls, (held,), _on_path(held))

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        # A key of JAX within another has been unwrapped once, and will be again.
        (held,) = self._args
        return type(self), (DictKey(held) if isinstance(held, _KEYS) else held,)  # [filters.value.pickle]


class Everything(Filter):
    """Accepts every value."""

    __slots__ = ()

    def __new__(cls, *none: object) -> t.Self:
        return made(cls, counted(cls, none, 0), lambda path, value: True)  # [filters.everything.accepts]


class Nothing(Filter):
    """Accepts no value."""

    __slots__ = ()

    def __new__(cls, *none: object) -> t.Self:
        return made(cls, counted(cls, none, 0), lambda path, value: False)  # [filters.nothing.accepts]


def _on_path(key: object) -> Answer:
    # By exact type: only of these is every equal part known beforehand; a NaN is not even equal to itself.
    wraps = _WRAPS.get(type(key))
    if wraps is None:
        return lambda path, value: _some_part(path, key)
    apart = frozenset(_spellings(key, wraps)).isdisjoint

    def answer(path: Path, value: t.Any) -> bool:
        try:
            return not apart(path)  # [filters.path.part]
        except TypeError:  # a part without a hash; JAX makes none, but `==` is all that the clause asks of a part
            return _some_part(path, key)

    return answer


def _spellings(key: object, wraps: tuple[type, ...]) -> t.Iterator[object]:
    yield key
    for wrap in wraps:
        try:
            yield wrap(key)  # [filters.path.jax-keys]
        except TypeError:  # a number too large for this type of key, so no path has it there
            continue


def _some_part(path: Path, key: object) -> bool:
    # Not `key in path`, which takes a NaN for equal to itself.
    return any(held_part(part) == key for part in path)  # [filters.path.whole-part]


def held_part(part: t.Any) -> object:
    """A part of a path, bare."""
    if isinstance(part, (DictKey, FlattenedIndexKey)):
        return part.key
    if isinstance(part, GetAttrKey):
        return part.name
    return part.idx if isinstance(part, SequenceKey) else part  # [filters.path.jax-keys]


def bare_path(path: t.Any) -> t.Any:
    """A path with all of its parts bare."""
    return tuple(map(held_part, path)) if isinstance(path, tuple) else path
