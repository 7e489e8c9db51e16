"""What is fast about it: nothing; all that this room asks of JAX beyond its everyday names stands here.

A trace is known by an opaque token that compares equal while the same trace is current, and that keeps no trace alive.
JAX 0.10 and 0.12 both offer it; where a later one differs, this file is what changes.
"""

import typing as t

from jax.core import Tracer
from jax.extend.core import get_opaque_trace_state

__all__ = ["Tracer", "current_trace"]

current_trace: t.Callable[[], object] = get_opaque_trace_state
