"""What is fast about it: nothing; a call is in no such block unless it may have to trace.

While a program is made, all is kept that it uses of traces around it, since it may be that nobody else keeps it. When
what made it is done, the program has it no longer than others do, so that no trace outlives its function by it.
"""

import contextlib
import threading
import typing as t

__all__ = ["calling", "keep", "looking"]


class _Block:
    def __init__(self) -> None:
        self.kept: list[t.Any] = []


class _Mine(threading.local):
    def __init__(self) -> None:
        self.block: _Block | None = None


_MINE = _Mine()


def keep(consts: t.Sequence[t.Any]) -> None:
    """Keep this until what runs now is done."""
    if _MINE.block is not None:
        _MINE.block.kept.append(consts)  # [jit.nest.captured]


@contextlib.contextmanager
def looking() -> t.Iterator[None]:
    """Let what is used by programs that are made in the block be there until it ends."""
    around, block = _MINE.block, _Block()
    _MINE.block = block
    try:
        yield
    finally:
        _MINE.block = around
        block.kept = []  # an exception may keep the block


@contextlib.contextmanager
def calling() -> t.Iterator[None]:
    """The same for a call."""
    with looking():
        yield
