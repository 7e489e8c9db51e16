"""What is fast about it: nothing; the errors of `spec/32-mapping.md`."""

from brainspec_optimized.errors.base import BrainspecError

__all__ = [
    "AxesMismatch",
    "BatchAxisError",
    "NoSuchAxis",
    "NoSuchPolicy",
    "NotAStateOfLanes",
    "NotAnAxis",
    "SizeUnknown",
    "SizesDiffer",
    "StateTwice",
]


class BatchAxisError(BrainspecError, ValueError):
    """A value differs between lanes where it may not."""


class NotAnAxis(BrainspecError, TypeError):
    """An axis was given that is neither an integer nor None."""


class NotAStateOfLanes(BrainspecError, TypeError):
    """Something was named where lanes are to find states, and is none."""


class AxesMismatch(BrainspecError, ValueError):
    """Axes were given in another structure than what they are for."""


class NoSuchAxis(BrainspecError, ValueError):
    """An array does not have the axis that was asked for."""


class SizesDiffer(BrainspecError, ValueError):
    """Two things that are mapped together have different numbers of lanes."""


class SizeUnknown(BrainspecError, ValueError):
    """Nothing says how many lanes there are."""


class NoSuchPolicy(BrainspecError, ValueError):
    """A policy was given that there is not."""


class StateTwice(BrainspecError, ValueError):
    """A state was declared on two axes."""
