"""Tangents of the matrix factorisations. Notation: A' is the tangent of A, Aᴴ its conjugate transpose.

Each rule differentiates the identity that defines the factors (such as A = L Lᴴ) and solves for their tangents; the
factors' structure (triangular, unitary) says how one matrix splits into the tangents of two. All act on the last two
axes, so batches need nothing special.
"""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
from jax import lax

from .errors import ReferenceUnsupported
from .tangent_values import Primals, Rebind, Tangent, Tangents, Value, filled

solve = lax.linalg.triangular_solve


def adjoint(a: Value) -> Value:
    return jnp.conj(jnp.swapaxes(a, -1, -2))


def identity(n: int, like: Value) -> Value:
    return jnp.eye(n, dtype=like.dtype)


def cholesky(primals: Primals, tangents: Tangents, outs: Primals, again: Rebind, **_: Any) -> Value:
    """A = L Lᴴ, so L⁻¹ A' L⁻ᴴ = M + Mᴴ with M = L⁻¹ L' lower triangular: M is its lower half.

    Only the lower triangle of A counts.
    """
    lower = outs[0]
    change = jnp.tril(tangents[0], -1)
    change = change + adjoint(change) + identity(lower.shape[-1], lower) * jnp.real(tangents[0])
    both = solve(lower, change, left_side=True, lower=True)
    both = solve(lower, both, lower=True, transpose_a=True, conjugate_a=True)
    return lower @ (jnp.tril(both) / (1 + identity(both.shape[-1], both)))


def triangular_solve(
    primals: Primals,
    tangents: Tangents,
    outs: Primals,
    again: Rebind,
    left_side: bool,
    lower: bool,
    transpose_a: bool,
    conjugate_a: bool,
    unit_diagonal: bool,
    **_: Any,
) -> Value:
    """A X = B, so A X' = B' - A' X; of A' only the triangle that the solve reads counts."""
    (a, b), (ta, tb), x = primals, tangents, outs[0]
    right = filled(tb, b)
    if ta is not None:
        ta = jnp.tril(ta, -unit_diagonal) if lower else jnp.triu(ta, +unit_diagonal)
        ta = jnp.swapaxes(ta, -1, -2) if transpose_a else ta
        ta = jnp.conj(ta) if conjugate_a else ta
        right = right - (ta @ x if left_side else x @ ta)
    return again(a, right)


def lu(primals: Primals, tangents: Tangents, outs: Primals, again: Rebind, **_: Any) -> list[Tangent]:
    """P A = L U, so L⁻¹ P A' U⁻¹ = L⁻¹ L' + U' U⁻¹: a strictly lower and an upper triangle.

    L and U are completed to square matrices by the identity, so that they can be inverted.
    """
    packed, _pivots, permutation = outs
    m, n = packed.shape[-2:]
    k = min(m, n)
    batch = [(0, 0, 0)] * (packed.ndim - 2)
    zero = jnp.zeros((), packed.dtype)
    lower = lax.pad(jnp.tril(packed[..., :k], -1), zero, [*batch, (0, 0, 0), (0, m - k, 0)]) + identity(m, packed)
    rest = lax.pad(identity(n - k, packed), zero, [(k, 0, 0), (k, 0, 0)])
    upper = lax.pad(jnp.triu(packed[..., :k, :]), zero, [*batch, (0, n - k, 0), (0, 0, 0)]) + rest
    permuted = jnp.take_along_axis(tangents[0], permutation[..., None], -2)
    both = solve(lower, permuted, left_side=True, lower=True, unit_diagonal=True)
    both = solve(upper, both, left_side=False, lower=False)
    return [lower @ jnp.tril(both, -1) + jnp.triu(both) @ upper, None, None]


def qr(
    primals: Primals,
    tangents: Tangents,
    outs: Primals,
    again: Rebind,
    full_matrices: bool,
    pivoting: bool,
    **_: Any,
) -> list[Tangent]:
    """A = Q R, so A' R⁻¹ = Q' + Q R' R⁻¹, where Qᴴ Q' is skew and R' R⁻¹ is upper triangular.

    Of a wide matrix the square part on the left decides Q; the rest is R = Qᴴ A.
    """
    (q, r), a, ta = outs[:2], primals[0], tangents[0]
    m, n = a.shape[-2:]
    if (full_matrices and m > n) or pivoting:
        raise ReferenceUnsupported("qr", "It has no derivative with full_matrices of a tall matrix, or with pivoting.")
    k = min(m, n)
    right = solve(r[..., :k], ta[..., :k], left_side=False, lower=False)
    inner = adjoint(q) @ right
    below = jnp.tril(inner, -1)
    skew = below - adjoint(below)
    if jnp.iscomplexobj(inner):
        skew = skew + identity(k, inner) * (inner - jnp.real(inner))
    tq, tr = q @ (skew - inner) + right, (inner - skew) @ r[..., :k]
    rest = adjoint(tq) @ a[..., k:] + adjoint(q) @ ta[..., k:]
    return [tq, jnp.concatenate([tr, rest], -1)]


def tridiagonal_solve(primals: Primals, tangents: Tangents, outs: Primals, again: Rebind, **_: Any) -> Value:
    """A X = B, so A X' = B' - A' X, where A is given by its diagonals below, on and above the middle."""
    (below, middle, above, b), x = primals, outs[0]
    change = [None if t is None else t[..., None] for t in tangents[:3]]
    right = filled(tangents[3], b)
    if change[0] is not None:
        right = right - change[0] * shifted(x, 1)
    if change[1] is not None:
        right = right - change[1] * x
    if change[2] is not None:
        right = right - change[2] * shifted(x, -1)
    return again(below, middle, above, right)


def shifted(x: Value, rows: int) -> Value:
    """The rows moved down (or up), zeros where none come from."""
    edge = [(0, 0, 0)] * (x.ndim - 2)
    return lax.pad(x, jnp.zeros((), x.dtype), [*edge, (rows, -rows, 0), (0, 0, 0)])
