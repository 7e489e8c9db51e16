"""What becomes of the primitives that carry jaxprs of JAX's own.

Inside recorded code the user may call bare `jax.jit`, `lax.scan`, `jax.checkpoint` and so on; jnp does so itself. JAX
traces the function it was given and binds one primitive that carries the jaxpr. Each equation of that jaxpr is bound
again under our recorder: in place for a call (*inlining*), in a body for control flow, which then becomes one of the
structured operations of `program`. So no jaxpr is left in a recorded program, on any version of JAX.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import jax.numpy as jnp
import numpy as np
from jax.core import ShapedArray

from .. import _jaxshim as shim
from .program import Const, Program

if TYPE_CHECKING:
    from .recorder import Recorded, Recorder

Params = Mapping[str, Any]
Lifted = Sequence["Recorded"]


def structure(here: Recorder, op: str, values: Sequence[Any], params: Params) -> list[Any] | None:
    """The outputs of a primitive that carries jaxprs, recorded our way; None for a plain primitive."""
    rule = STRUCTURES.get(op)
    return rule(here, [here.lift(x) for x in values], params) if rule else None  # [jit.nest.jax]


def inline(here: Recorder, values: Lifted, params: Params) -> list[Any]:
    """A call is its callee's equations."""
    return inlined(here, shim.callee(params), values)


def inlined(here: Recorder, jaxpr: Any, values: Lifted) -> list[Any]:
    with shim.current(here, {}), here.at(""):
        return shim.run_jaxpr(here, jaxpr, values)


def solve(here: Recorder, values: Lifted, params: Params) -> list[Any]:
    """A linear solve: how it is solved and, because that holds the matrix constant, what is solved."""
    matvec, solver, start = shim.linear_solve(params)

    def on_operands(part: shim.Applied) -> Callable[..., list[Any]]:
        return lambda *args: bound(part.jaxpr)(*args[part.start : part.stop], *args[start:])

    types = types_of(values)
    (body, product), outer = here.bodies((on_operands(solver), types), (on_operands(matvec), types))
    nested = {"body": body, "matvec": product, "start": start, "stop": len(values)}
    return here.note("linear_solve", [*values, *outer.values()], nested, output_types(body))


def mark(here: Recorder, values: Lifted, params: Params) -> list[Any]:
    """A mark by which JAX's types follow what varies over devices: nothing happens to the values."""
    return list(values)


def random_gamma(here: Recorder, values: Lifted, params: Params) -> list[Any]:
    """A sampler that JAX keeps as one primitive: its own Python, as a body, for it has a derivative of its own."""

    def sample(*args: Any) -> list[Any]:
        return [shim.random_gamma(*args, **params)]

    (program,), outer = here.bodies((sample, types_of(values)))
    return here.note("random_gamma", [*values, *outer.values()], {"body": program}, output_types(program))


def hi_primitive(here: Recorder, values: Lifted, params: Params) -> list[Any]:
    """Its expansion may be made of bits, which have no tangents: its own rule says what they are."""
    primitive = params["_prim"]
    (body,), outer = here.bodies((lambda *args: shim.expand_hi_primitive(primitive, args), types_of(values)))
    nested = {"body": body, "jvp": shim.hi_rule(primitive)}
    return here.note("custom_jvp", [*values, *outer.values()], nested, output_types(body))


def bound(jaxpr: Any) -> Callable[..., list[Any]]:
    """A jaxpr as a function of recorded values."""
    return lambda *values: shim.run_jaxpr(shim.current_trace(), jaxpr, values)


def types_of(values: Lifted) -> list[ShapedArray]:
    return [v.aval for v in values]


def platform_index(here: Recorder, values: Lifted, params: Params) -> list[Any]:
    """Which of several ways of computing the same is this platform's: the reference is a CPU."""
    mine = [k for k, names in enumerate(params["platforms"]) if names is None or "cpu" in names]
    return [here.constant(mine[0], ShapedArray((), np.dtype(np.int32)))]


def cond(here: Recorder, values: Lifted, params: Params) -> list[Any]:
    index, *args = values
    if params.get("branches_platforms") is not None:
        assert isinstance(index.atom, Const), "the index of a choice by platform is `platform_index`"
        return inlined(here, params["branches"][int(index.atom.value)], args)
    branches, outer = here.bodies(*[(bound(jaxpr), types_of(args)) for jaxpr in params["branches"]])
    return here.note("cond", [index, *args, *outer.values()], {"branches": tuple(branches)}, output_types(branches[0]))


def while_(here: Recorder, values: Lifted, params: Params) -> list[Any]:
    nc, nb = params["cond_nconsts"], params["body_nconsts"]
    cond_consts, body_consts, carry = values[:nc], values[nc : nc + nb], values[nc + nb :]
    n = len(carry)
    per_entry = params["cond_jaxpr"].out_avals[0].shape != ()

    def test(*xs: Any) -> list[Any]:
        return bound(params["cond_jaxpr"])(*xs[n : n + nc], *xs[:n])

    def go_on(*xs: Any) -> list[Any]:
        return [jnp.any(*test(*xs))] if per_entry else test(*xs)

    def body(*xs: Any) -> list[Any]:
        new = bound(params["body_jaxpr"])(*xs[n + nc :], *xs[:n])
        if not per_entry:
            return new
        (mask,) = test(*xs)
        return [choose(mask, a, b) for a, b in zip(new, xs[:n])]

    operands = [*carry, *cond_consts, *body_consts]
    (cond_, body_), outer = here.bodies((go_on, types_of(operands)), (body, types_of(operands)))
    nested = {"cond": cond_, "body": body_, "n_carry": n}
    return here.note("while", [*operands, *outer.values()], nested, output_types(body_))


def choose(mask: Any, new: Any, old: Any) -> Any:
    """`jax.vmap` of a loop leaves a predicate with leading axes: an entry goes on for as long as its own holds."""
    return jnp.where(jnp.reshape(mask, mask.shape + (1,) * (new.ndim - mask.ndim)), new, old)


def scan(here: Recorder, values: Lifted, params: Params) -> list[Any]:
    n_consts, n_carry = shim.scan_counts(params)
    edge = n_consts + n_carry
    slices = [shim.with_shape(v.aval, v.aval.shape[1:]) for v in values[edge:]]
    (body,), outer = here.bodies((bound(params["jaxpr"]), [*types_of(values[:edge]), *slices]))
    length, results = params["length"], output_types(body)
    carry, stacked = results[:n_carry], [shim.with_shape(t, (length, *t.shape)) for t in results[n_carry:]]
    counts = {"length": length, "reverse": params["reverse"], "n_consts": n_consts + len(outer), "n_carry": n_carry}
    nested = {"body": captured_first(body, len(outer)), **counts}
    return here.note("scan", [*outer.values(), *values], nested, [*carry, *stacked])


def captured_first(body: Program, n: int) -> Program:
    """Captured inputs come last; the constants of a scan come first."""
    own = len(body.inputs) - n
    return Program(body.inputs[own:] + body.inputs[:own], body.equations, body.outputs, body.axes)


def output_types(program: Program) -> list[ShapedArray]:
    return [atom.type for atom in program.outputs]


STRUCTURES: dict[str, Callable[[Any, Any, Params], list[Any]]] = {
    **dict.fromkeys(("jit", "pjit", "closed_call", "core_call", "eval_jaxpr"), inline),
    **dict.fromkeys(("remat2", "checkpoint", "custom_vmap_call", "composite"), inline),
    "custom_linear_solve": solve,
    "call_hi_primitive": hi_primitive,
    "pvary": mark,
    "random_gamma": random_gamma,
    "platform_index": platform_index,
    "cond": cond,
    "while": while_,
    "scan": scan,
}
