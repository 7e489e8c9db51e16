"""Collectives: operations that combine the values of several lanes.

A collective over some axes acts on *complete sets*: all lanes that share their coordinates along every other axis.
It is legal if and only if every set that arrives is complete; lanes that took another branch, or left a loop earlier,
make it incomplete, and then there is no right answer (JAX's vmap and pmap give different ones), so it is an error.

A rule gets the values of one set, in the order of the lanes' coordinates, and gives each lane its result.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from .errors import LaneVaryingCollectiveError
from .group import Column, Group, Mode, Value
from .no_lanes import collected
from .ops import apply
from .program import Equation
from .show import show_equation

Params: TypeAlias = Mapping[str, Any]


def apply_collective(eqn: Equation, group: Group, inputs: Sequence[Column], mode: Mode) -> list[Column]:
    """The results of a collective in every lane."""
    if group.size_along(named_axes(eqn.params)) == 0:
        return [[collected(eqn.op, var.type, mode)] * len(group) for var in eqn.outputs]
    outputs: list[Column] = [[None] * len(group) for _ in eqn.outputs]
    for lanes in complete_sets(eqn, group):
        for column, out, var in zip(inputs, outputs, eqn.outputs, strict=True):
            results = COLLECTIVES[eqn.op]([column[k] for k in lanes], eqn.params, var.type, mode)
            for k, result in zip(lanes, results, strict=True):
                out[k] = result
    return outputs


def named_axes(params: Params) -> list[Hashable]:
    """The names among a collective's axes; numbers, which a bare `jax.vmap` leaves there, are the value's own axes."""
    axes = params["axes"] if "axes" in params else params["axis_name"]
    return [a for a in (axes if isinstance(axes, tuple | list) else (axes,)) if not isinstance(a, int)]


def complete_sets(eqn: Equation, group: Group) -> list[list[int]]:
    """The sets of lanes that a collective acts on, each of them complete."""
    names = named_axes(eqn.params)
    size = group.size_along(names)
    sets = group.along(names)
    for lanes in sets:
        if len(lanes) != size:
            raise LaneVaryingCollectiveError(
                f"{len(lanes)} of {size} lanes arrive at `{show_equation(eqn)}` over {names}, at {eqn.source}. "
                "A collective needs every lane of its axes: it must not stand in a branch or loop on whose predicate "
                "these lanes disagree. Make the predicate the same in all of them, or move the collective out."
            )
    parts = eqn.params.get("axis_index_groups")
    return [[lanes[i] for i in part] for lanes in sets for part in parts] if parts else sets


def reduced(op: str) -> Callable[..., list[Value]]:
    """All lanes get the reduction over the lanes and over the value's own numbered axes, rounded once."""

    def rule(values: Column, params: Params, type_: Any, mode: Mode) -> list[Value]:
        own = [a + 1 for a in params["axes"] if isinstance(a, int)]
        options = {"axes": (0, *own), "out_sharding": None}
        (total,) = apply(op, [np.stack(values)], options, [type_], mode)
        return [total] * len(values)

    return rule


def all_gather(values: Column, params: Params, type_: Any, mode: Mode) -> list[Value]:
    join = np.concatenate if params["tiled"] else np.stack
    return [join(values, axis=params["all_gather_dimension"])] * len(values)


def permute(values: Column, params: Params, type_: Any, mode: Mode) -> list[Value]:
    """A lane that nobody sends to gets zeros."""
    results = [np.zeros_like(v) for v in values]
    for source, target in params["perm"]:
        results[target] = values[source]
    return results


def exchange(values: Column, params: Params, type_: Any, mode: Mode) -> list[Value]:
    """Lane i gets the i-th piece of everyone's value."""
    n, tiled = len(values), params["tiled"]
    pieces = [cut(v, n, params["split_axis"], tiled) for v in values]
    join = np.concatenate if tiled else np.stack
    return [join([pieces[source][target] for source in range(n)], axis=params["concat_axis"]) for target in range(n)]


def reduce_scatter(values: Column, params: Params, type_: Any, mode: Mode) -> list[Value]:
    """Lane i gets the i-th piece of the sum."""
    axis, n = params["scatter_dimension"], len(values)
    pieces = zip(*(cut(v, n, axis, params["tiled"]) for v in values), strict=True)
    options = {"axes": (0,), "out_sharding": None}
    return [apply("reduce_sum", [np.stack(piece)], options, [type_], mode)[0] for piece in pieces]


def cut(value: Value, n: int, axis: int, tiled: bool) -> list[Value]:
    """n pieces along an axis, which stays if tiled and else goes."""
    return list(np.split(value, n, axis)) if tiled else list(np.moveaxis(value, axis, 0))


def broadcast(values: Column, params: Params, type_: Any, mode: Mode) -> list[Value]:
    return [values[params["source"]]] * len(values)


COLLECTIVES: dict[str, Callable[[Column, Params, Any, Mode], list[Value]]] = {
    "psum": reduced("reduce_sum"),  # [mapping.axis.reduce]
    "psum_invariant": reduced("reduce_sum"),
    "pmax": reduced("reduce_max"),
    "pmin": reduced("reduce_min"),
    "all_gather": all_gather,  # [mapping.axis.gather]
    "all_gather_invariant": all_gather,
    "ppermute": permute,  # [mapping.axis.permute]
    "all_to_all": exchange,  # [mapping.axis.exchange]
    "reduce_scatter": reduce_scatter,  # [mapping.axis.scatter]
    "pbroadcast": broadcast,
}


def axis_index(eqn: Equation, group: Group) -> list[Column]:
    """Not a collective: each lane has its own coordinate, however many arrive."""
    k = group.position(eqn.params["axis_name"])
    return [[np.asarray(c[k], eqn.outputs[0].type.dtype) for c in group.coords]]
