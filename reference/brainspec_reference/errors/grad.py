"""The errors of `spec/36-grad.md`."""

from .base import ClauseBroken


class NotAState(ClauseBroken, TypeError):
    """Derivatives were asked for by something that is no state."""


class NothingAsked(ClauseBroken, ValueError):
    """A gradient function was to be made of neither states nor arguments."""


class StateUnused(ClauseBroken, ValueError):
    """Derivatives were asked for by a state that the function does not touch."""


class NotContinuous(ClauseBroken, TypeError):
    """Derivatives were asked for by what is neither float nor complex."""


class NotALoss(ClauseBroken, TypeError):
    """A function was to be differentiated that does not give one float without shape."""


class NoAux(ClauseBroken, TypeError):
    """A function that should have given a loss and an aux gave something else."""
