"""What is fast about it: nothing; a node is an ordinary object of Python, and what it holds is found when it is asked."""

import abc

from brainspec_optimized.graph.vertex import Vertex
from brainspec_optimized.module_text import node_text
from brainspec_optimized.shown import Shown, shows_as

__all__ = ["Node"]


class NodeKind(Shown, abc.ABCMeta):
    """The metaclass of nodes: it shows them, and lets users mix in abstract classes."""


@shows_as("graph.Node")  # [graph.types.shown]
class Node(Vertex, metaclass=NodeKind):
    """An object whose attributes may hold states, nodes, containers of these, and anything else."""

    def __repr__(self) -> str:
        return node_text(self)
