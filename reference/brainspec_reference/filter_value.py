"""A filter as a value: it compares, hashes, prints and pickles by what it was made from, and never changes.

A *path* is a tuple of *parts*, each an attribute's name, a dictionary's key or a position.
A *predicate* is a callable `f(path, value)`; it *accepts* the value if it returns something true.
A *filter* is a predicate of one of eight classes. Its *arguments* are what it was made from, as each class
*reads* it: a literal as a predicate, a wrapped key as the bare one. So filters that mean the same are equal.
"""

import typing
from collections.abc import Callable

from .errors import FilterHasNoHash, FilterIsFrozen, WrongCount

Path: typing.TypeAlias = tuple[typing.Any, ...]
Predicate: typing.TypeAlias = Callable[[Path, typing.Any], object]


class Filter:
    """What the eight classes share: a filter is a value, known by its class and its arguments.

    `pickle` and `copy` fill the attributes of the new object past `__init__` and `__setattr__`: nothing is read twice.
    """

    count: typing.ClassVar[int | None] = 1  # how many arguments the class takes; None: any number
    arguments: tuple[typing.Any, ...]

    def __init__(self, *given: object) -> None:
        if self.count is not None and len(given) != self.count:
            raise wrong_count(self, len(given))  # [filters.error.count]
        arguments = tuple([self.read(each) for each in given])  # [filters.error.member]
        object.__setattr__(self, "arguments", arguments)  # [filters.value.pickle]

    def read(self, given: typing.Any) -> object:
        """What the class makes of one thing that it was given; raises where it can make nothing of it."""
        return given

    def __call__(self, path: Path, value: object) -> bool:
        return bool(self.accepts(path, value))  # [filters.call.bool]

    def accepts(self, path: Path, value: object) -> object:
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        """Tuples compare their items by identity first, then by `==`: so a filter of a NaN is equal to itself."""
        if not isinstance(other, Filter) or type(self) is not type(other):
            return False
        return self.arguments == other.arguments  # [filters.value.equality]

    def __hash__(self) -> int:
        try:
            return hash((type(self), self.arguments))  # [filters.value.hash]
        except TypeError as error:
            raise no_hash(self, error) from error  # [filters.error.hash]

    def __setattr__(self, name: str, value: object) -> None:
        raise frozen(self, name)  # [filters.error.frozen]

    def __delattr__(self, name: str) -> None:
        raise frozen(self, name)  # [filters.error.frozen]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self.arguments))})"  # [filters.value.repr]


def wrong_count(made: Filter, given: int) -> WrongCount:
    cure = f"Give {made.count}; several filters are combined by Any(A, B) or All(A, B)"
    return WrongCount(f"{type(made).__name__} was given {given} arguments", "filters.error.count@1", cure)


def frozen(kept: Filter, name: str) -> FilterIsFrozen:
    found = f"The attribute {name!r} of a filter {type(kept).__name__} was set or deleted"
    return FilterIsFrozen(found, "filters.error.frozen@1", "Make a new filter instead")


def no_hash(asked: Filter, error: TypeError) -> FilterHasNoHash:
    found = f"The hash of a filter {type(asked).__name__} was asked for, but an argument has none ({error})"
    return FilterHasNoHash(found, "filters.error.hash@1", "Make the filter from arguments that have hashes")
