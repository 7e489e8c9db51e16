"""What is fast about it: nothing is copied beforehand; what each state held is remembered as it is written.

Several states are written as one: all values are looked at before the first write, so that what is refused leaves no
mark, not even in a trace stack. A kind of a user may still refuse in its own setter, and then all writes are undone.
"""

import typing as t

from brainspec_optimized.state import State
from brainspec_optimized.state_dead import held, put_back
from brainspec_optimized.state_stack import OPEN, note_read

__all__ = ["write_all"]


def write_all(writes: list[tuple[State, t.Any]]) -> None:
    """Write all values, or, if one is refused, none."""
    for state, value in writes:
        state._admit(value)  # [graph.error.update-whole]
    before: list[tuple[State, t.Any]] = []
    try:
        for state, value in writes:
            if OPEN:  # a transform may exchange the value when it first meets the state
                note_read(state)
            before.append((state, held(state)))
            state.value = value  # [graph.update.writes]
    except BaseException:
        for state, old in reversed(before):
            put_back(state, old)  # [graph.error.update-whole]
        raise
