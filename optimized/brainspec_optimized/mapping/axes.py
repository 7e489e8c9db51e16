"""What is fast about it: nothing; axes are read when a mapping is made, and laid beside the leaves once per signature.

Axes are given as a tree that is a prefix of what they are for. Here they become a list with one entry for each leaf:
an axis counted from the front, or None.
"""

import functools
import typing as t

import jax

from brainspec_optimized._jaxshim import slice_of, takes_lanes
from brainspec_optimized.mapping import refusals
from brainspec_optimized.random.size import integer_of

__all__ = ["Axis", "as_prefix", "check_axes", "hinted", "laid_beside", "sliced", "stacked_axis", "suited"]

Axis = int | None


def check_axes(which: str, given: t.Any) -> None:
    """Refuse what are no axes."""
    for leaf in jax.tree.leaves(given):
        if integer_of(leaf) is None:
            raise refusals.no_axis(which, leaf)  # [mapping.error.axes]
    if which == "in_axes" and not (given is None or isinstance(given, (tuple, list)) or integer_of(given) is not None):
        raise refusals.no_axis(which, given)  # [mapping.error.axes]


def laid_beside(which: str, axes: t.Any, tree: t.Any) -> list[Axis]:
    """The axis of each leaf of a tree, as it was given."""
    found: list[Axis] = []

    def put(axis: t.Any, part: t.Any) -> None:
        found.extend([None if axis is None else integer_of(axis)] * len(jax.tree.leaves(part)))

    try:
        jax.tree.map(put, axes, tree, is_leaf=lambda axis: axis is None)  # [mapping.result.in-axes]
    except (ValueError, TypeError, KeyError) as reason:
        raise refusals.axes_mismatch(which, str(reason)) from None  # [mapping.error.axes-match]
    return found


def sliced(aval: t.Any, axis: int) -> t.Any:
    """The type of a slice; an IndexError if there is no such axis."""
    if not -aval.ndim <= axis < aval.ndim:
        raise IndexError(axis)
    return slice_of(aval, axis % aval.ndim)


def stacked_axis(axis: int, ndim: int) -> int | None:
    """An axis of what is stacked of leaves of this rank, counted from the front; None if there is none."""
    return axis % (ndim + 1) if -(ndim + 1) <= axis <= ndim else None


def as_prefix(tree: t.Any, axes: t.Sequence[Axis]) -> t.Any:
    """The axes of the leaves of a tree in the shortest form that JAX reads."""
    return axes[0] if len(set(axes)) == 1 else jax.tree.unflatten(tree, axes) if axes else None


def hinted(spmd_axis_name: t.Any) -> t.Callable[..., t.Any]:
    """What maps a function, with a hint over which axes of a mesh its lanes are to be spread."""
    return functools.partial(jax.vmap, spmd_axis_name=spmd_axis_name)


def suited(mapping_fn: t.Callable[..., t.Any], jaxpr: t.Any, size: int) -> t.Callable[..., t.Any]:
    """What maps a lane of this jaxpr, without such a hint where JAX would refuse it."""
    if not (isinstance(mapping_fn, functools.partial) and mapping_fn.func is jax.vmap):
        return mapping_fn
    names = mapping_fn.keywords.get("spmd_axis_name") or ()
    names = names if isinstance(names, tuple) else (names,)
    return mapping_fn if takes_lanes(jaxpr, names, size) else jax.vmap  # [mapping.axis.spmd]
