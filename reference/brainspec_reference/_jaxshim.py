"""The only file that touches JAX's internals, or whose behaviour depends on JAX's version (0.10 to 0.12).

JAX runs a user's function under a *trace*, an object that is handed every primitive as it is bound. Here is what the
recorder needs of that machinery: making a trace current, typing a primitive, reading the jaxprs that JAX itself nests
(`jit`, `scan`, `custom_jvp`, ...), and the settings that tracing depends on. Where versions differ the difference is in one
function with a comment; behaviour that is none of the known ones raises.
"""

from __future__ import annotations

import operator
import weakref
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, NamedTuple

import jax
import jax.core
import jax.custom_derivatives
import numpy as np
from jax._src import ad_util as _ad
from jax._src import callback as _callback
from jax._src import config as _config
from jax._src import core as _core
from jax._src import debugging as _debugging
from jax._src import random as _random
from jax._src.array import ArrayImpl as _Array
from jax.core import ShapedArray
from jax.extend import core as _extend

from .engine.errors import ReferenceUnsupported
from .user_lines import is_users
from .user_lines import line_of as line_of
from .user_lines import user_line as user_line

Trace: Any = jax.core.Trace
Tracer: Any = jax.core.Tracer

_STANDS_ON = {
    _core: ("EvalTrace", "eval_trace", "extend_axis_env_nd", "trace_ctx"),
    _extend: ("Literal", "set_current_trace", "take_current_trace"),
    _random: ("random_gamma_p",),
    _ad: ("Zero",),
    _callback: ("io_callback_impl", "pure_callback_impl"),
    _config: ("disable_jit", "eager_constant_folding", "trace_context"),
    _debugging: ("debug_callback_impl", "debug_print_impl"),
    jax.core: ("ShapedArray", "Trace", "Tracer"),
}
_missing = [
    f"{module.__name__}.{name}" for module, names in _STANDS_ON.items() for name in names if name not in dir(module)
]
if _missing:
    why = f"It lacks {', '.join(_missing)}; the shim stands on these. Teach _jaxshim.py this version."
    raise ReferenceUnsupported(f"jax {jax.__version__}", why)

# ---- traces -----------------------------------------------------------------------------------------------------

UNBOUND = "unbound axis name"  # how JAX's NameError about an axis begins


def scope(axes: Mapping[Hashable, int]) -> AbstractContextManager[None]:
    """Meanwhile, these named axes are in scope."""
    return _core.extend_axis_env_nd(list(axes.items()))


@contextmanager
def current(trace: Any, axes: Mapping[Hashable, int]) -> Iterator[None]:
    """Make `trace` the one that is handed every primitive, with `axes` added to the named axes in scope."""
    with _extend.set_current_trace(trace), scope(axes):  # type: ignore[no-untyped-call]
        yield


def current_trace() -> Any:
    with _extend.take_current_trace() as trace:
        return trace


def is_tracer(x: object) -> bool:
    """Is it the stand-in for a value while JAX traces a function?"""
    return isinstance(x, jax.core.Tracer)


def innermost_trace() -> weakref.ref[Any] | None:
    """The trace of the bare JAX transform that is current.

    None in plain Python, which JAX calls a trace too, and in a recording that looks after states (`keeps_states`).
    Named by a weak reference, so that who remembers it neither keeps it alive nor mistakes a later one for it.
    """
    trace = _core.trace_ctx.trace
    plain = trace is None or isinstance(trace, _core.EvalTrace) or getattr(trace, "keeps_states", False)
    return None if plain else weakref.ref(trace)


def with_jit() -> AbstractContextManager[None]:
    """Meanwhile, JAX records what users write as one program, whatever the setting."""
    return jax.disable_jit(False)


def jit_is_disabled() -> bool:
    return bool(_config.disable_jit.value)


def acts_at_once(values: Sequence[Any]) -> bool:
    """Inside of `jax.ensure_compile_time_eval`, an operation on numbers alone acts at once, whatever the trace."""
    return bool(_config.eager_constant_folding.value) and not any(map(is_tracer, values))


def settings() -> tuple[Any, ...]:
    """The settings of JAX, in this thread, that tracing depends on, and the named axes in scope."""
    return tuple(_config.trace_context())


def same_settings(some: tuple[Any, ...], others: tuple[Any, ...]) -> bool:
    """JAX appends the settings of those of its modules that are imported later."""
    return all(map(operator.eq, some, others))


def type_of(x: Any) -> ShapedArray:
    return jax.typeof(x)  # type: ignore[no-any-return]


VMAP, PMAP = jax.vmap, jax.pmap  # values of an option, and not called


def description(type_: ShapedArray) -> Any:
    return jax.ShapeDtypeStruct(type_.shape, type_.dtype, weak_type=type_.weak_type)  # type: ignore[no-untyped-call]


def with_shape(type_: ShapedArray, shape: Sequence[int]) -> ShapedArray:
    return ShapedArray(tuple(shape), type_.dtype, weak_type=type_.weak_type)


def output_types(primitive: Any, types: Sequence[ShapedArray], params: Mapping[str, Any]) -> list[ShapedArray]:
    """The types of a primitive's outputs, by its own `abstract_eval`."""
    out, _effects = primitive.abstract_eval(*types, **params)
    return list(out) if primitive.multiple_results else [out]


def evaluating() -> AbstractContextManager[None]:
    """Meanwhile, primitives act at once, on numbers."""
    return _extend.set_current_trace(_core.eval_trace)  # type: ignore[no-untyped-call]


def weakly_typed(array: Any) -> jax.Array:
    type_ = ShapedArray(array.shape, array.dtype, weak_type=True)
    parts = [shard.data for shard in array.addressable_shards]
    return _Array(type_, array.sharding, parts, committed=array.committed)


def placed(args: Sequence[Any], kwargs: Mapping[str, Any], **options: Any) -> Any:
    """Arguments where `jax.jit` brings and leaves them with its option `in_shardings` or `out_shardings`."""
    return jax.jit(_arguments, **options)(*args, **kwargs)


def _arguments(*args: Any, **kwargs: Any) -> Any:
    return args, kwargs


# ---- jaxprs that JAX nests ---------------------------------------------------------------------------------------


def callee(params: Mapping[str, Any]) -> Any:
    """The jaxpr of a primitive that only calls it; the parameter's name differs between primitives and versions."""
    found = [params[name] for name in ("jaxpr", "call_jaxpr", "call") if name in params]
    if len(found) != 1:
        raise ReferenceUnsupported("a call", f"Its parameters {sorted(params)} are in a form not known here.")
    return found[0]


def run_jaxpr(here: Any, jaxpr: Any, args: Sequence[Any]) -> list[Any]:
    """Bind every equation of a jaxpr in the current trace, the recorder `here`."""
    # Since 0.11 a closed jaxpr is a jaxpr; before, it holds one.
    inner, consts = getattr(jaxpr, "jaxpr", jaxpr), getattr(jaxpr, "consts", ())
    env = dict(zip(inner.constvars, consts)) | dict(zip(inner.invars, args))

    def read(atom: Any) -> Any:
        return here.constant(atom.val, atom.aval) if isinstance(atom, _extend.Literal) else env[atom]

    for eqn in inner.eqns:
        with here.at(_equation_line(eqn)):
            params = eqn.primitive.get_bind_params(eqn.params)
            out = eqn.primitive.bind(*map(read, eqn.invars), **params)
        env.update(zip(eqn.outvars, out if eqn.primitive.multiple_results else [out]))
    return [read(atom) for atom in inner.outvars]


def scan_counts(params: Mapping[str, Any]) -> tuple[int, int]:
    """How many operands of a scan are constants, and how many are carried."""
    if "num_consts" in params:  # 0.10
        return params["num_consts"], params["num_carry"]
    if "ft_in" in params:  # since 0.11
        consts, carry, _xs = (len(part) for part in params["ft_in"].unpack())
        return consts, carry
    raise ReferenceUnsupported("scan", f"Its parameters {sorted(params)} are in a form not known here.")


class Applied(NamedTuple):
    """A jaxpr, and which operands of its equation are its constants, its first arguments."""

    jaxpr: Any
    start: int
    stop: int


def linear_solve(params: Mapping[str, Any]) -> tuple[Applied, Applied, int]:
    """The product of matrix and vector, the solver, and the first operand that is a right-hand side."""
    lengths, jaxprs = params["const_lengths"], params["jaxprs"]
    first = lengths.matvec + lengths.vecmat
    matvec = Applied(jaxprs.matvec, 0, lengths.matvec)
    return matvec, Applied(jaxprs.solve, first, first + lengths.solve), sum(lengths)


def expand_hi_primitive(primitive: Any, args: Sequence[Any]) -> list[Any]:
    """A "hi" primitive (0.12) in terms of ordinary ones; one with a derivative of its own has more to say than that."""
    if type(primitive).__name__ in ("CustomJVPTraced", "CustomVJPTraced", "OptRemat"):
        raise ReferenceUnsupported(type(primitive).__name__, "Its derivative rule is in a form not read here.")
    out = primitive.expand(*jax.tree.unflatten(primitive.in_tree, args))
    return jax.tree.leaves(out)


def hi_rule(primitive: Any) -> Callable[..., Any]:
    """The rule for tangents of a "hi" primitive, on lists in which None is a zero, as `custom.JvpRule`."""

    def rule(primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[list[Any], list[Any]]:
        types = [type_of(p).to_tangent_aval() for p in primals]  # type: ignore[no-untyped-call]
        zeros = [_ad.Zero(type_) if t is None else t for type_, t in zip(types, tangents)]
        pairs = [jax.tree.unflatten(primitive.in_tree, values) for values in (primals, zeros)]
        try:
            outs, moved = primitive.jvp(*pairs)
        except NotImplementedError as error:
            raise ReferenceUnsupported(str(primitive), "JAX gives this operation no derivative.") from error
        is_zero = lambda x: isinstance(x, _ad.Zero)  # noqa: E731
        return jax.tree.leaves(outs), [none_if_zero(t) for t in jax.tree.leaves(moved, is_leaf=is_zero)]

    return rule


def random_gamma(*args: Any, **params: Any) -> Any:
    """JAX's own Python for gamma samples, which elsewhere is what it lowers to."""
    return _random.random_gamma_p.impl(*args, **params)  # type: ignore[no-untyped-call]


# What JAX itself does, outside of compiled programs, at the primitives that call the user's Python.
CALLBACKS: dict[str, Callable[..., Any]] = {
    "debug_callback": _debugging.debug_callback_impl,
    "debug_print": _debugging.debug_print_impl,
    "io_callback": _callback.io_callback_impl,
    "pure_callback": _callback.pure_callback_impl,
}


# ---- derivatives of the user's own --------------------------------------------------------------------------------

_ZEROS = ("Zero", "SymbolicZero")


def filled(tangent: Any, type_: ShapedArray, symbolic: bool) -> Any:
    """A tangent as a custom rule expects it, for a value of this type: integers have tangents of dtype float0."""
    if tangent is not None:
        return tangent
    own = type_.to_tangent_aval()  # type: ignore[no-untyped-call]
    return jax.custom_derivatives.SymbolicZero(own) if symbolic else np.zeros(own.shape, own.dtype)


def none_if_zero(tangent: Any) -> Any:
    """None for a tangent that a custom rule says is zero, in whichever way it says so."""
    is_zero = tangent is None or type(tangent).__name__ in _ZEROS or type_of(tangent).dtype == jax.dtypes.float0
    return None if is_zero else tangent


def run_fwd(fwd: Any, out_trees: Any, args: Sequence[Any], perturbed: Sequence[bool]) -> tuple[list[Any], list[Any]]:
    """Outputs and residuals. JAX leaves out the residuals that are arguments, and notes which they are."""
    out = list(fwd.call_wrapped(*(x for pair in zip(args, perturbed) for x in pair)))
    _out_tree, residual_tree, passed = out_trees()
    n_new = residual_tree.num_leaves - sum(k is not None for k in passed)
    new = iter(out[:n_new])
    return out[n_new:], [next(new) if k is None else args[k] for k in passed]


def run_bwd(bwd: Any, residuals: Sequence[Any], cotangents: Sequence[Any]) -> list[Any]:
    """Cotangents of the arguments: a list in 0.10, a pair of them and a log since 0.11."""
    out = bwd.call_wrapped(*residuals, *cotangents)
    if isinstance(out, tuple) and len(out) == 2 and isinstance(out[0], list | tuple):
        out = out[0]
    if not isinstance(out, list | tuple):
        raise ReferenceUnsupported("custom_vjp", f"Its backward rule returned {type(out)}, a form not known here.")
    return list(out)


def _equation_line(eqn: Any) -> str:
    """The user's line of a jaxpr's equation. JAX keeps frames inside the traced function only: none for jnp's own."""
    frames = eqn.source_info.traceback.frames if eqn.source_info.traceback else ()
    return next((f"{f.file_name}:{f.line_num}" for f in frames if is_users(f.file_name)), "")
