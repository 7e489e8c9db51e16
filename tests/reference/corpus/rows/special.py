"""Rows of special functions, integers, bits and casts."""

import itertools

import jax.numpy as jnp
import numpy as np
from jax import lax

from ..numbers import real, unit, whole
from .common import INTS, ints, row, short, wide_type

# ---- special -------------------------------------------------------------------------------------------------------
for dtype in (np.float32, np.float64):
    s, w = short(dtype), wide_type(dtype)
    a = np.array([0.3, 1.0, 2.5, 4.0, 8.0, 0.7, 3.0, 12.0, 5.0, 2.0], dtype)
    x = np.array([0.5, 0.2, 3.5, 1.0, 20.0, 4.0, 3.1, 9.0, 0.0, 2.9], dtype)
    for name in ("igamma", "igammac", "igamma_grad_a"):
        row(f"{name}.{s}", getattr(lax, name), a, x, loose=True, wide=w)
    unit_x = np.array([0.5, 0.01, 0.99, 0.25, 0.75, 0.3, 0.6, 0.0, 1.0, 0.4], dtype)
    row(f"betainc.{s}", lax.betainc, a, a[::-1].copy(), unit_x, loose=True, wide=w)
    z = np.array([0, 1e-3, 0.5, -0.5, 3, -3, 9, -20, 100, -700], dtype)
    row(f"bessel.{s}", lambda x: (lax.bessel_i0e(x), lax.bessel_i1e(x)), z, wide=w)
    orders = np.array([1.5, 2, 2, 3, 4, 6, 1.1, 10, 3, 5], dtype)
    row(f"zeta.{s}", lax.zeta, orders, a, loose=True, wide=w)
    row(f"polygamma.{s}", lax.polygamma, np.array([0, 1, 2, 3, 1, 0, 4, 2, 1, 3], dtype), a, loose=True, wide=w)
    row(f"erfcinv-by-erf_inv.{s}", lax.erf_inv, unit(16, dtype=dtype), loose=True, wide=w)

# ---- integers ------------------------------------------------------------------------------------------------------
for name, dtype in itertools.product(
    [
        "add",
        "sub",
        "mul",
        "div",
        "rem",
        "max",
        "min",
        "and",
        "or",
        "xor",
        "shift_left",
        "shift_right_logical",
        "shift_right_arithmetic",
    ],
    INTS,
):
    fun = getattr(lax, {"and": "bitwise_and", "or": "bitwise_or", "xor": "bitwise_xor"}.get(name, name))
    y = ints(16, dtype)[::-1].copy()
    if name.startswith("shift"):
        y = np.resize(np.array([0, 1, 2, 7, 8, 15, 16, 31, 32, 33, 63, 64], np.int64), 16).astype(dtype)
    row(f"{name}.{short(dtype)}", fun, ints(16, dtype), y, wide=wide_type(dtype))
for name, dtype in itertools.product(["neg", "abs", "sign", "bitwise_not", "population_count", "clz"], INTS):
    if name != "abs" or np.dtype(dtype).kind == "i":
        row(f"{name}.{short(dtype)}", getattr(lax, name), ints(16, dtype), wide=wide_type(dtype))
for dtype in INTS:
    s, w, x = short(dtype), wide_type(dtype), whole(16, low=0, high=100, dtype=dtype)
    row(f"div-small.{s}", lambda x, y: (lax.div(x, y), lax.rem(x, y)), x, whole(16, low=0, high=9, dtype=dtype), wide=w)
    row(
        f"mulhi.{s}",
        lambda x, y: lax.mulhi(x, y) if hasattr(lax, "mulhi") else x,
        ints(16, dtype),
        ints(16, dtype)[::-1].copy(),
        wide=w,
    )
signed = np.array([7, -7, 7, -7, 0, 5, -5, 9, -9, 1], np.int32)
row(
    "div-signs",
    lambda x, y: (lax.div(x, y), lax.rem(x, y)),
    signed,
    np.array([2, 2, -2, -2, 3, 0, 0, 3, 3, -1], np.int32),
)
row("logical", lambda x, y: (x & y, x | y, x ^ y, ~x), whole(8) > 0, whole(8) > 0)

# ---- casts and bits ------------------------------------------------------------------------------------------------
KINDS = (np.bool_, np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.float16, jnp.bfloat16, np.float32)
for source in (*KINDS, np.int64, np.uint64, np.float64):
    x = np.array([0, 1, 2, 3, 100, 0, 7, 90]).astype(source)
    if np.dtype(source).kind not in "ub":
        x = (x * np.array([1, -1, 1, -1, 1, 1, -1, -1])).astype(source)
    if np.dtype(source).kind not in "iub":
        x = (x.astype(np.float64) * 1.27).astype(source)
    fun = lambda x: tuple(lax.convert_element_type(x, d) for d in KINDS)  # noqa: E731
    row(f"convert.{short(source)}", fun, x, wide=wide_type(source))
    wide_fun = lambda x: tuple(lax.convert_element_type(x, d) for d in (np.int64, np.uint64, np.float64, np.complex128))  # noqa: E731
    row(f"convert-wide.{short(source)}", wide_fun, x, wide=True)
row(
    "convert-complex",
    lambda x, n: (lax.convert_element_type(x, np.complex64), lax.convert_element_type(n, np.complex64)),
    real(5),
    whole(3),
)
row(
    "convert-large-int",
    lambda x: (x.astype(jnp.float32), x.astype(jnp.bfloat16), x.astype(jnp.float16)),
    np.array([16777217, 2**31 - 1, -(2**31), 65537, 2049, 257], np.int32),
)
for dtype in (np.float32, np.float64):
    for bits in ((5, 10), (8, 7), (8, 23), (4, 3), (5, 2), (11, 52)):
        x = np.array(
            [1.0, 1.06, -1.19, 300.5, 7e4, -1e30, 1e-6, 3e-5, 0.0, 65519, 65520, 448, 470, 1.0625, 1.1875, 3e38], dtype
        )
        row(
            f"reduce_precision{bits}.{short(dtype)}",
            lambda x, b=bits: lax.reduce_precision(x, *b),
            x,
            wide=wide_type(dtype),
        )
for source, target in (
    (np.float32, np.int32), (np.float32, np.uint16), (np.int32, np.float32), (np.uint32, np.uint8), (np.float16, np.int16),
    (jnp.bfloat16, np.uint16), (np.int16, jnp.bfloat16), (np.float32, jnp.bfloat16), (np.int32, np.uint32),
):  # fmt: skip
    row(
        f"bitcast.{short(source)}-{short(target)}",
        lambda x, t=target: lax.bitcast_convert_type(x, t),
        whole(6, low=0).astype(source),
    )
row("bitcast-widen", lambda x: lax.bitcast_convert_type(x, jnp.uint32), whole(3, 4, low=0, high=255, dtype=np.uint8))
row("bitcast.float64", lambda x: lax.bitcast_convert_type(x, jnp.int64), real(4, dtype=np.float64), wide=True)
row(
    "nextafter-edges",
    lax.nextafter,
    np.array([0, 0, 1, 1, -1, 3e38], np.float32),
    np.array([1, -1, 2, 0, 0, np.inf], np.float32),
)
