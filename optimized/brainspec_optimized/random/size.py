"""What is fast about it: numbers of Python have no shape to ask for, and plain tuples of integers pass as they are.

A size is read before a key is split, so that a mistake in it changes nothing.
"""

import operator
import typing as t

import numpy as np

from brainspec_optimized.errors import NegativeSize, NotASize

__all__ = ["Size", "given_shape", "integer_of", "shape_of"]

Size: t.TypeAlias = int | t.Sequence[int] | None

_SHAPELESS = {int, float, bool, type(None)}


def shape_of(size: Size, *parameters: t.Any) -> tuple[int, ...]:
    """The shape that a size says, and without one that of the parameters."""
    if size is not None:
        return given_shape(size)
    if _SHAPELESS.issuperset(map(type, parameters)):
        return ()
    return np.broadcast_shapes(*map(np.shape, parameters))  # [random.size.forms]


def given_shape(size: t.Any) -> tuple[int, ...]:
    """The shape that a size says which is not None."""
    if isinstance(size, (tuple, list)):
        return tuple([_extent(one, size) for one in size])  # [random.size.forms]
    return (_extent(size, size),)  # [random.size.forms]


def integer_of(given: t.Any) -> int | None:
    """What an integer of Python, NumPy or JAX is worth; None for anything else, a boolean too."""
    try:
        return None if isinstance(given, bool) else operator.index(given)
    except TypeError:
        return None


def _extent(one: t.Any, size: t.Any) -> int:
    extent = integer_of(one)
    cure = "Give an integer of at least 0, or a tuple or list of such."
    if extent is None:
        raise NotASize(f"{size!r} is no size.", "random.error.size@1", cure)  # [random.error.size]
    if extent < 0:
        raise NegativeSize(f"{size!r} is no size.", "random.error.size@1", cure)  # [random.error.size]
    return extent
