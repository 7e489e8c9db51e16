"""The kinds of states. A kind is a class, and filters pick states by this tree of classes.

A *short-term* state is one whose kind is `ShortTermState` or below it: it is made anew for each run of a model.
A *long-term* one outlives the runs. A *hidden* state is what a recurrent cell carries, and is an array.
"""

from typing import Any

import jax.numpy as jnp

from .errors import NotAnArray
from .state import State, refuse_states
from .state_labels import Tag
from .state_text import is_array
from .type_names import shown_as


@shown_as("ShortTermState")
class ShortTermState(State):  # [state.kinds.tree]
    """Made anew for each run."""


@shown_as("LongTermState")
class LongTermState(State):  # [state.kinds.tree]
    """Outlives the runs."""


@shown_as("HiddenState")
class HiddenState(ShortTermState):  # [state.kinds.tree]
    """What a recurrent cell carries from step to step: an array."""

    def __init__(self, /, value: Any, *, name: str | None = None, tag: Tag = None, **metadata: Any) -> None:
        refuse_states(value)  # the smaller mistake first, since its cure is nearer
        if not is_array(value):  # [state.hidden.array]
            found = f"Found a {type(value).__name__} for a hidden state"
            cure = "Give an array, such as jnp.asarray(value)"
            raise NotAnArray(found, "state.error.hidden@1", cure)  # [state.error.hidden]
        super().__init__(value, name=name, tag=tag, **metadata)

    @property
    def varshape(self) -> tuple[int, ...]:
        return jnp.shape(self.value)  # [state.hidden.varshape]


@shown_as("ParamState")
class ParamState(LongTermState):  # [state.kinds.tree]
    """What is learnt."""


@shown_as("BatchState")
class BatchState(LongTermState):  # [state.kinds.tree]
    """What is gathered over batches, such as a running mean."""
