"""What is fast about it: filters are read when a mapping is made, and asked when it is traced.

What is declared of states: an axis, or None for what is not mapped, with the filter that picks the states. The first
that accepts a state holds for it. Random states are never asked about.
"""

import typing as t

from brainspec_optimized.filter_value import Filter, Predicate, counted, made
from brainspec_optimized.filters import to_predicate
from brainspec_optimized.mapping import refusals
from brainspec_optimized.mapping.axes import Axis
from brainspec_optimized.random.size import integer_of
from brainspec_optimized.random.state import RandomState
from brainspec_optimized.state_cell import Cell

__all__ = ["UNDECLARED", "Declared", "declared_axis", "read_declared"]

Declared = dict[Axis, Predicate]


class _Undeclared:
    def __repr__(self) -> str:
        return "undeclared"


UNDECLARED: t.Final = _Undeclared()
"""The axis of a state that no filter accepts."""


class Is(Filter):
    """Accepts one state."""

    __slots__ = ()

    def __new__(cls, *states: object) -> t.Self:
        (state,) = counted(cls, states, 1)
        return made(cls, (state,), lambda path, value: value is state)


def read_declared(which: str, given: t.Any) -> Declared:
    """Read what a user may write for the axes of states."""
    if given is None:
        return {}
    if not isinstance(given, dict):
        given = {0: given}  # [mapping.form.filters]
    named: dict[Cell, Axis] = {}
    declared: Declared = {}
    for key, literal in given.items():
        axis = _axis(which, key)
        for state in _states_in(literal):
            if named.setdefault(state, axis) != axis:
                raise refusals.state_twice(which, state)  # [mapping.error.state-twice]
        declared[axis] = to_predicate(_literal(literal))  # [mapping.form.state-axes]
    return declared


def _axis(which: str, key: t.Any) -> Axis:
    axis = None if key is None else integer_of(key)
    if axis is None and key is not None:
        raise refusals.no_state_axis(which, key)  # [mapping.error.state-axes]
    return axis


def _literal(literal: t.Any) -> t.Any:
    if isinstance(literal, Cell):
        return Is(literal)  # [mapping.form.filters]
    return [_literal(one) for one in literal] if isinstance(literal, (list, tuple)) else literal


def _states_in(literal: t.Any) -> list[Cell]:
    if isinstance(literal, Cell):
        return [literal]
    return [state for one in literal for state in _states_in(one)] if isinstance(literal, (list, tuple)) else []


def declared_axis(declared: Declared, state: Cell) -> Axis | _Undeclared:
    """The axis that a state is declared on."""
    if not isinstance(state, RandomState):  # [mapping.random.filters]
        for axis, accepts in declared.items():
            if accepts((), state):
                return axis  # [mapping.state.first]
    return UNDECLARED
