"""The errors of the reference: what was found, which clause it breaks, and what to do instead.

Each cause has a class of its own, so that a user can catch by cause. Each class has the builtin base
that its clause names, so that a program written from the specification alone catches it as well.
"""


class ClauseBroken(Exception):
    """The base of all errors of this room; all three parts stay in `args`, so that an error can be pickled."""

    def __init__(self, found: str, clause: str, cure: str) -> None:
        super().__init__(found, clause, cure)

    def __str__(self) -> str:
        found, clause, cure = self.args
        return f"{found}. This breaks {clause}. {cure}."


class ValueIsState(ClauseBroken, ValueError):
    """A state was put into a state."""


class NestedState(ClauseBroken, ValueError):
    """A tree with a state among its leaves was put into a state."""


class TraceContextError(ClauseBroken, RuntimeError):
    """A state was used in a JAX trace to which it does not belong."""


class NotAnArray(ClauseBroken, TypeError):
    """A hidden state was made of something that is no array."""


class NotAName(ClauseBroken, TypeError):
    """A state was given a name that is neither a string nor `None`."""


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


class NotALiteral(ClauseBroken, TypeError):
    """Something was written where a predicate is wanted, and cannot be read as one."""


class WrongCount(ClauseBroken, TypeError):
    """A filter was made from too few arguments, or too many."""


class NotATag(ClauseBroken, TypeError):
    """`WithTag` was given something that is no string."""


class NotAClass(ClauseBroken, TypeError):
    """`OfType` was given something that is no class."""


class FilterIsFrozen(ClauseBroken, AttributeError):
    """An attribute of a filter was set or deleted."""


class FilterHasNoHash(ClauseBroken, TypeError):
    """The hash of a filter was asked for, and one of its arguments has none."""
