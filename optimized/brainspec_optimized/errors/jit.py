"""What is fast about it: nothing; the errors of `spec/30-jit.md`."""

from brainspec_optimized.errors.base import BrainspecError

__all__ = [
    "NoSuchOption",
    "NoSuchParameter",
    "NoSuchPosition",
    "NodeArgument",
    "NotAParameter",
    "NotAPosition",
    "NotAResult",
    "NotAnArgument",
    "NotCallable",
    "NotRemembered",
    "StateArgument",
    "StateDonated",
    "StateNotTraceable",
    "StateResult",
    "StaticAndDonated",
    "StaticWithoutHash",
    "StructureChanged",
    "WrongValues",
]


class StateNotTraceable(BrainspecError, TypeError):
    """A state that a compiled function touches holds what JAX cannot compute with."""


class StateArgument(BrainspecError, ValueError):
    """A state was given as an argument."""


class NodeArgument(BrainspecError, TypeError):
    """A node was given as an argument."""


class NotAnArgument(BrainspecError, TypeError):
    """An argument has a leaf that JAX does not take."""


class StateResult(BrainspecError, ValueError):
    """A function gave a state."""


class NotAResult(BrainspecError, TypeError):
    """A function gave a leaf that JAX does not give."""


class StructureChanged(BrainspecError, ValueError):
    """A state was given a value of another structure."""


class NotCallable(BrainspecError, TypeError):
    """Something was to be compiled that cannot be called."""


class NoSuchOption(BrainspecError, TypeError):
    """An option was given that there is not."""


class NoSuchPosition(BrainspecError, ValueError):
    """A number is no position of the function."""


class NoSuchParameter(BrainspecError, ValueError):
    """A name is no parameter of the function."""


class NotAPosition(BrainspecError, TypeError):
    """A position was given that is no integer."""


class NotAParameter(BrainspecError, TypeError):
    """The name of a parameter was given that is no string."""


class StaticAndDonated(BrainspecError, ValueError):
    """A parameter is both static and donated."""


class StaticWithoutHash(BrainspecError, ValueError):
    """A static argument cannot be hashed."""


class StateDonated(BrainspecError, ValueError):
    """An array was donated that a state holds."""


class NotRemembered(BrainspecError, ValueError):
    """There is no program for a key."""


class WrongValues(BrainspecError, ValueError):
    """Values do not fit the states that they were given for."""
