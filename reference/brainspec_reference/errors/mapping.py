"""The errors of `spec/32-mapping.md`."""

from .base import ClauseBroken


class NotAnAxis(ClauseBroken, TypeError):
    """An axis, or the size of one, was given that is no integer."""


class OtherAxes(ClauseBroken, ValueError):
    """An axis was given that the value has not which it is about, or axes that do not match it."""


class OtherSize(ClauseBroken, ValueError):
    """What is mapped, or runs the lanes, disagrees about how many there are."""


class NoSize(ClauseBroken, ValueError):
    """Nothing says how many lanes a call has, or something says that it has less than none."""


class NotAPolicy(ClauseBroken, ValueError):
    """A policy was named that does not exist."""


class DeclaredTwice(ClauseBroken, ValueError):
    """A state was declared on two axes."""


class NotATreeOfStates(ClauseBroken, TypeError):
    """States were to be named, and something else was."""


class BatchAxisError(ClauseBroken, ValueError):
    """What differs between lanes was to be kept without an axis."""
