"""The place below which users find the transforms."""

from ..jit import JittedFunction, StatefulFunction, jit, make_jaxpr

__all__ = ["JittedFunction", "StatefulFunction", "jit", "make_jaxpr"]  # [model.surface.present]
