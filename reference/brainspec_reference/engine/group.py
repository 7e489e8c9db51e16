"""Lanes, and groups of them.

A *lane* is one copy of the computation. The values of one variable, one per lane, are its *column*. A *group* is the
lanes that run together: a mapping multiplies them, a branch on a value that differs between lanes splits them, and they
join after it. Each lane has a *coordinate* along each axis that some enclosing mapping runs over.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from jax.core import ShapedArray

from ..jax_values import KEY, as_keys, is_key
from .errors import UnknownAxisError
from .ops import wide
from .show import show_type

Value: TypeAlias = Any  # np.ndarray of any dtype
Column: TypeAlias = list[Value]
Mode: TypeAlias = Literal["round", "shadow", "rough"]


@dataclass(frozen=True)
class Group:
    """Lanes that run together: their axes, innermost last, and each lane's coordinates along them."""

    axes: tuple[tuple[Hashable, int], ...]
    coords: tuple[tuple[int, ...], ...]

    def __len__(self) -> int:
        return len(self.coords)

    def take(self, lanes: Sequence[int]) -> Group:
        """Some of the lanes; the axes stay as long as they are."""
        return Group(self.axes, tuple(self.coords[k] for k in lanes))

    def times(self, name: Hashable, size: int) -> Group:
        """Every lane multiplied, along a new innermost axis; a nameless axis separates lanes all the same."""
        return Group((*self.axes, (name, size)), tuple((*c, k) for c in self.coords for k in range(size)))

    def position(self, name: Hashable) -> int:
        """Which axis a name means: the innermost one of that name."""
        for k in reversed(range(len(self.axes))):
            if self.axes[k][0] == name and name is not None:
                return k
        raise UnknownAxisError(
            f"unbound axis name: {name!r}; the lanes have the axes {[n for n, _ in self.axes]}. "
            "A collective needs an enclosing mapping with this axis_name."
        )

    def along(self, names: Sequence[Hashable]) -> list[list[int]]:
        """The lanes that share all other coordinates, each such set in the order of its coordinates along `names`."""
        own = [self.position(name) for name in names]
        sets: dict[tuple[int, ...], list[int]] = {}
        for k, c in enumerate(self.coords):
            sets.setdefault(tuple(x for i, x in enumerate(c) if i not in own), []).append(k)

        def place(lane: int) -> list[int]:
            return [self.coords[lane][i] for i in own]  # [mapping.axis.several]

        return [sorted(lanes, key=place) for lanes in sets.values()]

    def size_along(self, names: Sequence[Hashable]) -> int:
        return math.prod(self.axes[self.position(name)][1] for name in names)


def pick(columns: Sequence[Column], lanes: Sequence[int]) -> list[Column]:
    """The columns of some of the lanes."""
    return [[column[k] for k in lanes] for column in columns]


def dtype_in(type_: ShapedArray, mode: Mode) -> Any:
    """The numpy dtype of values of a type: but in round mode every float is float64."""
    if is_key(type_):
        return KEY
    return type_.dtype if mode == "round" else wide(type_.dtype)


def typed(value: Any, type_: ShapedArray, mode: Mode) -> Value:
    """A caller's value as the type says, or widened."""
    found = as_keys(value) if is_key(type_) else np.asarray(value, dtype=dtype_in(type_, mode))
    if found.shape != type_.shape:
        raise ValueError(f"A value has shape {found.shape}, but the program wants {show_type(type_)}.")
    return found


def zeros(type_: ShapedArray, mode: Mode) -> Value:
    return np.zeros(type_.shape, dtype_in(type_, mode))
