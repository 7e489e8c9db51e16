"""What is fast about it: a filter is settled when it is made, and asking it runs one closure and nothing else.

The closure lies in a slot called `__call__`. Python finds it there by itself, so that a call costs no frame and no
look-up of attributes beyond that, and a filter within another is asked through its closure directly. The hash is taken
once. This is what makes filters values; what each of them accepts is in the chapter, `filters`.
"""

import typing as t
from collections.abc import Callable

from brainspec_optimized.errors import FilterIsFrozen, NoHash, WrongCount

__all__ = ["Answer", "Filter", "Path", "Predicate", "counted", "made"]

Path = tuple[t.Any, ...]
Predicate = Callable[[Path, t.Any], object]
Answer = Callable[[Path, t.Any], bool]


class Filter:
    """A predicate that compares, hashes, prints and pickles by what it was made from."""

    __slots__ = ("__call__", "__weakref__", "_args", "_hash")
    _args: tuple[object, ...]
    _hash: int | None
    if t.TYPE_CHECKING:  # mypy takes a slot of this name for a method without self

        def __call__(self, path: Path, value: t.Any) -> bool: ...

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return False  # not NotImplemented, by which an object that equals all things would equal a filter
        return self._args == other._args  # [filters.value.equality]

    def __hash__(self) -> int:
        return self._hash_now() if self._hash is None else self._hash  # [filters.value.hash]

    def _hash_now(self) -> int:
        # Only where it failed when the filter was made, so that the argument's own complaint reaches the user.
        try:
            return hash((type(self), *self._args))
        except TypeError as complaint:
            what = f"An argument of {type(self).__name__} has no hash."
            cure = "Compare such filters instead, or make them from what has a hash."
            raise NoHash(what, "filters.error.hash@1", cure) from complaint  # [filters.error.hash]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self._args))})"  # [filters.value.repr]

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        # Not the slots: closures cannot be pickled, and the hash of a string differs from process to process.
        return type(self), self._args  # [filters.value.pickle]

    def __setattr__(self, name: str, value: object) -> None:
        raise _frozen(self, name)  # [filters.error.frozen]

    def __delattr__(self, name: str) -> None:
        raise _frozen(self, name)  # [filters.error.frozen]


def _frozen(found: Filter, name: str) -> FilterIsFrozen:
    # By its class alone: the `repr` of an argument may raise.
    what = f"The attribute {name!r} of a filter {type(found).__name__} was to be set or deleted."
    return FilterIsFrozen(what, "filters.error.frozen@1", "Make a new filter instead.")


# The descriptors themselves, since `__setattr__` refuses, and since a subclass may define a `__call__` of its own.
_put_call, _put_args, _put_hash = (vars(Filter)[name].__set__ for name in ("__call__", "_args", "_hash"))

F = t.TypeVar("F", bound=Filter)
A = t.TypeVar("A")


def counted(cls: type[Filter], args: tuple[A, ...], wanted: int) -> tuple[A, ...]:
    """Give back the arguments of a filter, if they are as many as it takes."""
    if len(args) != wanted:  # [filters.error.count]
        what = f"{cls.__name__} got {len(args)} arguments, {args!r}, and takes {wanted}."
        raise WrongCount(what, "filters.error.count@1", "Join several with Any(...) or All(...), also within Not.")
    return args


def made(cls: type[F], args: tuple[object, ...], answer: Answer) -> F:
    """Make a filter; called from `__new__`, since anybody may call `__init__` again on a filter that is in use."""
    self = object.__new__(cls)
    _put_call(self, answer)
    _put_args(self, args)
    try:
        _put_hash(self, hash((cls, *args)))
    except Exception:  # an argument without a hash is no fault before somebody wants the hash
        _put_hash(self, None)
    return self
