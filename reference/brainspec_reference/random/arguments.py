"""What the samplers make of their arguments.

The *size* of a sampler is `None`, an integer, or a tuple or list of integers. Its *parameters* are the other numbers
and arrays that it is given: bounds, locations, scales, probabilities.
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np

from .._jaxshim import is_tracer
from ..errors import NotAProbability, NotASize
from .keys import is_integer

Size: TypeAlias = int | Sequence[int] | None
Parameter: TypeAlias = Any  # a number or an array


def shape_of(size: Size, *parameters: Parameter) -> tuple[int, ...]:
    if size is None:
        shapes = [jnp.shape(parameter) for parameter in parameters if parameter is not None]
        return jnp.broadcast_shapes(*shapes)  # [random.size.forms]
    sizes = size if isinstance(size, tuple | list) else (size,)  # [random.size.forms]
    if not all(is_integer(each) and each >= 0 for each in sizes):
        cure = "Give None, an integer of at least 0, or a tuple or list of such"
        raise NotASize(f"Found {size!r} for a size", "random.error.size@1", cure)  # [random.error.size]
    return tuple(int(each) for each in sizes)


def shape_if_given(size: Size) -> tuple[int, ...] | None:
    """For the samplers whose parameters are whole distributions: `jax.random` knows what `None` means for them."""
    return None if size is None else shape_of(size)  # [random.size.none]


def scaled(drawn: jax.Array, scale: Parameter, loc: Parameter = None) -> jax.Array:
    """Stretched and moved where that is asked for."""
    if scale is not None:  # [random.sampler.skipped]
        drawn = drawn * scale
    if loc is not None:  # [random.sampler.skipped]
        drawn = drawn + loc
    return drawn


def bounds(low: Parameter, high: Parameter, first: int) -> tuple[Parameter, Parameter]:
    return (first, low) if high is None else (low, high)  # [random.sampler.one-bound]


def checked_probability(p: Parameter) -> Parameter:
    if is_tracer(p):  # it cannot be looked at
        return p
    entries = np.asarray(p)
    wrong = entries[~((entries >= 0) & (entries <= 1))]  # a NaN is neither  # [random.error.probability]
    if wrong.size:
        found, cure = f"Found {wrong[0]} for a probability", "Give numbers from 0 to 1"
        raise NotAProbability(found, "random.error.probability@1", cure)  # [random.error.probability]
    return p
