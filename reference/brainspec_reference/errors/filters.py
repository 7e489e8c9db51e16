"""The errors of `spec/90-filters.md`."""

from .base import ClauseBroken


class NotALiteral(ClauseBroken, TypeError):
    """Something was written where a predicate is wanted, and cannot be read as one."""


class WrongCount(ClauseBroken, TypeError):
    """A filter was made from too few arguments, or too many."""


class NotATag(ClauseBroken, TypeError):
    """`WithTag` was given something that is no string."""


class NotAClass(ClauseBroken, TypeError):
    """`OfType` was given something that is no class."""


class FilterIsFrozen(ClauseBroken, AttributeError):
    """An attribute of a filter was set or deleted."""


class FilterHasNoHash(ClauseBroken, TypeError):
    """The hash of a filter was asked for, and one of its arguments has none."""
