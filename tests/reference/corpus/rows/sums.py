"""Rows of contractions, reductions and windows."""

# ruff: noqa: B008  lists of names stay on one line; lambdas keep their turn of the loop

import itertools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from ..numbers import complex_, real, whole
from .common import W, X, row, short, wide_type

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
        f"dot-{name}.{short(dtype)}",
        lambda x, y, d=numbers: lax.dot_general(x, y, d),
        make(*left, dtype=dtype),
        make(*right, dtype=dtype),
        wide=wide_type(dtype),
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
        f"{name}{axes}.{short(dtype)}",
        lambda x, f=fun, a=axes: f(x, axis=a),
        Y if dtype == np.float32 else whole(2, 3, 4, high=4),
        wide=False,
    )
for (name, fun), dtype in itertools.product(
    FULL.items(), (np.float16, jnp.bfloat16, np.float64, np.uint8, np.complex64)
):
    x = complex_(3, 4) if dtype == np.complex64 else whole(3, 4, low=0, high=3).astype(dtype)
    row(f"{name}.{short(dtype)}", lambda x, f=fun: f(x, axis=1), x, wide=wide_type(dtype))
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
