"""Rows of sorting, linear algebra and Fourier transforms."""

import itertools

import jax.numpy as jnp
import numpy as np
from jax import lax

from ..numbers import complex_, definite, matrix, positive, real, whole
from .common import FLOATS, row, short, wide_type

# ---- ordering ------------------------------------------------------------------------------------------------------
TIES = whole(4, 6, low=0, high=3)
for dtype in (np.float32, np.int32, np.uint8, jnp.bfloat16, np.float16, np.bool_):
    row(
        f"sort.{short(dtype)}",
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
    row(f"sort-nan.{short(dtype)}", lambda x: (lax.sort(x), lax.top_k(x, 3)), holes, wide=wide_type(dtype))
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
