"""One lane per direction: how derivatives become arrays without a reverse pass.

`mapped` runs a function as a mapping over an axis without a name. The *unit vectors* of some types are the arrays of
these types that hold a single one among zeros, as many as the types have elements together; `per_direction` maps a
function over them, so that a linear function yields its matrix.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from jax.core import ShapedArray

from .record import Recorded, emit, record_body


def spans(sizes: Sequence[int]) -> list[tuple[int, int]]:
    """Where consecutive pieces of these sizes start and stop."""
    ends = np.cumsum(sizes, dtype=int).tolist()
    return list(zip([0, *ends], ends))


def sizes_of(types: Sequence[ShapedArray]) -> list[int]:
    return [int(np.prod(t.shape, dtype=int)) for t in types]


def unit_vectors(types: Sequence[ShapedArray]) -> list[np.ndarray[Any, Any]]:
    """For each type an array whose first axis runs over all unit vectors."""
    sizes = sizes_of(types)
    everywhere = np.eye(sum(sizes))
    parts = [everywhere[:, start:stop] for start, stop in spans(sizes)]
    return [part.reshape(sum(sizes), *t.shape).astype(t.dtype) for part, t in zip(parts, types)]


def per_direction(fun: Callable[..., Sequence[Any]], types: Sequence[ShapedArray]) -> list[Recorded]:
    """The results of `fun` for every unit vector, stacked on a first axis."""
    return mapped(fun, unit_vectors(types), sum(sizes_of(types)))


def rows_of(stack: Any, types: Sequence[ShapedArray]) -> list[tuple[Any, ShapedArray]]:
    """Of a result of `per_direction`, the rows that belong to each type, with the type."""
    return [(stack[start:stop], t) for (start, stop), t in zip(spans(sizes_of(types)), types)]


def mapped(fun: Callable[..., Sequence[Any]], arrays: Sequence[np.ndarray[Any, Any]], size: int) -> list[Recorded]:
    """The results of `fun` for each index of the arrays' first axis, stacked on a first axis."""
    body, captured = record_body(fun, [ShapedArray(a.shape[1:], a.dtype) for a in arrays])
    params = {
        "body": body,
        "size": size,
        "in_axes": (0,) * len(arrays) + (None,) * len(captured),
        "out_axes": (0,) * len(body.outputs),
        "axis_name": None,
    }
    stacked = [ShapedArray((size, *atom.type.shape), atom.type.dtype) for atom in body.outputs]
    return emit("map", [*arrays, *captured], params, stacked)
