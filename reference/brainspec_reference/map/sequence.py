"""Runs one after another, as one program: a loop, which carries what the runs write in states.

Its inputs are whole arrays and what the states hold; its outputs, what the runs give, stacked, and what the states hold
afterwards. So it is a program of a stateful function like any other, to be run, nested and differentiated as such.
"""

from collections.abc import Iterable
from dataclasses import replace
from itertools import chain, islice
from typing import Any, Generic, NamedTuple, TypeVar

from ..engine.record import emit, record_body
from ..mapping.axes import stacked
from ..stateful import Stateful
from ..tree_types import TreeType

T = TypeVar("T")


class Operands(NamedTuple, Generic[T]):
    """Of a loop, in its order."""

    constant: list[T]
    carried: list[T]
    slices: list[T]


def operands(run: Stateful, inputs: Iterable[T]) -> Operands[T]:
    """The inputs of a run, or what stands for them: states that it only reads are constant, others carried."""
    given = iter(inputs)
    count = len(run.program.inputs) - sum(len(found.types) for found in run.found) - len(run.captured)
    slices, constant, carried = list(islice(given, count)), list[T](), list[T]()
    for found, left in zip(run.found, run.left):
        own = islice(given, len(found.types))
        (constant if left is None else carried).extend(own)  # [map.state.carried]
    return Operands([*constant, *given], carried, slices)


def in_sequence(run: Stateful, size: int) -> Stateful:
    """The program of so many runs; a run leaves states of the types of which it finds them."""
    inputs, outputs, n = operands(run, run.program.inputs), run.program.outputs, len(run.result.types)
    body = replace(run.program, inputs=tuple(chain(*inputs)), outputs=(*outputs[n:], *outputs[:n]))
    counts = {"length": size, "n_consts": len(inputs.constant), "n_carry": len(inputs.carried)}
    result = of_all(run.result, size)

    def loop(*leaves: Any) -> list[Any]:
        given = chain(*operands(run, [*leaves, *run.captured]))
        types = [*(atom.type for atom in body.outputs[: len(inputs.carried)]), *result.types]
        found = emit("scan", list(given), {"body": body, "reverse": False, **counts}, types)  # [map.state.random]
        return [*found[len(inputs.carried) :], *found[: len(inputs.carried)]]  # [map.run.sequence]

    arguments = [stacked(var.type, 0, size) for var in inputs.slices]
    program, captured = record_body(loop, [*arguments, *chain(*(found.types for found in run.found))])
    return replace(run, program=program, captured=captured, result=result)  # [map.state.touched]


def of_all(type_: TreeType, size: int) -> TreeType:
    """The type of the results of so many runs."""
    return TreeType(type_.structure, tuple(stacked(each, 0, size) for each in type_.types))  # [map.run.same]
