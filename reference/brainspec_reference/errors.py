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


class NotASeed(ClauseBroken, TypeError):
    """A seed was given that is neither an integer nor an array of keys."""


class SeveralKeys(ClauseBroken, ValueError):
    """An array of keys was given for a seed."""


class NotACount(ClauseBroken, TypeError):
    """A number of keys was given that is no integer."""


class TooFewKeys(ClauseBroken, ValueError):
    """A number of keys was given that is below 1."""


class SecondBackup(ClauseBroken, ValueError):
    """A key was backed up while another one is."""


class NoBackup(ClauseBroken, ValueError):
    """A key was to be restored that was not backed up."""


class NotAProbability(ClauseBroken, ValueError):
    """A probability was given that has an entry outside 0 to 1, or one that is NaN."""


class NotASize(ClauseBroken, ValueError):
    """A size was given that is neither `None`, nor an integer of at least 0, nor a tuple or list of such."""


class NotARoot(ClauseBroken, TypeError):
    """A graph was to start at something that is neither a node nor a container."""


class ContainerCycle(ClauseBroken, ValueError):
    """A container contains itself through containers alone."""


class RestNotLast(ClauseBroken, ValueError):
    """A filter that accepts everything was given before another one."""


class NotCovered(ClauseBroken, ValueError):
    """A state or leaf is accepted by no filter, where each has to go somewhere."""


class NotATree(ClauseBroken, TypeError):
    """A state tree was given that is no dictionary."""


class NotAGraphDef(ClauseBroken, TypeError):
    """Something was to be merged that is no `GraphDef`."""


class MissingLeaf(ClauseBroken, ValueError):
    """A graph was to be merged without a leaf for one of its states."""


class ExtraLeaf(ClauseBroken, ValueError):
    """A tree has a leaf at a path where the graph has no state, or not the first path of one."""


class PathTwice(ClauseBroken, ValueError):
    """Two trees have a leaf at the same path."""


class WrongLeaf(ClauseBroken, ValueError):
    """A leaf of a state tree is neither a snapshot nor a state."""


class NoFilter(ClauseBroken, ValueError):
    """States were to be removed without a filter that says which."""


class HeldByContainer(ClauseBroken, ValueError):
    """A state was to be removed that a container holds."""


class SnapshotIsFrozen(ClauseBroken, AttributeError):
    """An attribute of a snapshot was set or deleted."""


class NotAKind(ClauseBroken, TypeError):
    """A snapshot was to be made of something that is no class of states."""


class PathInPath(ClauseBroken, ValueError):
    """A flat mapping was to be nested in which one path begins with another."""


class NotAPath(ClauseBroken, ValueError):
    """A flat mapping was to be nested that has a key which is no path of a leaf."""


class NoSuchLeaf(ClauseBroken, ValueError):
    """A value was given for a path where a tree has no leaf."""


class NoUpdate(ClauseBroken, NotImplementedError):
    """A module was called whose class says neither by `update` nor by `__call__` what that does."""


class NameIsFixed(ClauseBroken, AttributeError):
    """The name of a module was set again."""


class NotATarget(ClauseBroken, TypeError):
    """Something was to be initialised or reset that is neither a node nor a container."""


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
