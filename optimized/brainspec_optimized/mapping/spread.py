"""What is fast about it: a lane is a part of one program over a mesh of devices, and nothing passes through the host.

`jax.shard_map` runs a program on each device of a mesh, on the part of each array that lies there. Here each part is
one lane, cut from its array and put back.
"""

import typing as t

import jax
import jax.numpy as jnp

from brainspec_optimized.mapping.axes import Axis, laid_beside

__all__ = ["Spread", "placing"]

_sharding: t.Any = jax.sharding
_shard_map: t.Any = jax.shard_map

_NAMELESS = "brainstate lanes"


class Spread:
    """What maps a function over devices, called as `jax.vmap` is."""

    def __init__(self, devices: t.Callable[[], t.Sequence[t.Any]]) -> None:
        self._devices = devices

    def mesh(self, size: int, name: t.Any = None) -> t.Any:
        """The devices of so many lanes."""
        devices = list(self._devices())[:size]  # [parallel.size.fewer]
        return _sharding.Mesh(devices, (_NAMELESS if name is None else name,))  # [parallel.place.lanes]

    def __call__(
        self,
        fun: t.Callable[..., t.Any],
        *,
        in_axes: t.Any,
        out_axes: t.Sequence[Axis],
        axis_size: int,
        axis_name: t.Hashable | None,
    ) -> t.Callable[..., t.Any]:
        """The function that runs `fun` once on each device."""
        mesh = self.mesh(axis_size, axis_name)

        def mapped(*args: t.Any) -> t.Any:
            leaves, tree = jax.tree.flatten(args)
            axes = laid_beside("in_axes", in_axes, args)

            def on_device(*parts: t.Any) -> list[t.Any]:
                lane = [part if axis is None else jnp.squeeze(part, axis) for part, axis in zip(parts, axes)]
                outputs = fun(*jax.tree.unflatten(tree, lane))
                return [one if axis is None else jnp.expand_dims(one, axis) for one, axis in zip(outputs, out_axes)]

            specs = {
                "in_specs": tuple([_spec(mesh, axis) for axis in axes]),
                "out_specs": [_spec(mesh, axis) for axis in out_axes],  # [parallel.place.states]
            }
            # Nothing is checked of what varies: it is known, and what does not is whole on every device.
            return _shard_map(on_device, mesh=mesh, check_vma=False, **specs)(*leaves)  # [parallel.place.whole]

        return mapped


def _spec(mesh: t.Any, axis: Axis) -> t.Any:
    cut = () if axis is None else (*[None] * axis, mesh.axis_names[0])
    return _sharding.PartitionSpec(*cut)


def placing(mesh: t.Any, axis: Axis) -> t.Any:
    """Where an array is that is spread on this axis, or whole for None."""
    return _sharding.NamedSharding(mesh, _spec(mesh, axis))
