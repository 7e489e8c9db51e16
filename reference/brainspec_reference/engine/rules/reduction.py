"""Reductions over axes and running reductions along one.

An empty maximum is the least value of the type, an empty minimum the greatest. nan wins every comparison.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from .table import Array, Table


def least(dtype: np.dtype[Any]) -> Any:
    if dtype.kind in "iu":
        return np.iinfo(dtype).min
    return False if dtype.kind == "b" else -np.inf


def greatest(dtype: np.dtype[Any]) -> Any:
    if dtype.kind in "iu":
        return np.iinfo(dtype).max
    return True if dtype.kind == "b" else np.inf


def reduce_by(combine: np.ufunc, empty: Callable[[np.dtype[Any]], Any] | None = None) -> Callable[..., Array]:
    def reduce(x: Array, *, axes: Any) -> Array:
        start = {} if empty is None or x.dtype.kind == "c" else {"initial": empty(x.dtype)}
        return np.asarray(combine.reduce(x, axis=tuple(axes), **start))

    return reduce


def first_of(find: Callable[..., Array]) -> Callable[..., Array]:
    return lambda x, *, axes: find(x, axis=axes[0])


def running(combine: np.ufunc) -> Callable[..., Array]:
    def accumulate(x: Array, *, axis: int, reverse: bool) -> Array:
        ahead = np.flip(x, axis) if reverse else x
        total = combine.accumulate(ahead, axis=axis)
        return np.flip(total, axis) if reverse else total

    return accumulate


ARITHMETIC: Table = {
    "reduce_sum":   reduce_by(np.add),
    "reduce_prod":  reduce_by(np.multiply),
    "reduce_max":   reduce_by(np.maximum, least),
    "reduce_min":   reduce_by(np.minimum, greatest),
    "reduce_and":   reduce_by(np.bitwise_and),
    "reduce_or":    reduce_by(np.bitwise_or),
    "reduce_xor":   reduce_by(np.bitwise_xor),
    "argmax":       first_of(np.argmax),
    "argmin":       first_of(np.argmin),
    "cumsum":       running(np.add),
    "cumprod":      running(np.multiply),
    "cummax":       running(np.maximum),
    "cummin":       running(np.minimum),
    "cumlogsumexp": running(np.logaddexp),
}

MOVES: Table = {}
