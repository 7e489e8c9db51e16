"""Integers and bits: fixed width, two's complement, wrapping, and defined where C is not.

Division truncates; by zero it gives all ones, the remainder by zero is the dividend. A shift by the width or more
(read as unsigned) leaves no bit, or only the sign; numpy's shifts do the same.
"""

import numpy as np

from .table import Array, Table


def divide(x: Array, y: Array) -> Array:
    floor = np.floor_divide(x, y)
    truncated = floor + ((np.fmod(x, y) != 0) & ((x < 0) != (y < 0))).astype(x.dtype)
    return np.where(y == 0, ~np.zeros_like(x), truncated)


def remainder(x: Array, y: Array) -> Array:
    return np.where(y == 0, x, np.fmod(x, y))


def width(x: Array) -> int:
    return x.dtype.itemsize * 8


def unsigned(x: Array) -> Array:
    return x.astype(f"u{x.dtype.itemsize}")


def signed(x: Array) -> Array:
    return x.astype(f"i{x.dtype.itemsize}")


def shift_right_logical(x: Array, y: Array) -> Array:
    return np.right_shift(unsigned(x), unsigned(y)).astype(x.dtype)


def shift_right_arithmetic(x: Array, y: Array) -> Array:
    """The highest bit is the sign, also of an unsigned number."""
    return np.right_shift(signed(x), signed(y)).astype(x.dtype)


def invert(x: Array) -> Array:
    return np.logical_not(x) if x.dtype.kind == "b" else np.invert(x)


def leading_zeros(x: Array) -> Array:
    lengths = [int(n).bit_length() for n in unsigned(x).ravel()]
    return width(x) - np.array(lengths, x.dtype).reshape(x.shape)


def multiply_high(x: Array, y: Array) -> Array:
    """The upper half of the product, which Python's unbounded integers hold whole."""
    high = [int(a) * int(b) >> width(x) for a, b in zip(x.ravel(), y.ravel(), strict=True)]
    return np.array(high, x.dtype).reshape(x.shape)


ARITHMETIC: Table = {}

MOVES: Table = {
    "not":                    invert,
    "and":                    np.bitwise_and,
    "or":                     np.bitwise_or,
    "xor":                    np.bitwise_xor,
    "shift_left":             np.left_shift,
    "shift_right_logical":    shift_right_logical,
    "shift_right_arithmetic": shift_right_arithmetic,
    "population_count":       lambda x: np.bitwise_count(unsigned(x)),
    "clz":                    leading_zeros,
    "mulhi":                  multiply_high,
}
