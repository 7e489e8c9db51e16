"""`vmap`: a mapping in the older form, whose states are named instead of accepted by filters."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from jax.tree_util import keystr, tree_leaves_with_path

from ..errors import DeclaredTwice, NotAnAxis, NotATreeOfStates
from ..state import State
from .axes import is_integer
from .vmap2 import ABSENT, AXES, mapping, refuse_unknown

Placed: TypeAlias = dict[State, int]  # states, and their axes


def vmap(origin: Any = ABSENT, /, *, in_states: Any = None, out_states: Any = None, **options: Any) -> Any:
    """A mapping; without an origin, what makes one of the function that it decorates."""
    refuse_unknown(options, (*AXES, "in_states", "out_states"))
    into = placed("in_states", in_states, {})
    out = placed("out_states", out_states, into)  # [mapping.older.states]
    options |= {"state_in_axes": by_axis(into), "state_out_axes": by_axis(out)}  # [mapping.older.states]
    return mapping("vmap", origin, **options, unexpected_out_state_mapping="raise")  # [mapping.older.states]


def placed(option: str, given: Any, before: Placed) -> Placed:
    """The states that an option names, beside those that were named before."""
    axes = dict(before)
    for axis, tree in trees(option, given).items():
        for path, leaf in tree_leaves_with_path(tree):
            state = checked_state(f"{option}{keystr(path)}", leaf)
            if axes.setdefault(state, axis) != axis:  # [mapping.error.older-states]
                found = f"Found a {type(state).__name__} on the axes {axes[state]} and {axis}, there in {option}"
                raise DeclaredTwice(found, "mapping.error.older-states@1", "Name it on one axis")
    return axes


def trees(option: str, given: Any) -> Mapping[int, Any]:
    """Trees of states, by their axes."""
    if not (
        isinstance(given, Mapping) and any(key is None or isinstance(key, bool) or is_integer(key) for key in given)
    ):
        return {0: given}  # [mapping.older.trees]
    for key in given:
        if not is_integer(key):
            found, cure = f"Found the key {key!r}, a {type(key).__name__}, in {option}", "Give integers alone"
            raise NotAnAxis(found, "mapping.error.older-keys@1", cure)  # [mapping.error.older-keys]
    return given  # [mapping.older.trees]


def checked_state(where: str, leaf: Any) -> State:
    if not isinstance(leaf, State):  # [mapping.error.older-states]
        found, cure = f"Found a {type(leaf).__name__} at {where}", "Give states, or trees of states by their axes"
        raise NotATreeOfStates(found, "mapping.error.older-states@1", cure)
    return leaf


def by_axis(axes: Placed) -> dict[int, list[State]]:
    return {axis: [state for state in axes if axes[state] == axis] for axis in axes.values()}
