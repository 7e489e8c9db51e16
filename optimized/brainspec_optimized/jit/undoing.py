"""What is fast about it: nothing; where states are given back what they held, if what runs meanwhile fails."""

import contextlib
import typing as t

from brainspec_optimized.state_stack import StateTraceStack

__all__ = ["undoing"]


@contextlib.contextmanager
def undoing() -> t.Iterator[None]:
    """Let all states hold what they held, if the block fails."""
    with StateTraceStack() as stack:
        try:
            yield
        except BaseException:
            stack.recovery_original_values()  # [jit.failure.unchanged]
            raise
