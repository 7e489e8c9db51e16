"""Running the program of a call: telling of states that grow, and putting everything where it belongs."""

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import jax

from .._jaxshim import user_line
from ..engine.record import recorder
from ..stateful import Place, Stateful
from .axes import Axis
from .options import Options


@dataclass(frozen=True, eq=False)
class Mapped(Stateful):
    """The program of a call of a mapping."""

    options: Options
    size: int
    axes: tuple[Axis, ...]  # on which the outputs are stacked
    grown: tuple[str, ...]  # the kinds of the states that get an axis because nobody declared them

    def run(self, leaves: Iterable[Any], values: Sequence[Any], device: jax.Device | None) -> tuple[Any, list[Any]]:
        if self.grown and self.options.tells():
            tell(self.grown)
        return super().run(leaves, values, device)  # [mapping.state.current]

    def places(self, device: jax.Device | None) -> Sequence[Place]:
        devices = self.options.devices
        if devices is None or recorder() is not None:  # values without numbers are nowhere
            return super().places(device)  # [mapping.place.moved]
        return [devices.place(axis, self.size) for axis in self.axes]  # [parallel.place.states]


def tell(kinds: Sequence[str]) -> None:
    what = f"This call gives another axis to what is left in {', '.join(kinds)}, which is declared on none"
    file, _, line = user_line().rpartition(":")
    warnings.warn_explicit(f"{what}. Declare it in state_in_axes or state_out_axes.", UserWarning, file, int(line or 0))
