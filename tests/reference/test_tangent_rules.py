"""Every rule of the table of tangents, against jax.jvp in float64 and against central differences.

A case is a function and its arguments. It is recorded in float32 and run in shadow mode, which computes in float64
whatever the types say, so that what is compared is the rule and not its rounding.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from brainspec_reference.engine.collectives import COLLECTIVES
from brainspec_reference.engine.ops import RULES
from brainspec_reference.engine.prng import RANDOM
from brainspec_reference.engine.program import Program
from brainspec_reference.engine.tangent_control import STRUCTURED
from brainspec_reference.engine.tangent_rules import JVP, LINEAR, MULTILINEAR, NO_DERIVATIVE, SLOPES, ZERO, words
from brainspec_reference.engine.tangent_values import is_continuous
from brainspec_reference.engine.tangents import jvp
from jax import lax
from jax.ad_checkpoint import checkpoint_name

from tests.reference.derivatives import all_close, judged, recorded, shadow

random = np.random.RandomState(0)


def r(*shape: int) -> np.ndarray:
    """Multiples of 1/64 between -2 and 2, none of them near zero, all different."""
    n = int(np.prod(shape))
    magnitudes = 0.25 + 1.5 * (random.permutation(n) + 0.5) / max(n, 1)
    return (np.round(magnitudes * 64) / 64 * random.choice([-1, 1], n)).reshape(shape).astype(np.float32)


def off(*shape: int) -> np.ndarray:
    """The same off their grid: equal to none of them, and to no integer."""
    return r(*shape) + np.float32(0.005)


def p(*shape: int) -> np.ndarray:
    return np.abs(r(*shape))


def u(*shape: int) -> np.ndarray:
    """Between -1 and 1."""
    return r(*shape) / 2


def c(*shape: int) -> np.ndarray:
    return (r(*shape) + 1j * r(*shape)).astype(np.complex64)


def i(*values: Any) -> np.ndarray:
    return np.array(values, np.int32)


def spd(n: int) -> np.ndarray:
    a = r(n, n)
    return (a @ a.T / n + 2 * np.eye(n)).astype(np.float32)


def well(m: int, n: int) -> np.ndarray:
    return (r(m, n) / 2 + 2 * np.eye(m, n)).astype(np.float32)


def pool(op: Callable[..., Any], init: float, padding: Any = "VALID", **kw: Any) -> Callable[..., Any]:
    return lambda x: lax.reduce_window(x, init, op, (2, 3), (1, 2), padding, **kw)


def conv(x: Any, k: Any) -> Any:
    numbers = ("NHWC", "HWIO", "NHWC")
    return lax.conv_general_dilated(x, k, (2, 1), ((1, 0), (0, 2)), (1, 2), (2, 1), dimension_numbers=numbers)


def triangular(**kw: Any) -> Callable[..., Any]:
    return lambda a, b: lax.linalg.triangular_solve(a, b, **kw)


SMOOTH = words("""neg sin cos sinh cosh tanh asinh atan exp exp2 expm1 abs cbrt square logistic erf erfc
    bessel_i0e bessel_i1e""")

POOLED = r(4, 5)
ONES = np.ones(4, np.float32)

CASES: dict[str, tuple[Any, ...]] = {
    # one operand
    **{op: (getattr(lax, op), r(5)) for op in SMOOTH},
    **{op: (getattr(lax, op), p(5)) for op in ("log", "log1p", "sqrt", "rsqrt", "lgamma", "digamma")},
    **{op: (getattr(lax, op), u(5)) for op in ("asin", "acos", "atanh", "tan", "erf_inv")},
    "acosh": (lax.acosh, 1 + p(5)),
    "log2": (jnp.log2, p(5)),
    "one_minus_square": (lambda x: jax.jvp(jnp.tanh, (x,), (x,))[1], r(5)),  # bound by jax from 0.11 on
    "lgamma below zero": (lax.lgamma, i(-1, -2) + np.float32(0.4)),
    "integer_pow 3": (lambda x: x**3, r(5)),
    "integer_pow -2": (lambda x: lax.integer_pow(x, -2), r(5)),
    "integer_pow 1": (lambda x: lax.integer_pow(x, 1), r(5)),
    "reduce_precision": (lambda x: lax.reduce_precision(x, 8, 23), r(5)),
    "convert_element_type": (lambda x: x.astype(jnp.complex64), r(5)),
    "copy": (lambda x: jnp.array(x, copy=True), r(5)),
    "optimization_barrier": (lambda x, y: lax.optimization_barrier((x, y)), r(3), r(2)),
    # complex numbers
    "complex": (lambda x, y: lax.complex(x, y) ** 2, r(4), r(4)),
    "real": (lambda z: lax.real(z * z), c(4)),
    "imag": (lambda z: lax.imag(z * z), c(4)),
    "conj": (lambda z: lax.conj(z) * z, c(4)),
    "abs of complex": (lax.abs, c(4)),
    "sign": (jnp.sign, c(4)),
    "cholesky of complex": (lambda z: lax.linalg.cholesky(z @ jnp.conj(z.T) + 3 * jnp.eye(3)), c(3, 3)),
    "qr of complex": (lambda z: lax.linalg.qr(z, full_matrices=False), (c(3, 3) + 3 * np.eye(3)).astype(np.complex64)),
    "holomorphic": (lambda z: lax.exp(z) * lax.sin(z) + lax.tanh(z) / z, c(4)),
    "fft": (jnp.fft.fft, c(4)),
    "rfft": (jnp.fft.rfft, r(6)),
    "irfft": (jnp.fft.irfft, c(4)),
    # two operands
    **{op: (getattr(lax, op), r(5), off(5)) for op in ["add", "sub", "mul", "div", "rem", "max", "min", "atan2"]},
    "scalar operand": (lambda x, s: x * s + s - x / s, r(3), np.float32(1.5)),
    "pow": (lax.pow, p(5), r(5)),
    "pow integer": (lambda x: lax.pow(x, i(0, 1, 2, 3, -1)), r(5)),
    "pow scalar": (lambda x, y: lax.pow(x, y), p(3), np.float32(1.5)),
    "igamma": (lax.igamma, p(4), p(4)),
    "igammac": (lax.igammac, p(4), p(4)),
    "polygamma": (lambda x: lax.polygamma(jnp.full(4, 1.0, x.dtype), x), p(4)),
    "regularized_incomplete_beta": (
        lambda x: lax.betainc(jnp.full(4, 1.5, x.dtype), jnp.full(4, 2.5, x.dtype), x),
        p(4) / 2,
    ),
    # three
    "clamp": (lambda a, x, b: lax.clamp(a, x, b), -p(6) / 2, off(6), p(6) / 2),
    "clamp scalar": (lambda x: lax.clamp(-0.5, x, 0.75), off(6)),
    "select_n": (lambda x, y: lax.select_n(np.array([True, False, True]), x, y), r(3), r(3)),
    "select_n of three": (lambda x, y, z: lax.select_n(i(2, 0, 1), x, y, z), r(3), r(3), r(3)),
    "where": (lambda x: jnp.where(x > 0, x * x, jnp.sin(x)), r(6)),
    # shapes
    "broadcast_in_dim": (lambda x: jnp.broadcast_to(x, (3, 4)), r(4)),
    "reshape": (lambda x: x.reshape(6, 2), r(3, 4)),
    "squeeze": (lambda x: jnp.squeeze(x, 1), r(3, 1)),
    "transpose": (lambda x: jnp.transpose(x, (2, 0, 1)), r(2, 3, 4)),
    "rev": (lambda x: lax.rev(x, (0,)), r(4, 2)),
    "slice": (lambda x: lax.slice(x, (1, 0), (4, 3), (2, 1)), r(5, 3)),
    "concatenate": (lambda x, y: jnp.concatenate([x, y], 1), r(2, 3), r(2, 2)),
    "stack": (lambda x, y: jnp.stack([x, y]), r(3), r(3)),
    "unstack": (lambda x: list(jnp.unstack(x)), r(3, 2)),
    "split": (lambda x: jnp.split(x, 3), r(6)),
    "tile": (lambda x: jnp.tile(x, (2, 3)), r(2, 3)),
    "pad": (lambda x, y: lax.pad(x, y, [(1, 2, 0), (-1, 0, 2)]), r(3, 4), np.float32(0.5)),
    # contractions
    "dot_general": (jnp.matmul, r(2, 3, 4), r(2, 4, 2)),
    "einsum": (lambda a, b, d: jnp.einsum("bij,bjk,k->bi", a, b, d), r(2, 3, 4), r(2, 4, 3), r(3)),
    "conv_general_dilated": (conv, r(2, 5, 4, 2), r(3, 2, 2, 3)),
    # reductions
    "reduce_sum": (lambda x: jnp.sum(x, 0), r(3, 4)),
    "reduce_max": (lambda x: jnp.max(x, 1), r(3, 4)),
    "reduce_min": (lambda x: jnp.min(x), r(3, 4)),
    "reduce_prod": (lambda x: jnp.prod(x, (0, 2)), r(2, 3, 3)),
    "reduce_prod of zeros": (lambda x: jnp.prod(x * np.float32([0, 1, 2])), r(3)),
    "reduce_prod of nothing": (lambda x: jnp.prod(x[:0]), r(3)),
    "cumsum": (lambda x: lax.cumsum(x, 1), r(3, 5)),
    "cumsum reversed": (lambda x: lax.cumsum(x, 0, reverse=True), r(5, 2)),
    "cumprod": (lambda x: lax.cumprod(x, 1), r(2, 5)),
    "cumprod reversed": (lambda x: lax.cumprod(x, 0, reverse=True), r(5)),
    "cummax": (lambda x: lax.cummax(x, 0), r(6, 2)),
    "cummin": (lambda x: lax.cummin(x, 0, reverse=True), r(6, 2)),
    "cumlogsumexp": (lambda x: lax.cumlogsumexp(x, 0), r(5, 2)),
    "logsumexp": (jax.nn.logsumexp, r(3, 4)),
    # windows
    "reduce_window_sum": (pool(lax.add, 0.0, "SAME"), r(4, 5)),
    "reduce_window_max": (pool(lax.max, -np.inf), r(4, 5)),
    "reduce_window_min": (
        pool(lax.min, np.inf, ((1, 0), (0, 2)), base_dilation=(2, 1), window_dilation=(1, 2)),
        r(4, 6),
    ),
    "select_and_scatter_add": (lambda s: jax.vjp(pool(lax.max, -np.inf), POOLED.astype(s.dtype))[1](s)[0], r(3, 2)),
    # order
    "sort": (lambda x: jnp.sort(x, 0), r(5, 2)),
    "sort by keys": (lambda x, y: lax.sort((i(3, 1, 2, 1), x, y), num_keys=2), r(4), r(4)),
    "top_k": (lambda x: lax.top_k(x, 2)[0], r(3, 5)),
    "median": (lambda x: jnp.median(x, 1), r(3, 5)),
    # indices
    "dynamic_slice": (lambda x: lax.dynamic_slice(x, (4, 0), (2, 2)), r(5, 3)),
    "dynamic_update_slice": (lambda x, y: lax.dynamic_update_slice(x, y, (4, 1)), r(5, 3), r(2, 2)),
    "gather": (lambda x: x[i(0, -1, 2, 2)], r(5, 3)),
    "gather filling": (lambda x: x.at[i(0, 9, -7)].get(mode="fill", fill_value=7.0), r(5)),
    "gather clipping": (lambda x: x.at[i(0, 9, 2)].get(mode="clip"), r(5)),
    "scatter": (lambda x, y: x.at[i(0, 2)].set(y), r(5, 3), r(2, 3)),
    "scatter out of bounds": (lambda x, y: x.at[i(0, 9)].set(y), r(5), r(2)),
    "scatter-add": (lambda x, y: x.at[i(0, 2, 0)].add(y), r(5, 3), r(3, 3)),
    "scatter-sub": (lambda x, y: lax.scatter_sub(x, i([0], [2], [0]), y, SCATTER), r(5), r(3)),
    "scatter-mul": (lambda x, y: x.at[i(0, 2)].multiply(y, unique_indices=True), r(5), r(2)),
    "scatter-mul of the operand": (lambda x: x.at[i(0, 2, 0)].multiply(2.0), r(5)),
    "scatter-mul of the updates": (
        lambda y: jnp.arange(1.0, 5.0).at[i(0, 2)].multiply(y, unique_indices=True),
        r(2),
    ),
    "scatter-max": (lambda x, y: x.at[i(0, 2, 0)].max(y), r(5), off(3)),
    "scatter-min": (lambda x, y: x.at[i(0, 2, 9)].min(y), r(5, 2), off(3, 2)),
    # matrices
    "cholesky": (lambda a: lax.linalg.cholesky(a), spd(3)),
    "triangular_solve": (triangular(left_side=True, lower=True), well(3, 3), r(3, 2)),
    "triangular_solve right": (triangular(lower=False, transpose_a=True), well(3, 3), r(2, 3)),
    "triangular_solve unit": (triangular(left_side=True, lower=True, unit_diagonal=True), well(3, 3), r(3, 2)),
    "lu": (lambda a: lax.linalg.lu(a)[0], well(3, 3)),
    "lu wide": (lambda a: lax.linalg.lu(a)[0], well(2, 3)),
    "lu tall": (lambda a: lax.linalg.lu(a)[0], well(4, 3)),
    "tridiagonal_solve": (lax.linalg.tridiagonal_solve, r(4), 3 + r(4), r(4), r(4, 2)),
    "cholesky of many": (lambda a: lax.linalg.cholesky(a), np.stack([spd(3), spd(3)])),
    "triangular_solve of many": (
        triangular(left_side=True, lower=True, transpose_a=True),
        np.stack([well(3, 3), well(3, 3)]),
        r(2, 3, 2),
    ),
    "lu of many": (lambda a: lax.linalg.lu(a)[0], np.stack([well(3, 4), well(3, 4)])),
    "lu of many tall": (lambda a: lax.linalg.lu(a)[0], np.stack([well(4, 3), well(4, 3)])),
    "qr of many": (lambda a: lax.linalg.qr(a, full_matrices=False), np.stack([well(4, 3), well(4, 3)])),
    "tridiagonal_solve of many": (lax.linalg.tridiagonal_solve, r(2, 4), 3 + r(2, 4), r(2, 4), r(2, 4, 2)),
    "tridiagonal_solve of the right": (
        lambda b: lax.linalg.tridiagonal_solve(ONES, 3 * ONES, ONES, b),
        r(4, 2),
    ),
    "qr wide": (lambda a: lax.linalg.qr(a, full_matrices=False), well(3, 5)),
    "qr": (lambda a: lax.linalg.qr(a, full_matrices=False), well(4, 3)),
    # what JAX binds for itself
    "add_any": (lambda x: jax.grad(lambda y: jnp.sum(y * jnp.sin(y)))(x), r(3)),
    "name": (lambda x: checkpoint_name(x * x, "square"), r(3)),
    "device_put": (lambda x: jax.device_put(x) * x, r(3)),
    "select_and_gather_add": (lambda t: jax.jvp(pool(lax.max, -np.inf), (POOLED.astype(t.dtype),), (t,))[1], r(4, 5)),
    # networks
    "polynomial": (jnp.sinc, r(5)),
    "softmax": (jax.nn.softmax, r(3, 4)),
    "gelu": (jax.nn.gelu, r(5)),
    "layer norm": (lambda x: (x - x.mean(-1, keepdims=True)) * lax.rsqrt(x.var(-1, keepdims=True) + 1e-5), r(3, 4)),
    # held constant
    "stop_gradient": (lambda x: lax.stop_gradient(x) * x, r(3)),
    "constant almost everywhere": (
        lambda x: x + jnp.floor(x) * jnp.sign(x) - jnp.round(x) + jnp.ceil(x),
        r(5) + np.float32(0.005),
    ),
}

SCATTER = lax.ScatterDimensionNumbers((), (0,), (0,))

# What the difference quotient of a function with a cut is not: its derivative.
NOT_BY_DIFFERENCES = {"stop_gradient", "reduce_precision"}


def tangents_like(args: Any) -> list[Any]:
    return [c(*np.shape(a)) if np.iscomplexobj(a) else r(*np.shape(a)) for a in args]


def tangents(f: Callable[..., Any], args: Any, ts: Any) -> list[np.ndarray]:
    program = recorded(f, args)
    return shadow(jvp(program, [True] * len(args)), [*args, *ts])[len(program.outputs) :]


# JAX 0.10 has zero for the sign of complex numbers, and no rule for wide matrices; later ones agree with us.
NOT_BY_JAX = set() if hasattr(lax, "log2_p") else {"sign", "qr wide"}


@pytest.mark.parametrize("name", [name for name in CASES if name not in NOT_BY_JAX])
def test_a_rule_agrees_with_jax(name: str) -> None:
    f, *args = CASES[name]
    ts = tangents_like(args)

    def by_jax(*values: Any) -> list[Any]:
        moved = jax.jvp(f, values[: len(args)], values[len(args) :])[1]
        return [t for t in jax.tree.leaves(moved) if t.dtype != jax.dtypes.float0]

    assert all_close(judged(by_jax, [*args, *ts]), tangents(f, args, ts), 3e-6)  # JAX's constants are float32


@pytest.mark.parametrize("name", [name for name in CASES if name not in NOT_BY_DIFFERENCES])
def test_a_rule_agrees_with_central_differences(name: str) -> None:
    f, *args = CASES[name]
    ts, h = tangents_like(args), 1e-5
    program = recorded(f, args)

    up, down = (shadow(program, [x + s * np.asarray(t, wide(t)) for x, t in zip(args, ts)]) for s in (h, -h))

    floats = [k for k, atom in enumerate(program.outputs) if is_continuous(atom.type)]
    assert all_close([(up[k] - down[k]) / (2 * h) for k in floats], tangents(f, args, ts), 1e-7)


def wide(x: Any) -> Any:
    return np.complex128 if np.iscomplexobj(x) else np.float64


# ---- ties, ends of domains: what is chosen there is JAX's choice --------------------------------------------------

TIED = np.float32([1, 2, 2, 1, 2, 0, 2])
ENDS = np.float32([-np.inf, -1, -0.0, 0, 1, np.inf, np.nan])

CORNERS: dict[str, tuple[Any, ...]] = {
    "max": (lax.max, TIED, TIED[::-1]),
    "min": (lax.min, TIED, TIED[::-1]),
    "maximum of nan": (jnp.maximum, ENDS, ENDS[::-1]),
    "reduce_max": (jnp.max, TIED),
    "reduce_min": (jnp.min, -TIED),
    "cummax": (lambda x: lax.cummax(x), TIED),
    "cummin reversed": (lambda x: lax.cummin(x, reverse=True), -TIED),
    "cumlogsumexp": (lambda x: lax.cumlogsumexp(x), ENDS[[0, 0, 3, 1]]),
    "cumlogsumexp of infinity": (lambda x: lax.cumlogsumexp(x), ENDS[[3, 5, 4]]),
    "bessel_i1e": (lax.bessel_i1e, ENDS[3:5]),
    "sort": (jnp.sort, TIED),
    "top_k": (lambda x: lax.top_k(x, 5)[0], TIED),
    "reduce_window_max": (lambda x: lax.reduce_window(x, -jnp.inf, lax.max, (3,), (1,), "SAME"), TIED),
    "reduce_window_min": (lambda x: lax.reduce_window(x, jnp.inf, lax.min, (2,), (2,), "SAME"), TIED),
    "scatter-max": (lambda x, y: x.at[i(0, 1, 1, 5, 5)].max(y), TIED, TIED[:5]),
    "scatter-min": (lambda x, y: x.at[i(0, 1, 1, 1, 9)].min(y), TIED, TIED[:5]),
    "scatter twice": (lambda x, y: x.at[i(0, 1, 1)].set(y), TIED, TIED[:3]),
    "clamp": (lambda x: lax.clamp(np.float32(1), x, np.float32(2)), TIED),
    "clamp of the ends": (lambda a, b: lax.clamp(a, TIED, b), TIED - TIED[::-1], TIED * TIED[::-1] - 1),
    "reduce_prod": (jnp.prod, np.float32([2, 0, 3])),
    "reduce_prod twice zero": (jnp.prod, np.float32([2, 0, 0])),
    "cumprod": (lambda x: lax.cumprod(x), np.float32([2, 0, 3, 0, 1])),
    "rem": (lax.rem, np.float32([4, -4, 5, -5, 0, 3]), np.float32([2, 2, -3, 3, 2, -3])),
    "pow": (lax.pow, np.float32([0, 0, 0, 1, 2]), np.float32([0, 1, 2, 0, 0])),
    "pow of integers": (lambda x: lax.pow(x, i(0, 1, 2, 3)), np.float32([0, 0, 0, 0])),
    "square": (lambda x: x**2, ENDS),
    "atan2": (lax.atan2, ENDS, ENDS[::-1]),
    "where": (lambda x: jnp.where(x > 0, jnp.log(x), x), ENDS),
    "acosh": (lax.acosh, ENDS[3:]),
    "abs of complex zero": (lax.abs, np.complex64([0, 1j])),
    **{op: (getattr(lax, op), ENDS) for op in words(
        "abs sqrt rsqrt cbrt log log1p exp expm1 tanh logistic asin acos atanh sin tan erf erf_inv lgamma digamma"
    )},
    **{op: (getattr(jax.nn, op), ENDS) for op in ("relu", "elu", "softplus", "leaky_relu", "log_sigmoid", "relu6")},
}  # fmt: skip


@pytest.mark.parametrize("name", CORNERS)
def test_at_ties_and_ends_a_rule_chooses_what_jax_chooses(name: str) -> None:
    f, *args = CORNERS[name]
    ts = tangents_like(args)

    got = tangents(f, args, ts)

    expected = judged(lambda *xs: jax.jvp(f, xs[: len(args)], xs[len(args) :])[1], [*args, *ts])
    np.testing.assert_allclose(got[0], expected[0], rtol=1e-6, atol=1e-7)


def operations(program: Program) -> set[str]:
    return {eqn.op for eqn in program.equations}


# Without a case here: what only moves values between lanes (see test_gradients) or devices, and what one version lacks.
ELSEWHERE = {*COLLECTIVES, "pvary", "sharding_constraint", "layout_constraint", "reshard"}
SINCE_0_11 = {"log2", "one_minus_square", "polynomial", "nextafter"}

# JAX has a derivative of singular values; it needs singular vectors, which the reference does not have.
NOT_WRITTEN = {"svd"}


def test_every_row_has_a_case() -> None:
    used = {op for f, *args in CASES.values() for op in operations(recorded(f, args))}
    missing = set(JVP) - set(ZERO) - ELSEWHERE - used

    assert missing <= (SINCE_0_11 if not hasattr(lax, "log2_p") else {"nextafter"})


def test_every_operation_has_a_row_or_is_known_to_have_no_derivative() -> None:
    rows = {*JVP, *STRUCTURED, *NO_DERIVATIVE}

    assert {*RULES, *COLLECTIVES, *RANDOM} - rows == NOT_WRITTEN


def test_what_is_said_to_have_no_derivative_has_none_in_jax() -> None:
    from jax._src.interpreters.ad import primitive_jvps

    differentiable = {primitive.name for primitive in primitive_jvps}

    assert differentiable & set(NO_DERIVATIVE) == set()


def test_no_operation_has_two_rows() -> None:
    kinds = [LINEAR, MULTILINEAR, ZERO, NO_DERIVATIVE, SLOPES, STRUCTURED]

    assert sum(map(len, kinds)) == len(set().union(*kinds))
