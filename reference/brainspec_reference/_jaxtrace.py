"""The one place of this chapter that looks inside JAX: is this a tracer, and which trace is current?

A *tracer* is the stand-in for a value while JAX traces a function. A *trace* is one such tracing; the *current*
one is the innermost, or `None` in plain Python. A trace is named by a weak reference, so that a state that
remembers where it was born neither keeps a trace alive nor mistakes a later one for it.
"""

import weakref
from typing import Any

import jax
from jax._src import core  # the public `jax.core` does not say which trace is current


def is_tracer(value: object) -> bool:
    return isinstance(value, jax.core.Tracer)


def current_trace() -> "weakref.ref[Any] | None":
    trace = core.trace_ctx.trace
    if trace is None or isinstance(trace, core.EvalTrace):  # JAX calls plain Python a trace too
        return None
    return weakref.ref(trace)
