"""What is fast about it: nothing; the errors of `spec/90-filters.md`."""

from brainspec_optimized.errors.base import BrainspecError

__all__ = [
    "FilterIsFrozen",
    "NoHash",
    "NotAClass",
    "NotALiteral",
    "NotAString",
    "WrongCount",
]


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
