"""Declarations: on which axis a state is mapped, by filters."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from ..errors import DeclaredTwice, NotAnAxis
from ..filter_value import Filter, Predicate
from ..filters import to_predicate
from ..random import RandomState
from ..state import State
from ..trace_stack import StateTraceStack, alone
from .axes import Axis, is_integer


class Itself(Filter):
    """A state as a filter: accepts itself."""

    arguments: tuple[State]

    def accepts(self, path: Any, value: Any) -> bool:
        return value is self.arguments[0]  # [mapping.form.filters]


class Declared(NamedTuple):
    """Where a state is declared, if it is."""

    axis: Axis = None
    at_all: bool = False


def checked_declarations(option: str, given: Any) -> dict[Axis, Predicate]:
    if given is None:
        return {}  # [mapping.form.state-axes]
    by_axis: Mapping[Any, Any] = given if isinstance(given, Mapping) else {0: given}  # [mapping.form.filters]
    for axis in by_axis:
        if axis is not None and not is_integer(axis):
            found, cure = f"Found a {type(axis).__name__} for an axis in {option}", "Give an integer or None"
            raise NotAnAxis(found, "mapping.error.state-axes@1", cure)  # [mapping.error.state-axes]
    refuse_twice(option, by_axis)
    return {axis: to_predicate(read(literal)) for axis, literal in by_axis.items()}  # [mapping.form.state-axes]


def read(literal: Any) -> Any:
    """A literal in which states may stand, without these."""
    if isinstance(literal, State):
        return Itself(literal)  # [mapping.form.filters]
    return type(literal)(map(read, literal)) if type(literal) in (tuple, list) else literal


def refuse_twice(option: str, by_axis: Mapping[Any, Any]) -> None:
    on: dict[State, Axis] = {}
    for axis, literal in by_axis.items():
        for state in named(literal):
            if on.setdefault(state, axis) != axis:
                found = f"Found a {type(state).__name__} on the axes {on[state]} and {axis} of {option}"
                raise DeclaredTwice(found, "mapping.error.state-twice@1", "Name it once")  # [mapping.error.state-twice]


def named(literal: Any) -> Iterator[State]:
    """The states that are themselves named in a literal."""
    if isinstance(literal, State):
        yield literal
    elif isinstance(literal, tuple | list):
        for each in literal:
            yield from named(each)


def declared(declarations: Mapping[Axis, Callable[..., object]], state: State) -> Declared:
    if isinstance(state, RandomState):
        return Declared()  # [mapping.random.filters]
    with alone(StateTraceStack()):  # a filter may read the state, and then means what everybody sees
        for axis, accepts in declarations.items():
            if accepts((), state):
                return Declared(axis, True)  # [mapping.state.first]
    return Declared()  # whatever an earlier call has stacked  # [mapping.state.grows]
