"""What is fast about it: nothing; a parallel mapping is a mapping, with devices to run on."""

import typing as t

from brainspec_optimized.jit.naming import checked_function
from brainspec_optimized.jit.options import read_options
from brainspec_optimized.jit.refusals import no_option
from brainspec_optimized.mapping.devices import read_devices
from brainspec_optimized.mapping.function import StatefulMapping, mapping_of
from brainspec_optimized.mapping.plan import IGNORE, read_plan

__all__ = ["pmap2"]


class _Absent:
    pass


def pmap2(
    fun: t.Any = _Absent,
    /,
    axis_name: t.Hashable | None = None,
    *,
    in_axes: t.Any = 0,
    out_axes: t.Any = 0,
    static_broadcasted_argnums: t.Any = (),
    devices: t.Sequence[t.Any] | None = None,
    backend: str | None = None,
    axis_size: int | None = None,
    donate_argnums: t.Any = (),
    state_in_axes: t.Any = None,
    state_out_axes: t.Any = None,
    unexpected_out_state_mapping: str = IGNORE,
    **unknown: t.Any,
) -> t.Any:
    """A function that runs once for each lane, each on a device; without `fun`, what makes one of a function."""
    if unknown:
        raise no_option(unknown, "mapping", "pmap2")  # [mapping.error.option]
    axes = in_axes, out_axes, axis_name, axis_size, state_in_axes, state_out_axes

    def mapped(origin: t.Any) -> StatefulMapping:
        function = checked_function(origin, "mapping")
        static, donated = (static_broadcasted_argnums, ()), (donate_argnums, ())  # [parallel.error.donated]
        options = read_options(function, static, donated)  # [parallel.option.static]
        options = options._replace(donated=options.donated._replace(names=()))  # [parallel.option.donate]
        chosen = read_devices(devices, backend)
        plan = read_plan(*axes, unexpected_out_state_mapping, chosen.mapping_fn, "pmap2", chosen)
        return mapping_of(function, options, plan)

    return mapped if fun is _Absent else mapped(fun)  # [parallel.form.plain]
