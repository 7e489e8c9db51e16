"""Axes, as `in_axes` and `out_axes` say them: an integer, `None` for what is not mapped, or a tree of such.

A tree stands for all that lies below its leaves: it is a *prefix* of the arguments, or of the result.
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from jax.core import ShapedArray
from jax.tree_util import keystr, tree_leaves, tree_leaves_with_path, tree_map, tree_structure

from .._jaxshim import with_shape
from ..errors import NotAnAxis, OtherAxes
from ..jit.arguments import Arguments

Axis: TypeAlias = int | None


def is_integer(given: object) -> bool:
    return isinstance(given, int | np.integer) and not isinstance(given, bool)


def checked_axes(option: str, given: Any) -> Any:
    for leaf in tree_leaves(given):
        if not is_integer(leaf):
            raise not_an_axis(option, leaf)  # [mapping.error.axes]
    return given


def checked_in_axes(given: Any) -> Any:
    if given is None or is_integer(given) or isinstance(given, tuple | list):  # [mapping.error.axes]
        return checked_axes("in_axes", given)
    raise not_an_axis("in_axes", given)


def not_an_axis(option: str, given: object) -> NotAnAxis:
    cure = "Give an integer, None, or a tree of such; for in_axes a tuple or list with an entry for each argument"
    return NotAnAxis(f"Found a {type(given).__name__} in {option}", "mapping.error.axes@1", cure)


def spread(option: str, prefix: Any, tree: Any) -> list[Axis]:
    """An axis for each leaf of a tree."""
    axes: list[Axis] = []

    def below(axis: Axis, part: Any) -> None:
        axes.extend([axis] * len(tree_leaves(part)))

    try:
        tree_map(below, prefix, tree, is_leaf=lambda x: x is None)  # [mapping.result.in-axes]
    except (ValueError, TypeError) as error:
        found = f"Found {option} {prefix} for {tree_structure(tree)}"
        raise OtherAxes(found, "mapping.error.axes-match@1", "Give a prefix of it") from error
    return axes


def argument_axes(in_axes: Any, arguments: Arguments) -> list[Axis]:
    """An axis for each leaf of the dynamic arguments."""
    first = len(arguments.instance)  # which has no entry  # [mapping.form.method]
    axes: list[Axis] = []
    refuse_other_count(in_axes, sum(isinstance(label, int) for label in (*arguments.static, *arguments.dynamic)))
    for label, value in arguments.dynamic.items():
        if isinstance(label, str):
            axes += spread("in_axes", 0, value)  # [mapping.result.keywords]
        elif isinstance(in_axes, tuple | list):
            axes += spread("in_axes", in_axes[label - first], value)  # [mapping.error.axes-match]
        else:
            axes += spread("in_axes", in_axes, value)
    return axes


def refuse_other_count(in_axes: Any, count: int) -> None:
    if isinstance(in_axes, tuple | list) and len(in_axes) != count:
        found = f"Found {len(in_axes)} entries in in_axes for {count} positional arguments"
        raise OtherAxes(found, "mapping.error.axes-match@1", "Give one for each")  # [mapping.error.axes-match]


def places_of(arguments: Arguments) -> list[str]:
    """Where each leaf of the dynamic arguments is."""
    paths = [(label, path) for label, value in arguments.dynamic.items() for path, _ in tree_leaves_with_path(value)]
    return [f"argument {label!r}{keystr(path)}" for label, path in paths]


def counted(what: str, clause: str, axis: Axis, shape: Sequence[int], more: int = 0) -> Axis:
    """An axis counted from the front, of a value of this shape, or of one that `more` such are stacked to."""
    rank = len(shape) + more
    if axis is None:
        return None
    if not -rank <= axis < rank:  # [mapping.error.argument-axis]
        found = f"Found axis {axis} for {what} of shape {tuple(shape)}"
        raise OtherAxes(found, clause, f"Give an axis from {-rank} to {rank - 1}" if rank else "Give an array")
    return int(axis) % rank


def sliced(type_: ShapedArray, axis: Axis) -> ShapedArray:
    """The type of one lane's slice."""
    if axis is None:
        return type_  # [mapping.state.whole]
    return with_shape(type_, (*type_.shape[:axis], *type_.shape[axis + 1 :]))


def stacked(type_: ShapedArray, axis: Axis, size: int) -> ShapedArray:
    """The type of the lanes' values together."""
    if axis is None:
        return type_  # [mapping.state.unmapped]
    return with_shape(type_, (*type_.shape[:axis], size, *type_.shape[axis:]))  # [mapping.state.written]
