"""The optimised implementation: the meaning of the specification at the speed of bare JAX."""

from brainspec_optimized import graph, nn, random, transform, util
from brainspec_optimized.errors import TraceContextError
from brainspec_optimized.graph.snapshot import TreefyState
from brainspec_optimized.state import State
from brainspec_optimized.state_catch import catch_new_states
from brainspec_optimized.state_kinds import BatchState, HiddenState, LongTermState, ParamState, ShortTermState
from brainspec_optimized.state_stack import StateTraceStack

__all__ = [  # [model.surface.present]
    "BatchState",
    "HiddenState",
    "LongTermState",
    "ParamState",
    "ShortTermState",
    "State",
    "StateTraceStack",
    "TraceContextError",
    "TreefyState",
    "catch_new_states",
    "graph",
    "nn",
    "random",
    "transform",
    "util",
]
