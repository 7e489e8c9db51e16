"""What is fast about it: whether states keep their types is known when the function has run once."""

import itertools
import typing as t

from brainspec_optimized.jit.array_watch import ArrayWatch
from brainspec_optimized.jit.types import are_alike, types_of
from brainspec_optimized.jit.watch import Watch
from brainspec_optimized.map import refusals
from brainspec_optimized.mapping.lane import LaneWatch
from brainspec_optimized.random.state import RandomState

__all__ = ["BatchWatch", "PythonWatch", "RunWatch"]


class RunWatch(Watch):
    """The trace stack under which a run is traced."""

    __slots__ = ()
    page = "mapping"

    def left(self) -> t.Iterator[tuple[list[t.Any], t.Any]]:
        """The same, of states that have kept their types."""
        for state, before in itertools.compress(zip(self.states, self.types), self.been_writen):
            after = types_of(state, state._value, self.page)
            if not are_alike(before, after):  # [map.error.type]
                raise refusals.retyped(state, before, after)
        return super().left()


class PythonWatch(RunWatch, ArrayWatch):
    """The trace stack under which runs follow each other in Python."""

    __slots__ = ()


class BatchWatch(LaneWatch):
    """The trace stack under which a lane of a batch is traced."""

    __slots__ = ()

    def left(self) -> t.Iterator[tuple[list[t.Any], t.Any]]:
        """The same, of random states alone."""
        for state in itertools.compress(self.states, self.been_writen):
            if not isinstance(state, RandomState):
                raise refusals.written(state)  # [map.error.written]
        return super().left()
