"""What is fast about it: what a gradient is asked by is read once, when the gradient function is made.

A state or an argument that is asked at several places is differentiated once.
"""

import typing as t

import jax

from brainspec_optimized.grad import refusals
from brainspec_optimized.random.size import integer_of
from brainspec_optimized.state_cell import Cell

__all__ = ["Asked"]


class Asked:
    """What a gradient is asked by, and what a call gives beside it."""

    __slots__ = ("argnums", "check_states", "has_aux", "is_one", "return_value", "states", "states_asked", "tree")

    def __init__(
        self, grad_states: t.Any, argnums: t.Any, has_aux: bool, return_value: bool, check_states: bool
    ) -> None:
        self.has_aux, self.return_value, self.check_states = has_aux, return_value, check_states
        self.tree = None if grad_states is None else jax.tree.structure(grad_states)
        self.states_asked = _states_of(grad_states)
        self.states: list[Cell] = list(dict.fromkeys(self.states_asked))  # [grad.state.twice]
        if argnums is None and grad_states is None:
            argnums = 0
        self.argnums = _numbers_of(argnums)
        self.is_one = not isinstance(argnums, (tuple, list))
        if not self.states and not self.argnums:
            raise refusals.nothing()  # [grad.error.nothing]

    def positions(self, count: int) -> list[int]:
        """The positions of the asked arguments among this number of them."""
        for n in self.argnums or ():
            if not -count <= n < count:
                raise refusals.no_position(n, count)  # [grad.error.argnums]
        return [n % count for n in self.argnums or ()]

    def gradients(self, by_state: dict[Cell, t.Any], by_argument: list[t.Any]) -> t.Any:
        """What was asked, of the gradients by each state, and by each asked argument in turn."""
        arguments = by_argument[0] if self.argnums and self.is_one else tuple(by_argument)  # [grad.result.argument]
        if self.tree is None:
            return arguments
        states = jax.tree.unflatten(self.tree, [by_state[state] for state in self.states_asked])
        return states if self.argnums is None else (states, arguments)  # [grad.result.both]

    def given(self, gradients: t.Any, loss: t.Any, aux: t.Any) -> t.Any:
        """What a call gives."""
        beside = ([loss] if self.return_value else []) + ([aux] if self.has_aux else [])  # [grad.result.value]
        return (gradients, *beside) if beside else gradients


def _states_of(grad_states: t.Any) -> list[Cell]:
    leaves = jax.tree.leaves(grad_states)
    for leaf in leaves:
        if not isinstance(leaf, Cell):
            raise refusals.no_state(leaf)  # [grad.error.grad-states]
    return leaves


def _numbers_of(argnums: t.Any) -> tuple[int, ...] | None:
    if argnums is None:
        return None
    return tuple([_number(n) for n in (argnums if isinstance(argnums, (tuple, list)) else [argnums])])


def _number(given: t.Any) -> int:
    number = integer_of(given)
    if number is None:
        raise refusals.no_number(given)  # [grad.error.argnums]
    return number
