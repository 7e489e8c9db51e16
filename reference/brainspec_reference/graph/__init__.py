"""Graphs: walking, splitting, merging and updating what holds states."""

from .change import pop_states, update_states
from .description import GraphDef
from .find import nodes, states
from .merge import clone, treefy_merge, unflatten
from .node import Node
from .split import flatten, graphdef, treefy_split, treefy_states

__all__ = [  # [model.surface.present]
    "GraphDef",
    "Node",
    "clone",
    "flatten",
    "graphdef",
    "nodes",
    "pop_states",
    "states",
    "treefy_merge",
    "treefy_split",
    "treefy_states",
    "unflatten",
    "update_states",
]
