"""Trace stacks: which states does the code of this thread read and write while one is open?

To *touch* a state is to read or to write it; a touch is told to every open trace stack of the thread. A trace
stack *records* a state at its first touch, with the *original*: the object that it held then. Births and
openings are numbered on one *clock*, so that a state born after an opening, in whatever thread, is known as
*newborn* to it.
"""

import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from .errors import NotInnermost, OpenedAgain

if TYPE_CHECKING:
    from .state import State

CLOCK = itertools.count(1)


class Open(threading.local):
    """Each thread has its own, the innermost last."""

    def __init__(self) -> None:
        self.stacks: list[StateTraceStack] = []  # [state.stack.closed]


OPEN = Open()


class StateTraceStack:
    """Records the states that are touched while it is open."""

    def __init__(self) -> None:
        self._opened_at = 0
        self._originals: dict[State, Any] = {}
        self._written: set[State] = set()

    def __enter__(self) -> "StateTraceStack":
        if self._opened_at:
            found, cure = "A trace stack was opened a second time", "Make a new StateTraceStack"
            raise OpenedAgain(found, "state.error.stack-again@1", cure)  # [state.error.stack-again]
        self._opened_at = next(CLOCK)
        OPEN.stacks.append(self)
        return self

    def __exit__(self, *failure: object) -> None:
        if not OPEN.stacks or OPEN.stacks[-1] is not self:
            found = f"Of {len(OPEN.stacks)} open trace stacks, one was closed that is not the innermost"
            cure = "Open trace stacks by `with`, and close each in the thread that opened it"
            raise NotInnermost(found, "state.error.stack-order@1", cure)  # [state.error.stack-order]
        OPEN.stacks.pop()

    def _record(self, state: "State", written: bool) -> None:
        if state._born_at > self._opened_at:  # [state.stack.newborn]
            return  # [map.state.local]
        if state not in self._originals:
            self._originals[state] = state._held  # [state.stack.recover]
        if written:
            self._written.add(state)  # [state.stack.writes]

    @property
    def states(self) -> list["State"]:
        return list(self._originals)  # [state.stack.records]

    @property
    def been_writen(self) -> list[bool]:
        return [state in self._written for state in self._originals]

    def get_read_states(self) -> tuple["State", ...]:
        return tuple(state for state in self._originals if state not in self._written)  # [state.stack.parts]

    def get_write_states(self) -> tuple["State", ...]:
        return tuple(state for state in self._originals if state in self._written)  # [state.stack.parts]

    def recovery_original_values(self) -> None:
        """Undo. Every stack that was open at the touches has recorded them, so none is told again."""
        for state, original in self._originals.items():  # [map.failure.caught]
            state._hold(original)  # past `value`  # [state.stack.recover-silent]


def touched(state: "State", *, written: bool) -> None:
    for stack in OPEN.stacks:
        stack._record(state, written)  # [state.stack.nested]


@contextmanager
def alone(stack: StateTraceStack) -> Iterator[None]:
    """Meanwhile `stack` is open, and no other that was opened before."""
    others, OPEN.stacks = OPEN.stacks, []
    try:
        stack.__enter__()
        yield
    finally:
        OPEN.stacks = others
