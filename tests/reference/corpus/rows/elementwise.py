"""Rows of the elementwise rules on floats and complex numbers."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from .. import words
from ..numbers import complex_, positive, real, unit, whole
from .common import COMPLEXES, FLOATS, INTS, row, short, wide_type

# ---- elementwise ---------------------------------------------------------------------------------------------------
# Complex numbers too, in three ranges; what is of real numbers alone comes behind.
ANY = words("neg abs sign square sin cos tan sinh cosh tanh asinh atan exp expm1 logistic")
POSITIVE = words("log log1p sqrt rsqrt")
BETWEEN = words("asin acos atanh")
ANY_REAL = [*ANY, *words("floor ceil exp2 erf erfc is_finite cbrt")]
POSITIVE_REAL = [*POSITIVE, *words("lgamma digamma")]
LOOSE = {"lgamma", "digamma", "erf_inv", "polygamma", "zeta", "igamma", "igammac", "igamma_grad_a", "betainc"}

for name, dtype in itertools.product([*ANY_REAL, *POSITIVE_REAL, *BETWEEN, "erf_inv"], FLOATS):
    x = (
        real(24, dtype=dtype)
        if name in ANY_REAL
        else positive(24, dtype=dtype, scale=4)
        if name in POSITIVE_REAL
        else unit(24, dtype=dtype)
    )
    row(f"{name}.{short(dtype)}", getattr(lax, name), x, loose=name in LOOSE, wide=wide_type(dtype))
for name, dtype in itertools.product([*ANY, *POSITIVE, *BETWEEN, "acosh", "real", "imag"], COMPLEXES):
    row(f"{name}.{short(dtype)}", getattr(lax, name), complex_(12, dtype=dtype), wide=wide_type(dtype))
for dtype in FLOATS:
    s, w = short(dtype), wide_type(dtype)
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
        row(f"integer_pow[{power}].{short(dtype)}", lambda x, p=power: lax.integer_pow(x, p), x, wide=wide_type(dtype))
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
    row(f"{name}.{short(dtype)}", getattr(lax, name), abs(x) if name == "pow" else x, y, wide=wide_type(dtype))
for name, dtype in itertools.product(["add", "sub", "mul", "div", "pow", "eq", "ne"], COMPLEXES):
    row(
        f"{name}.{short(dtype)}",
        getattr(lax, name),
        complex_(8, dtype=dtype),
        complex_(8, dtype=dtype),
        wide=wide_type(dtype),
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
    row(f"{name}.{short(dtype)}", getattr(lax, name), x, np.roll(x, 3), wide=wide_type(dtype))
row("add_any", lambda x: jax.grad(lambda x: (x * jnp.sin(x)).sum())(x), real(5))
for dtype in (np.float32, np.int32, jnp.bfloat16):
    x = np.array([-3, -1, 0, 1, 2, 3, 5, 9]).astype(dtype)
    low, high = np.full(8, -1, dtype), np.array([2, 2, 2, 0, 1, 7, 7, 7], dtype)
    row(f"clamp.{short(dtype)}", lax.clamp, low, x, high)
    row(f"clamp-scalar.{short(dtype)}", lax.clamp, low[0], x, high[0])
    row(f"clamp-crossed.{short(dtype)}", lax.clamp, high, x, low)
row("select_n-bool", lambda p, x, y: lax.select_n(p, x, y), whole(8) > 0, real(8), real(8))
row("select_n-scalar", lambda p, x, y: lax.select_n(p, x, y), np.bool_(True), real(2, 4), real(2, 4))
row("select_n-three", lambda p, x, y, z: lax.select_n(p, x, y, z), whole(9, low=0, high=3), real(9), real(9), real(9))
row(
    "select_n-key",
    lambda p, k: jax.random.key_data(lax.select_n(p, k, k[::-1])),
    np.array([True, False, True]),
    jax.random.split(jax.random.key(1), 3),
)
