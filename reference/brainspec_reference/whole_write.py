"""Writing several states, all or none."""

from collections.abc import Sequence
from typing import Any

from .state import State
from .trace_stack import StateTraceStack


def write_all(writes: Sequence[tuple[State, Any]]) -> None:
    with StateTraceStack() as stack:
        try:
            for state, value in writes:
                state.value = value
        except BaseException:
            stack.recovery_original_values()  # [graph.error.update-whole]
            raise
