"""What is fast about it: where a process has one device, nothing here runs; where it has several, one array is asked.

JAX runs a program where those of its inputs are that somebody has put in a place. Here the user's arguments alone
decide, so states that are elsewhere are copied to where a call runs, and what is written stays there.
"""

import typing as t

import jax

from brainspec_optimized._jaxshim import UNSPECIFIED, Tracer, default_device, order_of
from brainspec_optimized.jit.arguments import Given
from brainspec_optimized.jit.options import Options
from brainspec_optimized.jit.program import Program

__all__ = ["Places"]

Place = t.Any

_UNCUT = t.cast(t.Any, jax.sharding.PartitionSpec)()


class Places:
    """Where the calls of a function run, and what they leave."""

    __slots__ = ("_options", "_over_meshes")

    def __init__(self, options: Options) -> None:
        self._options = options
        self._over_meshes = False

    @property
    def several(self) -> bool:
        """Whether there is more than one place."""
        return jax.local_device_count() > 1

    def strays(self, given: Given, values: list[t.Any]) -> bool:
        """Whether something is where the call does not run, and the call would run if it were there."""
        place = _place_of_run(self._options, given)
        return self._over_meshes or any(_is_elsewhere(leaf, place) for leaf in jax.tree.leaves(values))

    def gathered(self, program: Program, given: Given, values: list[t.Any]) -> tuple[Given, list[t.Any]]:
        """The arguments and the values of the states, where the call runs."""
        if program.mesh is not None:
            self._over_meshes = True
            everywhere = jax.sharding.NamedSharding(program.mesh, _UNCUT)
            return given, t.cast("list[t.Any]", _moved(values, everywhere))
        return given, t.cast("list[t.Any]", _moved(values, _place_of_run(self._options, given)))  # [jit.place.moved]

    def settled(
        self, program: Program, given: Given, written: list[t.Any], result: t.Any
    ) -> tuple[list[t.Any], t.Any] | None:
        """What a call has written and given, on the device of the call; None if it is there."""
        if program.mesh is not None:
            return None
        placed = self._options.placed
        first = _first_leaf(written if placed else [*written[:1], result])
        # Where JAX leaves an argument out, it may be elsewhere.
        if not isinstance(first, jax.Array) or isinstance(first, Tracer):
            return None
        place = _place_of_call(given)
        if len(place.device_set) > 1 or first.sharding.device_set == place.device_set:
            return None
        if placed and len(first.sharding.device_set) > 1:
            return None
        return _moved(written, place), result if placed else _moved(result, place)  # [jit.place.written]


def _first_leaf(trees: list[t.Any]) -> t.Any:
    return next((leaf for tree in trees for leaf in jax.tree.leaves(tree)), None)


def _place_of_call(given: Given) -> Place:
    for leaf in jax.tree.leaves((given.args, dict(given.kwargs))):
        if isinstance(leaf, jax.Array) and not isinstance(leaf, Tracer) and leaf.committed:
            return leaf.sharding
    return jax.sharding.SingleDeviceSharding(default_device())


def _place_of_run(options: Options, given: Given) -> Place:
    for shardings in (options.in_shardings, options.out_shardings):
        for leaf in jax.tree.leaves(None if shardings is UNSPECIFIED else shardings):
            if isinstance(leaf, jax.sharding.Sharding):
                return leaf
    return _place_of_call(given)


def _moved(tree: t.Any, place: Place) -> t.Any:
    everywhere = _whole(place)
    return jax.tree.map(lambda leaf: jax.device_put(leaf, everywhere) if _is_elsewhere(leaf, place) else leaf, tree)


def _is_elsewhere(leaf: t.Any, place: Place) -> bool:
    if not isinstance(leaf, jax.Array) or isinstance(leaf, Tracer):
        return False
    return order_of(leaf.sharding) != order_of(place)  # JAX takes no two orders of the same devices


def _whole(place: Place) -> Place:
    # On all devices of a place, not cut as what is there.
    if isinstance(place, jax.sharding.NamedSharding):
        return jax.sharding.NamedSharding(place.mesh, _UNCUT)
    return place
