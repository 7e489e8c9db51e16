"""Elementwise arithmetic on floats and complex numbers, comparisons, selection.

Integers come through many of these rules too; where they need rules of their own (division, remainder, shifts, bits)
the rule here asks for the kind of its operands and hands over to `integer`.
"""

from typing import Any

import numpy as np

from . import integer
from .table import Array, Table


def logistic(x: Array) -> Array:
    # The exponential of minus the magnitude never overflows; complex numbers have no magnitude to choose by.
    if x.dtype.kind == "c":
        return np.asarray(1 / (1 + np.exp(-x)))
    e = np.exp(-np.abs(x))
    return np.asarray(np.where(x >= 0, 1, e) / (1 + e))


def sign(x: Array) -> Array:
    return np.where(x == 0, x, np.sign(x))  # numpy turns -0.0 into +0.0


def round_half(x: Array, *, rounding_method: Any) -> Array:
    if int(rounding_method) == 1:
        return np.asarray(np.rint(x))
    whole = np.trunc(x)
    return np.asarray(whole + np.copysign(np.abs(x - whole) >= 0.5, x))


def integer_pow(x: Array, *, y: int) -> Array:
    """By repeated squaring: exact for complex numbers and wrapping for integers."""
    if y < 0:
        return np.asarray(1 / integer_pow(x, y=-y))
    power, square = np.ones_like(x), x
    while y:
        power = power * square if y & 1 else power
        square, y = square * square, y >> 1
    return power


def divide(x: Array, y: Array) -> Array:
    return np.divide(x, y) if x.dtype.kind in "fc" else integer.divide(x, y)


def remainder(x: Array, y: Array) -> Array:
    return np.fmod(x, y) if x.dtype.kind == "f" else integer.remainder(x, y)


def total_order(x: Array) -> Array:
    """Integers in the order of IEEE's totalOrder: -nan < -inf < … < -0 < +0 < … < inf < nan."""
    if x.dtype.kind != "f":
        return x
    bits = np.asarray(x, np.float64).reshape(-1).view(np.int64).reshape(x.shape)
    return np.where(bits < 0, bits ^ np.iinfo(np.int64).max, bits)


def clamp(low: Array, x: Array, high: Array) -> Array:
    return np.minimum(np.maximum(x, low), high)


def polynomial(x: Array, *coefficients: Array) -> Array:
    """Horner's scheme; the coefficient of the lowest power comes first."""
    value = np.zeros_like(x)
    for coefficient in reversed(coefficients):
        value = value * x + coefficient
    return value


def select_n(which: Array, *cases: Array) -> Array:
    number = np.broadcast_to(which.astype(np.int64), cases[0].shape)
    result = cases[0].copy()
    for i, case in enumerate(cases[1:], 1):
        result[number == i] = case[number == i]
    return result


ARITHMETIC: Table = {
    # one operand
    "abs":              np.abs,
    "sign":             sign,
    "floor":            np.floor,
    "ceil":             np.ceil,
    "round":            round_half,
    "is_finite":        np.isfinite,
    "square":           np.square,
    "sqrt":             np.sqrt,
    "rsqrt":            lambda x: 1 / np.sqrt(x),
    "cbrt":             np.cbrt,
    "integer_pow":      integer_pow,
    "one_minus_square": lambda x: (1 - x) * (1 + x),
    "exp":              np.exp,
    "exp2":             np.exp2,
    "expm1":            np.expm1,
    "log":              np.log,
    "log2":             np.log2,
    "log1p":            np.log1p,
    "logistic":         logistic,
    "sin":              np.sin,
    "cos":              np.cos,
    "tan":              np.tan,
    "asin":             np.arcsin,
    "acos":             np.arccos,
    "atan":             np.arctan,
    "sinh":             np.sinh,
    "cosh":             np.cosh,
    "tanh":             np.tanh,
    "asinh":            np.arcsinh,
    "acosh":            np.arccosh,
    "atanh":            np.arctanh,
    "conj":             np.conj,
    # two operands
    "add":              np.add,
    "add_any":          np.add,
    "sub":              np.subtract,
    "mul":              np.multiply,
    "div":              divide,
    "rem":              remainder,
    "max":              np.maximum,
    "min":              np.minimum,
    "pow":              lambda x, y: np.power(x, y.astype(x.dtype)),
    "atan2":            np.arctan2,
    "complex":          lambda x, y: np.stack([x, y], axis=-1).view(np.complex128)[..., 0],
    # comparisons; those that end in _to follow the total order
    "eq":               np.equal,
    "ne":               np.not_equal,
    "lt":               np.less,
    "le":               np.less_equal,
    "gt":               np.greater,
    "ge":               np.greater_equal,
    "eq_to":            lambda x, y: total_order(x) == total_order(y),
    "lt_to":            lambda x, y: total_order(x) < total_order(y),
    "le_to":            lambda x, y: total_order(x) <= total_order(y),
    # more
    "clamp":            clamp,
    "polynomial":       polynomial,
}

MOVES: Table = {
    "neg":              np.negative,
    "real":             np.real,
    "imag":             np.imag,
    "select_n":         select_n,
}
