"""What is fast about it: a dead state is one whose slot is empty, so a living one is never asked whether it lives.

A state dies when the trace that it was born in ends and it still holds a tracer of it. What is left is where it was
born, for the message; any write makes it live again. `held` is for those who must get on with a dead state: for them
it holds `DEAD`, which is a tree without leaves that is equal to nothing else.
"""

import typing as t
import weakref

import jax

from brainspec_optimized.errors import TraceContextError
from brainspec_optimized.state_cell import Cell

__all__ = ["DEAD", "bury", "held", "is_dead", "put_back"]

_GRAVES: "weakref.WeakKeyDictionary[Cell, str]" = weakref.WeakKeyDictionary()


@jax.tree_util.register_static
class _Dead:
    __slots__ = ()

    def __repr__(self) -> str:
        return "(dead)"


DEAD = _Dead()


def held(state: Cell) -> t.Any:
    """What the state holds, unseen by trace stacks."""
    try:
        return state._value
    except AttributeError:
        return DEAD  # [jit.state.revived]


def put_back(state: Cell, value: t.Any) -> None:
    """Let the state hold again what it held, unseen by trace stacks."""
    if value is not DEAD:
        state._value = value
    elif held(state) is not DEAD:
        del state._value


def bury(state: Cell, place: str) -> None:
    """Let a state die that was born at this place."""
    _GRAVES[state] = place
    del state._value  # [jit.state.dead]


def is_dead(state: Cell) -> TraceContextError:
    """The error of whoever reads a dead state."""
    kind, place = type(state).__name__, _GRAVES.get(state, "a place that is not known")
    found = f"{kind} {state._name!r}, born at {place} while a function was traced, held a value of that trace."
    cure = "Give what you need as a result of the function, or assign a value before you read."
    return TraceContextError(found, "jit.state.dead@1", cure)  # [jit.state.dead]
