"""Compiled functions, which the reference does not compile: it records them once for each signature, and evaluates."""

from .jitted_function import JittedFunction, jit
from .stateful_function import StatefulFunction, make_jaxpr

__all__ = ["JittedFunction", "StatefulFunction", "jit", "make_jaxpr"]
