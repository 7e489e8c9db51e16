"""What is fast about it: nothing; the errors of `spec/36-grad.md`."""

from brainspec_optimized.errors.base import BrainspecError

__all__ = [
    "ArgumentHasNoSlope",
    "NoAux",
    "NotALoss",
    "NotAState",
    "NothingAsked",
    "StateHasNoSlope",
    "StateUnused",
]


class NotAState(BrainspecError, TypeError):
    """A gradient was asked by something that is no state."""


class NothingAsked(BrainspecError, ValueError):
    """A gradient was asked by nothing."""


class ArgumentHasNoSlope(BrainspecError, TypeError):
    """A gradient was asked by an argument that is not made of floats."""


class StateHasNoSlope(BrainspecError, TypeError):
    """A gradient was asked by a state that does not hold floats."""


class StateUnused(BrainspecError, ValueError):
    """A gradient was asked by a state that the function does not touch."""


class NotALoss(BrainspecError, TypeError):
    """A function was to be differentiated that gives no single float."""


class NoAux(BrainspecError, TypeError):
    """A function gave no pair of loss and aux."""
