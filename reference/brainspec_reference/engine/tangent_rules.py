"""The table of tangents: for each operation, what it does to an infinitesimal change of its operands.

A rule is called as `rule(primals, tangents, outs, again, **params)` and gives the tangents of `outs`, the
results that were already computed from the primals; `again` binds the same operation, with the same parameters, to
other operands. Rules are written in jnp and lax on recorded values, so what they compute is recorded too and can be
differentiated in its turn.

Most operations are one row of a table: LINEAR ones act on tangents as on values, MULTILINEAR ones so in each operand
alone, SLOPES gives a term per operand, ZERO ones are constant almost everywhere. Constants such as √π are computed by
operations from exact numbers (π/4 = atan 1), so that a run in higher precision is not limited by their rounding.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import jax.numpy as jnp
import numpy as np
from jax import lax

from . import tangent_arrays as arrays
from . import tangent_linalg as linalg
from .errors import ReferenceUnsupported
from .tangent_arrays import share
from .tangent_values import Primals, Rebind, Tangent, Tangents, Value, filled, is_continuous, total

Rule: TypeAlias = Callable[..., Any]


# ---- the kinds of rows -------------------------------------------------------------------------------------------


def linear(primals: Primals, tangents: Tangents, outs: Primals, again: Rebind, **_: Any) -> Any:
    """The operation itself, on the tangents; operands that have none (indices, conditions) stay as they are."""
    return again(*(filled(t, x) if is_continuous(x) else x for t, x in zip(tangents, primals)))


def multilinear(primals: Primals, tangents: Tangents, outs: Primals, again: Rebind, **_: Any) -> Value:
    """The product rule: the sum over the operands, each replaced by its tangent."""
    return total(again(*primals[:i], t, *primals[i + 1 :]) for i, t in enumerate(tangents) if t is not None)


def slopes(op: str, *terms: Callable[..., Value] | None) -> Rule:
    """A term per operand, `term(tangent, *primals, out)`; None for one by which there is no derivative."""

    def rule(primals: Primals, tangents: Tangents, outs: Primals, again: Rebind, **_: Any) -> Value:
        moved = [(term, t) for term, t in zip(terms, tangents, strict=True) if t is not None]
        if any(term is None for term, _ in moved):
            raise ReferenceUnsupported(op, "It has no derivative by this operand (nor has it in JAX).")
        return total(term(t, *primals, *outs) for term, t in moved if term is not None)

    return rule


def zero(primals: Primals, tangents: Tangents, outs: Primals, again: Rebind, **_: Any) -> list[Tangent]:
    return [None] * len(outs)


def words(text: str) -> list[str]:
    return text.split()


# ---- operations that act on tangents as on values ------------------------------------------------------------------

LINEAR = words("""
    add sub neg add_any real imag conj complex convert_element_type reduce_precision copy optimization_barrier
    broadcast_in_dim reshape squeeze transpose rev slice concatenate stack unstack tile split pad select_n
    reduce_sum cumsum reduce_window_sum dynamic_slice dynamic_update_slice scatter-add scatter-sub fft
    psum all_gather all_to_all ppermute reduce_scatter pbroadcast pvary psum_invariant
    all_gather_invariant device_put sharding_constraint layout_constraint reshard name
""")

MULTILINEAR = words("mul dot_general conv_general_dilated")

# ---- operations that are constant almost everywhere, or whose results have no tangents -----------------------------

ZERO = words("""
    floor ceil round stop_gradient is_finite eq ne lt le gt ge eq_to lt_to le_to and or not xor
    reduce_and reduce_or reduce_xor argmax argmin iota population_count clz mulhi
    shift_left shift_right_logical shift_right_arithmetic bitcast_convert_type axis_index platform_index
    random_seed random_bits random_wrap random_unwrap random_split random_fold_in random_clone threefry2x32 rng_uniform
    rng_bit_generator iota_2x32_shape lu_pivots_to_permutation empty empty2 zeros_like debug_callback debug_print
""")

# ---- operations that JAX does not differentiate either -------------------------------------------------------------

NO_DERIVATIVE = words("""
    pmax pmin zeta igamma_grad_a select_and_scatter symmetric_product geqrf householder_product schur hessenberg
    tridiagonal
""")

# ---- elementwise operations: a term per operand ------------------------------------------------------------------


def quarter_pi(x: Value) -> Value:
    return lax.atan(lax.full_like(x, 1))


def log_two(x: Value) -> Value:
    return lax.log(lax.full_like(x, 2))


def nonzero(x: Value) -> Value:
    """x, with one for zero: for factors that are multiplied by zero there."""
    return lax.select(x == 0, lax.full_like(x, 1), x)


def abs_slope(t: Value, x: Value, y: Value) -> Value:
    if jnp.iscomplexobj(x):
        return jnp.real(t * (jnp.conj(x) / nonzero(y).astype(x.dtype)))
    return lax.select(x >= 0, t, -t)


def sign_slope(t: Value, x: Value, y: Value) -> Tangent:
    """The sign of a complex number is on the unit circle and moves along it."""
    if not jnp.iscomplexobj(x):
        return None
    angle = jnp.imag(jnp.conj(y) * t) / nonzero(lax.abs(x))
    return y * lax.complex(lax.full_like(angle, 0), angle)


def pow_base(t: Value, x: Value, power: Value, y: Value) -> Value:
    if is_continuous(power):
        return t * (power * x ** (power - 1))
    factor = nonzero(power).astype(x.dtype) * lax.pow(x, power - 1)
    return t * jnp.where(power == 0, 0, factor)


def polynomial_by_x(t: Value, x: Value, *coefficients_and_out: Value) -> Value:
    coefficients = coefficients_and_out[:-1]
    slope: Value = 0
    for k in range(len(coefficients) - 1, 0, -1):
        slope = slope * x + k * coefficients[k]
    return t * slope


def igamma_by_x(t: Value, a: Value, x: Value, y: Value) -> Value:
    return t * lax.exp(-x + (a - 1) * lax.log(x) - lax.lgamma(a))


def betainc_by_x(t: Value, a: Value, b: Value, x: Value, y: Value) -> Value:
    log_beta = lax.lgamma(a) + lax.lgamma(b) - lax.lgamma(a + b)
    return t * lax.exp((b - 1) * lax.log1p(-x) + (a - 1) * lax.log(x) - log_beta)


def bessel_i1e_slope(t: Value, x: Value, y: Value) -> Value:
    """At zero, where y / x is undefined, the slope is a half."""
    safe = nonzero(x)
    slope = lax.bessel_i0e(safe) - y * (lax.sign(safe) + 1 / safe)
    return t * lax.select(x == 0, lax.full_like(x, 0.5), slope)


SLOPES: dict[str, tuple[Callable[..., Value] | None, ...]] = {
    # one operand: tangent, operand, result
    "abs": (abs_slope,),
    "sign": (sign_slope,),
    "sin": (lambda t, x, y: t * lax.cos(x),),
    "cos": (lambda t, x, y: -t * lax.sin(x),),
    "tan": (lambda t, x, y: t * (1 + y * y),),
    "asin": (lambda t, x, y: t * lax.rsqrt(1 - x * x),),
    "acos": (lambda t, x, y: -t * lax.rsqrt(1 - x * x),),
    "atan": (lambda t, x, y: t / (1 + x * x),),
    "sinh": (lambda t, x, y: t * lax.cosh(x),),
    "cosh": (lambda t, x, y: t * lax.sinh(x),),
    "tanh": (lambda t, x, y: t * ((1 + y) * (1 - y)),),
    "asinh": (lambda t, x, y: t * lax.rsqrt(x * x + 1),),
    "acosh": (lambda t, x, y: t * (lax.rsqrt(x - 1) * lax.rsqrt(x + 1)),),
    "atanh": (lambda t, x, y: t / ((1 - x) * (1 + x)),),
    "exp": (lambda t, x, y: t * y,),
    "exp2": (lambda t, x, y: t * y * log_two(x),),
    "expm1": (lambda t, x, y: t * (y + 1),),
    "log": (lambda t, x, y: t / x,),
    "log2": (lambda t, x, y: t / (x * log_two(x)),),
    "log1p": (lambda t, x, y: t / (1 + x),),
    "sqrt": (lambda t, x, y: t * (0.5 / y),),
    "rsqrt": (lambda t, x, y: t * (-0.5 * (y / x)),),
    "cbrt": (lambda t, x, y: t / (3 * (y * y)),),
    "square": (lambda t, x, y: t * (2 * x),),
    "one_minus_square": (lambda t, x, y: t * (-2 * x),),
    "logistic": (lambda t, x, y: t * (y * (1 - y)),),
    "erf": (lambda t, x, y: t * lax.exp(-x * x) * lax.rsqrt(quarter_pi(x)),),
    "erfc": (lambda t, x, y: -t * lax.exp(-x * x) * lax.rsqrt(quarter_pi(x)),),
    "erf_inv": (lambda t, x, y: t * lax.exp(y * y) * lax.sqrt(quarter_pi(x)),),
    "lgamma": (lambda t, x, y: t * lax.digamma(x),),
    "digamma": (lambda t, x, y: t * lax.polygamma(lax.full_like(x, 1), x),),
    "bessel_i0e": (lambda t, x, y: t * (lax.bessel_i1e(x) - lax.sign(x) * y),),
    "bessel_i1e": (bessel_i1e_slope,),
    # two operands: tangent, left, right, result
    "div": (lambda t, x, y, z: t / y, lambda t, x, y, z: -t * x / (y * y)),
    "rem": (lambda t, x, y, z: t, lambda t, x, y, z: -t * jnp.trunc(x / y)),
    "max": (lambda t, x, y, z: t * share(x, y, z), lambda t, x, y, z: t * share(y, x, z)),
    "min": (lambda t, x, y, z: t * share(x, y, z), lambda t, x, y, z: t * share(y, x, z)),
    "pow": (pow_base, lambda t, x, y, z: t * (lax.log(nonzero(x)) * z)),
    "atan2": (lambda t, x, y, z: t * (y / (x * x + y * y)), lambda t, x, y, z: -t * (x / (x * x + y * y))),
    "nextafter": (lambda t, x, y, z: t, lambda t, x, y, z: lax.full_like(z, 0)),
    "polygamma": (None, lambda t, m, x, y: t * lax.polygamma(m + 1, x)),
    "igamma": (lambda t, a, x, y: t * lax.igamma_grad_a(a, x), igamma_by_x),
    "igammac": (lambda t, a, x, y: -t * lax.igamma_grad_a(a, x), lambda t, a, x, y: -igamma_by_x(t, a, x, y)),
    # three: tangent, low, operand, high, result; and so on
    "clamp": (
        lambda t, low, x, high, y: jnp.where((x < low) & (low < high), t, 0),
        lambda t, low, x, high, y: jnp.where((low < x) & (x < high), t, 0),
        lambda t, low, x, high, y: jnp.where(high < x, t, 0),
    ),
    "regularized_incomplete_beta": (None, None, betainc_by_x),
}


# ---- the rest ----------------------------------------------------------------------------------------------------


def integer_pow(primals: Primals, tangents: Tangents, outs: Primals, again: Rebind, y: int) -> Value:
    return None if y == 0 else tangents[0] * (y * lax.integer_pow(primals[0], y - 1))


def polynomial(primals: Primals, tangents: Tangents, outs: Primals, again: Rebind, **_: Any) -> Value:
    """operands x, c0, c1, ...: the sum of c_k x^k, linear in the coefficients."""
    (x, *coefficients), (tx, *moved) = primals, tangents
    terms = [] if tx is None else [polynomial_by_x(tx, x, *coefficients, outs[0])]
    if any(t is not None for t in moved):
        terms.append(again(x, *(filled(t, c) for t, c in zip(moved, coefficients))))
    return total(terms)


def chosen_by_operand(primals: Primals, tangents: Tangents, outs: Primals, again: Rebind, **_: Any) -> Value:
    """Linear in the first operand; the second only chooses places, which do not move."""
    return None if tangents[0] is None else again(tangents[0], primals[1])


JVP: dict[str, Rule] = {
    **dict.fromkeys(LINEAR, linear),
    **dict.fromkeys(MULTILINEAR, multilinear),
    **dict.fromkeys(ZERO, zero),
    **{op: slopes(op, *terms) for op, terms in SLOPES.items()},
    "integer_pow": integer_pow,
    "polynomial": polynomial,
    "reduce_max": arrays.reduce_extreme,
    "reduce_min": arrays.reduce_extreme,
    "reduce_prod": arrays.reduce_prod,
    "cumprod": arrays.cumulative(arrays.multiply_pairs),
    "cummax": arrays.cumulative(arrays.maximum_of_pairs),
    "cummin": arrays.cumulative(arrays.minimum_of_pairs),
    "cumlogsumexp": arrays.cumulative(arrays.logaddexp_of_pairs),
    "reduce_window_max": arrays.reduce_window_extreme(-np.inf, lax.argmax),
    "reduce_window_min": arrays.reduce_window_extreme(np.inf, lax.argmin),
    "select_and_scatter_add": chosen_by_operand,
    "select_and_gather_add": chosen_by_operand,
    "sort": arrays.sort,
    "top_k": arrays.top_k,
    "gather": arrays.gather,
    "scatter": arrays.scatter,
    "scatter-mul": arrays.scatter_mul,
    "scatter-min": arrays.scatter_extreme,
    "scatter-max": arrays.scatter_extreme,
    "cholesky": linalg.cholesky,
    "triangular_solve": linalg.triangular_solve,
    "lu": linalg.lu,
    "qr": linalg.qr,
    "tridiagonal_solve": linalg.tridiagonal_solve,
}
