"""What is fast about it: nothing; the errors of `spec/20-graph.md`."""

from brainspec_optimized.errors.base import BrainspecError

__all__ = [
    "ContainerInItself",
    "HeldByContainer",
    "NoFilter",
    "NoSuchLeaf",
    "NoSuchState",
    "NotACell",
    "NotAGraph",
    "NotAKind",
    "NotAPath",
    "NotATree",
    "NotCovered",
    "PathInPath",
    "PathTwice",
    "RestNotLast",
    "SnapshotIsFrozen",
    "StateMissing",
]


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
