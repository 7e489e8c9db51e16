"""The checker of programs finds what a pass can get wrong."""

import dataclasses
from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
from brainspec_reference import _jaxshim as shim
from brainspec_reference.engine.check import check
from brainspec_reference.engine.errors import MalformedProgramError
from brainspec_reference.engine.record import Const, Equation, Program, Var, type_of
from jax import lax

from tests.reference.drivers import mapped, program_of

X = np.ones(3, np.float32)
F0, F, F4, INT = type_of(jnp.float32(0)), type_of(jnp.ones(3)), type_of(jnp.ones(4)), type_of(jnp.ones(3, int))


def with_equation(program: Program, k: int, **changes: Any) -> Program:
    """The program with one equation changed."""
    equations = list(program.equations)
    equations[k] = dataclasses.replace(equations[k], **changes)
    return dataclasses.replace(program, equations=tuple(equations))


def with_params(program: Program, **changes: Any) -> Program:
    """The program with some parameters of its last equation changed."""
    return with_equation(program, -1, params={**program.equations[-1].params, **changes})


def plain() -> Program:
    return program_of(lambda x: jnp.sin(x) * x, X)


def loop() -> Program:
    return program_of(lambda x: lax.while_loop(lambda c: c.sum() < 9, lambda c: c * 2 + 1, x), X)


def scanned() -> Program:
    return program_of(lambda x: lax.scan(lambda c, a: (c * a, c), jnp.float32(1), x), X)


def branched() -> Program:
    return program_of(lambda k, x: lax.switch(k, [jnp.sin, jnp.cos], x), np.int32(0), X)


def mapping() -> Program:
    return program_of(mapped(lambda x: x * 2), X)


def undefined_output() -> Program:
    return dataclasses.replace(plain(), outputs=(Var(F),))


def retyped(program: Program, type_: Any) -> Program:
    """The program with inputs of another type, and the same equations on them."""
    swap: dict[Any, Any] = {v: Var(type_) for v in program.inputs}
    equations = [dataclasses.replace(e, inputs=tuple(swap.get(a, a) for a in e.inputs)) for e in program.equations]
    return dataclasses.replace(program, inputs=tuple(swap.values()), equations=tuple(equations))


def other(make: Callable[[], Program], key: str) -> Any:
    return make().equations[-1].params[key]


MISTAKES: dict[str, tuple[Callable[[], Program], str]] = {
    "used before it is defined": (lambda: with_equation(plain(), 1, inputs=(Var(F), Var(F))), "before it is defined"),
    "defined twice": (lambda: with_equation(plain(), 1, outputs=plain().equations[0].outputs), "defined|types"),
    "an input twice": (lambda: Program((v := Var(F), v), (), ()), "defined twice"),
    "an output undefined": (lambda: undefined_output(), "before it is defined"),
    "a wrong output type": (lambda: with_equation(plain(), 0, outputs=(Var(F4),)), r"f32\[4\].*should be.*f32\[3\]"),
    "a constant of another shape": (lambda: with_equation(plain(), 0, inputs=(Const(np.ones(4, np.float32), F),)), "f"),
    "a constant of another dtype": (lambda: with_equation(plain(), 0, inputs=(Const(np.ones(3), F),)), "float64"),
    "an unknown operation": (lambda: with_equation(plain(), 0, primitive=None, op="mystery"), "mystery"),
    "a nested program of them": (lambda: with_params(loop(), body=undefined_output()), "before it is defined"),
    "a body with more inputs": (lambda: with_params(mapping(), body=retyped(other(mapping, "body"), F4)), "should be"),
    "a predicate that is no bool": (lambda: with_params(loop(), cond=other(loop, "body")), r"bool\[\]"),
    "a carry of another type": (lambda: with_equation(loop(), -1, outputs=(Var(F4),)), r"f32\[4\]"),
    "a loop body of the wrong carry": (lambda: with_params(loop(), body=other(loop, "cond")), "outputs of its body"),
    "a predicate of other operands": (lambda: with_params(loop(), cond=retyped(other(loop, "cond"), F4)), "types"),
    "a stack of another type": (lambda: with_equation(scanned(), -1, outputs=(Var(F0), Var(F4))), "its outputs"),
    "another length": (lambda: with_params(scanned(), length=5), "stacked|outputs"),
    "another split of the operands": (lambda: with_params(scanned(), n_carry=2), "have types"),
    "a branch of another type": (lambda: with_params(branched(), branches=(other(loop, "cond"),)), "a branch"),
    "an index of floats": (lambda: retyped_index(branched()), "its index"),
    "another size": (lambda: with_params(mapping(), size=4), "have types"),
    "another axis of the result": (lambda: with_params(mapping(), out_axes=(None,)), "outputs have types"),
}


def retyped_index(program: Program) -> Program:
    last = program.equations[-1]
    return with_equation(program, -1, inputs=(Const(np.float32(0), type_of(np.float32(0))), *last.inputs[1:]))


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_found_and_named(mistake: str) -> None:
    make, message = MISTAKES[mistake]

    with pytest.raises(MalformedProgramError, match=message):
        check(make())


@pytest.mark.parametrize("make", [plain, loop, scanned, branched, mapping])
def test_what_the_recorder_makes_is_well_formed(make: Callable[[], Program]) -> None:
    check(make())


def test_collectives_are_typed_under_the_axes_of_the_program() -> None:
    check(program_of(lambda x: lax.all_gather(x, "i"), X, axes={"i": 5}))


def test_integers_are_not_floats_to_the_checker() -> None:
    eqn = Equation("sin", (Var(INT),), {}, (Var(F),), "", plain().equations[0].primitive)

    with pytest.raises((MalformedProgramError, TypeError)):
        check(Program((eqn.inputs[0],), (eqn,), eqn.outputs))  # type: ignore[arg-type]


def test_types_with_another_shape_keep_their_weakness() -> None:
    assert shim.with_shape(type_of(1.5), (2,)).weak_type
