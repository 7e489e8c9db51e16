"""Rows found by planting faults: what each of these exercises, no other row did."""

import itertools

import jax
import jax.extend.core
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.ad_checkpoint import checkpoint_name

from ..numbers import definite, matrix, real, whole
from .common import OUT, K, W, X, row, short, wide_type

# ---- found by planting faults: what each of these exercises, no row above did --------------------------------------
order = np.array([np.nan, -np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, -1.0], np.float32)
for name in ("eq_to_p", "le_to_p", "lt_to_p"):
    compare = getattr(jax.extend.core.primitives, name, None)
    if compare is not None:
        row(name, compare.bind, np.repeat(order, 8), np.tile(order, 8))
        row(f"{name}-int", compare.bind, whole(9), whole(9))
SMALL = {
    "igammac": [(2.5, 4, 1), (30, 40, 33)],
    "igamma": [(8, 5, 4), (0.01, 0.002, 0.01)],
    "betainc": [(8, 9, 7), (2, 1, 3), (0.01, 0.02, 0.01)],
}
for name, dtype in itertools.product(SMALL, (np.float32, np.float64)):
    if (name, dtype) != ("betainc", np.float64):  # XLA itself is off by fifty units of the last place
        given = [np.array(numbers, dtype) for numbers in SMALL[name]]
        row(f"{name}-small.{short(dtype)}", getattr(lax, name), *given, loose=True, wide=wide_type(dtype))
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
