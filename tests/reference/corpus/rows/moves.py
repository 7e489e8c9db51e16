"""Rows that move values: shapes and indexing. Most run on numbers and on keys."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from ..numbers import real, whole
from .common import OUT, K, X, both, row, short

# ---- shapes --------------------------------------------------------------------------------------------------------


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
            f"gather-{short(dtype)}.{mode}",
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
