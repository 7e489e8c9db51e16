"""What is fast about it: nothing; it is the place where users find what takes a function and gives one."""

from brainspec_optimized.grad import grad
from brainspec_optimized.jit import JittedFunction, StatefulFunction, jit, make_jaxpr

__all__ = ["JittedFunction", "StatefulFunction", "grad", "jit", "make_jaxpr"]  # [model.surface.present]
