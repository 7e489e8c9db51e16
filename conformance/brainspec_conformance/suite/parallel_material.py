"""What the checks of `spec/34-parallel.md` share: devices, and where the parts of arrays are."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.sharding import Mesh, NamedSharding

from brainspec_conformance.suite.jit_counts_material import Counted
from brainspec_conformance.suite.jit_material import Spec

Origin = Callable[..., Any]

# How many devices a check would have. Where the machine shows fewer, it says less.
counts = pytest.mark.parametrize("count", [1, 2, 4, 8])


def everywhere() -> list[jax.Device]:
    """All devices of this machine."""
    devices: list[jax.Device] = jax.local_devices()
    return devices


def some(count: int) -> list[jax.Device]:
    """So many devices, or all where there are fewer."""
    return everywhere()[:count]


def backwards(count: int) -> list[jax.Device]:
    """So many devices, from the last on: not those that are used where nothing is said."""
    return everywhere()[::-1][:count]


def parallel(impl: Any, **options: Any) -> Callable[[Origin], Any]:
    """Decorates as `pmap2` of the implementation does; a decorator that has a type."""
    return lambda origin: impl.transform.pmap2(origin, **options)


def counted(impl: Any, origin: Origin, **options: Any) -> Counted:
    """A parallel mapping that knows how often its origin has run."""
    return Counted(impl, origin, impl.transform.pmap2, **options)


def lanes(count: int, *shape: int) -> Any:
    """An array of floats that count from 1, of one part for each device."""
    size = (len(some(count)), *shape)
    return 1 + jnp.arange(float(np.prod(size)), dtype=jnp.float32).reshape(size)


def assert_spread(array: Any, axis: int, devices: list[jax.Device]) -> None:
    """Slice `i` of the array is on device `i`, and nothing else is there."""
    axis %= array.ndim
    assert array.shape[axis] == len(devices)
    found = {}
    for shard in array.addressable_shards:
        where = shard.index[axis].indices(len(devices))[0]
        assert shard.data.shape == (*array.shape[:axis], 1, *array.shape[axis + 1 :])
        assert np.array_equal(shard.data, np.asarray(array)[shard.index])
        assert where not in found
        found[where] = shard.device
    assert [found[i] for i in range(len(devices))] == devices


def assert_copied(array: Any, devices: list[jax.Device]) -> None:
    """The array is on every device, whole."""
    assert array.devices() == set(devices)
    for shard in array.addressable_shards:
        assert shard.data.shape == array.shape
        assert np.array_equal(shard.data, np.asarray(array))


def spread(value: Any, devices: list[jax.Device], axis: int = 0) -> Any:
    """An array, spread on an axis."""
    mesh = Mesh(np.array(devices), ("x",))
    return jax.device_put(value, NamedSharding(mesh, Spec(*[None] * axis, "x")))


def copied(value: Any, devices: list[jax.Device]) -> Any:
    return jax.device_put(value, NamedSharding(Mesh(np.array(devices), ("x",)), Spec()))


# How a value of one part for each device comes to its place.
PLACES: dict[str, Callable[[Any], Any]] = {
    "spread": lambda value: spread(value, everywhere()),
    "spread backwards": lambda value: spread(value, everywhere()[::-1]),
    "copied": lambda value: copied(value, everywhere()),
    "first": lambda value: jax.device_put(value, everywhere()[0]),
    "last": lambda value: jax.device_put(value, everywhere()[-1]),
    "uncommitted": jnp.asarray,
    "NumPy": np.asarray,
}
places = pytest.mark.parametrize("place", PLACES)
