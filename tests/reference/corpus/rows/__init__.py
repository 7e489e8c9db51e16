"""Rows: each primitive bound on its own, in every dtype and every variant of its parameters that has a meaning."""

from . import algebra, elementwise, moves, planted, special, sums
from .common import ROWS

__all__ = ["ROWS", "algebra", "elementwise", "moves", "planted", "special", "sums"]
