"""Which collectives give a weak type.

JAX decides that where it batches. A reduction of what is mapped is strong; of what is the same in all lanes `pmax` is
that value itself, and the `psum` of a number a multiple of it. So it must be known while a function is recorded what of
it is mapped. Of an input is noted *whence* it comes; one of which nothing is noted counts as mapped.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from .. import _jaxshim as shim
from .mapped import mapped
from .program import Program

if TYPE_CHECKING:
    from .recorder import Recorded

KEEPING = ("all_to_all",)  # which only move: JAX's types forget that they do
SHARED = ("psum", "pmax", "pmin")


class Whence(NamedTuple):
    """Of values elsewhere, or a slice of them along the named axes."""

    values: Sequence[Any]
    axes: Iterable[Hashable] = ()

    def mapped(self, axis: Hashable) -> bool:
        return axis in self.axes or any(is_mapped(x, axis) for x in self.values if isinstance(x, shim.Tracer))


def come(inputs: Iterable[Recorded], whence: Iterable[Whence]) -> None:
    """Note of inputs of the current recording whence they come."""
    for x, each in zip(inputs, whence):
        x._trace.whence[x.atom] = each


def is_mapped(x: Any, axis: Hashable) -> bool:
    here = x._trace
    so_far = Program(tuple(here.inputs), tuple(here.equations), (x.atom,))
    inputs = [var not in here.whence or here.whence[var].mapped(axis) for var in here.inputs]
    return mapped(so_far, inputs, axis)[0]


def stays_weak(op: str, x: Recorded, params: Mapping[str, Any]) -> bool:
    """Whether a collective of a weak value gives one, although JAX's types do not say so."""
    if op not in SHARED or not params["axes"] or any(isinstance(axis, int) for axis in params["axes"]):
        return op in KEEPING
    axes = set(params["axes"])
    if op == "psum":  # a multiple of it has a strong type if anything inside has made an array of it
        order = list(x._trace.axes)
        axes.update(order[min(map(order.index, axes)) :])
        if x.aval.shape:
            return False
    return not any(is_mapped(x, axis) for axis in axes)  # [mapping.result.lanes]
