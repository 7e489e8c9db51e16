"""The errors of `spec/30-jit.md`."""

from .base import ClauseBroken


class NotCallable(ClauseBroken, TypeError):
    """A function was to be made from something that cannot be called."""


class UnknownOption(ClauseBroken, TypeError):
    """A transform was given an option that it does not have."""


class NotAMark(ClauseBroken, TypeError):
    """An option that numbers or names parameters was given something else."""


class NoSuchParameter(ClauseBroken, ValueError):
    """An option was given a number or a name that the function does not have."""


class StaticAndDonated(ClauseBroken, ValueError):
    """A parameter was declared both static and donated."""


class StateArgument(ClauseBroken, ValueError):
    """A state was given as an argument, or in one."""


class NodeArgument(ClauseBroken, TypeError):
    """A node was given as an argument, or in one."""


class NotAnArgument(ClauseBroken, TypeError):
    """A dynamic argument was given with a leaf that is no JAX value."""


class NoHash(ClauseBroken, ValueError):
    """A static argument was given that cannot be hashed."""


class StateResult(ClauseBroken, ValueError):
    """A function gave a state, or a tree with one."""


class NotAResult(ClauseBroken, TypeError):
    """A function gave a leaf that is no JAX value."""


class BadStateValue(ClauseBroken, TypeError):
    """A state that a function touched held a leaf that is no JAX value."""


class OtherStructure(ClauseBroken, ValueError):
    """A function wrote a value of another structure to a state."""


class DonatedState(ClauseBroken, ValueError):
    """An array was donated that a state holds."""


class SeveralDevices(ClauseBroken, ValueError):
    """The arguments of a call are committed to different devices."""


class NotRemembered(ClauseBroken, ValueError):
    """A key was given under which no program is remembered."""


class OtherValues(ClauseBroken, ValueError):
    """Values were given for states that are not as many, or not of their types."""
