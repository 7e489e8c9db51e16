"""Moves that only look at shapes: broadcast, transpose, pad, cut, join. They work on keys as on numbers.

Here are also the primitives that mean nothing to a value (where it lives, what a compiler may do with it).
"""

from typing import Any

import numpy as np

from .table import Array, Table


def broadcast_in_dim(x: Array, *, shape: Any, broadcast_dimensions: Any) -> Array:
    """Axis i of the operand becomes axis `broadcast_dimensions[i]` of the result."""
    sizes = [1] * len(shape)
    for size, axis in zip(x.shape, broadcast_dimensions, strict=True):
        sizes[axis] = size
    return np.broadcast_to(x.reshape(sizes), shape)


def reshape(x: Array, *, dimensions: Any = None, outs: Any) -> Array:
    """`dimensions` is the order in which the axes are read, if it is not the usual one."""
    order = range(x.ndim) if dimensions is None else dimensions
    return x.transpose(*order).reshape(outs[0].shape)


def slice_(x: Array, *, start_indices: Any, limit_indices: Any, strides: Any = None) -> Array:
    steps = strides or (1,) * x.ndim
    return x[tuple(slice(*cut) for cut in zip(start_indices, limit_indices, steps, strict=True))]


def split(x: Array, *, sizes: Any, axis: int) -> list[Array]:
    return np.split(x, np.cumsum(sizes)[:-1], axis)


def iota(*, dimension: int, outs: Any) -> Array:
    shape = outs[0].shape
    return np.broadcast_to(along(np.arange(shape[dimension]), dimension, len(shape)), shape)


def along(line: Array, axis: int, rank: int) -> Array:
    """A line of numbers as an array of that rank (or less, where broadcasting adds the rest) that varies along axis."""
    return line.reshape([len(line)] + [1] * (rank - 1 - axis))


def pad(x: Array, value: Array, *, padding_config: Any) -> Array:
    """Spread the elements apart first, then add at both ends, or cut where the number is negative."""
    x = dilate(x, [interior + 1 for _, _, interior in padding_config], value)
    return edge_pad(x, [(low, high) for low, high, _ in padding_config], value)


def dilate(x: Array, steps: Any, value: Any) -> Array:
    result = np.full([max(0, (n - 1) * step + 1) for n, step in zip(x.shape, steps)], value, x.dtype)
    result[tuple(slice(None, None, step) for step in steps)] = x
    return result


def edge_pad(x: Array, widths: Any, value: Any) -> Array:
    grown = [max(low, 0) + n + max(high, 0) for n, (low, high) in zip(x.shape, widths, strict=True)]
    result = np.full(grown, value, x.dtype)
    result[tuple(slice(max(low, 0), max(low, 0) + n) for n, (low, _) in zip(x.shape, widths))] = x
    return result[tuple(slice(max(-low, 0), n - max(-high, 0)) for n, (low, high) in zip(grown, widths))]


def concatenate(*xs: Array, dimension: int) -> Array:
    return np.concatenate(xs, dimension)


def stack(*xs: Array, axis: int) -> Array:
    return np.stack(xs, axis)


def unstack(x: Array, *, axis: int) -> list[Array]:
    return list(np.moveaxis(x, axis, 0))


def same(*xs: Array) -> Array | list[Array]:
    return xs[0] if len(xs) == 1 else list(xs)


ARITHMETIC: Table = {}

MOVES: Table = {
    "broadcast_in_dim":     broadcast_in_dim,
    "reshape":              reshape,
    "squeeze":              lambda x, *, dimensions, outs: x.reshape(outs[0].shape),
    "transpose":            lambda x, *, permutation: np.transpose(x, permutation),
    "rev":                  lambda x, *, dimensions: np.flip(x, dimensions),
    "slice":                slice_,
    "split":                split,
    "concatenate":          concatenate,
    "stack":                stack,
    "unstack":              unstack,
    "tile":                 lambda x, *, reps: np.tile(x, reps),
    "pad":                  pad,
    "iota":                 iota,
    "empty":                lambda *, outs: np.zeros(outs[0].shape),
    "empty2":               lambda *, outs: np.zeros(outs[0].shape),
    # without meaning for a value
    "copy":                 same,
    "stop_gradient":        same,
    "name":                 same,
    "optimization_barrier": same,
    "sharding_constraint":  same,
    "device_put":           same,
    "pvary":                lambda *xs, axes, axis_index_groups=None: same(*xs),
    "random_clone":         same,
}
