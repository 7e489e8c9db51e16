"""Dense linear algebra on the last two axes, as far as its results are determined.

Eigenvectors and singular vectors are determined only up to a factor that each library chooses; they have no rule.
Singular input gives infinities and nan, as division does, not an exception.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import ReferenceUnsupported
from .table import Array, Table


def over_batch(function: Callable[..., Any]) -> Callable[..., Any]:
    """Lift a function of matrices (and vectors) to stacks of them."""

    def lifted(x: Array, *rest: Array) -> list[Array]:
        results = [function(x[i], *(y[i] for y in rest)) for i in np.ndindex(x.shape[:-2])]
        return [np.reshape(np.stack(r), x.shape[:-2] + r[0].shape) for r in zip(*results, strict=True)]

    return lifted


def cholesky(x: Array) -> list[Array]:
    """The lower factor, from the lower triangle. All nan if the matrix is not positive definite.

    What XLA leaves above the diagonal is not specified; jnp masks it. Here it is zero.
    """
    try:
        return [np.linalg.cholesky(x)]
    except np.linalg.LinAlgError:
        return [np.full_like(x, np.nan)]


def lu(x: Array) -> list[Array]:
    """Elimination with row exchanges: both factors in one matrix, the exchanges, the permutation they make."""
    x, rows = x.copy(), np.arange(x.shape[0])
    pivots = np.empty(min(x.shape), np.int64)
    for k in range(len(pivots)):
        column = x[k:, k]
        best = k + int(np.argmax(np.abs(column.real) + np.abs(column.imag)))
        pivots[k] = best
        x[[k, best]], rows[[k, best]] = x[[best, k]], rows[[best, k]]
        if x[k, k] != 0:
            x[k + 1 :, k] /= x[k, k]
            x[k + 1 :, k + 1 :] -= np.outer(x[k + 1 :, k], x[k, k + 1 :])
    return [x, pivots, rows]


def lu_pivots_to_permutation(pivots: Array, *, permutation_size: int) -> Array:
    result = np.broadcast_to(np.arange(permutation_size), (*pivots.shape[:-1], permutation_size)).copy()
    for i in np.ndindex(pivots.shape[:-1]):
        for k, j in enumerate(pivots[i]):
            result[i][[k, j]] = result[i][[j, k]]
    return result


def qr(x: Array, *, pivoting: bool, full_matrices: bool) -> list[Array]:
    if pivoting:
        raise ReferenceUnsupported("qr", "It asks for pivoting.")
    return list(np.linalg.qr(x, "complete" if full_matrices else "reduced"))


def householder_product(vectors: Array, scales: Array) -> list[Array]:
    """The first columns of the product of the reflections 1 - scale · v v*."""
    rows, columns = vectors.shape
    product = np.eye(rows, columns, dtype=vectors.dtype)
    for k in reversed(range(len(scales))):
        v = np.concatenate([np.zeros(k), np.ones(1), vectors[k + 1 :, k]])
        product = product - scales[k] * np.outer(v, np.conj(v) @ product)
    return [product]


def _substitute(a: Array, b: Array) -> list[Array]:
    """Solve a x = b for lower triangular a, row by row."""
    x = np.zeros_like(b)
    for k in range(a.shape[0]):
        x[k] = (b[k] - a[k, :k] @ x[:k]) / a[k, k]
    return [x]


def triangular_solve(
    a: Array, b: Array, *, left_side: bool, lower: bool, transpose_a: bool, conjugate_a: bool, unit_diagonal: bool
) -> Array:
    a = np.tril(a) if lower else np.triu(a)
    if unit_diagonal:
        n = np.arange(a.shape[-1])
        a = a.copy()
        a[..., n, n] = 1
    a = np.conj(a) if conjugate_a else a
    if transpose_a != (not left_side):  # x a = b is aᵀ xᵀ = bᵀ
        a, lower = np.swapaxes(a, -1, -2), not lower
    b = b if left_side else np.swapaxes(b, -1, -2)
    if lower:
        x = over_batch(_substitute)(a, b)[0]
    else:  # upwards: turn both round
        x = np.flip(over_batch(_substitute)(np.flip(a, (-1, -2)), np.flip(b, -2))[0], -2)
    return x if left_side else np.swapaxes(x, -1, -2)


def tridiagonal_solve(
    below: Array, diagonal: Array, above: Array, b: Array, *, perturb_singular: bool = False
) -> Array:
    if perturb_singular:
        raise ReferenceUnsupported("tridiagonal_solve", "It asks for a perturbation of singular matrices.")
    n = np.arange(diagonal.shape[-1])
    a = np.zeros((*diagonal.shape, len(n)), diagonal.dtype)
    a[..., n, n] = diagonal
    a[..., n[1:], n[:-1]], a[..., n[:-1], n[1:]] = below[..., 1:], above[..., :-1]
    return np.linalg.solve(a, b)


def svd(x: Array, *, compute_uv: bool, full_matrices: bool = False, subset_by_index: Any = None) -> list[Array]:
    if compute_uv or subset_by_index is not None:
        raise ReferenceUnsupported("svd", "Singular vectors are determined only up to a factor; values alone are fine.")
    return [np.linalg.svd(x, compute_uv=False)]


def symmetric_product(a: Array, c: Array, *, alpha: Any, beta: Any) -> Array:
    return np.asarray(alpha * (a @ np.swapaxes(a, -1, -2)) + beta * c)


ARITHMETIC: Table = {
    "cholesky":                 over_batch(cholesky),
    "lu":                       over_batch(lu),
    "lu_pivots_to_permutation": lu_pivots_to_permutation,
    "qr":                       qr,
    "householder_product":      over_batch(householder_product),
    "triangular_solve":         triangular_solve,
    "tridiagonal_solve":        tridiagonal_solve,
    "svd":                      svd,
    "symmetric_product":        symmetric_product,
}

MOVES: Table = {}
