"""The errors of `spec/12-random.md`."""

from .base import ClauseBroken


class NotASeed(ClauseBroken, TypeError):
    """A seed was given that is neither an integer nor an array of keys."""


class SeveralKeys(ClauseBroken, ValueError):
    """An array of keys was given for a seed."""


class NotACount(ClauseBroken, TypeError):
    """A number of keys was given that is no integer."""


class TooFewKeys(ClauseBroken, ValueError):
    """A number of keys was given that is below 1."""


class SecondBackup(ClauseBroken, ValueError):
    """A key was backed up while another one is."""


class NoBackup(ClauseBroken, ValueError):
    """A key was to be restored that was not backed up."""


class NotAProbability(ClauseBroken, ValueError):
    """A probability was given that has an entry outside 0 to 1, or one that is NaN."""


class NotASize(ClauseBroken, ValueError):
    """A size was given that is neither `None`, nor an integer of at least 0, nor a tuple or list of such."""
