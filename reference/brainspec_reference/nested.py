"""Programs that JAX nests: which are inlined, and which become structured equations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from . import _jaxshim as shim


def structure(here: Any, primitive: Any, values: Sequence[Any], params: Mapping[str, Any]) -> list[Any] | None:
    """The outputs of a primitive that carries jaxprs, recorded our way; None for a plain primitive."""
    if primitive.name in shim.INLINED:
        with shim.current(here, {}), here.at(""):
            return shim.run_jaxpr(params[shim.INLINED[primitive.name]], values, here.at)
    return None
