"""What a sum or a solve may be off by, in whatever order and type its terms are taken.

Round mode computes an operation in float64 and rounds once. An implementation adds up in the declared type, in an order of its
own: where the terms cancel it is off by a unit of the sum of their magnitudes, which neither round nor shadow shows. In *rough*
mode nothing is rounded, as in shadow, but each operation that adds is moved by such a unit, and each solve gets operands that
are a unit off. The distance between rough and shadow is what order did to this program.
"""

from collections.abc import Callable, Sequence
from typing import Any

import jax.numpy as jnp
import numpy as np

from .rules.table import Array

# Operations whose results are sums of products of operands: all of them, or those at these positions.
SUMS: dict[str, tuple[int, ...]] = {
    "reduce_sum": (0,),
    "cumsum": (0,),
    "dot_general": (0, 1),
    "conv_general_dilated": (0, 1),
    "reduce_window_sum": (0,),
    "scatter-add": (0, 2),
    "scatter-sub": (0, 2),
    "select_and_scatter_add": (0, 1),
    "symmetric_product": (0, 1),
}
PRODUCTS = {"dot_general", "conv_general_dilated", "select_and_scatter_add", "symmetric_product"}
SOLVES = {"cholesky", "householder_product", "lu", "qr", "svd", "triangular_solve", "tridiagonal_solve", "fft"}
# Operations that are computed by approximation somewhere: what round mode has without rounding may be a unit off there.
INEXACT = {
    "exp",
    "exp2",
    "log",
    "log1p",
    "expm1",
    "log2",
    "pow",
    "rsqrt",
    "cbrt",
    "logistic",
    "erf_inv",
    "lgamma",
} | SOLVES
Compute = Callable[..., Any]


def spacing(declared: Any) -> float:
    """The spacing of a type at 1; none for integers."""
    if not jnp.issubdtype(declared.dtype, np.inexact):
        return 0.0
    return float(jnp.finfo(declared.dtype).eps)  # type: ignore[no-untyped-call]


def roughly(op: str, operands: Sequence[Array], declared: Any, compute: Compute) -> list[Array]:
    """The results of an operation, moved by what order and type may do to them."""
    eps = spacing(declared)
    if op in SOLVES and eps:
        return listed(compute(*(moved(x, eps) for x in operands)))
    exact = listed(compute(*operands))
    if op not in SUMS or not eps:
        return exact
    return [x + eps * size for x, size in zip(exact, listed(compute(*magnitudes(op, operands))), strict=True)]


def magnitudes(op: str, operands: Sequence[Array]) -> list[Array]:
    return [np.abs(x) if k in SUMS[op] else x for k, x in enumerate(operands)]


def moved(x: Array, eps: float) -> Array:
    """A unit up and down in turn."""
    if x.dtype.kind not in "fc":
        return x
    signs = np.where(np.arange(x.size) % 2, -1.0, 1.0).reshape(x.shape)
    return np.asarray(x * (1 + eps * signs))


def listed(found: Any) -> list[Array]:
    return [np.asarray(x) for x in (found if isinstance(found, list | tuple) else [found])]


def rounds_nowhere(op: str, operands: Sequence[Array], declared: Any) -> bool:
    """Whether an operation that round mode computes without rounding has this very result in any order, computed in any way."""
    if op in INEXACT:
        return False
    if op == "div":
        return bool(np.all(np.frexp(np.abs(operands[1]))[0] == 0.5))  # others may be multiplied by the inverse
    if op not in SUMS or not spacing(declared):
        return True
    terms = [np.asarray(operands[k], np.float64) for k in SUMS[op]]
    join = np.prod if op in PRODUCTS else np.sum
    total = join([np.abs(x).sum() for x in terms])
    unit = join([grain(x) for x in terms]) if op in PRODUCTS else min(map(grain, terms))
    return bool(total * spacing(declared) <= 2 * unit)  # such a multiple of the unit is a number of the type


def grain(x: Array) -> float:
    """The largest power of two of which every number is a multiple; infinite if all are zero."""
    x = x[np.isfinite(x) & (x != 0)]
    mantissa, exponent = np.frexp(x)
    whole = np.asarray(np.abs(mantissa) * 2.0**53, np.int64)
    return float(np.min(np.ldexp((whole & -whole).astype(np.float64), exponent - 53), initial=np.inf))
