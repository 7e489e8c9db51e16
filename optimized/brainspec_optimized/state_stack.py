"""What is fast about it: while no trace stack is open anywhere, a state asks one list for its truth and nothing more.

`OPEN` holds the open stacks of all threads, so that it is never empty where a stack of the asking thread is open; only
then is the thread's own list looked up. Its `append` and `remove` are atomic, so there is no lock. A stack knows its
newborns by their serial, so a birth asks nothing of the stacks of other threads.

For the transforms of this room: a subclass may override `_meet`, which runs once per state, before its first read or
write, and may exchange `state._value`, and `_bear`, which runs for each newborn; outer stacks go before inner ones. `home` is the JAX trace whose
tracers states may hold while the stack is open, since the transform takes them out again; None for a user's stack.
"""

import threading
import typing as t

from brainspec_optimized.errors import StackNotInnermost, StackUsedTwice
from brainspec_optimized.shown import Shown, shows_as
from brainspec_optimized.state_cell import BIRTHS, Cell
from brainspec_optimized.state_dead import held, put_back

__all__ = ["MINE", "OPEN", "StateTraceStack", "note_birth", "note_read", "note_write"]

OPEN: list["StateTraceStack"] = []


class _Mine(threading.local):
    def __init__(self) -> None:
        self.stacks: list[StateTraceStack] = []


MINE = _Mine()


def note_read(state: Cell) -> None:
    """Tell the open stacks of this thread that a state is about to be read."""
    for stack in MINE.stacks:  # [state.stack.nested]
        stack._touch(state)


def note_write(state: Cell) -> None:
    """Tell the open stacks of this thread that a state is about to be written."""
    for stack in MINE.stacks:
        stack._write(state)


def note_birth(state: Cell) -> None:
    """Tell the open stacks that a state was born just now, after what its constructor did to it."""
    state._serial = next(BIRTHS)
    for stack in MINE.stacks:
        stack._bear(state)


@shows_as("StateTraceStack")
class StateTraceStack(metaclass=Shown):
    """Records the states that are read and written in its thread while it is open."""

    __slots__ = ("__weakref__", "_found", "_opened", "_written", "home")

    def __init__(self) -> None:
        self._found: dict[Cell, t.Any] = {}
        self._written: set[Cell] = set()
        self._opened = -1
        self.home: object = None

    def __enter__(self) -> t.Self:
        if self._opened >= 0:  # what happens after closing is not recorded, so there is no second time
            found, cure = "A trace stack was opened a second time.", "Make a new StateTraceStack."
            raise StackUsedTwice(found, "state.error.stack-again@1", cure)  # [state.error.stack-again]
        self._opened = next(BIRTHS)
        OPEN.append(self)
        MINE.stacks.append(self)
        return self

    def __exit__(self, *raised: object) -> None:
        stacks = MINE.stacks
        if not stacks or stacks[-1] is not self:
            found = f"A trace stack was closed that is not the last of the {len(stacks)} open ones of its thread."
            cure = "Close the inner ones first, in the thread that opened them."
            raise StackNotInnermost(found, "state.error.stack-order@1", cure)  # [state.error.stack-order]
        stacks.pop()  # [state.stack.closed]
        OPEN.remove(self)

    def _touch(self, state: Cell) -> None:
        if state in self._found or state._serial > self._opened:  # [state.stack.newborn]
            return
        self._meet(state)  # [state.stack.records]

    def _write(self, state: Cell) -> None:
        self._touch(state)
        if state in self._found:
            self._written.add(state)

    def _meet(self, state: Cell) -> None:
        self._found[state] = held(state)

    def _bear(self, state: Cell) -> None:
        self._found.pop(state, None)  # [state.stack.newborn]
        self._written.discard(state)

    @property
    def states(self) -> list[Cell]:
        """The recorded states, in the order of the first touch."""
        return list(self._found)  # [state.stack.records]

    @property
    def been_writen(self) -> list[bool]:
        """For each recorded state whether it was written."""
        return [state in self._written for state in self._found]  # [state.stack.writes]

    def get_read_states(self) -> tuple[Cell, ...]:
        """The recorded states that were only read."""
        return tuple([state for state in self._found if state not in self._written])  # [state.stack.parts]

    def get_write_states(self) -> tuple[Cell, ...]:
        """The recorded states that were written."""
        return tuple([state for state in self._found if state in self._written])  # [state.stack.parts]

    def recovery_original_values(self) -> None:
        """Put back into each recorded state what it held when it was first met, unseen by other stacks."""
        for state, value in self._found.items():  # [state.stack.recover-silent]
            # Into the raw slot: the checks are past, and whoever looked on has recorded the touches already.
            put_back(state, value)  # [state.stack.recover]
