"""The errors of `spec/25-module.md`."""

from .base import ClauseBroken


class NoUpdate(ClauseBroken, NotImplementedError):
    """A module was called whose class says neither by `update` nor by `__call__` what that does."""


class NameIsFixed(ClauseBroken, AttributeError):
    """The name of a module was set again."""


class NotATarget(ClauseBroken, TypeError):
    """Something was to be initialised or reset that is neither a node nor a container."""
