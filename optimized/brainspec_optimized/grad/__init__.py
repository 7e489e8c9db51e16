"""What is fast about it: a call costs what JAX's own differentiation costs, and one look at each state.

The asked states are known before the origin runs, so their values are plain inputs of what JAX differentiates; those
that are written are known when it has run, and are results beside the loss. From the inside out: `asked`, by what is
differentiated; `watch`, what looks on meanwhile; `calling`, the call; `function`, what users hold; `refusals`, what is
wrong with what they gave.
"""

from brainspec_optimized.grad.function import grad

__all__ = ["grad"]
