"""From a recorded function to one that also gives derivatives, with the same inputs, which writes the same."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import jax
import numpy as np

from ..engine.gradients import gradient_body
from ..engine.program import Atom, Const
from ..errors import StateUnused
from ..jit.arguments import Arguments
from ..state import State
from ..stateful import Stateful, held
from ..tree_types import TreeType
from .asked import Asked


@dataclass(frozen=True)
class Options:
    has_aux: bool
    return_value: bool
    check_states: bool


@dataclass(frozen=True)
class Piece:
    """Of the inputs of a program, those that are one tree."""

    type: TreeType
    inputs: Sequence[int]

    def filled(self, by_input: Mapping[int, Atom]) -> Any:
        return self.type.filled(by_input[number] for number in self.inputs)


def derived(origin: Stateful, asked: Asked, arguments: Arguments, options: Options) -> Stateful:
    """The derivatives and what else a call gives, of an origin that gives the loss and perhaps an aux."""
    if options.check_states:
        refuse_unused(asked.states, origin.states)
    numbers = iter(range(len(origin.program.inputs)))
    given = {label: Piece(type_, taken(numbers, type_)) for label, type_ in arguments.key.dynamic}
    entry = {state: Piece(type_, taken(numbers, type_)) for state, type_ in zip(origin.states, origin.found)}
    wanted = [given[number] for number in asked.numbers()]
    wanted += [entry[state] for state in asked.states if state in entry]  # [grad.state.entry]
    wrt = sorted({number for piece in wanted for number in piece.inputs})
    made, captured = gradient_body(origin.program, wrt)  # [grad.nest.grad]
    outputs = made.outputs[: len(origin.program.outputs)]
    by_input = dict(zip(wrt, made.outputs[len(outputs) :]))

    def by_state(state: State) -> Any:
        return entry[state].filled(by_input) if state in entry else zeros(held(state))  # [grad.state.unused]

    loss, *aux = origin.result.filled(outputs[: len(origin.result.types)])
    value = [loss] if options.return_value else []  # [grad.result.value]
    result = [asked.arranged(by_state, lambda number: given[number].filled(by_input)), *value, *aux]
    known = [*origin.captured, *captured]
    return giving(result, replace(origin, program=replace(made, outputs=outputs), captured=known))


def taken(numbers: Iterator[int], type_: TreeType) -> list[int]:
    return list(islice(numbers, len(type_.types)))


def zeros(type_: TreeType) -> Any:
    return type_.filled(Const(np.zeros(leaf.shape, leaf.dtype), leaf) for leaf in type_.types)


def giving(result: list[Any], origin: Stateful) -> Stateful:
    """The same, with another result, a tree of atoms; alone it is no tuple."""
    atoms, structure = jax.tree.flatten(tuple(result) if len(result) > 1 else result[0])
    written = origin.program.outputs[len(origin.result.types) :]
    program = replace(origin.program, outputs=(*atoms, *written))
    return replace(origin, program=program, result=TreeType(structure, tuple(atom.type for atom in atoms)))


def refuse_unused(asked: Iterable[State], touched: Sequence[State]) -> None:
    for state in asked:
        if state not in touched:
            found = f"Found a {type(state).__name__} in grad_states that the function does not touch"
            cure = "Use it, leave it out, or get zeros by check_states=False"
            raise StateUnused(found, "grad.error.state-unused@1", cure)  # [grad.error.state-unused]
