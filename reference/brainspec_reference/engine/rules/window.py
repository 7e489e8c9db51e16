"""Reductions over sliding windows (pooling) and the two primitives of their derivatives.

A window that reaches over the edge sees the value that changes nothing: 0 for a sum, an infinity for an extremum. The
*selected* element of a window is its first maximum (`ge`) or minimum (`le`).
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from .contraction import windows
from .reduction import greatest, least
from .shape import dilate, edge_pad
from .table import Array, Table


def _windows(x: Array, edge: Any, sizes: Any, strides: Any, padding: Any, base: Any = None, inner: Any = None) -> Array:
    """Every window, flattened, as the last axis."""
    x = edge_pad(dilate(x, base or (1,) * x.ndim, edge), padding, edge)
    every = windows(x, sizes, strides, inner or (1,) * x.ndim)
    return every.reshape(*every.shape[: x.ndim], -1)


def window_by(combine: np.ufunc, edge: Callable[[np.dtype[Any]], Any]) -> Callable[..., Array]:
    def reduce_window(
        x: Array, *, window_dimensions: Any, window_strides: Any, padding: Any, base_dilation: Any, window_dilation: Any
    ) -> Array:
        value = edge(x.dtype)
        every = _windows(x, value, window_dimensions, window_strides, padding, base_dilation, window_dilation)
        return np.asarray(combine.reduce(every, axis=-1, initial=value, dtype=x.dtype))

    return reduce_window


def _selected(
    x: Array, select_prim: Any, sizes: Any, strides: Any, padding: Any, base: Any = None, inner: Any = None
) -> Array:
    """The flat position in x of the element that each window selects; -1 if that is the edge."""
    largest = select_prim.name == "ge"
    values = _windows(x, 0, sizes, strides, padding, base, inner)
    where = _windows(np.arange(x.size).reshape(x.shape), -1, sizes, strides, padding, base, inner)
    candidates = np.where(where < 0, least(values.dtype) if largest else greatest(values.dtype), values)
    first = candidates.argmax(-1) if largest else candidates.argmin(-1)
    return np.take_along_axis(where, first[..., None], -1)[..., 0]


def select_and_scatter_add(
    source: Array, x: Array, *, select_prim: Any, window_dimensions: Any, window_strides: Any, padding: Any
) -> Array:
    at = _selected(x, select_prim, window_dimensions, window_strides, padding)
    result = np.zeros(x.size + 1, source.dtype)  # the last one, at -1, is what goes to the edge
    np.add.at(result, at, source)
    return result[:-1].reshape(x.shape)


def select_and_gather_add(
    tangents: Array, x: Array, *, select_prim: Any, window_dimensions: Any, window_strides: Any, padding: Any,
    base_dilation: Any, window_dilation: Any,
) -> Array:  # fmt: skip
    at = _selected(x, select_prim, window_dimensions, window_strides, padding, base_dilation, window_dilation)
    return np.append(tangents, tangents.dtype.type(0))[at]


ARITHMETIC: Table = {
    "reduce_window_sum":      window_by(np.add, lambda dtype: 0),
    "reduce_window_max":      window_by(np.maximum, least),
    "reduce_window_min":      window_by(np.minimum, greatest),
    "select_and_scatter_add": select_and_scatter_add,
    "select_and_gather_add":  select_and_gather_add,
}

MOVES: Table = {}
