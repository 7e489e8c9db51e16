"""From one type to another: casts, views of the same bits, fewer bits of precision, the next number.

A float too large for an integer type becomes its nearest end, nan becomes 0; an integer too large wraps. The types of
the results, not the arrays, say what the declared types are: in shadow mode every float array is float64.
"""

from typing import Any

import numpy as np

from ..errors import ReferenceUnsupported
from .table import Array, Table


def convert_element_type(x: Array, *, outs: Any) -> Array:
    target = np.dtype(outs[0].dtype)
    if target.kind == "b":
        return np.asarray(x != 0)
    if x.dtype.kind == "f" and target.kind in "iu":
        return saturate(x, target)
    return x  # the value stays; rounding or wrapping it into its type is what happens to every result


def saturate(x: Array, target: np.dtype[Any]) -> Array:
    low, high = np.iinfo(target).min, np.iinfo(target).max
    inside = np.where(np.isnan(x), 0, x).astype(target)  # right only where x fits; elsewhere an end takes its place
    return np.where(x >= float(high), np.array(high, target), np.where(x <= float(low), np.array(low, target), inside))


def bitcast_convert_type(x: Array, *, ins: Any, outs: Any) -> Array:
    if not ins:
        raise ReferenceUnsupported("bitcast_convert_type", "The declared type of its operand was not handed over.")
    bits = np.ascontiguousarray(x.astype(np.dtype(ins[0].dtype))).ravel()
    return np.asarray(bits.view(np.dtype(outs[0].dtype)).reshape(outs[0].shape))


def reduce_precision(x: Array, *, exponent_bits: int, mantissa_bits: int) -> Array:
    """Round to a smaller format: ties to even, too large is infinite, what would be subnormal there is zero."""
    fraction, exponent = np.frexp(x)
    scale = 2.0 ** (mantissa_bits + 1)
    rounded = np.ldexp(np.rint(fraction * scale) / scale, exponent)
    largest = 2 ** (exponent_bits - 1) - 1
    rounded = np.where(np.abs(rounded) >= np.ldexp(2.0, largest), np.copysign(np.inf, x), rounded)
    rounded = np.where(np.abs(rounded) < np.ldexp(2.0, -largest), np.copysign(0.0, x), rounded)
    return np.where(np.isfinite(x), rounded, x)


def nextafter(x: Array, y: Array, *, outs: Any) -> Array:
    declared = np.dtype(outs[0].dtype)
    x, y = x.astype(declared), y.astype(declared)
    return np.where(x == y, y, np.nextafter(x, y))  # numpy's half precision gives x back


ARITHMETIC: Table = {
    "convert_element_type": convert_element_type,
    "reduce_precision":     reduce_precision,
}

MOVES: Table = {
    "bitcast_convert_type": bitcast_convert_type,
    "nextafter":            nextafter,
}
