"""Making, moving, indexing, sorting, reducing and multiplying arrays, as people write it in jnp."""

# ruff: noqa: B008  lists of names stay on one line; lambdas keep their turn of the loop

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from . import Family, words
from .numbers import complex_, definite, matrix, positive, real, whole

ARRAYS = Family("arrays")
add = ARRAYS.add

# ---- shapes
add("concatenate", lambda a, b: (jnp.concatenate([a, b], 1), jnp.hstack([a, b])), real(2, 3), real(2, 4))
add("stack", lambda a, b: (jnp.stack([a, b]), jnp.vstack([a, b]), jnp.column_stack([a, b])), real(3), real(3))
add(
    "pad",
    lambda a: (jnp.pad(a, ((1, 2), (0, 1))), jnp.pad(a, 1, mode="edge"), jnp.pad(a, 1, mode="reflect")),
    real(3, 3),
)
add("pad-interior", lambda a: lax.pad(a, 0.0, ((-1, 2, 1), (1, 0, 0))), real(4, 3))
add("reshape", lambda a: (a.reshape(6, 2).T[None], a.ravel(), a.reshape(-1, 3, order="F")), real(3, 4))
add("tile", lambda a: jnp.tile(a, (2, 3)), real(2, 3))
add("repeat", lambda a: (jnp.repeat(a, 2, axis=0), jnp.repeat(a, np.array([1, 2]), axis=0)), real(2, 3))
add("roll", lambda a: (jnp.roll(a, 1), jnp.roll(a, (1, -2), (0, 1))), real(3, 5))
add("flip", lambda a: (jnp.flip(a, 0), a[::-1], jnp.rot90(a)), real(5, 2))
add("eye", lambda: jnp.eye(3) + jnp.tri(3))
add("arange", lambda x: jnp.arange(5) * x + jnp.linspace(0, 1, 5) + jnp.full(5, 2.0), real(5))
add("triangles", lambda x: (jnp.triu(x), jnp.tril(x, -1), jnp.diag(x), jnp.diag(x[0]), jnp.trace(x)), real(4, 4))
add("split", lambda x: (jnp.split(x, 3), jnp.array_split(x, 4)), real(6))
add("meshgrid", jnp.meshgrid, real(3), real(2))
add("broadcast", lambda x: (jnp.broadcast_to(x, (3, 4)), x[None, :, None] + x), real(4))
add("moveaxis", lambda x: (jnp.moveaxis(x, 0, 2), x.swapaxes(0, 1), x.transpose(2, 0, 1)), real(2, 3, 4))
add("unstack", lambda x: jnp.unstack(x), real(3, 2))
add("atleast", lambda x: (jnp.atleast_2d(x), jnp.expand_dims(x, (0, 2)), jnp.squeeze(x[None])), real(3))
add("block", lambda x: jnp.block([[x, x], [x, x + 1]]), real(2, 2))
add("size-zero", lambda x: (x.sum(), x.T, x @ x.T, jnp.concatenate([x, x]), x.reshape(0), jnp.sort(x)), real(2, 0))
add("scalars", lambda x: (x + 1, x[None], jnp.stack([x, x]), x.astype(jnp.int32)), np.float32(1.5))

# ---- indexing
add("take", lambda x, i: (jnp.take(x, i, axis=0), x[i], x[:, i % 3]), real(5, 3), np.array([0, 4, 2]))
add("index-two", lambda x, i, j: x[i, :, j], real(5, 3, 4), np.array([0, 4, 2]), np.array([1, 1, 3]))
add("index-negative", lambda x, i: x[i], real(5, 3), np.array([0, -1, 2]))
add("take_along_axis", lambda x, i: jnp.take_along_axis(x, i, 1), real(4, 5), np.array([[0], [1], [4], [2]]))
add("get-fill", lambda x, i: x.at[i].get(mode="fill", fill_value=0.0), real(5), np.array([0, 9, -7]))
add("get-clip", lambda x, i: x.at[i].get(mode="clip"), real(5), np.array([0, 9, -7]))
add(
    "set", lambda x, i: (x.at[i].set(1.0), x.at[1:3].set(2.0), x.at[:, 0].set(i[0] * 1.0)), real(5, 3), np.array([0, 2])
)
add("add-duplicates", lambda x, i, v: x.at[i].add(v), real(5, 3), np.array([0, 2, 0]), real(3, 3))
add("multiply", lambda x, i: x.at[i].multiply(2.0), real(5), np.array([0, 2, 0]))
add("divide", lambda x, i: x.at[i].divide(2.0), real(5), np.array([0, 2]))
add("power", lambda x, i: x.at[i].power(2.0), real(5), np.array([0, 2]))
add("max", lambda x, i: (x.at[i].max(0.3), x.at[i].min(0.3)), real(5), np.array([0, 2]))
add("set-dropped", lambda x, i: (x.at[i].add(1.0), x.at[i].set(1.0, mode="drop")), real(5), np.array([0, 9, -7]))
add("set-point", lambda x, i: x.at[1, i].set(0.0), real(5, 3), np.array(2))
add("dynamic_slice", lambda x, i: lax.dynamic_slice(x, (i, 0), (2, 2)), real(5, 3), np.int32(4))
add("dynamic_update_slice", lambda x, u, i: lax.dynamic_update_slice(x, u, (i, 1)), real(5, 3), real(2, 2), np.int32(4))
add("dynamic_index", lambda x, i: (lax.dynamic_index_in_dim(x, i, 0, False), x[i]), real(5, 3), np.int32(2))
add("slices", lambda x: (x[1:4:2, ::-1], x[-2:], x[..., None], x[:, 1]), real(5, 3))
add("mask-where", lambda x: jnp.where(x > 0, size=4, fill_value=-1), real(7))
add("nonzero", lambda x: jnp.nonzero(x, size=4), whole(8))
add("one-hot-index", lambda x, i: jnp.zeros((3, 4)).at[jnp.arange(3), i].set(x), real(3), np.array([1, 3, 0]))
add("segment_sum", lambda x, i: jax.ops.segment_sum(x, i, 4), real(6), np.array([0, 2, 2, 1, 0, 9]))
add("segment_max", lambda x, i: jax.ops.segment_max(x, i, 4), real(6), np.array([0, 2, 2, 1, 0, 2]))
add("choose", lambda i, x: jnp.choose(i, [x, x + 1, x * 2], mode="clip"), np.array([0, 2, 1]), real(3))

# ---- ordering and counting
add("sort", lambda x: (jnp.sort(x), jnp.sort(x, axis=0), jnp.sort(x, descending=True)), real(4, 6))
add("argsort", lambda x: (jnp.argsort(x), jnp.argsort(x, axis=0, descending=True)), real(4, 6))
add("lexsort", lambda a, b: jnp.lexsort((a, b)), real(6), whole(6, low=0, high=2))
add("sort-pairs", lambda a, b: lax.sort((a, b), num_keys=1), whole(8), real(8))
add("top_k", lambda x: lax.top_k(x, 2), real(4, 6))
add("searchsorted", lambda a, v: (jnp.searchsorted(a, v), jnp.digitize(v, a)), np.sort(real(6)), real(4))
add("unique", lambda x: jnp.unique(x, size=4), whole(8))
add("bincount", lambda x: jnp.bincount(x, length=8), whole(8, low=0))
add("histogram", lambda x: jnp.histogram(x, 4, (-2, 2)), real(9))
add("quantile", lambda x: (jnp.quantile(x, 0.3), jnp.percentile(x, 50.0, axis=0), jnp.median(x, axis=1)), real(4, 5))
add("partition", lambda x: jnp.partition(x, 2), real(6))
add(
    "set-operations",
    lambda a, b: (jnp.isin(a, b), jnp.intersect1d(a, b, size=3), jnp.union1d(a, b, size=9)),
    whole(5),
    whole(5),
)

# ---- reductions
for name in words(
    "sum prod max min mean var std argmax argmin cumsum cumprod any all ptp nansum nanmean nanmax count_nonzero average"
):
    add(
        f"reduce-{name}",
        lambda x, f=getattr(jnp, name): (f(x, axis=1), f(x, axis=0), *([] if "cum" in f.__name__ else [f(x)])),
        real(4, 6) + 1,
    )
add("reduce-keepdims", lambda x: x / x.sum(-1, keepdims=True), positive(3, 4))
add("reduce-where", lambda x: (jnp.sum(x, where=x > 0), jnp.max(x, where=x > 0, initial=-9.0)), real(3, 4))
add("reduce-int", lambda x: (x.sum(), x.mean(), x.max(0), x.prod(1), jnp.cumsum(x, 1)), whole(3, 4))
add("reduce-half", lambda x: (x.sum(), x.mean(0), x.max()), real(3, 4, dtype=jnp.bfloat16))
add("cumulative", lambda x: (lax.cummax(x, 1), lax.cummin(x, 0, reverse=True), lax.cumlogsumexp(x, 0)), real(4, 5))
add("logsumexp", lambda x: (jax.nn.logsumexp(x), jax.scipy.special.logsumexp(x, axis=1, b=2.0)), real(4, 6))
add(
    "norms",
    lambda x: (
        jnp.linalg.norm(x),
        jnp.linalg.norm(x, axis=1),
        jnp.linalg.norm(x, ord=1),
        jnp.linalg.norm(x, ord=np.inf),
    ),
    real(4, 6),
)
add(
    "norm-spectral", lambda x: (jnp.linalg.norm(x, ord=2), jnp.linalg.norm(x, ord="nuc"), jnp.linalg.cond(x)), matrix(3)
)
add("diff", lambda x: (jnp.diff(x), jnp.diff(x, n=2, axis=0), jnp.gradient(x[0]), jnp.trapezoid(x[0])), real(4, 5))
add("covariance", lambda x: (jnp.cov(x), jnp.corrcoef(x)), real(3, 6))

# ---- products
add("matmul", lambda a, b: (a @ b, jnp.dot(a, b), a.T @ a), real(4, 5), real(5, 3))
add("matmul-batched", jnp.matmul, real(2, 4, 5), real(2, 5, 3))
add("matmul-broadcast", jnp.matmul, real(2, 4, 5), real(5, 3))
add("matrix-vector", lambda a, x: (a @ x, x @ a.T), real(4, 5), real(5))
add("matmul-int", jnp.matmul, whole(4, 5), whole(5, 3))
add("matmul-complex", jnp.matmul, complex_(3, 4), complex_(4, 2))
add(
    "matmul-half",
    lambda a, b: (a @ b, jnp.einsum("ij,jk->ik", a, b, preferred_element_type=jnp.float32)),
    real(4, 5, dtype=jnp.bfloat16),
    real(5, 3, dtype=jnp.bfloat16),
)
add("einsum", lambda a, b, c: jnp.einsum("bij,bjk,k->bi", a, b, c), real(2, 3, 4), real(2, 4, 5), real(5))
add("einsum-diagonal", lambda a: (jnp.einsum("ii->i", a), jnp.einsum("ij->j", a), jnp.einsum("ii", a)), real(3, 3))
add("outer", lambda a, b: (jnp.outer(a, b), jnp.kron(a, b), jnp.inner(a, a)), real(3), real(4))
add("tensordot", lambda a, b: jnp.tensordot(a, b, 2), real(3, 4, 5), real(4, 5, 2))
add("vdot", lambda a, b: (jnp.vdot(a, b), jnp.cross(a[:3], b[:3])), real(5), real(5))
add(
    "conv-1d",
    lambda x, k: lax.conv_general_dilated(x, k, (1,), "SAME", dimension_numbers=("NWC", "WIO", "NWC")),
    real(2, 8, 3),
    real(3, 3, 4),
)
add(
    "conv-2d",
    lambda x, k: lax.conv_general_dilated(x, k, (2, 1), ((1, 0), (0, 2)), (1, 2), (2, 1), ("NHWC", "HWIO", "NHWC")),
    real(2, 7, 8, 3),
    real(3, 2, 3, 4),
)
add(
    "conv-groups",
    lambda x, k: lax.conv_general_dilated(
        x, k, (1, 1), "SAME", feature_group_count=2, dimension_numbers=("NHWC", "HWIO", "NHWC")
    ),
    real(2, 5, 5, 4),
    real(3, 3, 2, 4),
)
add(
    "conv-transpose",
    lambda x, k: lax.conv_transpose(x, k, (2,), "SAME", dimension_numbers=("NWC", "WIO", "NWC")),
    real(2, 4, 3),
    real(3, 3, 2),
)
add(
    "max-pool", lambda x: lax.reduce_window(x, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID"), real(2, 6, 6, 3)
)
add("mean-pool", lambda x: lax.reduce_window(x, 0.0, lax.add, (1, 2, 2, 1), (1, 2, 2, 1), "SAME") / 4, real(2, 5, 5, 3))
add(
    "fft",
    lambda x: (jnp.abs(jnp.fft.fft(x)), jnp.fft.rfft(x), jnp.fft.irfft(jnp.fft.rfft(x)), jnp.fft.fft2(x)),
    real(3, 8),
)
add("fftshift", lambda x: (jnp.fft.fftshift(x), jnp.fft.fftfreq(6)), real(6))

# ---- linear algebra
add("cholesky", lambda x: (jnp.linalg.cholesky(x), jax.scipy.linalg.cholesky(x)), definite(3))
add("cho_solve", lambda x, b: jax.scipy.linalg.cho_solve(jax.scipy.linalg.cho_factor(x), b), definite(3), real(3))
add("solve", jnp.linalg.solve, matrix(3), real(3))
add("solve-batched", jnp.linalg.solve, np.stack([matrix(3), matrix(3)]), real(2, 3, 2))
add("inv", jnp.linalg.inv, matrix(3))
add("det", lambda x: (jnp.linalg.det(x), jnp.linalg.slogdet(x)), matrix(3))
add("solve_triangular", lambda a, b: jax.scipy.linalg.solve_triangular(a, b, lower=True), matrix(3), real(3))
add("qr", jnp.linalg.qr, real(4, 3))
add("lu", jax.scipy.linalg.lu, matrix(3))
add("expm", jax.scipy.linalg.expm, real(3, 3, scale=0.3))
add("matrix_power", lambda x: (jnp.linalg.matrix_power(x, 3), jnp.linalg.matrix_power(x, -1)), matrix(3))
add("toeplitz", lambda x: jax.scipy.linalg.toeplitz(x), real(4))

# ---- types
add(
    "casts",
    lambda x: (x.astype(jnp.int32), x.astype(jnp.bfloat16), x.astype(jnp.float16), x > 0, x.astype(bool)),
    real(5, scale=3),
)
add(
    "casts-int",
    lambda x: (x.astype(jnp.uint8), x.astype(jnp.int8), x.astype(jnp.uint32), x.astype(jnp.float32)),
    whole(5) * 100,
)
add(
    "promotion",
    lambda a, b, c: (a + b, b * c, a / c, a + 1.5, b + True),
    whole(3),
    whole(3, low=0, dtype=np.uint8),
    real(3, dtype=np.float16),
)
add("bitcast", lambda x: (lax.bitcast_convert_type(x, jnp.int32), x.view(jnp.uint32)), real(5))
add("reduce_precision", lambda x: lax.reduce_precision(x, 8, 7), real(4))
add("stop_gradient", lambda x: lax.stop_gradient(x) + 1, real(3))
add("population", lambda x: (lax.population_count(x), lax.clz(x), jnp.bitwise_count(x)), whole(7, low=0))
add("packbits", lambda x: jnp.unpackbits(jnp.packbits(x > 0)), whole(16))
