"""What is fast about it: arguments are looked at for their axes and sizes once per signature.

What the arguments of a call say: on which axis each leaf is mapped, what a lane sees of it, and how many lanes there
are.
"""

import itertools
import typing as t

import jax

from brainspec_optimized._jaxshim import type_of
from brainspec_optimized.jit.arguments import Given, places_left
from brainspec_optimized.jit.types import described
from brainspec_optimized.mapping import refusals
from brainspec_optimized.mapping.axes import Axis, laid_beside, sliced
from brainspec_optimized.mapping.plan import Plan

__all__ = ["Size", "argument_axes", "lane_arguments"]


class Size:
    """How many lanes there are, as soon as something has said it."""

    def __init__(self) -> None:
        self.value: int | None = None
        self._who = ""

    def say(self, value: int, who: str) -> None:
        """Somebody says how many lanes there are, in words."""
        if self.value is None:
            self.value, self._who = value, who  # [mapping.size.given]
        elif self.value != value:
            raise refusals.sizes_differ(self._who, who)  # [mapping.error.sizes]


def argument_axes(plan: Plan, given: Given) -> list[Axis]:
    """The axis of each leaf of the dynamic arguments."""
    axes = plan.in_axes
    if isinstance(axes, (tuple, list)):
        axes = _dynamic(tuple(axes), given)
    positional = laid_beside("in_axes", axes, given.args)
    return positional + [0] * len(jax.tree.leaves(dict(given.kwargs)))  # [mapping.result.keywords]


def _dynamic(axes: tuple[t.Any, ...], given: Given) -> tuple[t.Any, ...]:
    static = {place for place, _, _ in given.statics if isinstance(place, int)}
    count = len(given.args) + len(static)
    if len(axes) != count:
        reason = f"it has {len(axes)} entries, and the call {count} positional arguments"
        raise refusals.axes_mismatch("in_axes", reason)  # [mapping.error.axes-match]
    return tuple([axis for place, axis in enumerate(axes) if place not in static])  # [mapping.form.static]


def lane_arguments(given: Given, axes: list[Axis], size: Size) -> tuple[tuple[t.Any, ...], dict[str, t.Any]]:
    """What a lane sees of the arguments, described, and how many lanes they say there are."""
    leaves, tree = jax.tree.flatten((given.args, dict(given.kwargs)))
    names = _names(given)
    lanes = []
    for leaf, axis, name in zip(leaves, axes, names):
        aval = type_of(leaf)
        if axis is not None:
            try:
                lane = sliced(aval, axis)
            except IndexError:
                raise refusals.axis_missing(name(), aval.shape, axis) from None  # [mapping.error.argument-axis]
            size.say(aval.shape[axis], f"{name()} has {aval.shape[axis]} lanes on axis {axis}")
            aval = lane
        lanes.append(described(aval))  # [mapping.error.concrete]
    return t.cast("tuple[tuple[t.Any, ...], dict[str, t.Any]]", jax.tree.unflatten(tree, lanes))


def _names(given: Given) -> t.Iterator[t.Callable[[], str]]:
    places = itertools.chain(places_left(given.statics))
    for where, value in itertools.chain(zip(places, given.args), sorted(given.kwargs.items())):
        for path, _ in jax.tree_util.tree_leaves_with_path(value):
            yield lambda where=where, path=path: f"argument {where!r}{jax.tree_util.keystr(path)}"  # type: ignore[misc]
