"""What is fast about it: the origin runs under JAX's own differentiation, and what is left to do is one look at each state.

What the origin has left in states is a result beside the loss, of which JAX takes no derivative. Nothing is put into a
state before the gradients are there. Rules that a user gave for derivatives may run when the origin has ended, so what
they do to states is undone too, if the call fails.
"""

import typing as t

import jax
import jax.numpy as jnp

from brainspec_optimized._jaxshim import as_array, as_type, one_like
from brainspec_optimized.grad import refusals
from brainspec_optimized.grad.asked import Asked
from brainspec_optimized.grad.watch import GradWatch
from brainspec_optimized.jit.calling import write
from brainspec_optimized.jit.types import Types
from brainspec_optimized.jit.undoing import undoing
from brainspec_optimized.jit.watch import is_met, seen_types
from brainspec_optimized.state_cell import Cell
from brainspec_optimized.state_dead import DEAD, held, is_dead

__all__ = ["differentiated"]

Function = t.Callable[..., t.Any]


def differentiated(asked: Asked, function: Function, args: tuple[t.Any, ...], kwargs: dict[str, t.Any]) -> t.Any:
    """Call a function, and give its gradients and what was asked beside them; the states change as it says."""
    refusals.check_arguments(args, kwargs)
    positions = asked.positions(len(args))
    chosen = {n: args[n] for n in positions}
    for n, arg in chosen.items():
        refusals.check_argument(n, arg)
    standing = {state for state in asked.states if not is_met(state)}
    entries = [_zeros(*_types_of(state)) if state in standing else _checked(state) for state in asked.states]

    def origin(chosen: dict[int, t.Any]) -> t.Any:
        given = [chosen.get(n, arg) for n, arg in enumerate(args)]
        return function(*given, **kwargs)  # [grad.result.others]

    with undoing():  # [grad.failure.unchanged]
        by_argument, by_states, beside = _run(asked, origin, chosen, entries, standing)
    by_state = dict(zip(asked.states, by_states))  # [grad.result.states]
    return asked.given(asked.gradients(by_state, [by_argument[n] for n in positions]), *beside)


def _checked(state: Cell) -> t.Any:
    value = held(state)
    if value is DEAD:
        raise is_dead(state)
    refusals.check_state(state, value)
    return value


def _types_of(state: Cell) -> Types:
    _checked(state)
    return seen_types(state, "grad")


def _zeros(tree: t.Any, avals: tuple[t.Any, ...]) -> t.Any:
    return jax.tree.unflatten(tree, [as_type(jnp.zeros(aval.shape, aval.dtype), aval) for aval in avals])


def _run(asked: Asked, origin: Function, chosen: t.Any, entries: list[t.Any], standing: set[Cell]) -> t.Any:
    touched: dict[Cell, bool] = {}

    def body(chosen: t.Any, entries: list[t.Any]) -> tuple[t.Any, t.Any]:
        watch = GradWatch(dict(zip(asked.states, entries)), standing)
        with watch:  # [grad.nest.grad]
            loss, aux = _parted(asked, origin(chosen))  # [grad.count.each]
            watch.check()
            if asked.check_states:  # [grad.state.unused]
                refusals.check_touched(asked.states, watch.states)
            touched.update(zip(watch.states, watch.been_writen))  # [grad.state.read-only]
            return loss, (aux, [jax.tree.unflatten(tree, leaves) for leaves, tree in watch.left()])

    loss, pull, (aux, left) = jax.vjp(body, chosen, entries, has_aux=True)  # [grad.result.custom]
    slopes = pull(one_like(loss))  # [grad.disabled.same]
    by_argument, by_states = jax.tree.map(_like, slopes, (chosen, entries))
    values = [held(state) for state in touched]
    write(list(touched), touched.values(), values, jax.tree.map(as_array, left))  # [grad.state.written]
    return by_argument, by_states, (as_array(loss), aux)


def _parted(asked: Asked, result: t.Any) -> tuple[t.Any, t.Any]:
    refusals.check_result(result)
    if not asked.has_aux:
        result = result, None
    elif not isinstance(result, (tuple, list)) or len(result) != 2:
        raise refusals.no_aux(result)  # [grad.error.aux]
    loss, aux = result  # [grad.result.aux]
    refusals.check_loss(loss)
    return loss, aux


def _like(slope: t.Any, leaf: t.Any) -> t.Any:
    return as_type(slope, jax.typeof(leaf))
