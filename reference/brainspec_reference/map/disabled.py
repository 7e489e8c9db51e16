"""Runs in Python, for a user who looks into them: under `jax.disable_jit` nothing is recorded."""

from collections.abc import Callable
from typing import Any

import jax
from jax import lax
from jax.tree_util import tree_leaves

from ..jax_values import as_array
from ..jit.arguments import Arguments
from ..state import State
from ..stateful import held, result_refusal
from ..trace_stack import StateTraceStack
from ..tree_types import TreeType, flattened
from .run import carried


class Runs(StateTraceStack):
    """It is open while the function runs, and lends the arrays that runs find: not the number that a state may hold."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[State, TreeType] = {}

    def _record(self, state: State, written: bool) -> None:
        super()._record(state, written)
        if state in self._originals and state not in self.found:  # others are born meanwhile  # [map.state.local]
            self.found[state] = found = held(state, "map")
            state._hold(found.filled(map(as_array, tree_leaves(state._held), found.types)))

    def one(self, function: Callable[[Any], Any], argument: Any) -> Any:
        result = function(argument)
        leaves, type_ = flattened(result, result_refusal("map"))  # [map.error.values]
        for state in self.states:
            found = self.found.get(state) or held(state, "map")  # once more, if the function caught the error
            if state in self._written:
                state._hold(carried(state, found))  # [map.state.carried]
        return type_.filled(map(as_array, leaves, type_.types))

    def give_back(self) -> None:
        """To the states that were only read, what they held."""
        for state in self.get_read_states():
            state._hold(self._originals[state])  # [map.state.read-only]


def in_python(function: Callable[..., Any], arguments: Arguments, size: int) -> Any:
    type_, runs = arguments.type(), Runs()
    given = [as_array(leaf, t) for leaf, t in zip(tree_leaves(list(arguments.dynamic.values())), type_.types)]
    origin = arguments.given_to(function)

    def slices(number: int) -> Any:
        return type_.filled(lax.index_in_dim(x, number, 0, keepdims=False) for x in given)

    with runs:
        results = [runs.one(origin, slices(number)) for number in range(size)]  # [map.disabled.python]
    runs.give_back()
    return jax.tree.map(stack, *results)  # [map.run.sequence]


def stack(*leaves: Any) -> Any:
    return lax.concatenate([lax.expand_dims(leaf, (0,)) for leaf in leaves], 0)  # weak if all are  # [map.run.same]
