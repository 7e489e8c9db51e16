"""The errors of `spec/33-map.md`."""

from .base import ClauseBroken


class NotABatchSize(ClauseBroken, TypeError):
    """The size of a batch was given that is no integer."""


class EmptyBatch(ClauseBroken, ValueError):
    """The size of a batch was given that is below 1."""


class NoSlices(ClauseBroken, ValueError):
    """Nothing was given that could be sliced, or something that has no axis."""


class OtherSlices(ClauseBroken, ValueError):
    """Two arrays were given that have not the same number of slices."""


class OtherTypeLeft(ClauseBroken, TypeError):
    """A run left in a state a value of another type than it found."""


class WrittenInBatch(ClauseBroken, ValueError):
    """A state was written by runs that are the lanes of a batch."""
