"""The rules of the program language, checked: run after every pass.

Every variable is defined once, before it is used. A constant's value fits its type. A plain equation has the output
types that its primitive gives for its input types. A structured equation's bodies take its operands and give its
outputs, in the arrangement that `program` describes. Nested programs obey the same rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np
from jax.core import ShapedArray

from .. import _jaxshim as shim
from .errors import MalformedProgramError
from .group import dtype_in
from .program import Atom, Const, Equation, Program, Var, nested_programs
from .show import show_equation, show_type

# What one structured operation demands: what it is about, the types found, the types wanted.
Demand: TypeAlias = tuple[str, Sequence[ShapedArray], Sequence[ShapedArray]]


def check(program: Program) -> None:
    """Raise MalformedProgramError unless the program obeys the rules."""
    defined: set[Var] = set()
    define(program.inputs, defined, "the inputs")
    for eqn in program.equations:
        use(eqn.inputs, defined, eqn)
        check_types(eqn, program)
        for _, nested in nested_programs(eqn):
            check(nested)
        define(eqn.outputs, defined, where(eqn))
    use(program.outputs, defined, None)


def where(eqn: Equation | None) -> str:
    return "the outputs" if eqn is None else f"`{show_equation(eqn)}` at {eqn.source}"


def fail(eqn: Equation | None, what: str) -> MalformedProgramError:
    return MalformedProgramError(f"In {where(eqn)}: {what} The pass that made this program has a bug.")


def define(variables: Sequence[Var], defined: set[Var], what: str) -> None:
    for var in variables:
        if var in defined:
            raise MalformedProgramError(f"In {what}: a variable of type {show_type(var.type)} is defined twice.")
        defined.add(var)


def use(atoms: Sequence[Atom], defined: set[Var], eqn: Equation | None) -> None:
    for k, atom in enumerate(atoms):
        if isinstance(atom, Const):
            if (atom.value.shape, atom.value.dtype) != (atom.type.shape, dtype_in(atom.type, "round")):
                raise fail(eqn, f"operand {k} is {atom.value.dtype}{atom.value.shape}, not {show_type(atom.type)}.")
        elif atom not in defined:
            raise fail(eqn, f"operand {k}, of type {show_type(atom.type)}, is used before it is defined.")


def check_types(eqn: Equation, program: Program) -> None:
    operands, results = types(eqn.inputs), types(eqn.outputs)
    if eqn.primitive is not None:
        with shim.scope(program.axes):
            given = shim.output_types(eqn.primitive, operands, eqn.params)
        demands: Iterator[Demand] | list[Demand] = [("its outputs", results, given)]
    elif eqn.op in DEMANDS:
        demands = DEMANDS[eqn.op](eqn.params, operands, results)
    else:
        raise fail(eqn, "the operation is neither a primitive nor one of the structured ones.")
    for what, found, wanted in demands:
        if [(t.shape, t.dtype) for t in found] != [(t.shape, t.dtype) for t in wanted]:
            raise fail(eqn, f"{what} have types {shown(found)}, which should be {shown(wanted)}.")


def types(atoms: Sequence[Atom]) -> list[ShapedArray]:
    return [atom.type for atom in atoms]


def shown(types_: Sequence[ShapedArray]) -> str:
    return "(" + ", ".join(map(show_type, types_)) + ")"


# ---- the structured operations ------------------------------------------------------------------------------------

Types: TypeAlias = list[ShapedArray]


def takes(what: str, body: Program, wanted: Types) -> Demand:
    return f"the inputs of {what}", types(body.inputs), wanted


def gives(what: str, body: Program, wanted: Types) -> Demand:
    return f"the outputs of {what}", types(body.outputs), wanted


def body_demands(params: Any, operands: Types, results: Types) -> Iterator[Demand]:
    yield takes("its body", params["body"], operands)
    yield gives("its body", params["body"], results)


def cond_demands(params: Any, operands: Types, results: Types) -> Iterator[Demand]:
    yield "its index", operands[:1], [ShapedArray((), np.dtype(np.int32))]
    for branch in params["branches"]:
        yield takes("a branch", branch, operands[1:])
        yield gives("a branch", branch, results)


def while_demands(params: Any, operands: Types, results: Types) -> Iterator[Demand]:
    yield "its outputs", results, operands[: params["n_carry"]]
    yield takes("its predicate", params["cond"], operands)
    yield gives("its predicate", params["cond"], [ShapedArray((), np.dtype(np.bool_))])
    yield from body_demands(params, operands, results)


def scan_demands(params: Any, operands: Types, results: Types) -> Iterator[Demand]:
    n_carry, edge = params["n_carry"], params["n_consts"] + params["n_carry"]
    slices = [shim.with_shape(t, t.shape[1:]) for t in operands[edge:]]
    stacked = [shim.with_shape(t, (params["length"], *t.shape)) for t in types(params["body"].outputs)[n_carry:]]
    carry = operands[params["n_consts"] : edge]
    yield "its stacked operands", operands[edge:], [shim.with_shape(t, (params["length"], *t.shape)) for t in slices]
    yield takes("its body", params["body"], [*operands[:edge], *slices])
    yield gives("its body", params["body"], [*carry, *types(params["body"].outputs)[n_carry:]])
    yield "its outputs", results, [*carry, *stacked]


def map_demands(params: Any, operands: Types, results: Types) -> Iterator[Demand]:
    size, out = params["size"], types(params["body"].outputs)
    yield takes("its body", params["body"], [without(t, a, size) for t, a in zip(operands, params["in_axes"])])
    yield "its outputs", results, [having(t, a, size) for t, a in zip(out, params["out_axes"])]


def without(type_: ShapedArray, axis: int | None, size: int) -> ShapedArray:
    """The type of one lane's slice; an axis of another size is left as it is, to be found wrong."""
    if axis is None or type_.shape[axis] != size:
        return type_
    return shim.with_shape(type_, type_.shape[:axis] + type_.shape[axis + 1 :])


def having(type_: ShapedArray, axis: int | None, size: int) -> ShapedArray:
    return type_ if axis is None else shim.with_shape(type_, (*type_.shape[:axis], size, *type_.shape[axis:]))


DEMANDS: dict[str, Callable[[Any, Types, Types], Iterator[Demand]]] = {
    "cond": cond_demands,
    "while": while_demands,
    "scan": scan_demands,
    "map": map_demands,
    "custom_jvp": body_demands,
    "custom_vjp": body_demands,
    "random_gamma": body_demands,
    "linear_solve": body_demands,
}
