"""The errors of `spec/34-parallel.md`."""

from .base import ClauseBroken


class NestedDevices(ClauseBroken, ValueError):
    """A mapping over devices was called inside another."""


class NoSuchDevices(ClauseBroken, ValueError):
    """Devices were chosen that do not exist, or not so."""


class NotADevice(ClauseBroken, TypeError):
    """Something else was given among devices."""
