"""What is fast about it: nothing; how a mapping is called stands in `jit.calling`, and what it runs in `staging`."""

import typing as t

import jax

from brainspec_optimized.jit.memory import Memory
from brainspec_optimized.jit.naming import checked_function, name_of
from brainspec_optimized.jit.options import Options, read_options
from brainspec_optimized.jit.refusals import no_option
from brainspec_optimized.jit.skin import Bound, Skin
from brainspec_optimized.jit.stateful import Opened, shapes
from brainspec_optimized.mapping.axes import hinted
from brainspec_optimized.mapping.declared import Declared
from brainspec_optimized.mapping.memory import MappingMemory
from brainspec_optimized.mapping.plan import IGNORE, MappingFn, Plan, read_plan
from brainspec_optimized.shown import Shown, shows_as

__all__ = ["StatefulMapping", "lanes_by", "mapping_of", "vmap2"]


@shows_as("transform.StatefulMapping")  # [mapping.form.plain]
class StatefulMapping(Skin, Opened, metaclass=Shown):
    """A function that runs once for each lane of its arguments and of its states."""

    __slots__ = ("__dict__", "__weakref__", "_methods")
    _memory: MappingMemory

    def __init__(
        self,
        fun: t.Callable[..., t.Any],
        /,
        in_axes: t.Any = 0,
        out_axes: t.Any = 0,
        state_in_axes: t.Any = None,
        state_out_axes: t.Any = None,
        unexpected_out_state_mapping: str = IGNORE,
        static_argnums: t.Any = (),
        static_argnames: t.Any = (),
        axis_size: int | None = None,
        axis_name: t.Hashable | None = None,
        name: str | None = None,
        mapping_fn: MappingFn = jax.vmap,
        **unknown: t.Any,
    ) -> None:
        if unknown:
            raise no_option(unknown, "mapping", "StatefulMapping")  # [mapping.error.option]
        origin = checked_function(fun, "mapping")  # [mapping.error.callable]
        options = read_options(origin, (static_argnums, static_argnames), (None, None))  # [mapping.form.static]
        axes = in_axes, out_axes, axis_name, axis_size, state_in_axes, state_out_axes
        plan = read_plan(*axes, unexpected_out_state_mapping, mapping_fn, name)  # [mapping.form.direct]
        self._set_up(origin, options, plan)

    def _set_up(self, origin: t.Callable[..., t.Any], options: Options, plan: Plan) -> None:
        self._put_on(MappingMemory(origin, options, name_of(origin), plan))  # [mapping.form.origin]

    def _on(self, instance: t.Any, memory: Memory) -> "StatefulMapping":
        return _Method(self, instance, memory)  # [mapping.form.method]

    @property
    def in_axes(self) -> t.Any:
        """The axes of positional arguments."""
        return self._memory.plan.in_axes  # [mapping.form.attributes]

    @property
    def out_axes(self) -> t.Any:
        """The axes of the result."""
        return self._memory.plan.out_axes  # [mapping.form.attributes]

    @property
    def axis_name(self) -> t.Hashable | None:
        """What collectives call the axis."""
        return self._memory.plan.axis_name  # [mapping.form.attributes]

    @property
    def axis_size(self) -> int | None:
        """How many lanes there are, if it was said."""
        return self._memory.plan.axis_size  # [mapping.form.attributes]

    @property
    def state_in_axes(self) -> Declared:
        """Which states are mapped in, by axis."""
        return dict(self._memory.plan.states_in)  # [mapping.form.state-axes]

    @property
    def state_out_axes(self) -> Declared:
        """Which states are stacked, by axis."""
        return dict(self._memory.plan.states_out)  # [mapping.form.state-axes]

    @property
    def mapping_fn(self) -> MappingFn:
        """What maps the program of a lane."""
        return self._memory.plan.mapping_fn  # [mapping.form.attributes]

    @property
    def unexpected_out_state_mapping(self) -> str:
        """What becomes of states that are written with a mapped value, undeclared."""
        return self._memory.plan.policy  # [mapping.form.attributes]

    @property
    def name(self) -> str | None:
        """What it is called."""
        return self._memory.plan.name  # [mapping.form.attributes]

    def eval_shape(self, /, *args: t.Any, **kwargs: t.Any) -> t.Any:
        """The result of a call, with a description for each array."""
        return self._asked(args, kwargs, shapes)  # [mapping.open.shapes]


class _Method(Bound, StatefulMapping):
    """A mapping on one of its instances."""

    __slots__ = ("__self__",)

    def __init__(self, function: StatefulMapping, instance: t.Any, memory: Memory) -> None:
        self._bind(function, instance, memory)


def mapping_of(fun: t.Any, options: Options, plan: Plan) -> StatefulMapping:
    """A mapping of which all has been read."""
    mapping = StatefulMapping.__new__(StatefulMapping)
    mapping._set_up(fun, options, plan)
    return mapping


def lanes_by(spmd_axis_name: t.Any) -> MappingFn:
    """What maps the program of a lane, where this was said about devices."""
    return jax.vmap if spmd_axis_name is None else hinted(spmd_axis_name)  # [mapping.axis.spmd]


class _Absent:
    pass


def vmap2(
    fun: t.Any = _Absent,
    /,
    *,
    in_axes: t.Any = 0,
    out_axes: t.Any = 0,
    axis_name: t.Hashable | None = None,
    axis_size: int | None = None,
    spmd_axis_name: t.Any = None,
    state_in_axes: t.Any = None,
    state_out_axes: t.Any = None,
    unexpected_out_state_mapping: str = IGNORE,
    **unknown: t.Any,
) -> t.Any:
    """A function that runs once for each lane; without `fun`, what makes one of a function."""
    if unknown:
        raise no_option(unknown, "mapping", "vmap2")  # [mapping.error.option]
    axes = in_axes, out_axes, axis_name, axis_size, state_in_axes, state_out_axes

    def mapped(origin: t.Any) -> StatefulMapping:
        function = checked_function(origin, "mapping")  # [mapping.error.callable]
        plan = read_plan(*axes, unexpected_out_state_mapping, lanes_by(spmd_axis_name), "vmap2")
        return mapping_of(function, Options(), plan)

    return mapped if fun is _Absent else mapped(fun)  # [mapping.form.plain]
