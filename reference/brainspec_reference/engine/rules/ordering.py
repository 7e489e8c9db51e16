"""Sorting. Equal elements keep their order, -0.0 equals 0.0, and every nan is larger than every number."""


import numpy as np

from .table import Array, Table


def _plain(x: Array) -> list[Array]:
    """What numpy can compare, least significant first: complex numbers by real part, then imaginary part."""
    if x.dtype.kind == "c":
        return [x.imag, x.real]
    return [x.astype(np.float64) if x.dtype.kind == "V" else x]


def sort(*xs: Array, dimension: int, num_keys: int) -> list[Array]:
    """By the first operands, the first of all most significant; the others go along."""
    keys = [plain for key in reversed(xs[:num_keys]) for plain in _plain(key)]
    order = np.lexsort(keys, axis=dimension)
    return [np.take_along_axis(x, order, dimension) for x in xs]


def top_k(x: Array, *, k: int, axis: int) -> list[Array]:
    """The k largest, largest first. A stable ascending sort of the reversed line, read backwards."""
    order = np.argsort(np.flip(_plain(x)[0], axis), axis=axis, kind="stable")
    order = np.take(x.shape[axis] - 1 - np.flip(order, axis), range(k), axis)
    return [np.take_along_axis(x, order, axis), order]


ARITHMETIC: Table = {}

MOVES: Table = {
    "sort":  sort,
    "top_k": top_k,
}
