"""What is fast about it: no array is cut; what a run sees of the arguments is known from their types.

The *count* is how many slices, and so how many runs, there are.
"""

import typing as t

import jax

from brainspec_optimized._jaxshim import type_of
from brainspec_optimized.jit.types import described
from brainspec_optimized.map import refusals
from brainspec_optimized.mapping.axes import sliced
from brainspec_optimized.random.size import integer_of

__all__ = ["Arguments", "checked_batch_size", "count_of", "described_slices", "described_whole"]

Arguments = tuple[t.Any, ...]


def checked_batch_size(given: t.Any) -> int | None:
    """The size of batches, if there are any."""
    if given is None:
        return None
    size = integer_of(given)
    if size is None or size < 1:
        raise refusals.no_batch_size(given)  # [map.error.batch-size]
    return size


def count_of(xs: Arguments) -> int:
    """How many slices there are."""
    counts = [(path, _count(path, leaf)) for path, leaf in jax.tree_util.tree_leaves_with_path(xs)]
    if not counts:
        raise refusals.nothing()  # [map.error.sizes]
    for one in counts:
        if one[1] != counts[0][1]:
            raise refusals.counts_differ(counts[0], one)  # [map.error.sizes]
    return counts[0][1]


def _count(path: t.Any, leaf: t.Any) -> int:
    shape = type_of(leaf).shape
    if not shape:
        raise refusals.no_slices(path)  # [map.error.sizes]
    return t.cast(int, shape[0])


def described_slices(xs: Arguments) -> Arguments:
    """What a run sees of the arguments, described."""
    return t.cast(Arguments, jax.tree.map(lambda leaf: described(sliced(type_of(leaf), 0)), xs))  # [map.error.concrete]


def described_whole(xs: Arguments, count: int) -> Arguments:
    """The arguments, described, if there were so many slices."""
    return t.cast(Arguments, jax.tree.map(lambda leaf: described(_resized(type_of(leaf), count)), xs))


def _resized(aval: t.Any, count: int) -> t.Any:
    return aval.update(shape=(count, *aval.shape[1:]))
