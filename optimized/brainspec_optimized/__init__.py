"""The optimised implementation: the meaning of the specification at the speed of bare JAX."""

from brainspec_optimized import util

__all__ = ["util"]
