"""What is fast about it: what is the same in all lanes is reduced where it is, and only what is weakly typed is asked.

While a function is traced, a reduction over lanes makes what is weakly typed strong. Under `jax.vmap` it does so where
the lanes differ, and leaves the rest weak. So here what does not differ is reduced when it is met, without a collective.
"""

import math
import typing as t

import jax

from brainspec_optimized._jaxshim import Tracer, as_array, part_of
from brainspec_optimized.mapping.flow import Flow

__all__ = ["Reduced"]

_REDUCING = {"psum", "pmax", "pmin"}


class Reduced:
    """What reductions give in the trace of a lane, if it is known without the other lanes."""

    def __init__(self, trace: t.Any, name: t.Hashable, flags: t.Callable[[], list[bool]]) -> None:
        self._trace, self._name, self._flags = trace, name, flags

    def __call__(self, kind: str, operands: t.Sequence[t.Any], params: dict[str, t.Any]) -> t.Any:
        """What this primitive gives; None where there is nothing to say."""
        if kind not in _REDUCING or not self._stays_weak(kind, jax.typeof(operands[0])):
            return None
        (x,), names = operands, params["axes"]
        if params.get("axis_index_groups") is not None or any(isinstance(name, int) for name in names):
            return None
        if isinstance(x, Tracer) and (set(names) != {self._name} or self._is_mapped(x)):
            return None
        if kind != "psum":
            return as_array(x)  # [mapping.result.lanes]
        return as_array(x) * math.prod(map(jax.lax.axis_size, names))  # [mapping.result.lanes]

    def _stays_weak(self, kind: str, aval: t.Any) -> bool:
        # JAX multiplies by an array, unless it finds a number.
        return aval.weak_type and (kind != "psum" or not aval.ndim)

    def _is_mapped(self, x: t.Any) -> bool:
        part = part_of(self._trace, x)
        return any(Flow(self._name).outputs(part, self._flags()))
