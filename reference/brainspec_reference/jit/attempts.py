"""Attempts: a call that fails changes nothing.

Every call of a transformed function is an *attempt*. If an exception leaves it, each state that was touched meanwhile
gets back what it held when the attempt began. What a call is to remember is *undecided* until the outermost attempt of
its thread has succeeded, and dropped if an attempt around it fails.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..trace_stack import StateTraceStack

if TYPE_CHECKING:
    from .memory import Entry, Memory


class Going(threading.local):
    """What goes on in a thread: so many attempts, one in the other, and what is undecided."""

    def __init__(self) -> None:
        self.attempts = 0
        self.undecided: tuple[tuple[Memory, Entry], ...] = ()


GOING = Going()


@contextmanager
def attempt() -> Iterator[None]:
    before, stack = GOING.undecided, StateTraceStack()  # [mapping.failure.forgotten]
    GOING.attempts += 1
    try:
        with stack:  # [mapping.failure.caught]
            yield
    except BaseException:  # [mapping.failure.unchanged]
        stack.recovery_original_values()  # [jit.failure.unchanged]
        GOING.undecided = tuple(each for each in GOING.undecided if each in before)  # [jit.failure.forgotten]
        raise  # [jit.failure.raised]
    finally:
        GOING.attempts -= 1
    if not GOING.attempts:
        decided, GOING.undecided = GOING.undecided, ()
        for memory, entry in decided:
            memory.decide(entry)
