"""What is fast about it: where results go is decided once per signature, and never by numbers.

What becomes of the outputs of a lane: an axis on which they are stacked, None where all lanes have the same, and
nothing for what lanes leave in random states. Whether a state grows is known here, before anything runs.
"""

import itertools
import sys
import typing as t
import warnings

import jax

from brainspec_optimized.errors import BrainspecError
from brainspec_optimized.jit.program import Program
from brainspec_optimized.mapping import refusals
from brainspec_optimized.mapping.axes import Axis, laid_beside, stacked_axis
from brainspec_optimized.mapping.declared import UNDECLARED, declared_axis
from brainspec_optimized.mapping.plan import IGNORE, RAISE, Plan
from brainspec_optimized.state_cell import Cell

__all__ = ["Kept", "Output", "Refusal", "kept_result", "kept_states", "notice_of", "outputs_of"]

Kept = list[tuple[int, Axis]]
"""Numbers of outputs of a lane, and the axis on which each is stacked."""


Refusal = t.Callable[[tuple[t.Any, ...]], BrainspecError]


class Output(t.NamedTuple):
    """A leaf that a lane gives."""

    number: int
    mapped: bool
    aval: t.Any


def outputs_of(mapped: list[bool], avals: t.Sequence[t.Any]) -> list[Output]:
    """What a lane gives."""
    return [Output(number, flag, aval) for number, (flag, aval) in enumerate(zip(mapped, avals))]


def kept_result(plan: Plan, tree: t.Any, outputs: list[Output], refusal: Refusal) -> Kept:
    """What becomes of the result, or the refusal of the path at which it is mapped and may not be."""
    count = tree.num_leaves
    axes = laid_beside("out_axes", plan.out_axes, jax.tree.unflatten(tree, range(count)))  # [mapping.result.out-axes]
    for output, axis in zip(outputs[:count], axes):
        if axis is None and output.mapped:
            raise refusal(_path(tree, output.number))  # [mapping.error.result-none]
    return [(output.number, _stacked(output, axis)) for output, axis in zip(outputs[:count], axes)]


def _stacked(output: Output, axis: Axis) -> Axis:
    if axis is None:
        return None
    stacked = stacked_axis(axis, output.aval.ndim)
    if stacked is None:
        raise refusals.out_axis_missing(output.aval.shape, axis)  # [mapping.error.out-axis]
    return stacked


def _path(tree: t.Any, number: int) -> tuple[t.Any, ...]:
    leaves = jax.tree_util.tree_leaves_with_path(jax.tree.unflatten(tree, range(tree.num_leaves)))
    return tuple(leaves[number][0])


def kept_states(
    plan: Plan, lane: Program, random: list[bool], axes: list[Axis], outputs: list[Output]
) -> tuple[list[Kept], list[Cell]]:
    """What becomes of each state that a lane writes, and the states that are stacked undeclared."""
    kept: list[Kept] = []
    grown: list[Cell] = []
    rest, trees = iter(outputs[lane.out_tree.num_leaves :]), iter(lane.trees)
    for state, is_random, axis in itertools.compress(zip(lane.states(), random, axes), lane.written):
        mine = list(itertools.islice(rest, next(trees).num_leaves))
        if is_random:
            kept.append([])  # [mapping.random.afterwards]
            continue
        mapped = any(output.mapped for output in mine)  # [mapping.state.tree]
        after = _axis_after(plan, state, axis, mapped)
        if isinstance(after, _Grows):  # [mapping.state.grows]
            grown.append(state)
            after = 0  # [mapping.state.undeclared]
        kept.append([(output.number, _on(state, output.aval, after)) for output in mine])
    if grown and plan.policy == RAISE:
        raise refusals.mapped_unexpectedly(grown)  # [mapping.error.undeclared]
    return kept, grown


class _Grows:
    """Says that a state is stacked of which nothing was said."""


def _axis_after(plan: Plan, state: Cell, axis: Axis, mapped: bool) -> "Axis | _Grows":
    declared = declared_axis(plan.states_out, state)
    if declared is UNDECLARED and axis is not None:
        return axis  # [mapping.state.stays]
    if declared is UNDECLARED:
        return _Grows() if mapped else None  # [mapping.state.unmapped]
    if declared is None and mapped:
        raise refusals.mapped_state(state, "mapping.error.declared-none@1")  # [mapping.error.declared-none]
    return t.cast(Axis, declared)  # [mapping.state.out]


def _on(state: Cell, aval: t.Any, axis: Axis) -> Axis:
    if axis is None:
        return None  # [mapping.state.out-none]
    stacked = stacked_axis(axis, aval.ndim)
    if stacked is None:
        raise refusals.state_out_axis_missing(state, aval.shape, axis)  # [mapping.error.state-out-axis]
    return stacked  # [mapping.state.moves]


def notice_of(plan: Plan, grown: list[Cell]) -> t.Callable[[], None] | None:
    """What is told at each call of a program under which these states grow; under 'ignore' only once."""
    if not grown:
        return None
    text = (
        f"{', '.join(map(refusals.text_of, grown))} was stacked on a new axis, and is by each call. "
        "Declare it in state_out_axes, and in state_in_axes if each lane has its own (mapping.state.undeclared@1)."
    )

    def tell() -> None:
        if plan.policy == IGNORE and plan.told:
            return
        plan.told.append(text)
        warnings.warn(text, UserWarning, stacklevel=_depth())  # [mapping.state.warn]

    return tell


def _depth() -> int:
    # To the line of the user's that calls.
    depth, frame = 1, sys._getframe(1)
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] == __name__.partition(".")[0]:
        depth, frame = depth + 1, frame.f_back
    return depth
