"""What is fast about it: nothing; it is the place where users find what to do with a graph as a whole."""

from brainspec_optimized.graph.definition import GraphDef
from brainspec_optimized.graph.merging import clone, treefy_merge, unflatten, update_states
from brainspec_optimized.graph.node import Node
from brainspec_optimized.graph.popping import pop_states
from brainspec_optimized.graph.splitting import flatten, graphdef, nodes, states, treefy_split, treefy_states

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
