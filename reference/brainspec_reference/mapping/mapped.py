"""Which results of a program are *mapped*: those that depend on what differs between lanes.

This is the definition, and batches nothing. A value is mapped if the operation that gave it had a mapped operand, or is
the index of the lane. What reduces or gathers over the whole axis gives a value that is not; what hands values from
lane to lane gives one that is. It is a property of the program: no number is looked at, and every branch and body
counts.
"""

from collections.abc import Callable, Hashable, Sequence
from typing import TypeAlias

from ..engine.collectives import named_axes
from ..engine.program import Atom, Const, Equation, Program

Flags: TypeAlias = list[bool]
WHOLE = ("psum", "psum_invariant", "pmax", "pmin", "all_gather", "all_gather_invariant")
APART = ("ppermute", "all_to_all", "reduce_scatter")  # whose results depend on the lane, whatever they are given


def mapped(program: Program, inputs: Sequence[bool], axis: Hashable) -> Flags:
    """Which outputs are mapped over the named axis, if these inputs are; the name `None` is nobody's."""
    flags: dict[Atom, bool] = dict(zip(program.inputs, inputs, strict=True))

    def read(atom: Atom) -> bool:
        return not isinstance(atom, Const) and flags[atom]  # [mapping.mapped.shape]

    for eqn in program.equations:
        outputs = STRUCTURED.get(eqn.op, plain)(eqn, [read(atom) for atom in eqn.inputs], axis)
        flags.update(zip(eqn.outputs, outputs, strict=True))
    return [read(atom) for atom in program.outputs]


def plain(eqn: Equation, inputs: Flags, axis: Hashable) -> Flags:
    found = any(inputs)  # [mapping.mapped.depends]
    if axis is not None and eqn.op == "axis_index":
        found = found or eqn.params["axis_name"] == axis  # [mapping.mapped.depends]
    elif axis is not None and eqn.op in (*WHOLE, *APART) and axis in named_axes(eqn.params):
        found = eqn.op in APART or eqn.params.get("axis_index_groups") is not None  # [mapping.mapped.reduced]
    return [found] * len(eqn.outputs)


def cond(eqn: Equation, inputs: Flags, axis: Hashable) -> Flags:
    if inputs[0]:
        return [True] * len(eqn.outputs)  # [mapping.mapped.branch]
    branches = [mapped(branch, inputs[1:], axis) for branch in eqn.params["branches"]]
    return [any(flags) for flags in zip(*branches)]


def while_(eqn: Equation, inputs: Flags, axis: Hashable) -> Flags:
    n = eqn.params["n_carry"]
    carry = settled(inputs[:n], lambda carry: mapped(eqn.params["body"], [*carry, *inputs[n:]], axis))
    (differs,) = mapped(eqn.params["cond"], [*carry, *inputs[n:]], axis)
    return [True] * n if differs else carry  # [mapping.mapped.branch]


def scan(eqn: Equation, inputs: Flags, axis: Hashable) -> Flags:
    n_consts, n_carry = eqn.params["n_consts"], eqn.params["n_carry"]
    consts, xs = inputs[:n_consts], inputs[n_consts + n_carry :]

    def trip(carry: Flags) -> Flags:
        return mapped(eqn.params["body"], [*consts, *carry, *xs], axis)

    carry = settled(inputs[n_consts : n_consts + n_carry], lambda carry: trip(carry)[:n_carry])
    return [*carry, *trip(carry)[n_carry:]]  # [mapping.mapped.nested]


def settled(carry: Flags, trip: Callable[[Flags], Flags]) -> Flags:
    """What is mapped after any number of trips: once mapped, it stays so."""
    while True:
        after = [a or b for a, b in zip(carry, trip(carry), strict=True)]
        if after == carry:
            return carry
        carry = after


def map_(eqn: Equation, inputs: Flags, axis: Hashable) -> Flags:
    """Another mapping inside; one over an axis of the same name hides ours."""
    return mapped(eqn.params["body"], inputs, None if eqn.params["axis_name"] == axis else axis)


def body(eqn: Equation, inputs: Flags, axis: Hashable) -> Flags:
    return mapped(eqn.params["body"], inputs, axis)  # [mapping.mapped.nested]


STRUCTURED: dict[str, Callable[[Equation, Flags, Hashable], Flags]] = {
    "cond": cond,
    "while": while_,
    "scan": scan,
    "map": map_,
    "custom_jvp": body,
    "custom_vjp": body,
    "random_gamma": body,
    "linear_solve": body,
}
