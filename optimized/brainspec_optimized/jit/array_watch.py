"""What is fast about it: the function runs on arrays, and no jaxpr of it is made that nobody asked for.

While a function runs under this watch, a state shows its value, as JAX arrays. What is around may have to learn of a
state first: in a trace of this room a state has its value there when it is touched, and no earlier.
"""

import typing as t

import jax

from brainspec_optimized._jaxshim import as_array, inside
from brainspec_optimized.jit.types import Types
from brainspec_optimized.jit.watch import Watch
from brainspec_optimized.state_cell import Cell

__all__ = ["ArrayWatch"]


class ArrayWatch(Watch):
    """The trace stack under which a function runs on arrays."""

    __slots__ = ()

    def _meet(self, state: Cell) -> None:
        for stack in self._around:
            stack._touch(state)  # [grad.state.touched]
        super()._meet(state)

    def _shown(self, state: Cell, value: t.Any, types: Types) -> t.Any:
        with inside(self._trace):  # the first touch may be in the body of a loop
            return jax.tree.map(as_array, value)  # [grad.state.random]
