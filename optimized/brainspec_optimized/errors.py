"""What is fast about it: nothing is formatted until somebody reads the message.

An error of this room is made of three things: what was found, the clause that this breaks, and the cure.
Its class is named after the cause and has the builtin base that the clause promises, so that a user may
catch either. The three stay in `args`, so that an error survives pickling between processes.
"""

__all__ = [
    "ArgumentHasNoSlope",
    "BackupMisplaced",
    "BrainspecError",
    "ContainerInItself",
    "CountTooSmall",
    "FilterIsFrozen",
    "HeldByContainer",
    "NameIsFixed",
    "NameIsTaken",
    "NegativeSize",
    "NoAux",
    "NoFilter",
    "NoHash",
    "NoSuchLeaf",
    "NoSuchState",
    "NoUpdate",
    "NotACell",
    "NotAClass",
    "NotACount",
    "NotAGraph",
    "NotAKey",
    "NotAKind",
    "NotALiteral",
    "NotALoss",
    "NotAName",
    "NotAPath",
    "NotAProbability",
    "NotASize",
    "NotAState",
    "NotAString",
    "NotATag",
    "NotATree",
    "NotAnArray",
    "NotCovered",
    "NotTheSameKind",
    "NothingAsked",
    "PathInPath",
    "PathTwice",
    "RestNotLast",
    "SeveralKeys",
    "SnapshotIsFrozen",
    "StackNotInnermost",
    "StackUsedTwice",
    "StateHasNoSlope",
    "StateInState",
    "StateMissing",
    "StateUnused",
    "TraceContextError",
    "WrongCount",
]


class BrainspecError(Exception):
    """The base of all errors that this room raises on purpose."""

    def __init__(self, found: str, clause: str, cure: str) -> None:
        super().__init__(found, clause, cure)

    def __str__(self) -> str:
        found, clause, cure = self.args
        return f"{found} This breaks {clause}. {cure}"


class NotALiteral(BrainspecError, TypeError):
    """Something stands for a predicate and cannot be read as one."""


class WrongCount(BrainspecError, TypeError):
    """A filter was made with more arguments than it takes, or with fewer."""


class NotAString(BrainspecError, TypeError):
    """A tag was asked for that is no string."""


class NotAClass(BrainspecError, TypeError):
    """A type was asked for that is no class."""


class NoHash(BrainspecError, TypeError):
    """The hash was wanted of a filter that has an argument without one."""


class FilterIsFrozen(BrainspecError, AttributeError):
    """An attribute of a filter was set or deleted."""


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


class NotAKey(BrainspecError, TypeError):
    """Something was given for a seed or a key that is neither."""


class SeveralKeys(BrainspecError, ValueError):
    """Several keys were given where one is wanted."""


class NotACount(BrainspecError, TypeError):
    """A number of keys was asked for that is no integer."""


class CountTooSmall(BrainspecError, ValueError):
    """No key at all was asked for."""


class BackupMisplaced(BrainspecError, ValueError):
    """A key was backed up twice, or put back without a backup."""


class NotAProbability(BrainspecError, ValueError):
    """A probability lies outside 0 to 1, or is no number."""


class NotASize(BrainspecError, TypeError):
    """A size was given that is made of something else than integers."""


class NegativeSize(BrainspecError, ValueError):
    """A size was given that is below 0."""


class NotAGraph(BrainspecError, TypeError):
    """A graph was to start from what is neither a node nor a container."""


class ContainerInItself(BrainspecError, ValueError):
    """A container contains itself, so that nobody can take it apart."""


class NotCovered(BrainspecError, ValueError):
    """No filter wanted a state or a leaf that must not be lost."""


class RestNotLast(BrainspecError, ValueError):
    """A filter that takes all stands before another one."""


class StateMissing(BrainspecError, ValueError):
    """A graph was to be merged without one of its states."""


class NoSuchState(BrainspecError, ValueError):
    """A tree has a leaf where the graph has no state."""


class PathTwice(BrainspecError, ValueError):
    """There are two things for one path."""


class NotACell(BrainspecError, ValueError):
    """A leaf of a state tree is neither a snapshot nor a state."""


class NotATree(BrainspecError, TypeError):
    """Something stands for a tree, or for a GraphDef, and is none."""


class NoFilter(BrainspecError, ValueError):
    """Nothing was said about what to remove."""


class HeldByContainer(BrainspecError, ValueError):
    """A state cannot be removed without moving its neighbours."""


class SnapshotIsFrozen(BrainspecError, AttributeError):
    """A field of a snapshot was set or deleted."""


class NotAKind(BrainspecError, TypeError):
    """A snapshot was to be one of something else than a state."""


class PathInPath(BrainspecError, ValueError):
    """One path goes on where another one ends."""


class NotAPath(BrainspecError, ValueError):
    """A key of a flat mapping is no path."""


class NoSuchLeaf(BrainspecError, ValueError):
    """A value was given for a place where the tree has no leaf."""


class NoUpdate(BrainspecError, NotImplementedError):
    """A module was called that does not say what a call means."""


class NameIsFixed(BrainspecError, AttributeError):
    """The name of a module was set or deleted."""


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
