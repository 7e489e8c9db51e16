"""Integers and bits: fixed width, two's complement, wrapping, and defined where C is not.

Division truncates; by zero it gives all ones, the remainder by zero is the dividend. A shift by the width or more
(read as unsigned) leaves no bit, or only the sign.
"""

import numpy as np

from .table import Array, Table


def divide(x: Array, y: Array) -> Array:
    safe = np.where(y == 0, np.ones_like(y), y)
    floor = np.floor_divide(x, safe)
    truncated = floor + ((np.fmod(x, safe) != 0) & ((x < 0) != (y < 0))).astype(x.dtype)
    return np.where(y == 0, ~np.zeros_like(x), truncated)


def remainder(x: Array, y: Array) -> Array:
    return np.where(y == 0, x, np.fmod(x, np.where(y == 0, np.ones_like(y), y)))


def width(x: Array) -> int:
    return x.dtype.itemsize * 8


def unsigned(x: Array) -> Array:
    return x.astype(f"u{x.dtype.itemsize}")


def signed(x: Array) -> Array:
    return x.astype(f"i{x.dtype.itemsize}")


def _amount(x: Array, y: Array) -> tuple[Array, Array]:
    """How far to shift, and where that is too far."""
    too_far = unsigned(y) >= width(x)
    return np.where(too_far, np.zeros_like(y), y), too_far


def shift_left(x: Array, y: Array) -> Array:
    amount, too_far = _amount(x, y)
    return np.where(too_far, np.zeros_like(x), np.left_shift(x, amount))


def shift_right_logical(x: Array, y: Array) -> Array:
    amount, too_far = _amount(x, y)
    shifted = np.right_shift(unsigned(x), unsigned(amount)).astype(x.dtype)
    return np.where(too_far, np.zeros_like(x), shifted)


def shift_right_arithmetic(x: Array, y: Array) -> Array:
    """The highest bit is the sign, also of an unsigned number."""
    last = np.where(unsigned(y) >= width(x), np.full_like(y, width(x) - 1), y)
    return np.right_shift(signed(x), signed(last)).astype(x.dtype)


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
    "shift_left":             shift_left,
    "shift_right_logical":    shift_right_logical,
    "shift_right_arithmetic": shift_right_arithmetic,
    "population_count":       lambda x: np.bitwise_count(unsigned(x)),
    "clz":                    leading_zeros,
    "mulhi":                  multiply_high,
}
