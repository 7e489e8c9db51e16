"""What is fast about it: whether states keep their types is known when the function has run once."""

import itertools
import typing as t

from brainspec_optimized.jit.array_watch import ArrayWatch
from brainspec_optimized.jit.types import DEAD_TREE, Types, are_alike, types_of
from brainspec_optimized.jit.watch import Watch
from brainspec_optimized.map import refusals
from brainspec_optimized.mapping.lane import LaneWatch
from brainspec_optimized.random.state import RandomState

__all__ = ["BatchWatch", "PythonWatch", "RunWatch", "kept_avals"]


class RunWatch(Watch):
    """The trace stack under which a run is traced."""

    __slots__ = ()
    page = "mapping"

    def left(self) -> t.Iterator[tuple[list[t.Any], t.Any]]:
        """The same, of states that have kept their types."""
        for state, before in itertools.compress(zip(self.states, self.types), self.been_writen):
            after = types_of(state, state._value, self.page)
            if before[0] != DEAD_TREE and not are_alike(before, after):
                raise refusals.retyped(state, before, after)  # [map.error.type]
        return super().left()


class PythonWatch(RunWatch, ArrayWatch):
    """The trace stack under which runs follow each other in Python."""

    __slots__ = ()


class BatchWatch(LaneWatch):
    """The trace stack under which a lane of a batch is traced."""

    __slots__ = ()

    def left(self) -> t.Iterator[tuple[list[t.Any], t.Any]]:
        """The same, of random states alone."""
        for state, before in itertools.compress(zip(self.states, self.types), self.been_writen):
            if not isinstance(state, RandomState) or before[0] == DEAD_TREE:
                raise refusals.written(state)  # [map.error.written]
        return super().left()


def kept_avals(before: Types, left: t.Iterable[t.Any]) -> list[t.Any]:
    """The types of the leaves that one run hands to the next, of a state in which it leaves leaves of such types."""
    if before[0] != DEAD_TREE:
        return list(before[1])  # [map.state.weak]
    return [aval.update(weak_type=False) for aval in left]
