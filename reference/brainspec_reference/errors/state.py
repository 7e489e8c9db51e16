"""The errors of `spec/10-state.md`."""

from .base import ClauseBroken


class ValueIsState(ClauseBroken, ValueError):
    """A state was put into a state."""


class NestedState(ClauseBroken, ValueError):
    """A tree with a state among its leaves was put into a state."""


class TraceContextError(ClauseBroken, RuntimeError):
    """A state was used in a JAX trace to which it does not belong."""


class NotAnArray(ClauseBroken, TypeError):
    """A hidden state was made of something that is no array."""


class NotAName(ClauseBroken, TypeError):
    """A state or module was given a name that is neither a string nor `None`."""


class NotAStateTag(ClauseBroken, TypeError):
    """A state was given a tag that is neither a string, nor a collection of strings, nor `None`."""


class ReservedName(ClauseBroken, TypeError):
    """The constructor of a state was given metadata under a name that its class has already."""


class OtherKind(ClauseBroken, TypeError):
    """A state was to copy from one of another class, or from something that is no state."""


class NotInnermost(ClauseBroken, RuntimeError):
    """A trace stack was closed that is not the innermost open one of its thread."""


class OpenedAgain(ClauseBroken, RuntimeError):
    """A trace stack was opened a second time."""
