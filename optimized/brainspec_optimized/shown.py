"""What is fast about it: nothing; the text of a class is looked up when somebody prints it.

The classes that users meet show as the place where they are reached, which is not the module that defines them.
`__module__` stays the true one, so that pickle and type checkers find the class. A subclass has no entry and so shows
as Python shows a class.
"""

import typing as t

__all__ = ["Shown", "shows_as"]

_PLACES: dict[type, str] = {}

C = t.TypeVar("C", bound=type)


class Shown(type):
    """The metaclass of the classes that show as their place in the surface."""

    def __repr__(cls) -> str:
        place = _PLACES.get(cls)  # [state.kinds.user]
        return super().__repr__() if place is None else f"<class 'brainstate.{place}'>"  # [state.kinds.shown]


def shows_as(place: str) -> t.Callable[[C], C]:
    """Give a class of this metaclass its place below `brainstate`."""

    def placed(cls: C) -> C:
        _PLACES[cls] = place
        return cls

    return placed
