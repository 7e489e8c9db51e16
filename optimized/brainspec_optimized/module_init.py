"""What is fast about it: one walk finds all modules before the first is called.

Initialising is a loop in Python over the user's own methods, and no transform: what one raises leaves as it is.
"""

import typing as t

from brainspec_optimized.filters import to_predicate
from brainspec_optimized.graph.walk import Walk
from brainspec_optimized.module import Module

__all__ = ["init_all_states", "reset_all_states"]

T = t.TypeVar("T")


def init_all_states(target: T, /, *args: t.Any, node_to_exclude: object = None, **kwargs: t.Any) -> T:
    """Let all modules make their states, each after its parts."""
    for module in _modules(target, node_to_exclude):  # [module.init.all]
        module.init_state(*args, **kwargs)  # [module.init.raises]
    return target  # [module.init.all]


def reset_all_states(target: T, /, *args: t.Any, node_to_exclude: object = None, **kwargs: t.Any) -> T:
    """Let all modules put their states back, each after its parts."""
    for module in _modules(target, node_to_exclude):
        module.reset_state(*args, **kwargs)  # [module.init.reset]
    return target  # [module.init.reset]


def _modules(target: object, node_to_exclude: object) -> list[Module]:
    excluded = to_predicate(node_to_exclude)
    nodes = Walk(target, "module.error.target@1").nodes  # [module.error.target]
    modules = [(path, node) for path, node in nodes.items() if isinstance(node, Module)]  # [module.init.snapshot]
    return [module for path, module in modules if not excluded(path, module)]  # [module.init.exclude]
