"""What is fast about it: nothing; a call is in no such block unless it may have to trace.

While a program is made, all is kept that it uses of traces around it, since it may be that nobody else keeps it. When
what made it is done, the program has it no longer than others do, so that no trace outlives its function by it.
"""

import contextlib
import threading
import typing as t

from brainspec_optimized.state_cell import Cell
from brainspec_optimized.state_stack import MINE

__all__ = ["calling", "keep", "looking", "meet"]


class _Block:
    def __init__(self) -> None:
        self.kept: list[t.Any] = []
        self.met: list[Cell] = []


class _Mine(threading.local):
    def __init__(self) -> None:
        self.block: _Block | None = None


_MINE = _Mine()


def keep(consts: t.Sequence[t.Any]) -> None:
    """Keep this until what runs now is done."""
    if _MINE.block is not None:
        _MINE.block.kept.append(consts)  # [jit.nest.captured]


def meet(states: list[Cell]) -> None:
    """Say what a function has touched that was traced just now, whether it failed or not."""
    if _MINE.block is not None:
        _MINE.block.met = states


@contextlib.contextmanager
def looking() -> t.Iterator[None]:
    """Let what is used by programs that are made in the block be there until it ends."""
    around, block = _MINE.block, _Block()
    _MINE.block = block
    try:
        yield
    finally:
        _MINE.block = around
        block.kept, block.met = [], []  # an exception may keep the block


@contextlib.contextmanager
def calling() -> t.Iterator[None]:
    """The same for a call, which has touched what its function did, also if it fails."""
    with looking():
        block = _MINE.block
        try:
            yield
        except BaseException:
            _touch(block.met if block else [])
            raise


def _touch(states: list[Cell]) -> None:
    for state in states:
        for stack in MINE.stacks:
            with contextlib.suppress(Exception):  # a stack that refuses it says so when its own function ends
                stack._touch(state)  # [jit.failure.touched]
