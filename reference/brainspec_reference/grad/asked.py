"""What a gradient function is asked for: derivatives by states, and by arguments that are given by position."""

import operator
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Self, TypeAlias

import jax
from jax.tree_util import PyTreeDef, keystr, tree_flatten_with_path

from ..errors import NoSuchParameter, NotAMark, NotAState, NothingAsked
from ..state import State

Argnums: TypeAlias = int | tuple[int, ...] | list[int]


@dataclass(frozen=True)
class Asked:
    states: tuple[State, ...]  # one for each place
    places: PyTreeDef
    argnums: int | tuple[int, ...] | None

    def numbers(self) -> tuple[int, ...]:
        return (self.argnums,) if isinstance(self.argnums, int) else self.argnums or ()

    def of_call(self, count: int) -> Self:
        """The same in a call with so many arguments by position: no number is negative."""
        numbers = tuple(position(number, count) for number in self.numbers())
        return replace(self, argnums=numbers[0] if isinstance(self.argnums, int) else self.argnums and numbers)

    def arranged(self, by_state: Callable[[State], Any], by_number: Callable[[int], Any]) -> Any:
        """What is known of the states and of the arguments, as a call gives it."""
        states = jax.tree.unflatten(self.places, map(by_state, self.states))  # [grad.state.twice]
        if self.argnums is None:
            return states  # [grad.result.states]
        each = tuple(map(by_number, self.numbers()))
        arguments = each[0] if isinstance(self.argnums, int) else each  # [grad.result.argument]
        return (states, arguments) if self.states else arguments  # [grad.result.both]


def position(number: int, count: int) -> int:
    if not -count <= number < count:
        found = f"Found {number} in argnums in a call with {count} arguments by position"
        cure = "Count from 0 up, or from -1 down, and give the argument by position"
        raise NoSuchParameter(found, "grad.error.argnums@1", cure)  # [grad.error.argnums]
    return number % count


def asked(grad_states: Any, argnums: Argnums | None) -> Asked:
    leaves, places = tree_flatten_with_path(grad_states)
    states = tuple(checked_state(keystr(path), leaf) for path, leaf in leaves)
    numbers = checked_argnums(0 if argnums is None and grad_states is None else argnums)
    if not states and numbers in (None, ()):
        found, cure = "Found neither a state nor an argument to ask for", "Give grad_states or argnums"
        raise NothingAsked(found, "grad.error.nothing@1", cure)  # [grad.error.nothing]
    return Asked(states, places, numbers)


def checked_state(where: str, leaf: Any) -> State:
    if not isinstance(leaf, State):
        found = f"Found a {type(leaf).__name__} at grad_states{where}"
        raise NotAState(found, "grad.error.grad-states@1", "Give states")  # [grad.error.grad-states]
    return leaf


def checked_argnums(given: Any) -> int | tuple[int, ...] | None:
    if isinstance(given, tuple | list):
        return tuple(map(checked_number, given))
    return None if given is None else checked_number(given)


def checked_number(given: Any) -> int:
    try:
        return operator.index(given)
    except TypeError:
        found, cure = f"Found a {type(given).__name__} in argnums", "Give an integer, or a tuple or list of such"
        raise NotAMark(found, "grad.error.argnums@1", cure) from None  # [grad.error.argnums]
