"""What is fast about it: where a process has one device, nothing here runs; where it has several, one array is asked.

JAX gives what a program has made the same sharding, the very object, each time. So a program remembers the one that was
in its place, and what it was the place for; if both are met again there is nothing to do.

JAX runs a program where those of its inputs are that somebody has put in a place. Here the user's arguments alone
decide, so states that are elsewhere are copied to where a call runs, and what is written stays there.
"""

import typing as t

import jax

from brainspec_optimized._jaxshim import UNSPECIFIED, Tracer, chosen_device, default_device, order_of, place_of
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
        self,
        program: Program,
        args: tuple[t.Any, ...],
        kwargs: t.Mapping[str, t.Any],
        written: list[t.Any],
        result: t.Any,
    ) -> tuple[list[t.Any], t.Any] | None:
        """What a call has written and given, on the device of the call; None if it is there."""
        placed = self._options.placed
        first = written[0] if written else None if placed else result
        here = place_of(first)
        if here is None:  # a tree
            first = _first_leaf(written if placed else [*written[:1], result])
            here = place_of(first)
        asked = _place_of_arguments(args, kwargs)
        lies = program.lies
        if here is lies[0] and asked is lies[1]:
            return None
        # Where JAX leaves an argument out, it may be elsewhere.
        if program.mesh is not None or here is None or self._is_in_place(here, _place_of(asked)):
            program.lies = here, asked
            return None
        place = _place_of(asked)
        return _moved(written, place), result if placed else _moved(result, place)  # [jit.place.written]

    def _is_in_place(self, here: Place, place: Place) -> bool:
        if len(place.device_set) > 1 or here.device_set == place.device_set:
            return True
        return self._options.placed and len(here.device_set) > 1


def _first_leaf(trees: list[t.Any]) -> t.Any:
    return next((leaf for tree in trees for leaf in jax.tree.leaves(tree)), None)


def _place_of_arguments(args: tuple[t.Any, ...], kwargs: t.Mapping[str, t.Any]) -> t.Any:
    # Where the first one is that somebody has put anywhere, or else what the user has chosen for what is put nowhere.
    leaves: t.Sequence[t.Any] = args
    if kwargs:
        leaves = [*args, *[kwargs[name] for name in sorted(kwargs)]]  # as JAX takes them
    for leaf in leaves:
        place = place_of(leaf)
        if place is None:  # a tree
            return _place_of_leaves(jax.tree.leaves(leaves))
        if leaf.committed:
            return place
    return chosen_device()


def _place_of_leaves(leaves: list[t.Any]) -> t.Any:
    for leaf in leaves:
        place = place_of(leaf)
        if place is not None and leaf.committed:
            return place
    return chosen_device()


def _place_of(asked: t.Any) -> Place:
    return asked if isinstance(asked, jax.sharding.Sharding) else jax.sharding.SingleDeviceSharding(default_device())


def _place_of_call(given: Given) -> Place:
    return _place_of(_place_of_arguments(given.args, given.kwargs))


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
