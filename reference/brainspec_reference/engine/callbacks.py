"""Callbacks: `jax.debug.print`, `jax.pure_callback` and their kin, which call the user's Python in mid-program.

What is called, and with what, JAX itself says: it is what JAX does where nothing is compiled. In each lane, in the
lanes' order, the user's function is handed arrays of JAX of the declared types; a float that was never rounded is
rounded for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jax
import numpy as np
from jax.core import ShapedArray

from .._jaxshim import CALLBACKS
from ..jax_values import to_jax
from .errors import CallbackResultError
from .group import Mode, Value, typed
from .program import Equation
from .show import show_type

__all__ = ["CALLBACKS", "apply_callback"]


def apply_callback(eqn: Equation, values: Sequence[Value], mode: Mode) -> list[Value]:
    """The results of one lane's call."""
    arguments = [to_jax(value, atom.type) for value, atom in zip(values, eqn.inputs, strict=True)]
    results = list(CALLBACKS[eqn.op](*arguments, **eqn.params))
    if len(results) != len(eqn.outputs):
        raise CallbackResultError(
            f"The callback gave {len(results)} value(s), but {len(eqn.outputs)} are declared. Return what the second "
            "argument of the call describes."
        )
    return [typed(checked(x, var.type), var.type, mode) for x, var in zip(results, eqn.outputs)]


def checked(result: Any, type_: ShapedArray) -> Any:
    """A callback's result, which is of the declared shape and, where JAX has no wider types, dtype."""
    found = result if isinstance(result, jax.Array) else np.asarray(result)
    dtype = found.dtype if isinstance(found, jax.Array) else jax.dtypes.canonicalize_dtype(found.dtype)
    if (found.shape, dtype) != (type_.shape, type_.dtype):
        raise CallbackResultError(
            f"The callback gave {dtype}{list(found.shape)}, but {show_type(type_)} is declared. Return a value of that "
            "shape and dtype."
        )
    return found
