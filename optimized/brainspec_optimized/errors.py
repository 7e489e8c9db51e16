"""What is fast about it: nothing is formatted until somebody reads the message.

An error of this room is made of three things: what was found, the clause that this breaks, and the cure.
Its class is named after the cause and has the builtin base that the clause promises, so that a user may
catch either. The three stay in `args`, so that an error survives pickling between processes.
"""

__all__ = [
    "BrainspecError",
    "FilterIsFrozen",
    "NoHash",
    "NotAClass",
    "NotALiteral",
    "NotAString",
    "WrongCount",
]


class BrainspecError(Exception):
    """The base of all errors that this room raises on purpose."""

    def __init__(self, found: str, clause: str, cure: str) -> None:
        super().__init__(found, clause, cure)

    def __str__(self) -> str:
        found, clause, cure = self.args
        return f"{found} This breaks {clause}. {cure}"


class NotALiteral(BrainspecError, TypeError):
    """Something stands for a predicate and cannot be read as one."""


class WrongCount(BrainspecError, TypeError):
    """A filter was made with more arguments than it takes, or with fewer."""


class NotAString(BrainspecError, TypeError):
    """A tag was asked for that is no string."""


class NotAClass(BrainspecError, TypeError):
    """A type was asked for that is no class."""


class NoHash(BrainspecError, TypeError):
    """The hash was wanted of a filter that has an argument without one."""


class FilterIsFrozen(BrainspecError, AttributeError):
    """An attribute of a filter was set or deleted."""
