"""Catching the states that are born in a block.

A *catcher* is open in one thread and keeps, in order, each state that is born there, unless it *leaves it out*.
All open catchers are asked before one of them tags the state, so that what one leaves out does not depend
on the tag that another adds.
"""

import threading
from typing import TYPE_CHECKING

from .filters import Literal, to_predicate
from .state_labels import Tag, checked_tag, joined

if TYPE_CHECKING:
    from .state import State


class Open(threading.local):
    """Each thread has its own."""

    def __init__(self) -> None:
        self.catchers: list[Catcher] = []


OPEN = Open()


class Catcher:
    """What `catch_new_states` gives; entering it gives the list of the states that it catches."""

    def __init__(self, tag: Tag, excluded: Literal) -> None:
        self.tag = checked_tag(tag)
        self.excludes = to_predicate(excluded)
        self.caught: list[State] = []

    def __enter__(self) -> list["State"]:
        OPEN.catchers.append(self)
        return self.caught

    def __exit__(self, *failure: object) -> None:
        OPEN.catchers.remove(self)

    def catch(self, state: "State") -> None:
        state.tag = joined(state.tag, self.tag)  # [state.catch.tag]
        self.caught.append(state)  # [state.catch.catches]


def catch_new_states(state_tag: Tag = None, state_to_exclude: Literal = None) -> Catcher:
    return Catcher(state_tag, state_to_exclude)


def tell_catchers(state: "State") -> None:
    catching = [catcher for catcher in OPEN.catchers if not catcher.excludes((), state)]  # [state.catch.exclude]
    for catcher in catching:
        catcher.catch(state)  # [state.catch.nested]
