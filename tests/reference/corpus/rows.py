"""Rows: each primitive bound on its own, in every dtype and every variant of its parameters that has a meaning."""

# ruff: noqa: E501, B008  lists of names stay on one line; lambdas keep their turn of the loop

import itertools
from typing import Any

import jax
import jax.extend.core
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.ad_checkpoint import checkpoint_name

from . import Family
from .numbers import complex_, definite, matrix, positive, real, unit, whole

ROWS = Family("row")
row = ROWS.add

FLOATS = (np.float32, np.float16, jnp.bfloat16, np.float64)
COMPLEXES = (np.complex64, np.complex128)
INTS = (np.int32, np.int8, np.uint8, np.uint32, np.int16, np.uint16, np.int64, np.uint64)


def _wide(dtype: Any) -> bool:
    return np.dtype(dtype).name in ("float64", "int64", "uint64", "complex128")


def _short(dtype: Any) -> str:
    return np.dtype(dtype).name


def _ints(n: int, dtype: Any) -> Any:
    """The ends of the type and numbers between."""
    info = np.iinfo(dtype)
    ends = [info.min, info.max, info.min + 1, info.max - 1, 0, 1, 2, info.max // 2]
    return np.resize(np.array([*ends, *(n % (int(info.max) + 1) for n in (3, 7, 11, 25, 90, 121, 5, 6))], dtype), n)


# ---- elementwise ---------------------------------------------------------------------------------------------------
ANY = [
    "neg",
    "abs",
    "sign",
    "floor",
    "ceil",
    "square",
    "sin",
    "cos",
    "tan",
    "sinh",
    "cosh",
    "tanh",
    "asinh",
    "atan",
    "exp",
    "exp2",
    "expm1",
    "logistic",
    "erf",
    "erfc",
    "is_finite",
    "cbrt",
]
POSITIVE = ["log", "log1p", "sqrt", "rsqrt", "lgamma", "digamma"]
BETWEEN = ["asin", "acos", "atanh", "erf_inv"]
LOOSE = {"lgamma", "digamma", "erf_inv", "polygamma", "zeta", "igamma", "igammac", "igamma_grad_a", "betainc"}

for name, dtype in itertools.product([*ANY, *POSITIVE, *BETWEEN], FLOATS):
    x = (
        real(24, dtype=dtype)
        if name in ANY
        else positive(24, dtype=dtype, scale=4)
        if name in POSITIVE
        else unit(24, dtype=dtype)
    )
    row(f"{name}.{_short(dtype)}", getattr(lax, name), x, loose=name in LOOSE, wide=_wide(dtype))
for name, dtype in itertools.product(
    [
        "neg",
        "abs",
        "square",
        "sin",
        "cos",
        "tan",
        "sinh",
        "cosh",
        "tanh",
        "exp",
        "expm1",
        "log",
        "log1p",
        "sqrt",
        "rsqrt",
        "logistic",
        "sign",
        "real",
        "imag",
        "asin",
        "acos",
        "atan",
        "asinh",
        "acosh",
        "atanh",
    ],
    COMPLEXES,
):
    row(f"{name}.{_short(dtype)}", getattr(lax, name), complex_(12, dtype=dtype), wide=_wide(dtype))
for dtype in FLOATS:
    s, w = _short(dtype), _wide(dtype)
    row(f"acosh.{s}", lax.acosh, positive(12, dtype=dtype) + dtype(1), wide=w)
    row(f"log1p-negative.{s}", lax.log1p, unit(12, dtype=dtype), wide=w)
    row(f"log1p-tiny.{s}", lax.log1p, real(8, dtype=dtype, scale=1e-3), wide=w)
    row(f"expm1-tiny.{s}", lax.expm1, real(8, dtype=dtype, scale=1e-3), wide=w)
    row(f"tanh-large.{s}", lax.tanh, real(12, dtype=dtype, scale=6), wide=w)
    row(f"logistic-large.{s}", lax.logistic, real(12, dtype=dtype, scale=8), wide=w)
    row(f"lgamma-negative.{s}", lax.lgamma, real(16, dtype=dtype, scale=3), loose=True, wide=w)
    row(
        f"digamma-negative.{s}",
        lax.digamma,
        np.array([-0.5, -1.25, -2.75, -7.5, -0.125, 20, 300], dtype),
        loose=True,
        wide=w,
    )
    row(f"erfc-tail.{s}", lax.erfc, np.array([-3, -1, -0.1, 0.1, 0.4, 0.6, 1.5, 2.5, 3.5], dtype), wide=w)
    tails = np.array([0.999, -0.999, 0.97, -0.97, 0.51, 0.49, 1e-3, -1e-3, 0.0, 0.9, -0.75], dtype)
    row(f"erf_inv-tail.{s}", lax.erf_inv, tails, loose=True, wide=w)
    halves = np.array([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 0.4, -0.4, 0.6, -0.6, 0, 3, -7, 100], dtype)
    for method in lax.RoundingMethod:
        row(f"round-{method.name.lower()}.{s}", lambda x, m=method: lax.round(x, m), halves, wide=w)
    for power in (0, 1, 2, 3, 4, 7, -1, -2, -5):
        row(
            f"integer_pow[{power}].{s}",
            lambda x, p=power: lax.integer_pow(x, p),
            real(8, dtype=dtype) + dtype(2),
            wide=w,
        )
    row(f"floor-halves.{s}", lambda x: (lax.floor(x), lax.ceil(x), lax.sign(x)), halves, wide=w)
for dtype in (*COMPLEXES, np.int32, np.uint8):
    x = complex_(6, dtype=dtype) if np.dtype(dtype).kind == "c" else whole(8, low=0, dtype=dtype)
    for power in (0, 1, 2, 3, 6):
        row(f"integer_pow[{power}].{_short(dtype)}", lambda x, p=power: lax.integer_pow(x, p), x, wide=_wide(dtype))
row("log2", jnp.log2, positive(16, scale=4))
row("log2-complex", jnp.log2, complex_(6))
row("one_minus_square", lambda x: jax.jvp(lax.tanh, (x,), (x,)), unit(16))
row("one_minus_square-logistic", lambda x: jax.jvp(lax.logistic, (x,), (x + 1,)), real(16))
row("sinc", jnp.sinc, np.array([0, 1e-3, -2e-3, 0.5, 1.5, 3.0], np.float32))
if hasattr(lax, "polynomial"):
    row("polynomial", lambda x: lax.polynomial(x, [2.0, -3.0, 0.5]), real(6))
row("conj", lambda x: (lax.conj(x), lax.conj(lax.real(x))), complex_(6))

ARITHMETIC = ["add", "sub", "mul", "div", "rem", "max", "min", "pow", "atan2", "nextafter"]
for name, dtype in itertools.product(ARITHMETIC, FLOATS):
    x, y = real(24, dtype=dtype, scale=2), real(24, dtype=dtype, scale=2)
    row(f"{name}.{_short(dtype)}", getattr(lax, name), abs(x) if name == "pow" else x, y, wide=_wide(dtype))
for name, dtype in itertools.product(["add", "sub", "mul", "div", "pow", "eq", "ne"], COMPLEXES):
    row(
        f"{name}.{_short(dtype)}",
        getattr(lax, name),
        complex_(8, dtype=dtype),
        complex_(8, dtype=dtype),
        wide=_wide(dtype),
    )
row(
    "eq-complex",
    lambda x: (lax.eq(x, lax.rev(x, (0,))), lax.ne(x, lax.rev(x, (0,)))),
    np.array([1, 2j, 1], np.complex64),
)
row("complex", lax.complex, real(8), real(8))
row("complex.float64", lax.complex, real(8, dtype=np.float64), real(8, dtype=np.float64), wide=True)
row("complex-scalar", lax.complex, np.float32(1.5), np.float32(-2))
row("pow-int-exponent", lambda x, n: lax.pow(x, n), real(8) + 2, whole(8))
row(
    "rem-signs",
    lax.rem,
    np.array([7, -7, 7, -7, 5.5, -5.5, 0], np.float32),
    np.array([3, 3, -3, -3, 2, -2, 4], np.float32),
)
row(
    "atan2-quadrants",
    lax.atan2,
    np.array([1, 1, -1, -1, 0, 0], np.float32),
    np.array([2, -2, 2, -2, 1, -1], np.float32),
)
for name, dtype in itertools.product(["eq", "ne", "lt", "le", "gt", "ge"], (*FLOATS, *INTS, np.bool_)):
    x = (whole(16, low=0, high=4) / (2 if np.dtype(dtype).kind not in "iub" else 1)).astype(dtype)
    row(f"{name}.{_short(dtype)}", getattr(lax, name), x, np.roll(x, 3), wide=_wide(dtype))
row("add_any", lambda x: jax.grad(lambda x: (x * jnp.sin(x)).sum())(x), real(5))
for dtype in (np.float32, np.int32, jnp.bfloat16):
    x = np.array([-3, -1, 0, 1, 2, 3, 5, 9]).astype(dtype)
    low, high = np.full(8, -1, dtype), np.array([2, 2, 2, 0, 1, 7, 7, 7], dtype)
    row(f"clamp.{_short(dtype)}", lax.clamp, low, x, high)
    row(f"clamp-scalar.{_short(dtype)}", lax.clamp, low[0], x, high[0])
    row(f"clamp-crossed.{_short(dtype)}", lax.clamp, high, x, low)
row("select_n-bool", lambda p, x, y: lax.select_n(p, x, y), whole(8) > 0, real(8), real(8))
row("select_n-scalar", lambda p, x, y: lax.select_n(p, x, y), np.bool_(True), real(2, 4), real(2, 4))
row("select_n-three", lambda p, x, y, z: lax.select_n(p, x, y, z), whole(9, low=0, high=3), real(9), real(9), real(9))
row(
    "select_n-key",
    lambda p, k: jax.random.key_data(lax.select_n(p, k, k[::-1])),
    np.array([True, False, True]),
    jax.random.split(jax.random.key(1), 3),
)

# ---- special -------------------------------------------------------------------------------------------------------
for dtype in (np.float32, np.float64):
    s, w = _short(dtype), _wide(dtype)
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
    y = _ints(16, dtype)[::-1].copy()
    if name.startswith("shift"):
        y = np.resize(np.array([0, 1, 2, 7, 8, 15, 16, 31, 32, 33, 63, 64], np.int64), 16).astype(dtype)
    row(f"{name}.{_short(dtype)}", fun, _ints(16, dtype), y, wide=_wide(dtype))
for name, dtype in itertools.product(["neg", "abs", "sign", "bitwise_not", "population_count", "clz"], INTS):
    if name != "abs" or np.dtype(dtype).kind == "i":
        row(f"{name}.{_short(dtype)}", getattr(lax, name), _ints(16, dtype), wide=_wide(dtype))
for dtype in INTS:
    s, w, x = _short(dtype), _wide(dtype), whole(16, low=0, high=100, dtype=dtype)
    row(f"div-small.{s}", lambda x, y: (lax.div(x, y), lax.rem(x, y)), x, whole(16, low=0, high=9, dtype=dtype), wide=w)
    row(
        f"mulhi.{s}",
        lambda x, y: lax.mulhi(x, y) if hasattr(lax, "mulhi") else x,
        _ints(16, dtype),
        _ints(16, dtype)[::-1].copy(),
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
    row(f"convert.{_short(source)}", fun, x, wide=_wide(source))
    wide_fun = lambda x: tuple(lax.convert_element_type(x, d) for d in (np.int64, np.uint64, np.float64, np.complex128))  # noqa: E731
    row(f"convert-wide.{_short(source)}", wide_fun, x, wide=True)
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
            f"reduce_precision{bits}.{_short(dtype)}",
            lambda x, b=bits: lax.reduce_precision(x, *b),
            x,
            wide=_wide(dtype),
        )
for source, target in (
    (np.float32, np.int32), (np.float32, np.uint16), (np.int32, np.float32), (np.uint32, np.uint8), (np.float16, np.int16),
    (jnp.bfloat16, np.uint16), (np.int16, jnp.bfloat16), (np.float32, jnp.bfloat16), (np.int32, np.uint32),
):  # fmt: skip
    row(
        f"bitcast.{_short(source)}-{_short(target)}",
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

# ---- shapes --------------------------------------------------------------------------------------------------------
X, K = real(3, 4), jax.random.split(jax.random.key(3), (3, 4))


def both(name: str, fun: Any) -> None:
    """On numbers and on keys."""
    row(name, fun, X)
    row(f"{name}-keys", lambda k: jax.tree.map(jax.random.key_data, fun(k)), K)


both("broadcast_in_dim", lambda x: lax.broadcast_in_dim(x, (3, 2, 4), (0, 2)))
both("broadcast_in_dim-one", lambda x: lax.broadcast_in_dim(x[:, :1], (3, 5), (0, 1)))
both("reshape", lambda x: lax.reshape(x, (2, 6)))
row("reshape-order", lambda x: lax.reshape(x, (2, 6), (1, 0)), X)
both("squeeze", lambda x: lax.squeeze(x[:1], (0,)))
both("expand_dims", lambda x: lax.expand_dims(x, (1,)))
both("transpose", lambda x: lax.transpose(x, (1, 0)))
row("transpose-3", lambda x: lax.transpose(x, (2, 0, 1)), real(2, 3, 4))
both("rev", lambda x: (lax.rev(x, (0,)), lax.rev(x, (1,)), lax.rev(x, (0, 1))))
both("slice", lambda x: (lax.slice(x, (1, 0), (3, 4), (1, 2)), lax.slice(x, (0, 1), (2, 3))))
both("split", lambda x: (lax.split(x, (1, 2), 0), lax.split(x, (3, 0, 1), 1)))
both("concatenate", lambda x: (lax.concatenate([x, x[:1]], 0), lax.concatenate([x[:, 1:], x], 1)))
both("stack", lambda x: (jnp.stack([x, x[::-1]]), jnp.stack([x, x[::-1]], axis=2)))
row("unstack", lambda x: (jnp.unstack(x), jnp.unstack(x, axis=1)), X)
row("tile", lambda x: jnp.tile(x, (2, 3)), X)
row(
    "iota",
    lambda: (
        lax.iota(jnp.int32, 5),
        lax.broadcasted_iota(jnp.uint8, (2, 3), 1),
        lax.broadcasted_iota(jnp.float32, (2, 3), 0),
    ),
)
for config in (((1, 2, 0), (0, 1, 0)), ((-1, 2, 1), (1, 0, 0)), ((0, -1, 2), (-1, -1, 1)), ((0, 0, 0), (2, 0, 3)), ((-2, 3, 0), (0, -3, 0)), ((-3, 1, 1), (4, -2, 0))):  # fmt: skip
    row(f"pad{config}", lambda x, v, c=config: lax.pad(x, v, c), X, np.float32(7))
row("pad-empty", lambda x: lax.pad(x, 7.0, ((1, 1, 2),)), np.zeros(0, np.float32))
row(
    "identities", lambda x: (lax.stop_gradient(x), lax.optimization_barrier((x, x + 1)), lax.optimization_barrier(x)), X
)
row("copy", lambda x: (jnp.array(x, copy=True), jnp.copy(x)), X)
row(
    "empty-arrays",
    lambda x: (x.sum(1), jnp.concatenate([x, x], 1), x.T, x @ x.T, jnp.cumsum(x, 1), jnp.sort(x, 1)),
    np.zeros((3, 0), np.float32),
)

# ---- indexing ------------------------------------------------------------------------------------------------------
for start in ((0, 0), (1, 2), (9, -9), (-1, 3), (2, 1)):
    at = tuple(np.int32(i) for i in start)
    both(f"dynamic_slice{start}", lambda x, at=at: lax.dynamic_slice(x, at, (2, 3)))
    row(f"dynamic_update_slice{start}", lambda x, u, i, j: lax.dynamic_update_slice(x, u, (i, j)), X, real(2, 2), *at)
row("dynamic_slice-traced", lambda x, i, j: lax.dynamic_slice(x, (i, j), (2, 3)), X, np.int8(5), np.int8(1))
MODES = ("clip", "fill", "promise_in_bounds")
OUT = np.array([0, 2, -1, 7, -9, 1], np.int32)
for mode in MODES:
    inside = np.clip(OUT, 0, 2) if mode.startswith("promise") else OUT
    row(f"gather-rows.{mode}", lambda x, i, m=mode: x.at[i].get(mode=m), X, inside)
    row(f"gather-columns.{mode}", lambda x, i, m=mode: x.at[:, i].get(mode=m), X, inside)
    row(f"gather-points.{mode}", lambda x, i, m=mode: x.at[i, i[::-1]].get(mode=m), X, inside)
    row(
        f"gather-key.{mode}",
        lambda k, i, m=mode: jax.random.key_data(k.at[i, 1].get(mode="clip" if m == "fill" else m)),
        K,
        inside,
    )
    for dtype in (np.int32, np.uint8, np.bool_, np.complex64, jnp.bfloat16):
        row(
            f"gather-{_short(dtype)}.{mode}",
            lambda x, i, m=mode: x.at[i].get(mode=m),
            whole(3, low=0).astype(dtype),
            inside,
        )
    windows = lax.GatherDimensionNumbers(offset_dims=(0, 2), collapsed_slice_dims=(), start_index_map=(1, 0))
    at = np.array(
        [[0, 0], [1, 1], [3, 2], [-1, 0]] if mode != "promise_in_bounds" else [[0, 0], [1, 1], [2, 1]], np.int32
    )
    row(f"gather-windows.{mode}", lambda x, i, d=windows, m=mode: lax.gather(x, i, d, (2, 2), mode=m), X, at)
    batched = lax.GatherDimensionNumbers((1,), (), (1,), operand_batching_dims=(0,), start_indices_batching_dims=(0,))
    row(
        f"gather-batched.{mode}",
        lambda x, i, d=batched, m=mode: lax.gather(x, i, d, (1, 2), mode=m),
        X,
        np.array([[0], [2], [1]], np.int32),
    )
    late = lax.GatherDimensionNumbers((0,), (0,), (0,), operand_batching_dims=(2,), start_indices_batching_dims=(1,))
    row(
        f"gather-batched-late.{mode}",
        lambda x, i, d=late, m=mode: lax.gather(x, i, d, (1, 3, 1), mode=m),
        real(4, 3, 2),
        whole(5, 2, 1, low=0, high=4),
    )
    for name in ("set", "add", "subtract", "multiply", "min", "max"):
        row(
            f"scatter-{name}.{mode}",
            lambda x, i, u, n=name, m=mode: getattr(x.at[i], n)(u, mode=m),
            X,
            inside,
            real(6, 4),
        )
        row(
            f"scatter-{name}-column.{mode}",
            lambda x, i, u, n=name, m=mode: getattr(x.at[:, i], n)(u, mode=m),
            X,
            inside,
            real(3, 6),
        )
        ints = whole(4, low=0, high=9)
        row(
            f"scatter-{name}-ints.{mode}",
            lambda x, i, u, n=name, m=mode: getattr(x.at[i], n)(u, mode=m),
            ints,
            inside,
            whole(6),
        )
    d = lax.ScatterDimensionNumbers(
        update_window_dims=(0, 2), inserted_window_dims=(), scatter_dims_to_operand_dims=(1, 0)
    )
    row(
        f"scatter-windows.{mode}",
        lambda x, i, u, d=d, m=mode: lax.scatter_add(x, i, u, d, mode=m),
        X,
        at,
        real(2, len(at), 2),
    )
    d = lax.ScatterDimensionNumbers((1,), (), (1,), operand_batching_dims=(0,), scatter_indices_batching_dims=(0,))
    row(
        f"scatter-batched.{mode}",
        lambda x, i, u, d=d, m=mode: lax.scatter_add(x, i, u, d, mode=m),
        X,
        np.array([[0], [2], [1]], np.int32),
        real(3, 2),
    )
row("gather-fill-value", lambda x, i: x.at[i].get(mode="fill", fill_value=-5.0), X, OUT)
row("scatter-duplicates", lambda x, i: x.at[i].set(jnp.arange(4.0)), real(3), np.array([1, 1, 0, 1], np.int32))
row("scatter-key", lambda k, i: jax.random.key_data(k.at[i].set(k[::-1][i])), K[0], np.array([0, 2], np.int32))
row("scatter-scalar", lambda x: x.at[1, 2].set(9.0), X)
row(
    "scatter-bf16",
    lambda x, u: x.at[np.array([0, 0, 1])].add(u),
    real(3, dtype=jnp.bfloat16),
    real(3, dtype=jnp.bfloat16),
)
row(
    "take_along_axis",
    lambda x, i: (jnp.take_along_axis(x, i, 1), jnp.take(x, i[:, 0], axis=1)),
    X,
    whole(3, 2, low=0, high=4),
)

# ---- contractions --------------------------------------------------------------------------------------------------
DOTS = {
    "matmul": ((((1,), (0,)), ((), ())), (3, 4), (4, 2)),
    "outer": ((((), ()), ((), ())), (3,), (2,)),
    "batched": ((((2,), (1,)), ((0,), (0,))), (2, 3, 4), (2, 4, 5)),
    "two-batches": ((((1,), (3,)), ((0, 3), (1, 0))), (2, 3, 2, 4), (4, 2, 5, 3)),
    "two-sums": ((((0, 2), (2, 0)), ((), ())), (2, 3, 4), (4, 5, 2)),
    "full": ((((0, 1), (0, 1)), ((), ())), (3, 4), (3, 4)),
}
for (name, (numbers, left, right)), dtype in itertools.product(
    DOTS.items(), (np.float32, np.float64, np.int32, np.complex64)
):
    make = {"f": real, "i": whole, "c": complex_}[np.dtype(dtype).kind]
    row(
        f"dot-{name}.{_short(dtype)}",
        lambda x, y, d=numbers: lax.dot_general(x, y, d),
        make(*left, dtype=dtype),
        make(*right, dtype=dtype),
        wide=_wide(dtype),
    )
row(
    "dot.bfloat16",
    lambda x, y: (x @ y, lax.dot(x, y, preferred_element_type=jnp.float32)),
    real(3, 4, dtype=jnp.bfloat16),
    real(4, 2, dtype=jnp.bfloat16),
)
row(
    "dot.int8",
    lambda x, y: lax.dot(x, y, preferred_element_type=jnp.int32),
    whole(3, 4, low=-100, high=100, dtype=np.int8),
    whole(4, 2, low=-100, high=100, dtype=np.int8),
)
CONVS: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "plain": ((2, 3, 8), (4, 3, 3), {"window_strides": (1,), "padding": "SAME"}),
    "valid-stride": ((2, 3, 9), (4, 3, 3), {"window_strides": (2,), "padding": "VALID"}),
    "channels-last": ((2, 7, 8, 3), (3, 2, 3, 4), {"window_strides": (2, 1), "padding": ((1, 0), (0, 2)), "lhs_dilation": (1, 2), "rhs_dilation": (2, 1), "dimension_numbers": ("NHWC", "HWIO", "NHWC")}),
    "mixed-layout": ((8, 2, 7, 3), (4, 2, 3, 3), {"window_strides": (1, 2), "padding": "SAME", "dimension_numbers": ("WNHC", "OWHI", "NWCH")}),
    "groups": ((2, 4, 6), (6, 2, 3), {"window_strides": (1,), "padding": "SAME", "feature_group_count": 2}),
    "depthwise": ((2, 4, 6), (4, 1, 3), {"window_strides": (1,), "padding": "VALID", "feature_group_count": 4}),
    "batch-groups": ((6, 3, 6), (4, 3, 3), {"window_strides": (1,), "padding": "SAME", "batch_group_count": 2}),
    "negative-padding": ((2, 3, 8), (4, 3, 3), {"window_strides": (1,), "padding": ((-1, 2),)}),
    "no-space": ((2, 3), (4, 3), {"window_strides": (), "padding": ()}),
    "kernel-too-large": ((1, 2, 2), (3, 2, 4), {"window_strides": (1,), "padding": "VALID"}),
}  # fmt: skip
for name, (left, right, options) in CONVS.items():
    row(f"conv-{name}", lambda x, k, o=options: lax.conv_general_dilated(x, k, **o), real(*left), real(*right))
row("conv-int", lambda x, k: lax.conv_general_dilated(x, k, (1,), "SAME"), whole(1, 2, 5), whole(3, 2, 3))

# ---- reductions ----------------------------------------------------------------------------------------------------
Y = real(2, 3, 4)
FULL = {"reduce_sum": jnp.sum, "reduce_prod": jnp.prod, "reduce_max": jnp.max, "reduce_min": jnp.min}
for (name, fun), axes, dtype in itertools.product(
    FULL.items(), ((0,), (1,), (0, 2), (0, 1, 2)), (np.float32, np.int32)
):
    row(
        f"{name}{axes}.{_short(dtype)}",
        lambda x, f=fun, a=axes: f(x, axis=a),
        Y if dtype == np.float32 else whole(2, 3, 4, high=4),
        wide=False,
    )
for (name, fun), dtype in itertools.product(
    FULL.items(), (np.float16, jnp.bfloat16, np.float64, np.uint8, np.complex64)
):
    x = complex_(3, 4) if dtype == np.complex64 else whole(3, 4, low=0, high=3).astype(dtype)
    row(f"{name}.{_short(dtype)}", lambda x, f=fun: f(x, axis=1), x, wide=_wide(dtype))
row(
    "reduce_sum.wraps",
    lambda x: (lax.reduce_sum(x, (0,)), lax.reduce_prod(x, (0,)), lax.cumsum(x), lax.cumprod(x)),
    np.array([100, 100, 100, 3], np.int8),
)
row("reduce_logic", lambda x: (x.all(0), x.any(1), x.all(), x.any(), lax.reduce_xor(x, (0,))), whole(3, 4) > -3)
row(
    "reduce_bits",
    lambda x: (lax.reduce_and(x, (0,)), lax.reduce_or(x, (1,)), lax.reduce_xor(x, (0, 1))),
    whole(3, 4, low=0, high=99),
)
row("reduce_none", lambda x: (lax.reduce_sum(x, ()), lax.reduce_max(x, ())), X)
row(
    "reduce_empty",
    lambda x: (lax.reduce_max(x, (0,)), lax.reduce_min(x, (0,)), x.prod(0), lax.reduce_max((x > 0), (0,))),
    np.zeros((0, 3), np.float32),
)
row("reduce_empty-int", lambda x: (lax.reduce_max(x, (0,)), lax.reduce_min(x, (0,))), np.zeros((0, 3), np.int32))
row("reduce_bool", lambda x: (lax.reduce_max(x, (0,)), lax.reduce_min(x, (1,))), whole(3, 4) > 0)
for name in ("argmax", "argmin"):
    fun = getattr(lax, name)
    row(f"{name}", lambda x, f=fun: (f(x, 0, jnp.int32), f(x, 1, jnp.int32), f(x, 1, jnp.uint8)), X)
    row(f"{name}-ties", lambda x, f=fun: (f(x, 0, jnp.int32), f(x > 0, 1, jnp.int32)), whole(4, 5, low=0, high=2))
for name, axis, reverse in itertools.product(
    ("cumsum", "cumprod", "cummax", "cummin", "cumlogsumexp"), (0, 1), (False, True)
):
    row(f"{name}[{axis},{reverse}]", lambda x, f=getattr(lax, name), a=axis, r=reverse: f(x, a, r), X)
    if name != "cumlogsumexp":
        row(f"{name}[{axis},{reverse}]-int", lambda x, f=getattr(lax, name), a=axis, r=reverse: f(x, a, r), whole(3, 4))

# ---- windows -------------------------------------------------------------------------------------------------------
W = real(5, 6)
POOLS: dict[str, dict[str, Any]] = {
    "valid": {"window_dimensions": (2, 2), "window_strides": (2, 2), "padding": "VALID"},
    "same": {"window_dimensions": (3, 2), "window_strides": (2, 1), "padding": "SAME"},
    "padded": {"window_dimensions": (2, 3), "window_strides": (1, 2), "padding": ((1, 0), (0, 2))},
}
DILATED = {"dilated": {**POOLS["valid"], "base_dilation": (2, 1), "window_dilation": (1, 2)}}
INITS = {"max": (lax.max, -np.inf), "min": (lax.min, np.inf), "sum": (lax.add, 0.0)}
for (pool, options), (name, (fun, start)) in itertools.product((POOLS | DILATED).items(), INITS.items()):
    row(
        f"reduce_window_{name}-{pool}",
        lambda x, f=fun, s=start, o=options: lax.reduce_window(x, np.float32(s), f, **o),
        W,
    )
row("reduce_window_max-int", lambda x: lax.reduce_window(x, np.int32(-(2**31)), lax.max, (2,), (1,), "SAME"), whole(6))
row(
    "reduce_window_sum-int",
    lambda x: lax.reduce_window(x, np.int8(0), lax.add, (3,), (1,), "SAME"),
    whole(6, dtype=np.int8, low=40, high=90),
)
for (pool, options), (name, (fun, start)) in itertools.product(POOLS.items(), list(INITS.items())[:2]):
    pooled = lambda x, f=fun, s=start, o=options: lax.reduce_window(x, np.float32(s), f, **o)  # noqa: E731
    weights = real(*jax.eval_shape(pooled, W).shape)
    row(f"select_and_scatter_add-{name}-{pool}", jax.grad(lambda x, w, p=pooled: (p(x) * w).sum()), W, weights)
    row(f"select_and_gather_add-{name}-{pool}", lambda x, t, p=pooled: jax.jvp(p, (x,), (t,))[1], W, real(5, 6))
    row(
        f"select_and_scatter_add-{name}-{pool}-ties",
        jax.grad(lambda x, w, p=pooled: (p(x) * w).sum()),
        np.round(W),
        weights,
    )

# ---- ordering ------------------------------------------------------------------------------------------------------
TIES = whole(4, 6, low=0, high=3)
for dtype in (np.float32, np.int32, np.uint8, jnp.bfloat16, np.float16, np.bool_):
    row(
        f"sort.{_short(dtype)}",
        lambda x: (lax.sort(x, dimension=0), lax.sort(x, dimension=1)),
        whole(4, 6, low=0, high=9).astype(dtype),
    )
row("sort-pairs", lambda x, y: lax.sort((x, y), dimension=1, num_keys=1), TIES, real(4, 6))
row(
    "sort-two-keys",
    lambda x, y, z: lax.sort((x, y, z), dimension=0, num_keys=2),
    TIES,
    whole(4, 6, low=0, high=2),
    real(4, 6),
)
row("sort-stable", lambda x: lax.sort((x, lax.broadcasted_iota(jnp.int32, (4, 6), 1)), dimension=1, num_keys=1), TIES)
for dtype in FLOATS:
    holes = np.array([[2, np.nan, -1, np.nan, 0, -0.0], [np.inf, 3, np.nan, -np.inf, 1, 1]]).astype(dtype)
    row(f"sort-nan.{_short(dtype)}", lambda x: (lax.sort(x), lax.top_k(x, 3)), holes, wide=_wide(dtype))
row("sort-complex", lambda x: lax.sort(x), np.array([1 + 2j, 1 - 2j, 0 + 5j, 1 + 0j, -1 + 9j], np.complex64))
row("top_k", lambda x: (lax.top_k(x, 3), lax.top_k(x, 1)), real(4, 6))
row("top_k-ties", lambda x: lax.top_k(x, 4), TIES)
row("top_k-uint", lambda x: lax.top_k(x, 3), whole(7, low=0, high=9, dtype=np.uint8))
row("top_k-axis", lambda x: lax.top_k(x, 2, axis=0), real(4, 3))
row(
    "searchsorted",
    lambda a, v: (jnp.searchsorted(a, v), jnp.searchsorted(a, v, side="right")),
    np.sort(whole(6)),
    whole(5),
)
row("total-order", lambda a, v: jnp.searchsorted(a, v, method="compare_all"), np.sort(real(6)), real(5))

# ---- linear algebra and Fourier -----------------------------------------------------------------------------------
M, V = matrix(4), real(4, 2)
for lower in (True, False):
    row(f"cholesky-{lower}", lambda x: lax.linalg.cholesky(x), definite(4 - lower))
    for left, transpose, unit_diagonal in itertools.product((True, False), repeat=3):
        b = V if left else V.T.copy()
        options = {"left_side": left, "lower": lower, "transpose_a": transpose, "unit_diagonal": unit_diagonal}
        row(
            f"triangular_solve-{lower}-{left}-{transpose}-{unit_diagonal}",
            lambda a, b, o=options: lax.linalg.triangular_solve(a, b, **o),
            M,
            b,
        )
row(
    "triangular_solve-conjugate",
    lambda a, b: lax.linalg.triangular_solve(a, b, left_side=True, lower=True, transpose_a=True, conjugate_a=True),
    matrix(3, np.complex64) + 0.5j,
    complex_(3, 2),
)
row(
    "triangular_solve-batched",
    lambda a, b: lax.linalg.triangular_solve(a, b, left_side=True, lower=True),
    np.stack([M, M.T]),
    real(2, 4, 3),
)
row("cholesky-batched", lax.linalg.cholesky, np.stack([definite(3), definite(3)]))
row("cholesky-indefinite", lax.linalg.cholesky, np.stack([definite(2), -definite(2)]))
row("cholesky-complex", lax.linalg.cholesky, np.array([[4, 1 + 1j], [1 - 1j, 5]], np.complex64))
for name, x in {
    "square": real(4, 4),
    "tall": real(5, 3),
    "wide": real(3, 5),
    "batched": real(2, 3, 3),
    "complex": complex_(3, 3),
    "singular": np.ones((3, 3), np.float32),
}.items():
    row(f"lu-{name}", lax.linalg.lu, x)
row(
    "lu_pivots_to_permutation",
    lambda p: lax.linalg.lu_pivots_to_permutation(p, 5),
    np.array([[2, 3, 2], [0, 1, 4]], np.int32),
)
for name, x in {"square": real(3, 3), "tall": real(5, 3), "wide": real(3, 4), "complex": complex_(3, 3)}.items():
    row(f"qr-{name}", lambda x: (lax.linalg.qr(x, full_matrices=False), lax.linalg.qr(x, full_matrices=True)), x)
row("householder_product", lax.linalg.householder_product, real(4, 3, scale=0.5), positive(3))
row(
    "tridiagonal_solve",
    lax.linalg.tridiagonal_solve,
    np.array([0, 1, -1, 0.5], np.float32),
    np.array([4, 5, 4, 3], np.float32),
    np.array([1, 0.5, -1, 0], np.float32),
    V,
)
row("svd-values", lambda x: jnp.linalg.svd(x, compute_uv=False), real(4, 3))
row(
    "symmetric_product",
    lambda a, c: lax.linalg.symmetric_product(a, c, alpha=2.0, beta=0.5, symmetrize_output=True),
    real(3, 4),
    definite(3),
)
for name, kind, x, lengths in (
    ("fft", "fft", complex_(3, 6), (6,)), ("ifft", "ifft", complex_(3, 6), (6,)), ("rfft", "rfft", real(3, 7), (7,)),
    ("irfft", "irfft", complex_(3, 4), (6,)), ("irfft-odd", "irfft", complex_(3, 4), (7,)), ("fft2", "fft", complex_(2, 4, 3), (4, 3)),
    ("rfft2", "rfft", real(2, 4, 6), (4, 6)), ("fft-real", "fft", real(5).astype(np.complex64), (5,)),
):  # fmt: skip
    row(name, lambda x, k=kind, n=lengths: lax.fft(x, k, n), x)
row("fft.complex128", lambda x: lax.fft(x, "fft", (6,)), complex_(6, dtype=np.complex128), wide=True)

# ---- found by planting faults: what each of these exercises, no row above did --------------------------------------
order = np.array([np.nan, -np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, -1.0], np.float32)
for name in ("eq_to_p", "le_to_p", "lt_to_p"):
    compare = getattr(jax.extend.core.primitives, name, None)
    if compare is not None:
        row(name, compare.bind, np.repeat(order, 8), np.tile(order, 8))
        row(f"{name}-int", compare.bind, whole(9), whole(9))
for dtype in (np.float32, np.float64):
    s, w = _short(dtype), _wide(dtype)
    row(
        f"igammac-small.{s}",
        lax.igammac,
        np.array([2.5, 4, 1], dtype),
        np.array([30, 40, 33], dtype),
        loose=True,
        wide=w,
    )
    row(
        f"igamma-small.{s}",
        lax.igamma,
        np.array([8, 5, 4], dtype),
        np.array([0.01, 0.002, 0.01], dtype),
        loose=True,
        wide=w,
    )
    if not w:  # XLA itself is off by fifty units of the last place in float64
        row(
            f"betainc-small.{s}",
            lax.betainc,
            np.array([8, 9, 7], dtype),
            np.array([2, 1, 3], dtype),
            np.array([0.01, 0.02, 0.01], dtype),
            loose=True,
            wide=w,
        )
row("erf_inv-near-zero.float64", lax.erf_inv, np.array([1e-12, -3e-10, 2e-11]), loose=True, wide=True)
row("digamma-far-left.float64", lax.digamma, np.array([-1000000.3, -123456.7]), loose=True, wide=True)
row("gather-key-outside", lambda k, i: jax.random.key_data(k.at[i].get(mode="fill")), K[0], OUT)
row(
    "conv-kernel-too-large-2",
    lambda x, k: lax.conv_general_dilated(x, k, (2, 2), "VALID"),
    real(1, 2, 2, 9),
    real(3, 2, 4, 3),
)
row(
    "conv-kernel-much-too-large",
    lambda x, k: lax.conv_general_dilated(x, k, (1, 2), "VALID"),
    real(1, 2, 9, 2),
    real(3, 2, 3, 8),
)
row("reduce_empty-bool", lambda x: (lax.reduce_min(x, (0,)), lax.reduce_max(x, (0,))), np.zeros((0, 3), bool))
infinite = np.where(W > 0.3, np.float32(-np.inf), W)
row(
    "select_and_scatter_add-infinite",
    jax.grad(lambda x: lax.reduce_window(x, -np.inf, lax.max, (2, 3), (1, 2), ((1, 0), (0, 2))).sum()),
    infinite,
)
row(
    "select_and_gather_add-batch",
    lambda x, t: jax.jvp(lambda x: lax.reduce_window(x, -np.inf, lax.max, (1, 2, 2), (1, 1, 2), "VALID"), (x,), (t,)),
    real(2, 3, 4),
    real(2, 3, 4),
)
row("lu-complex-pivot", lax.linalg.lu, np.array([[3.4, 1], [2.3 + 2.3j, 2 - 1j]], np.complex64))
row("lu-complex-pivot-back", lax.linalg.lu, np.array([[2.3 + 2.3j, 2 - 1j], [3.4, 1]], np.complex64))
row(
    "lu_pivots_to_permutation-deep",
    lambda p: lax.linalg.lu_pivots_to_permutation(p, 4),
    np.array([[[1, 3], [0, 2]], [[2, 2], [3, 1]]], np.int32),
)
for left, lower, transpose in itertools.product((True, False), repeat=3):
    options = {"left_side": left, "lower": lower, "transpose_a": transpose}
    b = real(2, 4, 3) if left else real(2, 3, 4)
    solve = lambda a, b, o=options: lax.linalg.triangular_solve(a, b, **o)  # noqa: E731
    row(f"triangular_solve-batched-{left}-{lower}-{transpose}", solve, np.stack([matrix(4), matrix(4)]), b)
    row(
        f"triangular_solve-batched-unit-{left}-{lower}-{transpose}",
        lambda a, b, o=options: lax.linalg.triangular_solve(a, b, unit_diagonal=True, **o),
        np.stack([matrix(4), matrix(4)]) * np.float32(0.3),
        b,
    )
row(
    "symmetric_product-batched",
    lambda a, c: lax.linalg.symmetric_product(a, c, alpha=2.0, beta=0.5, symmetrize_output=True),
    real(2, 3, 4),
    np.stack([definite(3), definite(3)]),
)
row("checkpoint_name", lambda x: checkpoint_name(x, "here"), X)
row("device_put", lambda x: jax.device_put(x), X)
row(
    "sharding_constraint",
    lambda x: lax.with_sharding_constraint(x, jax.sharding.SingleDeviceSharding(jax.devices()[0])),
    X,
)
row("clone", lambda k: jax.random.key_data(jax.random.clone(k)), K[0, 0])
if hasattr(lax, "empty"):
    row("empty", lambda: lax.empty((3,), jnp.float32))
row(
    "select_and_gather_add-infinite",
    lambda x, t: jax.jvp(
        lambda x: lax.reduce_window(x, -np.inf, lax.max, (2, 3), (1, 2), ((1, 0), (0, 2))), (x,), (t,)
    )[1],
    infinite,
    real(5, 6),
)
