"""What is fast about it: nothing; it is the place where users find the helpers of the system."""

from brainspec_optimized.graph.nested import FlattedDict, NestedDict
from brainspec_optimized.util import filter  # noqa: A004  the specification chose the name

__all__ = ["FlattedDict", "NestedDict", "filter"]  # [model.surface.present]
