"""The place where users find the filters; the chapter itself is `brainspec_reference.filters`."""

from ..filters import All, Any, Everything, Not, Nothing, OfType, PathContains, WithTag, to_predicate

__all__ = [  # [model.surface.present]
    "All",
    "Any",
    "Everything",
    "Not",
    "Nothing",
    "OfType",
    "PathContains",
    "WithTag",
    "to_predicate",
]
