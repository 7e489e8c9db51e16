"""The words that all files on tangents share.

A *primal* is an ordinary value of a recording, its *tangent* the infinitesimal change that rides beside it, of the same
shape and dtype. The tangent None is a zero that needs no array. Only *continuous* values, floats and complex numbers,
have tangents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.core import ShapedArray

Value: TypeAlias = Any  # a recorded value
Tangent: TypeAlias = Any  # a recorded value, or None
Primals: TypeAlias = Sequence[Value]
Tangents: TypeAlias = Sequence[Tangent]
Rebind: TypeAlias = Callable[..., Any]


def is_continuous(x: Any) -> bool:
    """Whether values of this dtype have tangents; x is a value or a type."""
    return bool(jnp.issubdtype(x.dtype, np.inexact))


def tangent_type(type_: ShapedArray) -> ShapedArray:
    """The type of a tangent: that of the primal, never weak."""
    return ShapedArray(type_.shape, type_.dtype)


def filled(tangent: Tangent, primal: Value) -> Value:
    """The tangent, or an array of zeros where it is None."""
    return lax.full(primal.shape, 0, primal.dtype) if tangent is None else tangent


def where(condition: Value, chosen: Value) -> Value:
    """`chosen` where the condition holds, else zero."""
    return lax.select(condition, chosen, lax.full_like(chosen, 0))


def total(terms: Iterable[Value]) -> Value:
    """The sum of one term or more, in order."""
    first, *rest = terms
    for term in rest:
        first = first + term
    return first
