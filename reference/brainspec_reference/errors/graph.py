"""The errors of `spec/20-graph.md`."""

from .base import ClauseBroken


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
