"""The place below which users find the transforms."""

from ..grad import grad
from ..jit import JittedFunction, StatefulFunction, jit, make_jaxpr

__all__ = ["JittedFunction", "StatefulFunction", "grad", "jit", "make_jaxpr"]  # [model.surface.present]
