"""The place below which users find the helpers: `util.filter`, and the mappings that hold state trees."""

from . import filter  # noqa: A004  # the specification chose the name of the place
from .nested import FlattedDict, NestedDict

__all__ = ["FlattedDict", "NestedDict", "filter"]  # [model.surface.present]
