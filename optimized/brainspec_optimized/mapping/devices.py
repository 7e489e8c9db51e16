"""What is fast about it: what lies where a call needs it is handed on as it is.

The devices of a parallel mapping, and how what a call is given gets there. They are looked up when a call needs them,
unless the user has said something that may be wrong, since asking JAX for devices starts its backend.
"""

import typing as t

import jax

from brainspec_optimized import errors
from brainspec_optimized._jaxshim import Tracer
from brainspec_optimized.jit.arguments import Given
from brainspec_optimized.jit.options import Options
from brainspec_optimized.jit.places import Places
from brainspec_optimized.jit.program import Program
from brainspec_optimized.mapping import refusals
from brainspec_optimized.mapping.axes import Axis
from brainspec_optimized.mapping.given import Size
from brainspec_optimized.mapping.spread import Spread, placing

__all__ = ["Devices", "read_devices"]


class Devices:
    """The devices that a parallel mapping may use."""

    def __init__(self, given: t.Sequence[t.Any] | None) -> None:
        self._given = given
        self.mapping_fn = Spread(self.all)

    def all(self) -> t.Sequence[t.Any]:
        """All of them, in order."""
        return jax.local_devices() if self._given is None else self._given

    def say_size(self, size: Size) -> None:
        """Say how many lanes there are, if nobody has, and refuse too many."""
        count = len(self.all())
        if size.value is None:
            size.say(count, f"there are {count} devices")  # [parallel.size.devices]
        elif size.value > count:
            raise refusals.too_many(size.value, count)  # [parallel.error.too-many]

    def everywhere(self, key: t.Any, size: int) -> t.Any:
        """The same key, on all devices of so many lanes."""
        whole = placing(self.mapping_fn.mesh(size), None)  # [parallel.place.whole]
        return t.cast(t.Any, jax.lax.with_sharding_constraint)(key, whole)

    def wanted(self, axes: t.Sequence[Axis], size: int) -> list[t.Any]:
        """Where a call of so many lanes needs what is mapped on these axes."""
        if not size:
            return [jax.sharding.SingleDeviceSharding(self.all()[0])] * len(axes)
        mesh = self.mapping_fn.mesh(size)
        return [placing(mesh, axis) for axis in axes]

    def places(self, options: Options) -> Places:
        """Where calls run."""
        return _LanePlaces(options)


class _LanePlaces(Places):
    """Where the lanes of a parallel mapping run."""

    __slots__ = ()

    @property
    def several(self) -> bool:
        return True

    def strays(self, given: Given, values: list[t.Any]) -> bool:
        leaves = jax.tree.leaves((given.args, dict(given.kwargs), values))
        return any(_is_put(leaf) for leaf in leaves)

    def gathered(self, program: Program, given: Given, values: list[t.Any]) -> tuple[Given, list[t.Any]]:
        places = iter(program.places)

        def put(tree: t.Any, written: bool) -> t.Any:
            return jax.tree.map(lambda leaf: _moved(leaf, next(places), written), tree)

        args, kwargs = put((given.args, dict(given.kwargs)), False)  # [parallel.place.moved]
        moved = [put(value, written) for value, written in zip(values, program.written)]
        return Given(given.statics, args, kwargs), moved

    def settled(self, *call: t.Any) -> None:
        return None  # what a call gives is where it is to be


def _is_put(leaf: t.Any) -> bool:
    return isinstance(leaf, jax.Array) and not isinstance(leaf, Tracer) and leaf.committed


def _moved(leaf: t.Any, place: t.Any, written: bool) -> t.Any:
    # What nobody has put anywhere JAX moves by itself, and so it does at the next call, which is then compiled alike;
    # a state that is written is at its place from then on.
    if _is_put(leaf) or (written and isinstance(leaf, jax.Array)):
        return leaf if leaf.sharding == place else jax.device_put(leaf, place)
    return leaf


def read_devices(devices: t.Any, backend: t.Any) -> Devices:
    """Read what users say of devices, or say what is wrong with it."""
    if devices is None and backend is None:
        return Devices(None)
    if devices is None:
        return Devices(_devices_of(backend))  # [parallel.option.backend]
    if backend is not None:
        found, cure = f"Both devices and the backend {backend!r} were given.", "Give one of them."
        raise errors.WrongDevices(found, "parallel.error.backend@1", cure)  # [parallel.error.backend]
    given = list(devices) if isinstance(devices, t.Iterable) else [devices]
    for one in given:
        if not isinstance(one, jax.Device):
            found = f"devices has {one!r}, a {type(one).__name__}."
            cure = "Give some of jax.devices()."
            raise errors.NotADevice(found, "parallel.error.devices@1", cure)  # [parallel.error.devices]
    if not given or len(set(given)) < len(given):
        found, cure = f"devices is {given!r}.", "Name at least one device, and each once."
        raise errors.WrongDevices(found, "parallel.error.devices@1", cure)  # [parallel.error.devices]
    return Devices(given)


def _devices_of(backend: t.Any) -> list[t.Any]:
    try:
        return list(jax.local_devices(backend=backend or "none"))  # JAX takes '' for its default
    except RuntimeError as reason:
        found, cure = f"JAX has no backend {backend!r}: {reason}.", "Give 'cpu', 'gpu' or 'tpu'."
        raise errors.NoSuchBackend(found, "parallel.error.backend@1", cure) from None  # [parallel.error.backend]
