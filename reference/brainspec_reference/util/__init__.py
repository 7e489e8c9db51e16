"""The place below which users find the helpers: `util.filter`."""

from . import filter  # noqa: A004  # the specification chose the name of the place

__all__ = ["filter"]
