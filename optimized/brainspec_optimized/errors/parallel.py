"""What is fast about it: nothing; the errors of `spec/34-parallel.md`."""

from brainspec_optimized.errors.base import BrainspecError

__all__ = [
    "NoSuchBackend",
    "NotADevice",
    "ParallelInParallel",
    "TooManyLanes",
    "WrongDevices",
]


class TooManyLanes(BrainspecError, ValueError):
    """There are more lanes than devices."""


class ParallelInParallel(BrainspecError, ValueError):
    """A parallel mapping was called inside another one."""


class NotADevice(BrainspecError, TypeError):
    """A device was given that is none."""


class WrongDevices(BrainspecError, ValueError):
    """The devices that were given make no list of devices."""


class NoSuchBackend(BrainspecError, ValueError):
    """A backend was given that JAX does not have."""
