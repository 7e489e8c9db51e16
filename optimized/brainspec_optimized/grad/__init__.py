"""What is fast about it: a call costs what JAX's own differentiation costs, and one trace, which computes nothing.

States are known when the origin has run, and it runs once. So a call traces it, as `jit` does, and JAX differentiates
what is left of it: a program, of which states are plain inputs and outputs. From the inside out: `asked`, by what is
differentiated; `calling`, the call; `function`, what users hold; `refusals`, what is wrong with what they gave.
"""

from brainspec_optimized.grad.function import grad

__all__ = ["grad"]
