"""What is fast about it: the function runs on arrays, once, and no jaxpr of it is made that nobody asked for.

While an origin is differentiated, a state that is asked shows what JAX differentiates by, and any other its value, as
JAX arrays. By a state that is not touched yet JAX is given zeros to differentiate by, and where the origin meets it,
they *stand in* for its value: in derivatives alone.
"""

import typing as t

import jax
import jax.numpy as jnp

from brainspec_optimized._jaxshim import inside
from brainspec_optimized.jit.array_watch import ArrayWatch
from brainspec_optimized.jit.types import Types
from brainspec_optimized.state_cell import Cell

__all__ = ["GradWatch"]


class GradWatch(ArrayWatch):
    """The trace stack under which a function is differentiated."""

    __slots__ = ("_asked", "_standing")
    page = "grad"

    def __init__(self, asked: dict[Cell, t.Any], standing: set[Cell]) -> None:
        super().__init__()
        self._asked, self._standing = asked, standing

    def _shown(self, state: Cell, value: t.Any, types: Types) -> t.Any:
        if state not in self._asked:
            return super()._shown(state, value, types)
        entry = self._asked[state]  # [grad.state.entry]
        with inside(self._trace):  # the first touch may be in the body of a loop
            return _standing_in(entry, value) if state in self._standing else entry  # [grad.nest.jit]


@jax.custom_jvp
def _standing_in(entry: t.Any, value: t.Any) -> t.Any:
    return value


@_standing_in.defjvp
def _slope_of_both(primals: tuple[t.Any, t.Any], tangents: tuple[t.Any, t.Any]) -> tuple[t.Any, t.Any]:
    return primals[1], jax.tree.map(jnp.add, *tangents)
