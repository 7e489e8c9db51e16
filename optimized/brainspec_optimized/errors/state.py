"""What is fast about it: nothing; the errors of `spec/10-state.md`."""

from brainspec_optimized.errors.base import BrainspecError

__all__ = [
    "NameIsTaken",
    "NotAName",
    "NotATag",
    "NotAnArray",
    "NotTheSameKind",
    "StackNotInnermost",
    "StackUsedTwice",
    "StateInState",
    "TraceContextError",
]


class StateInState(BrainspecError, ValueError):
    """A state, or a tree with one, was put into a state."""


class TraceContextError(BrainspecError, RuntimeError):
    """A state was used in a JAX trace to which it does not belong."""


class NotAnArray(BrainspecError, TypeError):
    """An array was asked for."""


class NotAName(BrainspecError, TypeError):
    """A name was given that is neither a string nor None."""


class NotATag(BrainspecError, TypeError):
    """A tag was given that no filter could find."""


class NameIsTaken(BrainspecError, TypeError):
    """Metadata would hide an attribute of the class."""


class NotTheSameKind(BrainspecError, TypeError):
    """A state was to copy from something of another kind."""


class StackNotInnermost(BrainspecError, RuntimeError):
    """A trace stack was closed before those that were opened after it."""


class StackUsedTwice(BrainspecError, RuntimeError):
    """A trace stack was opened again."""
