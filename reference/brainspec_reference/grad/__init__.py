"""Gradients: a function is recorded once, and of its program the engine makes one that gives derivatives too."""

from .gradient_function import GradientFunction, grad

__all__ = ["GradientFunction", "grad"]
