"""Reading and writing at computed places: dynamic slices, gather, scatter.

Gather and scatter share one picture. A *window* of the operand starts at the place that an index vector names; every
element of the gathered result, or of the updates, belongs to one element of one window. `places` computes where that
is, for all elements at once. A window that leaves the operand is *outside*: mode CLIP shifts it back inside,
FILL_OR_DROP fills what is read and drops what is written. A promise that none is outside is kept for us by clipping
reads and dropping writes.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from ..errors import ReferenceUnsupported
from .shape import along
from .table import Array, Table


def _corner(starts: Any, shape: Any, sizes: Any) -> tuple[slice, ...]:
    """The block of these sizes that starts there, shifted so that it lies inside."""
    inside = [min(max(int(start), 0), n - size) for start, n, size in zip(starts, shape, sizes, strict=True)]
    return tuple(slice(start, start + size) for start, size in zip(inside, sizes))


def dynamic_slice(x: Array, *starts: Array, slice_sizes: Any) -> Array:
    return x[_corner(starts, x.shape, slice_sizes)]


def dynamic_update_slice(x: Array, update: Array, *starts: Array) -> Array:
    result = x.copy()
    result[_corner(starts, x.shape, update.shape)] = update
    return result


@dataclass(frozen=True)
class Windows:
    """How windows lie: `shape` and `sizes` of the operand and of a window, per axis of the operand.

    `windowed`: axis of the operand -> axis of the result, for the axes that a window keeps; the other axes of the
    result are those of the indices. `component`: axis of the operand -> which component of an index vector moves along
    it. `batching`: axis of the operand -> axis of the indices that it runs along with.
    """

    shape: Any
    sizes: Any
    windowed: dict[int, int]
    component: dict[int, int]
    batching: dict[int, int]

    @classmethod
    def of(cls, shape: Any, sizes: Any, gone: Any, result_axes: Any, index_axes: Any, batching: Any) -> Self:
        kept = [axis for axis in range(len(shape)) if axis not in gone]
        component = {axis: k for k, axis in enumerate(index_axes)}
        windowed = dict(zip(kept, result_axes, strict=True))
        return cls(shape, sizes, windowed, component, dict(zip(*batching, strict=True)))


def places(w: Windows, indices: Array, result_shape: Any, clip: bool) -> tuple[tuple[Array, ...], Array]:
    """Per axis of the operand, where each element of the result lies; and which elements lie in a window outside."""
    rank = len(result_shape)
    index_axes = [axis for axis in range(rank) if axis not in w.windowed.values()]
    vectors = np.expand_dims(indices.astype(np.int64), tuple(w.windowed.values()))
    outside = np.zeros(result_shape, bool)
    result = []
    for axis, (n, size) in enumerate(zip(w.shape, w.sizes, strict=True)):
        start: Any = np.int64(0)
        if axis in w.component:
            start = vectors[..., w.component[axis]]
        if axis in w.batching:
            start = along(np.arange(n), index_axes[w.batching[axis]], rank)
        outside |= (start < 0) | (start + size > n)
        start = np.clip(start, 0, n - size) if clip else start
        if axis in w.windowed:
            start = start + along(np.arange(size), w.windowed[axis], rank)
        result.append(np.broadcast_to(start, result_shape))
    return tuple(result), outside


def gather(
    x: Array, indices: Array, *, dimension_numbers: Any, slice_sizes: Any, mode: Any, fill_value: Any = None, outs: Any
) -> Array:
    d = dimension_numbers
    gone = {*d.collapsed_slice_dims, *d.operand_batching_dims}
    batching = (d.operand_batching_dims, d.start_indices_batching_dims)
    windows = Windows.of(x.shape, slice_sizes, gone, d.offset_dims, d.start_index_map, batching)
    at, outside = places(windows, indices, outs[0].shape, clip=True)
    result = x[at]
    if mode.name != "FILL_OR_DROP":
        return result
    return np.where(outside, np.asarray(fill_value, x.dtype), result)


def scatter_by(write: Any) -> Any:
    """The rule that combines an update with what stands in its place by `write(operand, places, updates)`."""

    def scatter(
        x: Array, indices: Array, updates: Array, *, dimension_numbers: Any, mode: Any,
        update_jaxpr: Any = None, update_consts: Any = (),
    ) -> Array:  # fmt: skip
        if update_jaxpr is not None and write is put:
            raise ReferenceUnsupported("scatter", "It applies a function of the user (`x.at[i].apply`).")
        d, clip = dimension_numbers, mode.name == "CLIP"
        gone = {*d.inserted_window_dims, *d.operand_batching_dims}
        kept = iter(d.update_window_dims)
        sizes = [1 if axis in gone else updates.shape[next(kept)] for axis in range(x.ndim)]
        batching = (d.operand_batching_dims, d.scatter_indices_batching_dims)
        windows = Windows.of(x.shape, sizes, gone, d.update_window_dims, d.scatter_dims_to_operand_dims, batching)
        at, outside = places(windows, indices, updates.shape, clip)
        written = np.full(outside.shape, True) if clip else ~outside
        result = x.copy()
        write(result, tuple(place[written] for place in at), updates[written])
        return result

    return scatter


def put(x: Array, at: tuple[Array, ...], updates: Array) -> None:
    x[at] = updates  # of several updates of one element the last one stays


ARITHMETIC: Table = {
    "scatter-add":          scatter_by(np.add.at),
    "scatter-sub":          scatter_by(np.subtract.at),
    "scatter-mul":          scatter_by(np.multiply.at),
    "scatter-min":          scatter_by(np.minimum.at),
    "scatter-max":          scatter_by(np.maximum.at),
}

MOVES: Table = {
    "dynamic_slice":        dynamic_slice,
    "dynamic_update_slice": dynamic_update_slice,
    "gather":               gather,
    "scatter":              scatter_by(put),
}
