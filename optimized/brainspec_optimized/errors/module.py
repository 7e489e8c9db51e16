"""What is fast about it: nothing; the errors of `spec/25-module.md`."""

from brainspec_optimized.errors.base import BrainspecError

__all__ = [
    "NameIsFixed",
    "NoUpdate",
]


class NoUpdate(BrainspecError, NotImplementedError):
    """A module was called that does not say what a call means."""


class NameIsFixed(BrainspecError, AttributeError):
    """The name of a module was set or deleted."""
