"""`vmap2`: a mapping, as a decorator."""

from typing import Any

from ..errors import UnknownOption
from .stateful_mapping import StatefulMapping

ABSENT: Any = object()
AXES = ("in_axes", "out_axes", "axis_name", "axis_size", "spmd_axis_name")
OPTIONS = (*AXES, "state_in_axes", "state_out_axes", "unexpected_out_state_mapping")


def vmap2(origin: Any = ABSENT, /, **options: Any) -> Any:
    """A mapping; without an origin, what makes one of the function that it decorates."""
    refuse_unknown(options, OPTIONS)
    return mapping("vmap2", origin, **options)  # [mapping.form.attributes]


def mapping(name: str, origin: Any, *, spmd_axis_name: Any = None, **options: Any) -> Any:  # [mapping.axis.spmd]
    def made(function: Any) -> StatefulMapping:
        return StatefulMapping(function, **options, name=name)

    return made if origin is ABSENT else made(origin)  # [mapping.form.plain]


def refuse_unknown(options: dict[str, Any], known: tuple[str, ...]) -> None:
    unknown = sorted(options.keys() - set(known))
    if unknown:
        found, cure = f"Found the option {unknown[0]!r}", f"Give one of {', '.join(known)}"
        raise UnknownOption(found, "mapping.error.option@1", cure)  # [mapping.error.option]
