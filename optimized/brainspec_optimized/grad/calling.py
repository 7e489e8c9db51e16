"""What is fast about it: JAX differentiates a program whose inputs are arrays, and nothing of ours is in its way.

Nothing is put into a state before the gradients are there. Rules that a user gave for derivatives run when the trace
is over, so whatever they do to states is undone too, if the call fails.
"""

import itertools
import typing as t

import jax
import jax.numpy as jnp

from brainspec_optimized._jaxshim import as_array, as_type, evaluated, one_like
from brainspec_optimized.grad import refusals
from brainspec_optimized.grad.asked import Asked
from brainspec_optimized.jit.calling import undoing, write
from brainspec_optimized.jit.program import Program, traced
from brainspec_optimized.jit.types import Types
from brainspec_optimized.jit.watch import Watch, seen_types
from brainspec_optimized.state_cell import Cell
from brainspec_optimized.state_dead import DEAD, held, is_dead
from brainspec_optimized.state_stack import note_read

__all__ = ["differentiated"]

Function = t.Callable[..., t.Any]


class _Watch(Watch):
    __slots__ = ()
    page = "grad"


def differentiated(asked: Asked, function: Function, args: tuple[t.Any, ...], kwargs: dict[str, t.Any]) -> t.Any:
    """Call a function, and give its gradients and what was asked beside them; the states change as it says."""
    refusals.check_arguments(args, kwargs)
    positions = asked.positions(len(args))
    chosen = {n: args[n] for n in positions}
    for n, arg in chosen.items():
        refusals.check_argument(n, arg)
    types = {state: _types_of(state) for state in asked.states}
    body = _of_chosen(asked, function, args, kwargs)
    program = traced(body, (chosen,), {}, _Watch())  # [grad.count.each]
    if asked.check_states:
        refusals.check_touched(asked.states, program.states())
    with undoing():
        slopes, by_state, (loss, aux) = _run(program, chosen, types)
    gradients = asked.gradients(by_state, [slopes[n] for n in positions])
    return asked.given(gradients, loss, aux)


def _types_of(state: Cell) -> Types:
    value = held(state)
    if value is DEAD:
        raise is_dead(state)
    refusals.check_state(state, value)
    return seen_types(state)  # [grad.nest.jit]


def _of_chosen(asked: Asked, function: Function, args: tuple[t.Any, ...], kwargs: dict[str, t.Any]) -> Function:
    def body(chosen: dict[int, t.Any]) -> tuple[t.Any, t.Any]:
        given = [chosen.get(n, arg) for n, arg in enumerate(args)]
        result = function(*given, **kwargs)  # [grad.result.others]
        refusals.check_result(result)
        if not asked.has_aux:
            result = result, None
        elif not isinstance(result, (tuple, list)) or len(result) != 2:
            raise refusals.no_aux(result)  # [grad.error.aux]
        loss, aux = result  # [grad.result.aux]
        refusals.check_loss(loss)
        return loss, aux

    return body


def _run(program: Program, chosen: dict[int, t.Any], types: dict[Cell, Types]) -> tuple[t.Any, t.Any, t.Any]:
    states = program.states()
    for state in states:
        note_read(state)  # [grad.state.touched]
    values = [held(state) for state in states]  # [grad.state.entry]
    by_place, outputs = _slopes(program, [chosen, *values], [True, *[state in types for state in states]])
    written, result = program.evaluated_as(outputs)
    slopes, *found = by_place
    by_state = {state: _zeros(*types[state]) for state in types.keys() - set(states)}  # [grad.state.unused]
    by_state.update(zip(states, found))  # [grad.result.states]
    write(states, program, values, written)  # [grad.state.written]
    return slopes, by_state, result


def _slopes(program: Program, inputs: list[t.Any], wanted: list[bool]) -> tuple[list[t.Any], list[t.Any]]:
    # The gradients by those inputs of a program that are wanted, None for the others, and what it gives.
    trees = [jax.tree.flatten(value) for value in inputs]
    groups = [list(map(_as_array, leaves)) for leaves, _ in trees]

    def pure(some: list[list[t.Any]]) -> tuple[t.Any, list[t.Any]]:
        rest = iter(some)
        leaves = [
            leaf for group, want in zip(groups, wanted) for leaf in (next(rest) if want else group)
        ]  # [grad.state.random]
        loss, *others = evaluated(program.jaxpr, leaves)  # [grad.nest.grad]
        return loss, others

    primals = list(itertools.compress(groups, wanted))
    loss, pull, others = jax.vjp(pure, primals, has_aux=True)  # [grad.result.custom]
    found = iter(pull(one_like(loss))[0])  # [grad.disabled.same]
    by_place = [
        _like(tree, group, next(found)) if want else None for (_, tree), group, want in zip(trees, groups, wanted)
    ]
    return by_place, list(map(_as_array, [loss, *others]))


def _as_array(leaf: t.Any) -> t.Any:
    return leaf if isinstance(leaf, jax.Array) else as_array(leaf)  # [grad.nest.mapping]


def _like(tree: t.Any, leaves: list[t.Any], slopes: list[t.Any]) -> t.Any:
    return jax.tree.unflatten(tree, [as_type(slope, jax.typeof(leaf)) for slope, leaf in zip(slopes, leaves)])


def _zeros(tree: t.Any, avals: tuple[t.Any, ...]) -> t.Any:
    return jax.tree.unflatten(tree, [as_type(jnp.zeros(aval.shape, aval.dtype), aval) for aval in avals])
