"""The checks of `spec/30-jit.md`: which static arguments make one signature."""

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_counts_material import Counted, Pair


@dataclass(frozen=True)
class Point:
    x: int
    y: int = 0


class Word(str):
    """Equal to a string, and of another type."""


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Alike:
    """Objects that look alike and share their hash, and are equal only if their secrets are."""

    def __init__(self, secret: int) -> None:
        self.secret = secret

    def __repr__(self) -> str:
        return "Alike()"

    def __hash__(self) -> int:
        return 7

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Alike) and self.secret == other.secret


class Twin(Alike):
    """Equal to an `Alike`, and of another type."""


class Scale:
    def of(self, x: Any) -> Any:
        return x

    def other(self, x: Any) -> Any:
        return x


SCALE = Scale()

# Two static arguments each that are one for the signature, made when they are needed.
SAME: dict[str, Callable[[], tuple[Any, Any]]] = {
    "numbers": lambda: (1234567, int("1234567")),
    "floats": lambda: (0.5, float("0.5")),
    "zeros of two signs": lambda: (0.0, -0.0),
    "strings": lambda: ("ab", "".join("ab")),
    "nothing": lambda: (None, None),
    "tuples": lambda: ((1, "a"), tuple(iter([1, "a"]))),
    "tuples of equal members of two types": lambda: ((1, 1.0), (True, 1)),
    "named tuples": lambda: (Pair(1, 2), Pair(1, 2)),
    "sets": lambda: (frozenset({1, 9}), frozenset({9, 1})),
    "ranges": lambda: (range(0), range(3, 3)),
    "NumPy numbers": lambda: (np.float32(0.5), np.float32(0.5)),
    "types of numbers": lambda: (np.dtype("float32"), np.dtype(np.float32)),
    "data": lambda: (Point(1, 2), Point(1, 2)),
    "objects that are equal": lambda: (Alike(1), Alike(1)),
    "members of an enumeration": lambda: (Colour.RED, Colour(1)),
    "functions": lambda: (len, len),
    "bound methods": lambda: (SCALE.of, SCALE.of),
}

# Two that are not.
OTHER: dict[str, Callable[[], tuple[Any, Any]]] = {
    "a number and a truth": lambda: (1, True),
    "no number and an untruth": lambda: (0, False),
    "a number and a float": lambda: (1, 1.0),
    "a float and a complex number": lambda: (1.0, 1 + 0j),
    "a number and NumPy's": lambda: (1, np.int32(1)),
    "a float and NumPy's": lambda: (0.5, np.float64(0.5)),
    "NumPy numbers of two types": lambda: (np.int32(1), np.int8(1)),
    "NumPy floats of two types": lambda: (np.float32(0.5), np.float64(0.5)),
    "a number and a member": lambda: (1, Level.LOW),
    "two members": lambda: (Colour.RED, Colour.BLUE),
    "a tuple and a named tuple": lambda: ((1, 2), Pair(1, 2)),
    "a string and one of a user": lambda: ("a", Word("a")),
    "a string and bytes": lambda: ("a", b"a"),
    "a string and a number": lambda: ("1", 1),
    "numbers of one hash": lambda: (-1, -2),
    "objects of one hash and text": lambda: (Alike(1), Alike(2)),
    "equal objects of two types": lambda: (Alike(1), Twin(1)),
    "objects": lambda: (Scale(), Scale()),
    "functions": lambda: (lambda x: x, lambda x: x),
    "bound methods": lambda: (SCALE.of, SCALE.other),
    "data": lambda: (Point(1, 2), Point(2, 1)),
    "tuples": lambda: ((1, (2,)), (1, (3,))),
    "tuples of two lengths": lambda: ((), (None,)),
    "nothing and no number": lambda: (None, 0),
    "types": lambda: (int, bool),
}
same = pytest.mark.parametrize("pair", SAME.values(), ids=SAME)
other = pytest.mark.parametrize("pair", OTHER.values(), ids=OTHER)


@check("jit.static.signature@1", needs=["jit.static.declared@1", "jit.trace.once@1"])
@same
def test_equal_static_arguments_of_one_type_make_one_signature(impl: Any, pair: Any) -> None:
    f = Counted(impl, lambda n: None, static_argnums=0)
    a, b = pair()

    assert [f.ran(a), f.ran(b), f.ran(a)] == [1, 0, 0]


@check("jit.static.signature@1", needs=["jit.static.declared@1", "jit.trace.once@1"])
@other
def test_other_static_arguments_make_two_signatures(impl: Any, pair: Any) -> None:
    f = Counted(impl, lambda n: None, static_argnums=0)
    a, b = pair()

    assert [f.ran(a), f.ran(b), f.ran(a), f.ran(b)] == [1, 1, 0, 0]


@check("jit.static.signature@1", needs=["jit.static.declared@1"])
@pytest.mark.parametrize("pair", [OTHER[name] for name in list(OTHER)[:9]], ids=list(OTHER)[:9])
def test_named_static_arguments_count_with_their_types(impl: Any, pair: Any) -> None:
    f = Counted(impl, lambda *, n: None, static_argnames="n")
    a, b = pair()

    assert [f.ran(n=a), f.ran(n=b), f.ran(n=a), f.ran(n=b)] == [1, 1, 0, 0]


@check("jit.static.signature@1", needs=["jit.static.declared@1"])
def test_equal_numbers_of_three_types_make_three_programs(impl: Any) -> None:
    f = impl.transform.jit(lambda x, n: x * n, static_argnums=1)
    for _ in range(2):
        assert f(np.int32(2), 1).dtype == jnp.int32
        assert f(np.int32(2), 1.0).dtype == jnp.float32
        assert f(np.bool_(True), True).dtype == jnp.bool_
        assert f(np.bool_(True), 1).dtype == jnp.int32


@check("jit.static.signature@1", needs=["jit.static.declared@1", "jit.trace.once@1"])
def test_the_place_of_a_static_argument_counts(impl: Any) -> None:
    f = Counted(impl, lambda a, b: None, static_argnums=(0, 1))

    assert [f.ran(1, 2), f.ran(2, 1), f.ran(1, 1), f.ran((1, 2), 1), f.ran(1, (2, 1))] == [1, 1, 1, 1, 1]
    assert [f.ran(2, 1), f.ran(1, 2)] == [0, 0]


@check("jit.static.signature@1", needs=["jit.static.declared@1", "jit.result.keywords@1"])
def test_the_name_of_a_static_argument_counts_and_the_order_does_not(impl: Any) -> None:
    f = Counted(impl, lambda *, a=0, b=0: None, static_argnames=("a", "b"))

    assert [f.ran(a=1, b=2), f.ran(b=1, a=2), f.ran(a=1), f.ran(b=1)] == [1, 1, 1, 1]
    assert [f.ran(b=2, a=1), f.ran(a=2, b=1), f.ran(b=1)] == [0, 0, 0]


@check("jit.static.signature@1", needs=["jit.static.declared@1", "jit.trace.types@1"])
def test_static_and_other_arguments_count_together(impl: Any) -> None:
    f = Counted(impl, lambda n, x: None, static_argnums=0)

    assert [f.ran(1, 1), f.ran(1, 1.0), f.ran(1.0, 1), f.ran(1.0, 1.0)] == [1, 1, 1, 1]
    assert [f.ran(1, 2), f.ran(1.0, 2), f.ran(1, 2.0), f.ran(1.0, 2.0)] == [0, 0, 0, 0]


@check("jit.static.signature@1", needs=["jit.static.declared@1", "jit.trace.once@1"])
def test_a_static_number_is_not_taken_for_a_dynamic_one(impl: Any) -> None:
    f = Counted(impl, lambda n: None, static_argnums=0)

    assert [f.ran(1), f.ran(2), f.ran(1.5), f.ran(2.5), f.ran(1)] == [1, 1, 1, 1, 0]
