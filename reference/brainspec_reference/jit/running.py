"""Running a program: on the leaves of the arguments, and on what the states hold.

Nothing is put into a state before everything that can fail has been done.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import jax
from jax.core import ShapedArray
from jax.tree_util import tree_leaves

from ..engine.record import recorder
from ..errors import DonatedState, OtherValues
from ..state import State, refuse_tracers
from ..state_text import is_array
from ..stateful import Stateful
from ..trace_stack import touched
from ..tree_types import TreeType, leaf_type, strong
from .arguments import Arguments
from .marks import Labels
from .places import Places, device_of_call


def run(program: Stateful, arguments: Arguments, donated: Labels, places: Places) -> Any:
    """The result of a call, which also writes to the states."""
    refuse_donated(program.states, arguments.marked(donated))
    for state in program.states:  # [grad.state.touched]
        touched(state, written=False)  # [jit.state.touched]
    if recorder() is not None:
        places = Places()  # values without numbers are nowhere
    leaves = places.leaves(arguments)
    held = [state._held for state in program.states]  # [jit.state.current]
    result, after = program.run(leaves, held, places.device(leaves))  # [grad.state.random]
    result = places.placed_result(result)
    write(program, after)  # [grad.state.written]
    return result


def write(program: Stateful, after: Sequence[Any]) -> None:
    triples = zip(program.states, after, program.left)
    written = [(state, value) for state, value, left in triples if left is not None]  # [jit.state.read-only]
    for state, value in written:
        refuse_tracers(state, value)
    for state, value in written:
        touched(state, written=True)  # [jit.state.touched]
        state._hold(value)  # [jit.state.written]


def run_pure(program: Stateful, arguments: Arguments, values: Sequence[Any]) -> tuple[tuple[Any, ...], Any]:
    """What the states would hold after a call that finds `values` in them, and its result."""
    if len(values) != len(program.states):
        found = f"Found {len(values)} values for {len(program.states)} states"
        raise OtherValues(found, "jit.error.pure-values@1", "Give one for each")  # [jit.error.pure-values]
    for state, value, wanted in zip(program.states, values, program.found):
        refuse_other(state, value, wanted)
    leaves = Places().leaves(arguments)
    result, after = program.run(leaves, values, device_of_call(leaves))
    return tuple(after), result  # [jit.open.pure]


def refuse_other(state: State, value: Any, wanted: TreeType) -> None:
    """A value of another type than the state's. Weak types do not matter: a number may stand for an array."""
    leaves, structure = jax.tree.flatten(value)
    types = [leaf_type(leaf) or type(leaf) for leaf in leaves]
    found_types = [strong(type_) if isinstance(type_, ShapedArray) else type_ for type_ in types]
    if structure != wanted.structure or found_types != list(map(strong, wanted.types)):
        holds = wanted.filled(wanted.types)
        found = f"Found {jax.tree.unflatten(structure, types)} for a {type(state).__name__} that holds {holds}"
        raise OtherValues(found, "jit.error.pure-values@1", "Give a value of that type")  # [jit.error.pure-values]


def refuse_donated(states: Iterable[State], donated: Iterable[Any]) -> None:
    given = {id(leaf) for leaf in donated if is_array(leaf)}
    for state in states:
        if any(id(leaf) in given for leaf in tree_leaves(state._held)):
            found = f"Found the array of a {type(state).__name__} among the donated arguments"
            cure = "Donate a copy, or do not pass it: the function finds the state by itself"
            raise DonatedState(found, "jit.error.donated-state@1", cure)  # [jit.error.donated-state]
