"""How a type *shows*: under the place where users find it, not under the file that defines it.

A *place* is a name of the surface, such as `State` or `random.RandomState`. Only the text changes: `__module__`
and `__qualname__` stay true, so that pickle and documentation find the definition.
"""

from abc import ABCMeta
from collections.abc import Callable
from typing import TypeVar

PLACES: dict[type, str] = {}

Kind = TypeVar("Kind", bound=type)


class Shown(ABCMeta):  # so that a user's kind can also be abstract: Python wants one metaclass below all bases
    """The class of the types that have a place. A subclass that a user defines has none."""

    def __repr__(cls) -> str:
        if cls in PLACES:
            return f"<class 'brainstate.{PLACES[cls]}'>"  # [state.kinds.shown]
        return super().__repr__()  # [state.kinds.user]


def shown_as(place: str) -> Callable[[Kind], Kind]:
    def remember(kind: Kind) -> Kind:
        PLACES[kind] = place
        return kind

    return remember
