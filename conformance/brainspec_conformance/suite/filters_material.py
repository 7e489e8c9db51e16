"""What the checks of `spec/90-filters.md` share: values to be asked about, members, and literals."""

import collections
import operator
from collections.abc import Callable
from typing import Any, Generic, Optional, TypeVar, Union

import numpy as np

T = TypeVar("T")


class Tagged:
    def __init__(self, tag: object) -> None:
        self.tag = tag


class Carrying:
    def __init__(self, kind: object) -> None:
        self.type = kind


class Raising:
    """A value whose attributes `type` and `tag` cannot be read."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    @property
    def type(self) -> object:
        raise self.error

    @property
    def tag(self) -> object:
        raise self.error


class Key:
    """A key that equals others of its name, holds it as the keys of JAX do, and prints as itself alone."""

    def __init__(self, name: str) -> None:
        self.name = self.key = self.idx = name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)


class Odd:
    """A predicate that is false, has no hash and claims to be equal to anything."""

    __hash__ = None  # type: ignore[assignment]

    def __call__(self, path: object, value: object) -> bool:
        return True

    def __bool__(self) -> bool:
        return False

    def __eq__(self, other: object) -> bool:
        return True


class Lonely:
    """A predicate that is not even equal to itself."""

    def __call__(self, path: object, value: object) -> bool:
        return False

    def __eq__(self, other: object) -> bool:
        return False

    def __hash__(self) -> int:
        return 1


class Limit:
    """A predicate that equals others of its limit."""

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def __call__(self, path: object, value: Any) -> bool:
        return bool(value < self.limit)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Limit) and self.limit == other.limit

    def __hash__(self) -> int:
        return hash(self.limit)


class Judge:
    def accepts(self, path: object, value: object) -> bool:
        return True


class Box(Generic[T]):
    def __init__(self, *args: object) -> None: ...


class Word(str):
    __slots__ = ()


class Row(list[Any]): ...


class Bag(set[Any]): ...


class Ice(frozenset[Any]): ...


Pair = collections.namedtuple("Pair", ["first", "second"])

PARAMETRISED = (
    list[int],
    dict[str, int],
    tuple[int, ...],
    type[int],
    Callable[[int], int],
    Union[int, str],  # noqa: UP007
    Optional[int],  # noqa: UP045
    int | str,
    Box[int],
)
NUMBERS = (42, 1.5, 2j, np.float32(3), np.True_, np.False_)
OTHERS = (b"slow", {1}, frozenset({1}), {"a": 1}, Bag(), object(), range(3), iter("ab"), np.zeros(2), np.ones(1) > 0)
NO_LITERALS: tuple[object, ...] = (*NUMBERS, *OTHERS, *PARAMETRISED)
LITERALS: tuple[object, ...] = (
    "slow",
    int,
    True,
    False,
    ...,
    None,
    operator.eq,
    [int, "slow"],
    (str,),
    [],
    [["slow"], None],
)
TRUE: tuple[object, ...] = (1, "yes", [0], np.bool_(True))
FALSE: tuple[object, ...] = (0, "", [], None, np.bool_(False))
PATHS = ((), ("a",), ("a", "b"), ("b", 0), (0, "b", "a"))
VALUES = (1, True, "one", None, 2.5, Tagged("slow"), Tagged("fast"), Tagged(("slow", "fast")), Carrying(bool))
SAMPLES = [(path, value) for path in PATHS for value in VALUES]


def says(answer: object) -> Callable[[object, object], object]:
    return lambda path, value: answer


def listener(asked: list[Any], name: object, answer: object) -> Callable[[object, object], object]:
    """A member that notes its name in `asked`, each time that it is."""

    def listens(path: object, value: object) -> object:
        asked.append(name)
        return answer

    return listens


def failing(error: BaseException) -> Callable[[object, object], bool]:
    def fails(path: object, value: object) -> bool:
        raise error

    return fails


def answers(predicate: Any) -> list[bool]:
    return [bool(predicate(path, value)) for path, value in SAMPLES]


def one_of_each(impl: Any) -> list[Any]:
    filters = impl.util.filter
    leaves = [filters.OfType(int), filters.WithTag("slow"), filters.PathContains("a")]
    several = [filters.Any(*leaves), filters.All(*leaves), filters.Not(int)]
    return [*leaves, *several, filters.Everything(), filters.Nothing()]
