"""Where the results of a call are.

The *device of a call* is the one to which its dynamic arguments are committed; without one, results go to JAX's default
device, committed to none. Numbers do not depend on places, so a program is evaluated without any.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Any, Self

import jax
from jax.tree_util import tree_leaves

from .._jaxshim import is_tracer, placed
from ..engine.precision import copied
from ..errors import SeveralDevices
from .arguments import Arguments, by_way


@dataclass(frozen=True)
class Places:
    """The options `in_shardings` and `out_shardings`."""

    arguments: Any = None
    results: Any = None

    def __deepcopy__(self, memo: object) -> Self:
        return self  # there is only one of each device

    def leaves(self, arguments: Arguments) -> list[Any]:
        """Those of the dynamic arguments, where they should be."""
        if self.arguments is None:
            return list(chain(*arguments.leaves.values()))
        moved = placed(*by_way(arguments.dynamic), in_shardings=self.arguments)  # [jit.place.shardings]
        return list(map(copied, chain(*arguments.leaves.values()), tree_leaves(moved)))

    def device(self, leaves: Iterable[Any]) -> jax.Device | None:
        """The device of a call."""
        return device_of_call(leaves)

    def placed_result(self, result: Any) -> Any:
        if self.results is None:
            return result
        (moved,), _ = placed([result], {}, out_shardings=((self.results,), {}))  # [jit.place.shardings]
        return jax.tree.map(copied, result, moved)


def device_of_call(leaves: Iterable[Any]) -> jax.Device | None:
    """`None` also for arguments that lie on several devices each: where results are then is nobody's business."""
    arrays = [leaf for leaf in leaves if isinstance(leaf, jax.Array) and not is_tracer(leaf)]
    committed = [array.devices() for array in arrays if array.committed]
    if any(devices != committed[0] for devices in committed):
        found = f"Found arguments on {' and on '.join(map(str, committed))}"
        raise SeveralDevices(found, "jit.result.same@1", "Bring them to one place with jax.device_put")
    devices = committed[0] if committed else set()
    return next(iter(devices)) if len(devices) == 1 else None  # [jit.place.written]
