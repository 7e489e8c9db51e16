"""Batches: the runs of each are the lanes of a mapping, recorded once for all of them.

The batches that are full are a sequence of runs themselves; what remains is a mapping with fewer lanes.
"""

from collections.abc import Callable, Sequence
from itertools import chain, islice
from math import prod
from typing import Any, NamedTuple

from jax import lax
from jax.tree_util import tree_leaves

from ..engine.record import record_body
from ..engine.tangents import retyped
from ..errors import WrittenInBatch
from ..jit.arguments import Arguments
from ..mapping.lane import LaneRecording
from ..mapping.options import checked_options
from ..mapping.whole import of_size
from ..random import RandomState
from ..state import State
from ..stateful import Stateful
from ..tree_types import TreeType
from .sequence import in_sequence, of_all


class BatchRecording(LaneRecording):
    chapter = "map"

    def __init__(self, function: Callable[[Any], Any], arguments: Arguments) -> None:
        super().__init__(function, arguments, checked_options())  # [map.batch.lanes]

    def taken_back(self, state: State) -> TreeType | None:
        if state in self._written and not isinstance(state, RandomState):  # [map.error.written]
            found, cure = f"Found a {type(state).__name__} written in a call with batch_size", "Return its value"
            raise WrittenInBatch(found, "map.error.written@1", f"{cure}, or leave out batch_size")
        return super().taken_back(state)


class Part(NamedTuple):
    """Batches of one size."""

    program: Stateful
    shape: tuple[int, ...]  # in which it is given slices: how many batches, unless it is one, and of how many


def in_batches(recording: BatchRecording, size: int, batch: int) -> Stateful:
    """The program of a call that has so many slices."""
    lane = recording.lane()  # [map.run.once]
    full, rest = divmod(size, batch) if size else (0, 0)
    parts = [Part(in_sequence(of_size(recording, lane, batch), full), (full, batch))] if full else []
    if rest or not full:  # [map.batch.larger]
        parts.append(Part(of_size(recording, lane, rest), (rest,)))
    one, result = parts[0].program, of_all(lane.result, size)

    def call(*leaves: Any) -> list[Any]:
        given = iter(leaves)
        xs = list(islice(given, len(recording.argument.types)))
        results, held = after_all(parts, xs, [t.filled(islice(given, len(t.types))) for t in one.found])
        written = [value for value, left in zip(held, one.left) if left is not None]
        joined = [lax.concatenate(pieces, 0) for pieces in zip(*results)]
        return [*map(retyped, joined, result.types), *tree_leaves(written)]

    arguments = of_all(recording.argument, size)
    program, captured = record_body(call, [*arguments.types, *chain(*(found.types for found in one.found))])
    return Stateful(program, captured, result, one.states, one.found, one.left)  # [map.state.touched]


def after_all(parts: Sequence[Part], xs: Sequence[Any], held: Sequence[Any]) -> tuple[list[list[Any]], Sequence[Any]]:
    """The leaves of the results of each part, and what the states hold in the end."""
    results, start = [], 0
    for program, shape in parts:
        stop = start + prod(shape)
        slices = [lax.reshape(lax.slice_in_dim(x, start, stop), (*shape, *x.shape[1:])) for x in xs]
        result, held = program.run(slices, held, None)  # [map.batch.lanes]
        results.append([lax.reshape(y, (stop - start, *y.shape[len(shape) :])) for y in tree_leaves(result)])
        start = stop
    return results, held
