"""What is fast about it: nothing; it says in today's words what was said in those of before, when a mapping is made.

The older `vmap` names states where `vmap2` has filters: a tree of them for axis 0, or a dictionary from axes to trees.
"""

import typing as t

import jax

from brainspec_optimized.jit.naming import checked_function
from brainspec_optimized.jit.options import Options
from brainspec_optimized.jit.refusals import no_option
from brainspec_optimized.mapping import refusals
from brainspec_optimized.mapping.function import StatefulMapping, lanes_by, mapping_of
from brainspec_optimized.mapping.plan import RAISE, read_plan
from brainspec_optimized.random.size import integer_of
from brainspec_optimized.state_cell import Cell

__all__ = ["vmap"]

Named = dict[Cell, int]


class _Absent:
    pass


def vmap(
    fun: t.Any = _Absent,
    /,
    *,
    in_axes: t.Any = 0,
    out_axes: t.Any = 0,
    axis_name: t.Hashable | None = None,
    axis_size: int | None = None,
    spmd_axis_name: t.Any = None,
    in_states: t.Any = None,
    out_states: t.Any = None,
    **unknown: t.Any,
) -> t.Any:
    """A function that runs once for each lane, of states that are named; without `fun`, what makes one of a function."""
    if unknown:
        raise no_option(unknown, "mapping", "vmap")
    states_in = _named("in_states", in_states, {})
    states_out = _named("out_states", out_states, states_in)  # [mapping.older.states]
    axes = in_axes, out_axes, axis_name, axis_size, _by_axis(states_in), _by_axis(states_out)

    def mapped(origin: t.Any) -> StatefulMapping:
        function = checked_function(origin, "mapping")
        plan = read_plan(*axes, RAISE, lanes_by(spmd_axis_name), "vmap")  # [mapping.older.states]
        return mapping_of(function, Options(), plan)

    return mapped if fun is _Absent else mapped(fun)  # [mapping.older.states]


def _named(which: str, given: t.Any, named: Named) -> Named:
    """The axis of each state, of those that are named already too."""
    found = dict(named)
    for axis, tree in _trees(which, given).items():
        for state in _states(which, tree):
            if found.setdefault(state, axis) != axis:
                raise refusals.state_on_two_axes(state, found[state], axis)  # [mapping.error.older-states]
    return found


def _trees(which: str, given: t.Any) -> dict[int, t.Any]:
    if not (isinstance(given, dict) and any(map(_may_be_axis, given))):
        return {0: given}  # [mapping.older.trees]
    axes = [(integer_of(key), key, tree) for key, tree in given.items()]
    for axis, key, _ in axes:
        if axis is None:
            raise refusals.no_older_axis(which, key)  # [mapping.error.older-keys]
    return {axis: tree for axis, _, tree in axes if axis is not None}  # [mapping.older.trees]


def _may_be_axis(key: object) -> bool:
    return key is None or isinstance(key, bool) or integer_of(key) is not None


def _states(which: str, tree: t.Any) -> list[Cell]:
    leaves = jax.tree.leaves(tree)
    for leaf in leaves:
        if not isinstance(leaf, Cell):
            raise refusals.no_state(which, leaf)  # [mapping.error.older-states]
    return leaves


def _by_axis(named: Named) -> dict[int, list[Cell]]:
    axes: dict[int, list[Cell]] = {}
    for state, axis in named.items():
        axes.setdefault(axis, []).append(state)
    return axes
