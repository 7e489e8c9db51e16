"""What is fast about it: the names are bound here once; what they do is in the chapter `brainspec_optimized.filters`.

Users write `brainstate.util.filter.Any`, and the pages name no other place.
"""

from brainspec_optimized.filters import All, Any, Everything, Not, Nothing, OfType, PathContains, WithTag, to_predicate

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
