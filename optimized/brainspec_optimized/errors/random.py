"""What is fast about it: nothing; the errors of `spec/12-random.md`."""

from brainspec_optimized.errors.base import BrainspecError

__all__ = [
    "BackupMisplaced",
    "CountTooSmall",
    "NegativeSize",
    "NotACount",
    "NotAKey",
    "NotAProbability",
    "NotASize",
    "SeveralKeys",
]


class NotAKey(BrainspecError, TypeError):
    """Something was given for a seed or a key that is neither."""


class SeveralKeys(BrainspecError, ValueError):
    """Several keys were given where one is wanted."""


class NotACount(BrainspecError, TypeError):
    """A number of keys was asked for that is no integer."""


class CountTooSmall(BrainspecError, ValueError):
    """No key at all was asked for."""


class BackupMisplaced(BrainspecError, ValueError):
    """A key was backed up twice, or put back without a backup."""


class NotAProbability(BrainspecError, ValueError):
    """A probability lies outside 0 to 1, or is no number."""


class NotASize(BrainspecError, TypeError):
    """A size was given that is made of something else than integers."""


class NegativeSize(BrainspecError, ValueError):
    """A size was given that is below 0."""
