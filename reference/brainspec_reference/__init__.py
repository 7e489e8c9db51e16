"""The reference: the specification as plain Python, slow on purpose, read before it is run."""

from . import graph, nn, oracle, random, transform, util
from .errors import TraceContextError
from .new_states import catch_new_states
from .snapshot import TreefyState
from .state import State
from .state_kinds import BatchState, HiddenState, LongTermState, ParamState, ShortTermState
from .trace_stack import StateTraceStack

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
    "oracle",
    "random",
    "transform",
    "util",
]
