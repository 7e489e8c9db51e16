"""Sums of products: general dot products and convolutions, both as one Einstein sum.

Axes are numbered instead of lettered. Integers are brought to the type of the result before they are multiplied.
"""

from itertools import count
from typing import Any

import numpy as np

from .shape import dilate, edge_pad
from .table import Array, Table


def _in_result_type(x: Array, outs: Any) -> Array:
    return x if x.dtype.kind in "fc" else x.astype(outs[0].dtype)


def dot_general(x: Array, y: Array, *, dimension_numbers: Any, outs: Any) -> Array:
    (x_sum, y_sum), (x_batch, y_batch) = dimension_numbers
    number = count()
    x_axes: list[Any] = [None] * x.ndim
    y_axes: list[Any] = [None] * y.ndim
    for i, j in [*zip(x_batch, y_batch, strict=True), *zip(x_sum, y_sum, strict=True)]:
        x_axes[i] = y_axes[j] = next(number)
    x_axes = [next(number) if axis is None else axis for axis in x_axes]
    y_axes = [next(number) if axis is None else axis for axis in y_axes]
    shared = {*(x_axes[i] for i in (*x_batch, *x_sum))}
    result = [x_axes[i] for i in x_batch] + [axis for axis in x_axes + y_axes if axis not in shared]
    return np.asarray(np.einsum(_in_result_type(x, outs), x_axes, _in_result_type(y, outs), y_axes, result))


def windows(x: Array, sizes: Any, strides: Any, dilation: Any) -> Array:
    """All windows of the last len(sizes) axes: (…, positions of windows, positions in a window)."""
    rank = len(sizes)
    reach = [(size - 1) * step + 1 for size, step in zip(sizes, dilation)]
    if any(n < r for n, r in zip(x.shape[-rank:], reach)):
        positions = [max(0, (n - r) // stride + 1) for n, r, stride in zip(x.shape[-rank:], reach, strides)]
        return np.empty((*x.shape[:-rank], *positions, *sizes), x.dtype)
    every = np.lib.stride_tricks.sliding_window_view(x, reach, tuple(range(x.ndim - rank, x.ndim)))
    steps: tuple[Any, ...] = (..., *(slice(None, None, stride) for stride in (*strides, *dilation)))
    return np.asarray(every[steps])


def conv_general_dilated(
    x: Array, kernel: Array, *, window_strides: Any, padding: Any, lhs_dilation: Any, rhs_dilation: Any,
    dimension_numbers: Any, feature_group_count: int, batch_group_count: int, outs: Any,
) -> Array:  # fmt: skip
    """Axes here: group, n (example), c (channel in), o (channel out), positions, offsets in the kernel."""
    d = dimension_numbers
    x = np.transpose(_in_result_type(x, outs), d.lhs_spec)
    kernel = np.transpose(_in_result_type(kernel, outs), d.rhs_spec)
    rank = x.ndim - 2
    x = edge_pad(dilate(x, (1, 1, *lhs_dilation), 0), [(0, 0), (0, 0), *padding], 0)
    x = windows(x, kernel.shape[2:], window_strides, rhs_dilation) if rank else x
    groups = feature_group_count * batch_group_count  # one of the two is 1
    if batch_group_count > 1:
        x = x.reshape(groups, x.shape[0] // groups, *x.shape[1:])
    else:
        x = np.moveaxis(x.reshape(x.shape[0], groups, x.shape[1] // groups, *x.shape[2:]), 1, 0)
    kernel = kernel.reshape(groups, kernel.shape[0] // groups, *kernel.shape[1:])
    g, n, c, o, *axes = range(4 + 2 * rank)
    positions, offsets = axes[:rank], axes[rank:]
    y = np.einsum(x, [g, n, c, *positions, *offsets], kernel, [g, o, c, *offsets], [n, g, o, *positions])
    y = y.reshape(y.shape[0], y.shape[1] * y.shape[2], *y.shape[3:])
    return np.transpose(y, np.argsort(d.out_spec))


ARITHMETIC: Table = {
    "dot_general":          dot_general,
    "conv_general_dilated": conv_general_dilated,
}

MOVES: Table = {}
