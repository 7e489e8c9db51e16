"""What is fast about it: what runs is one program of all lanes, with keys split and states stacked in it.

The origin is traced once, for one lane. What becomes of its results is read from that program, and then it is mapped
as a whole. The outcome is a program like any other: its inputs are the arguments and the states as they are outside,
and its outputs the results and what the written states hold afterwards.
"""

import itertools
import typing as t

import jax

from brainspec_optimized._jaxshim import evaluated
from brainspec_optimized.jit.arguments import Given
from brainspec_optimized.jit.program import Program, traced
from brainspec_optimized.jit.types import LEAF, described
from brainspec_optimized.mapping import refusals
from brainspec_optimized.mapping.axes import Axis, as_prefix, suited
from brainspec_optimized.mapping.collectives import mended
from brainspec_optimized.mapping.flow import Flow
from brainspec_optimized.mapping.given import Size, argument_axes, lane_arguments
from brainspec_optimized.mapping.lane import LaneWatch
from brainspec_optimized.mapping.outcome import Refusal, kept_result, kept_states, notice_of, outputs_of
from brainspec_optimized.mapping.plan import MappingFn, Plan
from brainspec_optimized.random.state import RandomState

__all__ = ["Staging", "staged"]


def staged(
    function: t.Callable[..., t.Any], given: Given, plan: Plan, refusal: Refusal = refusals.mapped_result
) -> Program:
    """Trace a lane of a call, and give the program of all of them; see `kept_result` for the refusal."""
    size = Size()
    axes = argument_axes(plan, given)
    if plan.axis_size is not None:
        size.say(plan.axis_size, f"axis_size is {plan.axis_size}")
    args, kwargs = lane_arguments(given, axes, size)
    if plan.devices is not None:
        plan.devices.say_size(size)
    watch = LaneWatch(plan, size)
    lane = traced(function, args, kwargs, watch)  # [mapping.trace.once]
    if plan.devices is not None and lane.mesh is not None:  # in a program that was remembered
        raise refusals.nested_parallel()  # [parallel.error.nested]
    if size.value is None:
        raise refusals.no_size()  # [mapping.error.no-size]
    args, kwargs = t.cast(
        t.Any, jax.tree.map(lambda leaf: described(jax.typeof(leaf)), (given.args, dict(given.kwargs)))
    )
    return Staging(plan, lane, watch, axes, size.value, refusal).program(args, kwargs)


class Staging:
    """What is known of a call when its lane has been traced."""

    def __init__(
        self, plan: Plan, lane: Program, watch: LaneWatch, axes: list[Axis], size: int, refusal: Refusal
    ) -> None:
        self._plan, self._lane, self._size = plan, lane, size
        self._types, self._argument_axes, self._state_axes = watch.whole, axes, watch.axes
        # A dead one has no key that could be split.
        touched = zip(lane.states(), watch.whole)
        self._random = [isinstance(s, RandomState) and types[1] != () for s, types in touched]  # [mapping.random.born]
        self._jaxpr = mended(lane.jaxpr, plan.axis_name, size, plan.devices is not None)
        mapped = Flow(plan.axis_name).outputs(self._jaxpr, self._flags_in())
        outputs = outputs_of(mapped, self._jaxpr.out_avals)
        self._result = kept_result(plan, lane.out_tree, outputs, refusal)
        self._written, self._grown = kept_states(plan, lane, self._random, watch.axes, outputs)

    def _flags_in(self) -> list[bool]:
        flags = [axis is not None for axis in self._argument_axes]
        for axis, random, types in zip(self._state_axes, self._random, self._types):
            flags += [random or axis is not None] * len(types[1])
        return flags

    def program(self, args: tuple[t.Any, ...], kwargs: dict[str, t.Any]) -> Program:
        """The program of all lanes."""
        lane, program = self._lane, Program()
        program.take_over(lane)  # [mapping.state.touched]
        program.types = tuple(self._types)
        both = list(zip(lane.written, self._random))  # [mapping.open.states]
        program.written = tuple([wrote or random for wrote, random in both])  # [mapping.random.touched]
        trees = iter(lane.trees)
        after = [next(trees) if wrote else None for wrote in lane.written]
        program.trees = tuple(
            [LEAF if random else tree for tree, (wrote, random) in zip(after, both) if wrote or random]
        )
        program.notice = notice_of(self._plan, self._grown)
        if self._plan.devices is not None:
            program.places = self._places(args, kwargs)
        program.stage(self._whole, args, kwargs)
        return program

    def _whole(self, args: tuple[t.Any, ...], kwargs: dict[str, t.Any], values: list[t.Any]) -> list[t.Any]:
        plain, fresh, keys = self._parted(values)  # [mapping.random.jit]
        kept = [*self._result, *[leaf for state in self._written for leaf in state]]
        numbers = [number for number, _ in kept]

        def fun(*given: t.Any) -> list[t.Any]:
            *args, kwargs, values, keys = given
            leaves = self._leaves(tuple(args), kwargs, iter(values), iter(keys))
            outputs = evaluated(self._jaxpr, leaves)  # [mapping.result.lanes]
            return [outputs[number] for number in numbers]

        mapped = self._mapping_fn()(  # [mapping.form.mapping-fn-called]
            fun,
            in_axes=self._in_axes(args, kwargs),
            out_axes=[axis for _, axis in kept],
            axis_size=self._size,
            axis_name=self._plan.axis_name,  # [mapping.axis.reduce]
        )
        outputs = iter(mapped(*args, kwargs, tuple(plain), tuple(keys)))
        return [*itertools.islice(outputs, len(self._result)), *self._after(outputs, iter(fresh))]

    def _places(self, args: tuple[t.Any, ...], kwargs: dict[str, t.Any]) -> list[t.Any]:
        axes = self._axes_of(args, kwargs)
        for axis, (_, avals) in zip(self._state_axes, self._types):
            axes += _counted(axis, avals)
        return t.cast("list[t.Any]", self._plan.devices.wanted(axes, self._size))

    def _axes_of(self, args: tuple[t.Any, ...], kwargs: dict[str, t.Any]) -> list[Axis]:
        leaves = zip(jax.tree.leaves((args, kwargs)), self._argument_axes)
        return [counted for leaf, axis in leaves for counted in _counted(axis, [leaf])]

    def _mapping_fn(self) -> MappingFn:
        # `jax.pmap` takes no size of 0, and nothing that has no mapped argument.
        if not self._size or not (any(self._flags_in()) or self._plan.devices):
            return jax.vmap  # [mapping.size.zero]
        return suited(self._plan.mapping_fn, self._jaxpr, self._size)  # [mapping.form.mapping-fn]

    def _parted(self, values: list[t.Any]) -> tuple[list[t.Any], list[t.Any], list[t.Any]]:
        plain, fresh, keys = [], [], []
        for value, random in zip(values, self._random):  # [mapping.random.several]
            if random:
                split = jax.random.split(value, self._size + 1)  # [mapping.random.nested]
                fresh.append(self._everywhere(split[0]))  # [mapping.random.afterwards]
                keys.append(split[1:])  # [mapping.random.lane-keys]
            else:
                plain.append(value)
        return plain, fresh, keys

    def _everywhere(self, key: t.Any) -> t.Any:
        devices = self._plan.devices
        return key if devices is None or not self._size else devices.everywhere(key, self._size)

    def _leaves(
        self, args: tuple[t.Any, ...], kwargs: dict[str, t.Any], values: t.Iterator[t.Any], keys: t.Iterator[t.Any]
    ) -> list[t.Any]:
        leaves = jax.tree.leaves((args, kwargs))
        for random in self._random:
            leaves.extend([next(keys)] if random else jax.tree.leaves(next(values)))
        return leaves

    def _in_axes(self, args: tuple[t.Any, ...], kwargs: dict[str, t.Any]) -> tuple[t.Any, ...]:
        axes = iter(self._axes_of(args, kwargs))
        trees: t.Iterator[t.Any] = map(jax.tree.structure, (*args, kwargs))
        given = [as_prefix(tree, list(itertools.islice(axes, tree.num_leaves))) for tree in trees]
        states = []
        for axis, random, (tree, avals) in zip(self._state_axes, self._random, self._types):
            if not random:
                states.append(as_prefix(tree, _counted(axis, avals)))
        return *given, tuple(states), tuple([0 for random in self._random if random])

    def _after(self, outputs: t.Iterator[t.Any], fresh: t.Iterator[t.Any]) -> t.Iterator[t.Any]:
        written = iter(self._written)
        for wrote, random in zip(self._lane.written, self._random):
            kept = next(written) if wrote else []
            if random:
                yield next(fresh)
            yield from itertools.islice(outputs, len(kept))


def _counted(axis: Axis, leaves: t.Iterable[t.Any]) -> list[Axis]:
    """The same axis of each leaf, counted from the front."""
    return [None if axis is None else axis % leaf.ndim for leaf in leaves]
