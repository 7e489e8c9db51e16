"""The reference: the specification as plain Python, slow on purpose, read before it is run."""

from . import util

__all__ = ["util"]
