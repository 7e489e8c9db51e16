"""What is fast about it: JAX's caches are shared between traces as long as nothing in them can be stale.

JAX remembers what it made of the body of a loop, or of a function of bare `jax.jit`, by the function. If such a body
has read a state, what is remembered holds a tracer of the trace in which that was: it is of no use when that trace is
over, and wrong when the state has been written since. So each trace of this room runs in an *era*, which JAX takes for
a part of its configuration, and where a body has read a state another era begins: at the next write, and when the
trace ends. Reading in a function that is differentiated or mapped begins none, since JAX does not remember those.
"""

import contextlib
import itertools
import threading
import typing as t

import jax

from brainspec_optimized._jaxshim import is_staged_inside, trace_context

__all__ = ["Eras", "context", "outside"]

_NUMBERS = itertools.count()

_ERA: t.Any = t.cast(t.Any, jax).make_user_context()


class _Mine(threading.local):
    def __init__(self) -> None:
        self.era = next(_NUMBERS)  # one in which no body has read a state


_MINE = _Mine()


def outside() -> contextlib.AbstractContextManager[None]:
    """Let the block be in no era, as what is outside of all traces: for what reads no state."""
    return t.cast("contextlib.AbstractContextManager[None]", _ERA(None))


def context() -> t.Hashable:
    """The configuration that tracing depends on, which is the same in all eras."""
    with outside():  # [jit.nest.counts]
        return trace_context()


class Eras:
    """The eras of one trace."""

    def __init__(self, trace: t.Any) -> None:
        self._trace, self._entered, self._era = trace, contextlib.ExitStack(), -1
        self.changed()

    def touched(self, trace: t.Any) -> None:
        """A state was touched in this trace, which is this one or one inside it."""
        if self._era == _MINE.era and trace is not self._trace and is_staged_inside(trace, self._trace):
            _MINE.era = next(_NUMBERS)  # [jit.nest.jax]

    def changed(self) -> None:
        """What states hold has changed, or a trace inside this one has ended, or this one begins."""
        if self._era != _MINE.era:
            self._era = _MINE.era
            self._entered.enter_context(_ERA(self._era))  # [jit.nest.jax]

    def end(self) -> None:
        """The trace is over."""
        self._entered.close()
