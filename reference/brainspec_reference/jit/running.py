"""Running a program: on the leaves of the arguments, and on what the states hold.

Nothing is put into a state before everything that can fail has been done.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import jax
from jax.tree_util import tree_leaves

from ..engine.record import recorder
from ..errors import DonatedState, OtherValues
from ..state import State, refuse_tracers
from ..state_text import is_array
from ..stateful import Stateful
from ..trace_stack import touched
from ..tree_types import TreeType, leaf_type
from .arguments import Arguments
from .marks import Labels
from .places import Places, device_of_call


def run(program: Stateful, arguments: Arguments, donated: Labels, places: Places) -> Any:
    """The result of a call, which also writes to the states."""
    refuse_donated(program.states, arguments.marked(donated))
    for state in program.states:
        touched(state, written=False)  # [jit.state.touched]
    if recorder() is not None:
        places = Places()  # values without numbers are nowhere
    leaves = places.leaves(arguments)
    held = [state._held for state in program.states]  # [jit.state.current]
    result, after = program.run(leaves, held, device_of_call(leaves))
    result = places.placed_result(result)
    write(program, after)
    return result


def write(program: Stateful, after: Sequence[Any]) -> None:
    changes = [change for change in zip(program.states, after, program.left) if change[2]]  # [jit.state.read-only]
    for state, value, _ in changes:
        refuse_tracers(state, value)
    for state, value, _ in changes:
        touched(state, written=True)  # [jit.state.touched]
        state._hold(value)  # [jit.state.written]


def run_pure(program: Stateful, arguments: Arguments, values: Sequence[Any]) -> tuple[tuple[Any, ...], Any]:
    """What the states would hold after a call that finds `values` in them, and its result."""
    refuse_others(program, values)
    leaves = Places().leaves(arguments)
    result, after = program.run(leaves, values, device_of_call(leaves))
    return tuple(after), result  # [jit.open.pure]


def refuse_donated(states: Iterable[State], donated: Iterable[Any]) -> None:
    given = {id(leaf) for leaf in donated if is_array(leaf)}
    for state in states:
        if any(id(leaf) in given for leaf in tree_leaves(state._held)):
            found = f"Found the array of a {type(state).__name__} among the donated arguments"
            cure = "Donate a copy, or do not pass it: the function finds the state by itself"
            raise DonatedState(found, "jit.error.donated-state@1", cure)  # [jit.error.donated-state]


def refuse_others(program: Stateful, values: Sequence[Any]) -> None:
    if len(values) != len(program.states):
        found = f"Found {len(values)} values for {len(program.states)} states"
        raise OtherValues(found, "jit.error.pure-values@1", "Give one for each")  # [jit.error.pure-values]
    for state, value, type_ in zip(program.states, values, program.found):
        if not is_like(value, type_):
            found = f"Found {value!r} for a {type(state).__name__} that holds {type_.described()}"
            raise OtherValues(found, "jit.error.pure-values@1", "Give a value of that type")  # [jit.error.pure-values]


def is_like(value: Any, type_: TreeType) -> bool:
    """Is a value of this type, weakly or not?"""
    leaves, structure = jax.tree.flatten(value)
    found = [(t.shape, t.dtype) if t else None for t in map(leaf_type, leaves)]
    return structure == type_.structure and found == [(t.shape, t.dtype) for t in type_.types]
