"""A program as a jaxpr of JAX, for people to look at; nothing here is ever run.

Every equation is bound once more, under a trace of JAX's; the structured operations become JAX's control flow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from .._jaxshim import description
from ..jax_values import is_key, to_jax
from .program import Atom, Const, Equation, Program

Values = Sequence[Any]


def as_jaxpr(program: Program, captured: Values) -> Any:
    """The closed jaxpr of a program whose last inputs, captured values, are constants of it."""
    own = program.inputs[: len(program.inputs) - len(captured)]
    function = jax.make_jaxpr(lambda *values: run(program, [*values, *captured]))
    return function(*(description(v.type) for v in own))


def run(program: Program, values: Values) -> list[Any]:
    env: dict[Atom, Any] = dict(zip(program.inputs, values, strict=True))

    def read(atom: Atom) -> Any:
        return constant(atom) if isinstance(atom, Const) else env[atom]

    for eqn in program.equations:
        env.update(zip(eqn.outputs, STRUCTURED.get(eqn.op, plain)(eqn, [read(a) for a in eqn.inputs]), strict=True))
    return [read(atom) for atom in program.outputs]


def constant(atom: Const) -> Any:
    """A number stands in the jaxpr where it is used, and an array beside it."""
    if atom.type.shape or is_key(atom.type) or not np.issubdtype(atom.type.dtype, np.number):  # [jit.open.jaxpr]
        return to_jax(atom.value, atom.type)
    number = np.asarray(atom.value, atom.type.dtype)[()]
    return number.item() if atom.type.weak_type else number


def plain(eqn: Equation, values: Values) -> Values:
    out = eqn.primitive.bind(*values, **eqn.params)
    return list(out) if eqn.primitive.multiple_results else [out]


def permute(eqn: Equation, values: Values) -> Values:
    """`jax.vmap` wants every lane to send and to be sent to: those that are left out do so too, and then get zeros."""
    name, perm = eqn.params["axis_name"], list(eqn.params["perm"])
    lanes = set(range(lax.axis_size(name)))
    silent, unsent = (sorted(lanes.difference(ends)) for ends in (zip(*perm) if perm else ((), ())))
    if not unsent:
        return plain(eqn, values)
    (moved,) = plain(replace(eqn, params={**eqn.params, "perm": (*perm, *zip(silent, unsent))}), values)
    left_out = jnp.isin(lax.axis_index(name), np.array(unsent))
    return [jnp.where(left_out, jnp.zeros_like(moved), moved)]  # [mapping.open.jaxpr]


def body(eqn: Equation, values: Values) -> Values:
    return run(eqn.params["body"], values)


def cond(eqn: Equation, values: Values) -> Values:
    branches = [lambda *xs, branch=branch: run(branch, xs) for branch in eqn.params["branches"]]
    return list(lax.switch(values[0], branches, *values[1:]))


def while_(eqn: Equation, values: Values) -> Values:
    n = eqn.params["n_carry"]
    carry, consts = values[:n], values[n:]
    test, go_on = eqn.params["cond"], eqn.params["body"]
    return lax.while_loop(lambda xs: run(test, [*xs, *consts])[0], lambda xs: run(go_on, [*xs, *consts]), list(carry))


def scan(eqn: Equation, values: Values) -> Values:
    n_consts, n_carry = eqn.params["n_consts"], eqn.params["n_carry"]
    consts, carry, xs = values[:n_consts], values[n_consts : n_consts + n_carry], values[n_consts + n_carry :]

    def trip(carry: list[Any], slices: list[Any]) -> tuple[list[Any], list[Any]]:
        out = run(eqn.params["body"], [*consts, *carry, *slices])
        return out[:n_carry], out[n_carry:]

    last, stacked = lax.scan(trip, list(carry), list(xs), eqn.params["length"], eqn.params["reverse"])
    return [*last, *stacked]


def map_(eqn: Equation, values: Values) -> Values:
    params = {key: eqn.params[key] for key in ("in_axes", "out_axes", "axis_name")}
    mapped: Any = jax.vmap(lambda *xs: tuple(run(eqn.params["body"], xs)), axis_size=eqn.params["size"], **params)
    return list(mapped(*values))


STRUCTURED: dict[str, Callable[[Equation, Values], Values]] = {
    "cond": cond,
    "while": while_,
    "scan": scan,
    "map": map_,
    "custom_jvp": body,
    "custom_vjp": body,
    "random_gamma": body,
    "linear_solve": body,
    "ppermute": permute,
}
