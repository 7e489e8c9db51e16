"""What is fast about it: nothing; it is the place where users find what takes a function and gives one."""

from brainspec_optimized.errors import BatchAxisError
from brainspec_optimized.grad import grad
from brainspec_optimized.jit import JittedFunction, StatefulFunction, jit, make_jaxpr
from brainspec_optimized.map import map  # noqa: A004  the name of the spec
from brainspec_optimized.mapping import StatefulMapping, vmap, vmap2, vmap_new_states
from brainspec_optimized.parallel import pmap2

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
