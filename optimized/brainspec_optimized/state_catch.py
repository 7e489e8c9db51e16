"""What is fast about it: nothing; where nobody catches, a birth asks one list of its thread.

A state is caught when its whole constructor has run, that of a user's subclass included, so that a filter sees what
the user will see and a tag that is added stays. Copies are born too, and are caught.
"""

import contextlib
import threading
import typing as t

from brainspec_optimized.filters import to_predicate
from brainspec_optimized.shown import Shown
from brainspec_optimized.state_cell import Cell
from brainspec_optimized.state_stack import note_birth
from brainspec_optimized.state_tags import both_tags, checked_tag

if t.TYPE_CHECKING:
    from brainspec_optimized.state import State

__all__ = ["Kind", "announce", "catch_new_states"]

Catch = t.Callable[["State"], None]


class _Mine(threading.local):
    def __init__(self) -> None:
        self.catches: list[Catch] = []


_MINE = _Mine()


class Kind(Shown):
    """The metaclass of the kinds: it shows them, and sees each constructor end."""

    if not t.TYPE_CHECKING:  # type checkers know what calling a class gives, and would forget it here

        def __call__(cls, /, *args, **kwargs):  # noqa: N805  a metaclass
            state = super().__call__(*args, **kwargs)
            announce(state)
            return state


def announce(state: Cell) -> None:
    """Say that a state is born, and let all that catch in this thread have it."""
    note_birth(state)
    for catch in _MINE.catches:  # [state.catch.nested]
        catch(t.cast("State", state))


def catch_new_states(
    state_tag: t.Any = None, state_to_exclude: object = None
) -> contextlib.AbstractContextManager[t.Sequence["State"]]:
    """Give the states that are born in the block, in order, tagged with `state_tag`."""
    # Both are read here, so that a mistake is reported where it was written.
    return _catching(checked_tag(state_tag), to_predicate(state_to_exclude))


@contextlib.contextmanager
def _catching(tag: t.Any, excluded: t.Callable[..., object]) -> t.Iterator[t.Sequence["State"]]:
    caught: list[State] = []

    def catch(state: "State") -> None:
        if excluded((), state):  # [state.catch.exclude]
            return
        if tag is not None:
            state.tag = both_tags(state.tag, tag)  # [state.catch.tag]
        caught.append(state)  # [state.catch.catches]

    _MINE.catches.append(catch)
    try:
        yield caught
    finally:
        _MINE.catches.remove(catch)
