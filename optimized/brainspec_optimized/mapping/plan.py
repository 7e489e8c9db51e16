"""What is fast about it: what users say is read when a mapping is made, and no more.

A *plan* is what was said about a mapping, but for its static and donated arguments.
"""

import typing as t

import jax

from brainspec_optimized.mapping import refusals
from brainspec_optimized.mapping.axes import Axis, check_axes
from brainspec_optimized.mapping.declared import UNDECLARED, Declared, declared_axis, read_declared
from brainspec_optimized.random.size import integer_of
from brainspec_optimized.state_cell import Cell

__all__ = ["IGNORE", "RAISE", "WARN", "MappingFn", "Plan", "read_plan"]

MappingFn = t.Callable[..., t.Callable[..., t.Any]]

RAISE, WARN, IGNORE = POLICIES = ("raise", "warn", "ignore")


class Plan(t.NamedTuple):
    """What was said about a mapping."""

    in_axes: t.Any
    out_axes: t.Any
    axis_name: t.Hashable | None
    axis_size: int | None
    states_in: Declared
    states_out: Declared
    policy: str
    mapping_fn: MappingFn
    name: str | None
    devices: t.Any = None
    """The devices of a parallel mapping; see `devices`."""
    told: t.Any = ()
    """Not empty when the user has been told that a state grows."""

    def axis_in(self, state: Cell) -> Axis:
        """The axis on which a state is mapped in, if it is."""
        axis = declared_axis(self.states_in, state)
        return None if axis is UNDECLARED else t.cast(Axis, axis)


def read_plan(
    in_axes: t.Any = 0,
    out_axes: t.Any = 0,
    axis_name: t.Any = None,
    axis_size: t.Any = None,
    state_in_axes: t.Any = None,
    state_out_axes: t.Any = None,
    unexpected_out_state_mapping: t.Any = IGNORE,
    mapping_fn: MappingFn = jax.vmap,
    name: str | None = None,
    devices: t.Any = None,
) -> Plan:
    """Read what users write about a mapping, or say what is wrong with it."""
    check_axes("in_axes", in_axes)
    check_axes("out_axes", out_axes)
    if not (isinstance(unexpected_out_state_mapping, str) and unexpected_out_state_mapping in POLICIES):
        raise refusals.no_policy(unexpected_out_state_mapping)  # [mapping.error.policy]
    return Plan(
        in_axes,
        out_axes,
        axis_name,
        _checked_size(axis_size),
        read_declared("state_in_axes", state_in_axes),
        read_declared("state_out_axes", state_out_axes),
        unexpected_out_state_mapping,
        mapping_fn,
        name,
        devices,
        [],
    )


def _checked_size(given: t.Any) -> int | None:
    size = None if given is None else integer_of(given)
    if size is None and given is not None:
        raise refusals.not_an_axis_size(given, negative=False)  # [mapping.error.axis-size]
    if size is not None and size < 0:
        raise refusals.not_an_axis_size(given, negative=True)  # [mapping.error.axis-size]
    return size
