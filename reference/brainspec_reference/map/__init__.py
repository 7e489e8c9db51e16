"""Sequences of runs: a function is recorded once, and run on one slice after another, or on a batch of them at a time."""

from .call import map  # noqa: A004

__all__ = ["map"]
