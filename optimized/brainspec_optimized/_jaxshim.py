"""What is fast about it: whether a trace is current is one attribute of JAX, and no call.

All that this room asks of JAX beyond its everyday names stands here. A trace is known by an opaque token that compares
equal while the same trace is current, and that keeps no trace alive. JAX 0.10 and 0.12 differ in one thing that matters
here: the later has one class for a jaxpr with and without its constants.

An *input* is a primitive without operands: bound in a trace that runs, it gives a tracer of any type, and when the
trace is over it is made one of the inputs of its jaxpr.
"""

import contextlib
import inspect
import math
import typing as t

import jax
import jax.extend.core
import numpy as np
from jax._src import config as _config
from jax._src.array import ArrayImpl
from jax._src.core import eval_trace, mapped_aval, trace_ctx
from jax._src.interpreters.partial_eval import DynamicJaxprTrace
from jax._src.lax.lax import _convert_element_type, _one_vjp
from jax.core import Tracer

__all__ = [
    "EAGER",
    "TRACES",
    "UNSPECIFIED",
    "Tracer",
    "as_array",
    "as_type",
    "axis_scope",
    "bodies_of",
    "bound_anew",
    "chosen_device",
    "current_trace",
    "default_device",
    "evaluated",
    "forgive",
    "inside",
    "is_literal",
    "is_staged_inside",
    "jit_is_disabled",
    "mesh_in",
    "new_input",
    "one_like",
    "order_of",
    "place_of",
    "scan_counts",
    "slice_of",
    "takes_lanes",
    "trace_context",
    "type_of",
    "typed_anywhere",
    "with_consts",
    "with_inputs",
    "without_consts",
]

_jex: t.Any = jax.extend.core  # hardly typed, and with names that differ between versions

current_trace: t.Callable[[], object] = _jex.get_opaque_trace_state

TRACES: t.Any = trace_ctx
"""`TRACES.trace` is the trace that is current in this thread."""

EAGER: t.Any = eval_trace
"""The trace that is current where nothing is traced."""

UNSPECIFIED: t.Any = inspect.signature(jax.jit).parameters["in_shardings"].default
"""Where a sharding is left open."""

trace_context: t.Callable[[], t.Hashable] = _config.trace_context
"""The part of JAX's configuration that tracing depends on, the named axes in scope among it."""

_INPUT = _jex.Primitive("input")
_INPUT.def_abstract_eval(lambda *, aval, number: aval)


def jit_is_disabled() -> bool:
    """Whether `jax.disable_jit` holds here."""
    return bool(_config.disable_jit.value)


def chosen_device() -> t.Any:
    """The device that the user has chosen for what is put nowhere, or the name of its platform; None for JAX's own."""
    return _config.default_device.value


def default_device() -> t.Any:
    """The device on which JAX puts what has been put nowhere."""
    chosen = chosen_device()
    if chosen is None or isinstance(chosen, str):
        return jax.local_devices(backend=chosen)[0]
    return chosen


def place_of(leaf: t.Any) -> t.Any:
    """The sharding of an array, by one look; for keys that of their bits, on the same devices; None for others."""
    array = leaf if type(leaf) is ArrayImpl else getattr(leaf, "_base_array", None)
    return None if array is None else array.sharding


def order_of(sharding: t.Any) -> tuple[t.Any, ...]:
    """The devices of a sharding, in the order in which JAX numbers them in a program."""
    return tuple(sharding._device_assignment)


def new_input(trace: t.Any, aval: t.Any, number: int) -> t.Any:
    """A tracer of a trace that runs, which is to be its input of this number."""
    # Folding would ask for the value of whatever depends on no tracer.
    with _jex.set_current_trace(trace), _config.eager_constant_folding(False):
        return _INPUT.bind(aval=aval, number=number)


def inside(trace: t.Any) -> contextlib.AbstractContextManager[None]:
    """Let a trace be current that runs around the current one."""
    return t.cast("contextlib.AbstractContextManager[None]", _jex.set_current_trace(trace))


def with_inputs(closed: t.Any, avals: t.Sequence[t.Any]) -> t.Any:
    """The closed jaxpr with the inputs that were made in it behind the inputs that it has."""
    jaxpr, fresh = closed.jaxpr, _jex.gensym()
    made = {eqn.params["number"]: eqn.outvars[0] for eqn in jaxpr.eqns if eqn.primitive is _INPUT}
    more = [made.get(number) or fresh(aval) for number, aval in enumerate(avals)]
    eqns = [eqn for eqn in jaxpr.eqns if eqn.primitive is not _INPUT]
    names = (*(jaxpr.debug_info.arg_names or ()), *[""] * len(more))
    debug_info = jaxpr.debug_info._replace(arg_names=names)
    replaced = jaxpr.replace(invars=[*jaxpr.invars, *more], eqns=eqns, debug_info=debug_info)
    return _jex.ClosedJaxpr(replaced, closed.consts)


def without_consts(closed: t.Any) -> t.Any:
    """What is left of a closed jaxpr when its constants are taken away."""
    return _jex.ClosedJaxpr(closed, []) if _jex.ClosedJaxpr is _jex.Jaxpr else closed.jaxpr


def with_consts(jaxpr: t.Any, consts: t.Sequence[t.Any]) -> t.Any:
    """The closed jaxpr again."""
    return _jex.ClosedJaxpr(jaxpr, consts)


def evaluated(closed: t.Any, values: t.Sequence[t.Any]) -> list[t.Any]:
    """The outputs of a closed jaxpr, as part of the trace that is current."""
    outputs: list[t.Any] = _jex.jaxpr_as_fun(closed)(*values)  # [jit.nest.callbacks]
    return outputs


class axis_scope:  # noqa: N801  a context
    """A block that may name an axis at any point, also inside of other blocks, and be traced on with it in scope."""

    def __enter__(self) -> t.Self:
        self._before = trace_ctx.axis_env
        return self

    def name(self, name: t.Hashable | None, size: int | None) -> None:
        """From now on an axis of this name is in scope, if it has a name and a size."""
        if not (name is None or size is None or self._has(name)):
            TRACES.set_axis_env(trace_ctx.axis_env.extend_pure([(name, size)]))

    def _has(self, name: t.Hashable) -> bool:
        return trace_ctx.axis_env is not self._before and trace_ctx.axis_env.axis_exists(name)

    def __exit__(self, *raised: object) -> None:
        TRACES.set_axis_env(self._before)


def type_of(leaf: t.Any) -> t.Any:
    """The type of a leaf, wherever it lies."""
    return typed_anywhere(jax.typeof(leaf))


def typed_anywhere(aval: t.Any) -> t.Any:
    """The same type without the mesh of devices that JAX remembers in it, where it decides nothing."""
    mesh = aval.sharding.mesh
    return aval.update(sharding=None) if mesh.axis_names and mesh.are_all_axes_auto else aval


def slice_of(aval: t.Any, axis: int) -> t.Any:
    """The type of a slice of what has this type."""
    return mapped_aval(aval.shape[axis], axis, aval)


def is_literal(atom: t.Any) -> bool:
    """Whether an operand of an equation is a number that stands in it."""
    return isinstance(atom, _jex.Literal)


def bodies_of(param: t.Any) -> list[t.Any]:
    """The jaxprs, with or without constants, that a parameter of an equation is or has as its members."""
    if isinstance(param, (_jex.Jaxpr, _jex.ClosedJaxpr)):
        return [param]
    return [one for one in param if bodies_of(one)] if isinstance(param, tuple) else []


def scan_counts(params: dict[str, t.Any]) -> tuple[int, int]:
    """Of the operands of a scan, how many are constants and how many are carried."""
    if "num_consts" in params:
        return params["num_consts"], params["num_carry"]
    consts, carried, _ = params["ft_in"].unpack()
    return len(consts), len(carried)


def mesh_in(body: t.Any) -> t.Any:
    """The mesh of devices over which a part of a jaxpr runs; None if all of it runs where it is called."""
    for eqn in getattr(body, "jaxpr", body).eqns:
        if eqn.primitive.name == "shard_map" and isinstance(eqn.params["mesh"], jax.sharding.Mesh):
            return eqn.params["mesh"]
        found = [mesh_in(one) for param in eqn.params.values() for one in bodies_of(param)]
        if any(mesh is not None for mesh in found):
            return next(mesh for mesh in found if mesh is not None)
    return None


def takes_lanes(body: t.Any, names: tuple[t.Any, ...], size: int) -> bool:
    """Whether so many lanes can be spread over axes of these names wherever a part of a jaxpr names a mesh."""
    for eqn in getattr(body, "jaxpr", body).eqns:
        mesh, specs = _mesh_and_specs(eqn.params)
        if mesh is not None:
            named = {name for spec in specs for part in spec for name in (part if isinstance(part, tuple) else (part,))}
            sizes = [mesh.shape.get(name, 0) for name in names]
            if not all(sizes) or size % math.prod(sizes) or named.intersection(names):
                return False
        if not all(takes_lanes(one, names, size) for param in eqn.params.values() for one in bodies_of(param)):
            return False
    return True


def _mesh_and_specs(params: dict[str, t.Any]) -> tuple[t.Any, list[t.Any]]:
    if "in_specs" in params:  # of a `shard_map`
        return params["mesh"], [*params["in_specs"], *params["out_specs"]]
    sharding = params.get("sharding")  # of a `with_sharding_constraint`
    if isinstance(sharding, jax.sharding.NamedSharding):
        return sharding.mesh, [sharding.spec]
    return None, []


def bound_anew(eqn: t.Any, operands: t.Sequence[t.Any], params: dict[str, t.Any]) -> list[t.Any]:
    """What an equation gives for these operands and parameters, as part of the trace that is current."""
    with eqn.ctx.manager:
        given = eqn.primitive.bind(*operands, **eqn.primitive.get_bind_params(params))
    return list(given) if eqn.primitive.multiple_results else [given]


def as_array(leaf: t.Any) -> jax.Array:
    """An array of its own for a number, or an array that is not of JAX; what is a JAX array already, as it is."""
    if isinstance(leaf, jax.Array):
        return leaf  # [grad.nest.mapping]
    aval = t.cast(t.Any, jax.typeof(leaf))
    array = jax.numpy.array(np.asarray(leaf), aval.dtype)
    typed: jax.Array = _convert_element_type(array, aval.dtype, weak_type=aval.weak_type)
    return typed


def as_type(leaf: t.Any, aval: t.Any) -> t.Any:
    """A leaf of the right shape and dtype, with the weak type that is wanted."""
    if jax.typeof(leaf) == aval:
        return leaf
    return _convert_element_type(leaf, aval.dtype, weak_type=aval.weak_type)


def one_like(loss: t.Any) -> t.Any:
    """The derivative of a loss by itself."""
    one: t.Callable[[t.Any], t.Any] = _one_vjp
    return one(loss)


def forgive(jitted: t.Any) -> None:
    """Let a jitted function of JAX be fast again for types with which it has raised; nothing is compiled again."""
    jitted._clear_cache()


def is_staged_inside(trace: t.Any, home: t.Any) -> bool:
    """Whether something is staged, as the body of a loop is, in a trace inside another one."""
    while trace is not None and trace is not home:
        if isinstance(trace, DynamicJaxprTrace):
            return True
        trace = getattr(trace, "parent_trace", None)
    return trace is None
