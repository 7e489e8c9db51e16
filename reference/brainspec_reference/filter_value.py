"""A filter as a value: it compares, hashes, prints and pickles by what it was made from, and never changes.

A *path* is a tuple of *parts*, each an attribute's name, a dictionary's key or a position.
A *predicate* is a callable `f(path, value)`; it *accepts* the value if it returns something true.
A *filter* is a predicate of one of eight classes. Its *arguments* are what it was made from, where those
that stand for predicates have become predicates: so two filters that mean the same members are equal.
"""

import typing
from collections.abc import Callable

from .errors import FilterIsFrozen

Path: typing.TypeAlias = tuple[typing.Any, ...]
Predicate: typing.TypeAlias = Callable[[Path, typing.Any], object]


class Filter:
    """What the eight classes share: a filter is a value, known by its class and its arguments."""

    arguments: tuple[typing.Any, ...]

    def __init__(self, *arguments: object) -> None:
        object.__setattr__(self, "arguments", arguments)

    def __call__(self, path: Path, value: object) -> bool:
        return bool(self.accepts(path, value))  # [filters.call.bool]

    def accepts(self, path: Path, value: object) -> object:
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Filter):
            return NotImplemented
        return type(self) is type(other) and self.arguments == other.arguments  # [filters.value.equality]

    def __hash__(self) -> int:
        return hash((type(self), self.arguments))  # [filters.value.hash]

    def __setattr__(self, name: str, value: object) -> None:
        raise frozen(self, name)  # [filters.value.frozen]

    def __delattr__(self, name: str) -> None:
        raise frozen(self, name)  # [filters.value.frozen]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self.arguments))})"  # [filters.value.repr]

    def __reduce__(self) -> tuple[type, tuple[typing.Any, ...]]:
        return type(self), self.arguments  # [filters.value.pickle]


def frozen(found: Filter, name: str) -> FilterIsFrozen:
    cure = "Make a new filter instead"
    return FilterIsFrozen(f"The attribute {name!r} of {found!r} was set or deleted", "filters.value.frozen@1", cure)
