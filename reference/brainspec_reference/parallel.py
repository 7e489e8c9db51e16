"""`pmap2`: a mapping whose lanes are devices."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import replace
from typing import Any

import jax

from ._jaxshim import PMAP
from .jit.marks import Numbers, marked, refuse_both
from .jit.origins import checked_callable, parameters
from .jit.places import Places
from .mapping.devices import DeviceList, checked_devices
from .mapping.stateful_mapping import StatefulMapping
from .mapping.vmap2 import ABSENT, refuse_unknown
from .mapping.vmap2 import OPTIONS as OF_VMAP2
from .type_names import shown_as

OWN = ("static_broadcasted_argnums", "devices", "backend", "donate_argnums")
OPTIONS = (*OWN, *(option for option in OF_VMAP2 if option != "spmd_axis_name"))


class Anywhere(Places):
    """Of arguments that may be on any devices: the results go to those of the lanes."""

    def device(self, leaves: Iterable[Any]) -> jax.Device | None:
        return None  # [parallel.place.moved]


@shown_as("transform.StatefulMapping")
class ParallelMapping(StatefulMapping):
    def __init__(
        self, origin: Callable[..., Any], static: Numbers, donate: Numbers, devices: DeviceList, **options: Any
    ) -> None:
        takes = parameters(checked_callable(origin, self.chapter))
        static_labels = marked("static_broadcasted", takes, static, None)  # [parallel.error.donated]
        self.donated = marked("donate", takes, donate, None)  # [parallel.option.donate]
        refuse_both(takes, static_labels, self.donated)  # [parallel.error.donated]
        options |= {"static_argnums": static, "name": "pmap2", "mapping_fn": PMAP}  # [parallel.option.static]
        super().__init__(origin, **options)
        self.options = replace(self.options, devices=devices)

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        return self.call(args, kwargs, self.donated, Anywhere())  # [parallel.error.donated-state]


def pmap2(origin: Any = ABSENT, axis_name: Hashable = None, **options: Any) -> Any:
    """A parallel mapping; without an origin, what makes one of the function that it decorates."""
    refuse_unknown(options, OPTIONS)
    static, donate = options.pop("static_broadcasted_argnums", ()), options.pop("donate_argnums", ())
    devices = checked_devices(options.pop("devices", None), options.pop("backend", None))

    def made(function: Any) -> StatefulMapping:
        return ParallelMapping(function, static, donate, devices, axis_name=axis_name, **options)

    return made if origin is ABSENT else made(origin)  # [parallel.form.plain]
