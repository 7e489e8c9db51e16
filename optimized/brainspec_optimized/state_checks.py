"""What is fast about it: a value whose class is known to be harmless is let in by one look into a set.

`HARMLESS` holds classes whose instances are leaves and neither states nor tracers. Those of JAX arrays join when the
first of them is met, since naming them at import would start a backend. Any other value is taken apart.
"""

import typing as t

import jax
import numpy as np

from brainspec_optimized._jaxshim import EAGER, TRACES, Tracer, current_trace
from brainspec_optimized.errors import NameIsTaken, NotAName, StateInState, TraceContextError
from brainspec_optimized.state_cell import Cell
from brainspec_optimized.state_stack import MINE

__all__ = ["HARMLESS", "at_home", "check_metadata", "check_value", "checked_name", "leaves_of", "traced_elsewhere"]

HARMLESS: set[type] = {np.ndarray, bool, int, float, complex, str, type(None)}


def check_value(state: Cell, new: t.Any) -> None:
    """Refuse what may not be put into this state."""
    leaves = leaves_of(new)
    if HARMLESS.issuperset(map(type, leaves)):
        return
    if any(isinstance(leaf, Cell) for leaf in leaves):
        raise _state_in_state(new)
    if any(isinstance(leaf, Tracer) for leaf in leaves):
        if not at_home(state):
            raise traced_elsewhere(state)  # [state.error.traced]
    else:  # [state.bare.concrete]
        HARMLESS.update(type(leaf) for leaf in leaves if isinstance(leaf, jax.Array))


def leaves_of(value: t.Any) -> list[t.Any]:
    """The leaves of any value, also of one that is no tree for JAX."""
    try:
        return jax.tree.leaves(value)
    except ValueError:  # keys that cannot be sorted: no tree for JAX, but whatever a user puts in is kept
        return [value]


def at_home(state: Cell) -> bool:
    """Whether tracers of the current JAX trace may be put into this state; in plain Python it does not matter where it is from."""
    now = current_trace()
    if TRACES.trace is EAGER or state._born == now:  # [state.bare.born-inside]
        return True
    return any(stack.home == now for stack in MINE.stacks)


def traced_elsewhere(state: Cell) -> TraceContextError:
    """The error of whoever writes a tracer to a state that lives on outside its trace."""
    found = f"A traced value was written into {type(state).__name__} {state._name!r}, born outside this JAX trace."
    cure = "Use a transform of this system, which carries states in and out."
    return TraceContextError(found, "state.error.traced@1", cure)


def _state_in_state(new: t.Any) -> StateInState:
    cure = "Put in what the state holds, `other.value`, or use `copy_from`."
    if isinstance(new, Cell):
        what = f"A {type(new).__name__} was put into a state."
        return StateInState(what, "state.error.value-is-state@1", cure)  # [state.error.value-is-state]
    paths = [(jax.tree_util.keystr(p), leaf) for p, leaf in jax.tree_util.tree_leaves_with_path(new)]
    where = ", ".join(f"a {type(leaf).__name__} at {path}" for path, leaf in paths if isinstance(leaf, Cell))
    what = f"A tree with {where} was put into a state."
    return StateInState(what, "state.error.nested-state@1", cure)  # [state.error.nested-state]


def checked_name(name: t.Any) -> str | None:
    """Give the name back, or say why it is none."""
    if name is None or isinstance(name, str):
        return name
    raise NotAName(f"{name!r} is no name.", "state.error.name@1", "Give a string or None.")  # [state.error.name]


def check_metadata(cls: type, metadata: dict[str, t.Any]) -> None:
    """Refuse keywords that would hide what the class has, which is not what its metaclass has."""
    for key in metadata:
        if any(key in vars(base) for base in cls.__mro__):
            found = f"{key!r} was given as metadata of a {cls.__name__}, which has it already."
            raise NameIsTaken(found, "state.error.reserved@1", "Choose another name.")  # [state.error.reserved]
