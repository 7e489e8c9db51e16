"""Tangents of the operations that choose, order or accumulate elements: the rules that need more than one line.

A rule is called as `rule(primals, tangents, outs, again, **params)`, see `tangent_rules`. Where several elements are
equal and only one can be chosen, the tangent is JAX's: the mean over the ties for maxima and for scattered extremes,
the first of the ties for windows, the half for each side of a two-sided maximum.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import lax

from .errors import ReferenceUnsupported
from .tangent_values import Primals, Rebind, Tangent, Tangents, Value, filled, where

# ---- reductions --------------------------------------------------------------------------------------------------


def reduce_extreme(primals: Primals, tangents: Tangents, outs: Primals, again: Rebind, axes: Any, **_: Any) -> Value:
    """reduce_max and reduce_min: the mean of the tangents of the elements that reach the extreme."""
    reached = (primals[0] == jnp.expand_dims(outs[0], axes)).astype(outs[0].dtype)
    return jnp.sum(tangents[0] * reached, axes) / jnp.sum(reached, axes)


def reduce_prod(primals: Primals, tangents: Tangents, outs: Primals, again: Rebind, axes: Any, **_: Any) -> Value:
    """Each element's tangent times the product of all others, which stays right when some elements are zero."""

    def flat(x: Value) -> Value:
        return jnp.moveaxis(x, axes, range(len(axes))).reshape(-1, *outs[0].shape)

    x = flat(primals[0])
    one = lax.full_like(x[:1], 1)
    before = jnp.concatenate([one, lax.cumprod(x)[:-1]])
    after = jnp.concatenate([lax.cumprod(x, reverse=True)[1:], one])
    return jnp.sum(flat(tangents[0]) * before * after, 0)


def cumulative(combine: Callable[..., tuple[Value, Value]]) -> Callable[..., Value]:
    """The accumulation of pairs (primal, tangent); the order of combination, which decides ties, is JAX's."""

    def rule(primals: Primals, tangents: Tangents, outs: Primals, again: Rebind, axis: int, reverse: bool) -> Value:
        pairs = (primals[0], tangents[0])
        return lax.associative_scan(lambda a, b: combine(*a, *b), pairs, reverse=reverse, axis=axis)[1]

    return rule


def multiply_pairs(x: Value, tx: Value, y: Value, ty: Value) -> tuple[Value, Value]:
    return x * y, tx * y + x * ty


def maximum_of_pairs(x: Value, tx: Value, y: Value, ty: Value) -> tuple[Value, Value]:
    z = lax.max(x, y)
    return z, tx * share(x, y, z) + ty * share(y, x, z)


def minimum_of_pairs(x: Value, tx: Value, y: Value, ty: Value) -> tuple[Value, Value]:
    z = lax.min(x, y)
    return z, tx * share(x, y, z) + ty * share(y, x, z)


def logaddexp_of_pairs(x: Value, tx: Value, y: Value, ty: Value) -> tuple[Value, Value]:
    z = jnp.logaddexp(x, y)

    def weight(part: Value) -> Value:
        return lax.exp(without_infinity(part) - without_infinity(z))

    return z, tx * weight(x) + ty * weight(y)


def without_infinity(x: Value) -> Value:
    """Zero for +inf: the infinite part of a sum has all the weight, exp(0), and not exp(inf - inf)."""
    return jnp.where(x == np.inf, 0, x)


def share(x: Value, other: Value, extreme: Value) -> Value:
    """How much of x's tangent the maximum or minimum of x and the other takes: all, a half at a tie, nothing."""
    x, other, extreme = jnp.broadcast_arrays(x, other, extreme)
    half_or_all = lax.select(other == extreme, lax.full_like(x, 0.5), lax.full_like(x, 1))
    return where(x == extreme, half_or_all)


# ---- windows -----------------------------------------------------------------------------------------------------


def windows(
    x: Value,
    fill: float,
    window_dimensions: Any,
    window_strides: Any,
    padding: Any,
    base_dilation: Any,
    window_dilation: Any,
) -> Value:
    """All windows of x: the first axis counts the places in a window, the others are those of the reduced result."""
    x = lax.pad(x, jnp.asarray(fill, x.dtype), [(lo, hi, d - 1) for (lo, hi), d in zip(padding, base_dilation)])
    spans = [(w - 1) * d + 1 for w, d in zip(window_dimensions, window_dilation)]
    counts = [max(0, (n - span) // s + 1) for n, span, s in zip(x.shape, spans, window_strides)]
    lengths = [max(0, (n - 1) * s + 1) for n, s in zip(counts, window_strides)]

    def place(offset: tuple[int, ...]) -> Value:
        starts = [o * d for o, d in zip(offset, window_dilation)]
        return lax.slice(x, starts, [a + n for a, n in zip(starts, lengths)], window_strides)

    return jnp.stack([place(offset) for offset in np.ndindex(*window_dimensions)])


def reduce_window_extreme(worst: float, choose: Callable[..., Value]) -> Callable[..., Value]:
    def rule(primals: Primals, tangents: Tangents, outs: Primals, again: Rebind, **params: Any) -> Value:
        first = choose(windows(primals[0], worst, **params), 0, np.int32)
        return jnp.take_along_axis(windows(tangents[0], 0, **params), first[None], 0)[0]

    return rule


# ---- order -------------------------------------------------------------------------------------------------------


def sort(primals: Primals, tangents: Tangents, outs: Primals, again: Rebind, dimension: int, **_: Any) -> list[Tangent]:
    """Sort a counter along with the keys: it says where each tangent goes."""
    came_from = again(*primals, lax.broadcasted_iota(np.int32, primals[0].shape, dimension))[-1]
    return [t if t is None else jnp.take_along_axis(t, came_from, dimension) for t in tangents]


def top_k(primals: Primals, tangents: Tangents, outs: Primals, again: Rebind, axis: int, **_: Any) -> list[Tangent]:
    return [jnp.take_along_axis(tangents[0], outs[1], axis), None]


# ---- gather and scatter ------------------------------------------------------------------------------------------


def gather(primals: Primals, tangents: Tangents, outs: Primals, again: Rebind, **params: Any) -> Value:
    """What lies out of bounds has the fill value, a constant, so its tangent is zero."""
    filling = {"fill_value": 0} if params["mode"] == lax.GatherScatterMode.FILL_OR_DROP else {}
    return again(tangents[0], primals[1], **filling)


def scatter(primals: Primals, tangents: Tangents, outs: Primals, again: Rebind, update_jaxpr: Any, **_: Any) -> Value:
    if update_jaxpr is not None:
        raise ReferenceUnsupported(
            "scatter", "A scatter that applies a function has no derivative (nor has it in JAX)."
        )
    operand, indices, updates = primals
    return again(filled(tangents[0], operand), indices, filled(tangents[2], updates))


def scatter_mul(
    primals: Primals,
    tangents: Tangents,
    outs: Primals,
    again: Rebind,
    unique_indices: bool,
    mode: Any,
    dimension_numbers: Any,
    **_: Any,
) -> Value:
    operand, indices, updates = primals
    total = None if tangents[0] is None else again(tangents[0], indices, updates)
    if tangents[2] is None:
        return total
    if not unique_indices:
        why = "Its derivative by the updates needs unique_indices=True (as in JAX)."
        raise ReferenceUnsupported("scatter-mul", why)
    nothing = lax.full_like(operand, 0)
    spread = lax.scatter_add(nothing, indices, tangents[2], dimension_numbers, mode=mode, unique_indices=True)
    return operand * spread if total is None else total + operand * spread


def scatter_extreme(
    primals: Primals, tangents: Tangents, outs: Primals, again: Rebind, dimension_numbers: Any, mode: Any, **_: Any
) -> Value:
    """scatter-min and scatter-max: the mean of the tangents of all that reach the extreme, the operand included."""
    operand, indices, updates = primals
    chosen = read_back(outs[0], indices, updates, dimension_numbers, mode)
    keeps, wins = operand == outs[0], updates == chosen

    def add_up(of_operand: Value, of_updates: Value) -> Value:
        kept, won = where(keeps, of_operand), where(wins, of_updates)
        return lax.scatter_add(kept, indices, won, dimension_numbers, mode=mode)

    total = add_up(filled(tangents[0], operand), filled(tangents[2], updates))
    return total / add_up(lax.full_like(operand, 1), lax.full_like(updates, 1))


def read_back(x: Value, indices: Value, updates: Value, numbers: Any, mode: Any) -> Value:
    """The gather that reads what a scatter with these dimension numbers has written."""
    sizes = iter(updates.shape[d] for d in numbers.update_window_dims)
    single = {*numbers.inserted_window_dims, *numbers.operand_batching_dims}
    dimension_numbers = lax.GatherDimensionNumbers(
        offset_dims=numbers.update_window_dims,
        collapsed_slice_dims=numbers.inserted_window_dims,
        start_index_map=numbers.scatter_dims_to_operand_dims,
        operand_batching_dims=numbers.operand_batching_dims,
        start_indices_batching_dims=numbers.scatter_indices_batching_dims,
    )
    slice_sizes = [1 if d in single else next(sizes) for d in range(x.ndim)]
    return lax.gather(x, indices, dimension_numbers, slice_sizes, mode=mode)
