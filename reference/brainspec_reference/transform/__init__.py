"""The place below which users find the transforms."""

from ..grad import grad
from ..jit import JittedFunction, StatefulFunction, jit, make_jaxpr
from ..map import map  # noqa: A004
from ..mapping import BatchAxisError, StatefulMapping, vmap, vmap2, vmap_new_states
from ..parallel import pmap2

__all__ = [  # [model.surface.present]
    "BatchAxisError",
    "JittedFunction",
    "StatefulFunction",
    "StatefulMapping",
    "grad",
    "jit",
    "make_jaxpr",
    "map",
    "pmap2",
    "vmap",
    "vmap2",
    "vmap_new_states",
]
