"""What a rule is: a function, the parameters that it reads, and whether it moves or computes.

Parameters that no rule reads either cannot change a value (IGNORED: where an array lives, hints to a compiler, what
the result types say already) or must be None. Anything else means that this version of JAX knows something about the
primitive that the rule does not, and is reported instead of being guessed.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]
Function: TypeAlias = Callable[..., Any]
Table: TypeAlias = Mapping[str, Function]

IGNORED = frozenset({
    # where an array lives
    "sharding", "out_sharding", "memory_space", "layout", "context_mesh", "unconstrained_dims", "devices", "srcs",
    "copy_semantics", "dst_sharding", "axes_to_vary", "spmd_axis_name",
    # hints: how well, how fast, by which algorithm
    "accuracy", "precision", "indices_are_sorted", "unique_indices", "is_stable", "use_magma", "algorithm", "name",
    "unroll",
    # said again by the types of the results
    "shape", "dtype", "new_dtype", "weak_type", "preferred_element_type", "index_dtype", "input_dtype", "new_sizes",
})  # fmt: skip


@dataclass(frozen=True)
class Rule:
    """A numpy function and what it wants to be handed beside the operands."""

    function: Function
    reads: frozenset[str]
    moves: bool

    def unknown(self, params: Mapping[str, Any]) -> list[str]:
        """The parameters that would change the meaning but that the rule does not read."""
        rest = params.keys() - self.reads - IGNORED
        return sorted(name for name in rest if params[name] is not None)


def read(function: Function, moves: bool) -> Rule:
    """The rule of a function: its keyword-only arguments are what it reads."""
    try:
        arguments = inspect.signature(function).parameters.values()
    except ValueError:  # a numpy ufunc: operands only
        arguments = ()  # type: ignore[assignment]
    if isinstance(function, np.ufunc | np.vectorize):
        arguments = ()  # type: ignore[assignment]
    return Rule(function, frozenset(a.name for a in arguments if a.kind is a.KEYWORD_ONLY), moves)
