"""What is fast about it: nothing; the kinds differ in their place in the tree, by which filters pick them.

Their slots are those of every state, so that all kinds are read alike.
"""

import typing as t

import jax
import numpy as np

from brainspec_optimized.errors import NotAnArray
from brainspec_optimized.shown import shows_as
from brainspec_optimized.state import State

__all__ = ["BatchState", "HiddenState", "LongTermState", "ParamState", "ShortTermState"]


@shows_as("ShortTermState")
class ShortTermState(State):  # [state.kinds.tree]
    """What lasts for a trial."""

    __slots__ = ()


@shows_as("LongTermState")
class LongTermState(State):  # [state.kinds.tree]
    """What lasts beyond a trial."""

    __slots__ = ()


@shows_as("HiddenState")
class HiddenState(ShortTermState):  # [state.kinds.tree]
    """An array that a recurrent cell carries from step to step."""

    __slots__ = ()

    def __init__(self, /, value: t.Any, **carried: t.Any) -> None:
        super().__init__(value, **carried)  # first: a state put into a state is the graver mistake
        if not isinstance(value, (jax.Array, np.ndarray)):  # [state.hidden.array]
            found = f"{type(self).__name__} got a {type(value).__name__}, no array."
            raise NotAnArray(found, "state.error.hidden@1", "Give jnp.asarray(...) of it.")  # [state.error.hidden]

    @property
    def varshape(self) -> tuple[int, ...]:
        """The shape of the value; asking for it reads the state, since the answer depends on it."""
        shape: tuple[int, ...] = self.value.shape  # of anything else than an array there is none
        return shape  # [state.hidden.varshape]


@shows_as("ParamState")
class ParamState(LongTermState):  # [state.kinds.tree]
    """What is trained."""

    __slots__ = ()


@shows_as("BatchState")
class BatchState(LongTermState):  # [state.kinds.tree]
    """What is gathered over batches."""

    __slots__ = ()
