"""Devices that are lanes: lane `i` of a call is on the `i`-th device of a list.

Numbers do not depend on places, so lanes are evaluated as those of any mapping, and what comes of them is put on the
devices afterwards.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import jax
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec, SingleDeviceSharding

from ..engine.record import recorder
from ..errors import NestedDevices, NoSuchDevices, NotADevice, OtherSize
from ..stateful import Place
from .axes import Axis

LANES = "lanes"  # the one axis of a mesh


class DeviceList(NamedTuple):
    """Those that were given, or the local ones of a backend; these are looked up when they are needed."""

    given: tuple[jax.Device, ...] | None
    backend: str | None

    def found(self) -> Sequence[jax.Device]:
        if self.given is not None:
            return self.given
        local: list[jax.Device] = jax.local_devices(backend=self.backend)  # [parallel.option.backend]
        return local

    def refuse_more(self, size: int) -> None:
        count = len(self.found())
        if size > count:
            found, cure = f"Found {size} lanes for {count} devices", "Use vmap2 inside, or more devices"
            raise OtherSize(found, "parallel.error.too-many@1", cure)  # [parallel.error.too-many]

    def place(self, axis: Axis, size: int) -> Place:
        """Where a value belongs: spread on an axis, or whole on every device."""
        devices = self.found()[:size]  # [parallel.size.fewer]
        if not devices:
            return SingleDeviceSharding(self.found()[0])
        if axis is None:
            return over(devices)  # [parallel.place.whole]
        return over(devices, *[None] * axis, LANES)  # [parallel.place.lanes]


def over(devices: Sequence[jax.Device], *parts: str | None) -> Place:
    return NamedSharding(Mesh(np.array(devices), (LANES,)), PartitionSpec(*parts))  # type: ignore[no-untyped-call]


def checked_devices(devices: Any, backend: Any) -> DeviceList:
    if devices is not None and backend is not None:
        found, cure = f"Found both devices and the backend {backend!r}", "Give one of them"
        raise NoSuchDevices(found, "parallel.error.backend@1", cure)  # [parallel.error.backend]
    if backend is not None:
        refuse_unknown_backend(backend)
    return DeviceList(None if devices is None else checked_list(devices), backend)


def refuse_unknown_backend(backend: Any) -> None:
    try:
        jax.local_devices(backend=backend or "none")  # JAX takes '' for its default
    except Exception as error:
        found, cure = f"Found {backend!r} for a backend", f"Give the name of one, such as {jax.default_backend()!r}"
        raise NoSuchDevices(found, "parallel.error.backend@1", cure) from error  # [parallel.error.backend]


def checked_list(given: Any) -> tuple[jax.Device, ...]:
    devices = tuple(given) if isinstance(given, Iterable) else (given,)
    for device in devices:
        if not isinstance(device, jax.Device):
            found, cure = f"Found a {type(device).__name__} among devices", "Give a list of devices of JAX"
            raise NotADevice(found, "parallel.error.devices@1", cure)  # [parallel.error.devices]
    if len(set(devices)) < len(devices) or not devices:  # [parallel.error.devices]
        found, cure = f"Found {list(devices)} for devices", "Give at least one, and each once"
        raise NoSuchDevices(found, "parallel.error.devices@1", cure)
    return devices


class OnDevices:
    """Names a further axis of the lanes that are devices. It is in scope inside, so a mapping there knows of it."""

    def __repr__(self) -> str:
        return "devices"


ON_DEVICES = OnDevices()


def refuse_nested() -> None:
    around = recorder()
    if around is not None and ON_DEVICES in around.axes:
        found, cure = "Found pmap2 inside pmap2", "Use vmap2 inside"
        raise NestedDevices(found, "parallel.error.nested@1", cure)  # [parallel.error.nested]
