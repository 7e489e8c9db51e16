"""What is fast about it: nothing; the errors of `spec/33-map.md`."""

from brainspec_optimized.errors.base import BrainspecError

__all__ = [
    "BatchSizeTooSmall",
    "NotABatchSize",
    "NothingToMap",
    "RunsDiffer",
    "SliceCountsDiffer",
    "StateRetyped",
    "StateWritten",
]


class NothingToMap(BrainspecError, ValueError):
    """There is nothing that could be cut into slices."""


class SliceCountsDiffer(BrainspecError, ValueError):
    """Two arrays have different numbers of slices."""


class NotABatchSize(BrainspecError, TypeError):
    """The size of batches is no integer."""


class BatchSizeTooSmall(BrainspecError, ValueError):
    """A batch would have no slice."""


class StateRetyped(BrainspecError, TypeError):
    """A run leaves a value in a state that the next one was not made for."""


class StateWritten(BrainspecError, ValueError):
    """A state is written where runs have no order."""


class RunsDiffer(BrainspecError, ValueError):
    """Two runs in Python give results that cannot be put together."""
