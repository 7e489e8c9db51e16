"""Special values: what every elementwise rule and every cast meets sooner or later."""

import itertools
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import lax

from . import Case, Family, words

FLOATS = (np.float32, np.float16, jnp.bfloat16, np.float64)
INTS = (np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.uint64)


def is_wide(*dtypes: Any) -> bool:
    return any(np.dtype(dtype).name in ("float64", "int64", "uint64", "complex128") for dtype in dtypes)


def float_specials(dtype: Any) -> Any:
    info = jnp.finfo(dtype)
    normal = [np.nan, np.inf, -np.inf, 0.0, -0.0, 1e20, -1e20, 2.5, -2.5, 1.0, -1.0, 0.5, 3.0]
    ends = [float(info.tiny), -float(info.tiny), float(info.max), float(info.min)]
    with np.errstate(over="ignore"):
        return np.array([*normal, *ends]).astype(dtype)


def subnormals(dtype: Any) -> Any:
    """Numbers below the smallest normal one, some of which rounding makes zero or normal; and zero, for pairs."""
    tiny = float(jnp.finfo(dtype).tiny)
    return np.array([tiny / 2, -tiny / 2, tiny / 64, -tiny / 64, 0.0, -0.0, 1.0]).astype(dtype)


def int_specials(dtype: Any) -> Any:
    low, high = np.iinfo(dtype).min, np.iinfo(dtype).max
    return np.array([low, low + 1, high, high - 1, 0, 1, 2, high // 2, *([-1, -2, -7] if low else [7])], dtype)


def specials(dtype: Any) -> Any:
    kind = np.dtype(dtype).kind
    return np.array([False, True]) if kind == "b" else int_specials(dtype) if kind in "iu" else float_specials(dtype)


def pairs(x: Any) -> tuple[Any, Any]:
    return np.repeat(x, len(x)), np.tile(x, len(x))


UNARY = words(
    "neg abs sign floor ceil square sqrt rsqrt cbrt exp exp2 expm1 log log1p sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh logistic erf erfc erf_inv lgamma digamma is_finite round bessel_i0e bessel_i1e"
)
BINARY = words("add sub mul div rem max min pow atan2 nextafter eq ne lt le gt ge")
INT_UNARY = words("neg sign bitwise_not population_count clz")
INT_BINARY = words(
    "add sub mul div rem max min eq ne lt le gt ge bitwise_and bitwise_or bitwise_xor shift_left shift_right_logical shift_right_arithmetic mulhi"
)
CAST_TYPES = (np.bool_, *INTS, *FLOATS)

SPECIAL, SUBNORMAL = Family("special"), Family("subnormal")


def _add(name: str, dtype: Any, *args: Any, family: Family = SPECIAL) -> None:
    loose = name in ("lgamma", "digamma", "erf_inv")
    family.add(f"{name}.{np.dtype(dtype).name}", getattr(lax, name), *args, wide=is_wide(dtype), loose=loose)


for name, dtype in itertools.product(UNARY, FLOATS):
    x = float_specials(dtype)
    _add(name, dtype, x[x != 0] if name == "digamma" else x)  # at 0 jax 0.10 says nan, 0.12 minus infinity
    _add(name, dtype, subnormals(dtype), family=SUBNORMAL)
for name, dtype in itertools.product(BINARY, FLOATS):
    _add(name, dtype, *pairs(float_specials(dtype)))
    _add(name, dtype, *pairs(subnormals(dtype)), family=SUBNORMAL)
# At infinity and at a = 0 XLA's incomplete functions disagree with one another; the reference stays inside.
for name, dtype in itertools.product(words("igamma igammac igamma_grad_a zeta polygamma"), (np.float32, np.float64)):
    x, y = pairs(np.array([0, 1, 2, 3, -1, -2, 0.5, -0.5, 2.5, 7], dtype))
    inside = (x != 0) | (name == "zeta") | ((name == "polygamma") & (y != 0))
    args = x[inside], y[inside]
    SPECIAL.add(f"{name}.{np.dtype(dtype).name}", getattr(lax, name), *args, wide=is_wide(dtype), loose=True)
for dtype in (np.float32, np.float64):
    shape_values, places = [1, 2, -1, 0.5, -0.5], [0, 0.25, 0.5, 1, -0.5, 1.5]
    args = [np.array(x, dtype).ravel() for x in np.meshgrid(shape_values, shape_values, places)]
    SPECIAL.add(f"betainc.{np.dtype(dtype).name}", lax.betainc, *args, wide=is_wide(dtype), loose=True)
for name, dtype in itertools.product(INT_UNARY, INTS):
    _add(name, dtype, int_specials(dtype))
for name, dtype in itertools.product(INT_BINARY, INTS):
    _add(name, dtype, *pairs(int_specials(dtype)))
for dtype in FLOATS:
    x, y = pairs(float_specials(dtype))
    _add("clamp", dtype, np.roll(x, 5), y, x)
    for power in (-2, 0, 1, 2, 3):
        SPECIAL.add(
            f"integer_pow[{power}].{np.dtype(dtype).name}",
            lambda x, p=power: lax.integer_pow(x, p),
            float_specials(dtype),
            wide=is_wide(dtype),
        )
    SPECIAL.add(
        f"reduce_precision.{np.dtype(dtype).name}",
        lambda x: lax.reduce_precision(x, 5, 7),
        float_specials(dtype),
        wide=is_wide(dtype),
    )
for source, target in itertools.product(CAST_TYPES, CAST_TYPES):
    name = f"{np.dtype(source).name}-{np.dtype(target).name}"
    SPECIAL.add(
        name, lambda x, t=target: lax.convert_element_type(x, t), specials(source), wide=is_wide(source, target)
    )
for dtype in FLOATS:
    x = float_specials(dtype)
    rows = np.stack([np.roll(x, 3 * i)[:8] for i in range(len(x))])
    for name, fun in {
        "sort": lambda x: lax.sort(x, dimension=1),
        "argsort": lambda x: jnp.argsort(x, axis=1),
        "argmax": lambda x: (lax.argmax(x, 1, jnp.int32), lax.argmin(x, 1, jnp.int32)),
        "reduce_max": lambda x: (x.max(1), x.min(1)),
        "cummax": lambda x: (lax.cummax(x, 1), lax.cummin(x, 1)),
        "top_k": lambda x: lax.top_k(x, 3),
        "select": lambda x: lax.select(x > 0, x, -x),
    }.items():
        SPECIAL.add(f"{name}.{np.dtype(dtype).name}", fun, rows, wide=is_wide(dtype))

__all__ = ["SPECIAL", "SUBNORMAL", "Case"]
