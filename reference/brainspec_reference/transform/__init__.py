"""The place below which users find the transforms."""

from ..jit import JittedFunction, StatefulFunction, jit, make_jaxpr
from ..mapping import BatchAxisError, StatefulMapping, vmap2

__all__ = [  # [model.surface.present]
    "BatchAxisError",
    "JittedFunction",
    "StatefulFunction",
    "StatefulMapping",
    "jit",
    "make_jaxpr",
    "vmap2",
]
