"""The options of a mapping, checked when it is made."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ..errors import NotAPolicy
from ..filter_value import Predicate
from .axes import Axis, checked_axes, checked_in_axes
from .declared import checked_declarations
from .devices import DeviceList
from .sizes import checked_size

POLICIES = ("raise", "warn", "ignore")
StateAxes: TypeAlias = Mapping[Axis, Predicate]


@dataclass(frozen=True, eq=False)
class Options:
    in_axes: Any
    out_axes: Any
    axis_name: Hashable
    axis_size: Any
    state_in_axes: StateAxes
    state_out_axes: StateAxes
    policy: str
    devices: DeviceList | None = None  # of a parallel mapping
    told: list[bool] = field(default_factory=list)  # whether it has been told that states grow

    def tells(self) -> bool:
        """Is it to be told now that states grow?"""
        if self.policy == "ignore" and self.told:
            return False
        self.told.append(True)
        return True  # [mapping.state.warn]


def checked_options(
    in_axes: Any = 0,
    out_axes: Any = 0,
    axis_name: Hashable = None,
    axis_size: Any = None,
    state_in_axes: Any = None,
    state_out_axes: Any = None,
    policy: Any = "ignore",
) -> Options:
    checked_size(axis_size)
    return Options(
        checked_in_axes(in_axes),
        checked_axes("out_axes", out_axes),
        axis_name,
        axis_size,
        checked_declarations("state_in_axes", state_in_axes),
        checked_declarations("state_out_axes", state_out_axes),
        checked_policy(policy),
    )


def checked_policy(given: Any) -> str:
    if not isinstance(given, str) or given not in POLICIES:
        found = f"Found {given!r} for unexpected_out_state_mapping"
        cure = f"Give one of {', '.join(POLICIES)}"
        raise NotAPolicy(found, "mapping.error.policy@1", cure)  # [mapping.error.policy]
    return given
