"""Recorded programs: plain data.

A *program* is a list of *equations* between its inputs and its outputs. An equation applies one *operation*, named as
JAX names its primitive, to *atoms* and defines new *variables*. An atom is a variable or a *constant* (a numpy array).
Every variable has a *type*: shape, dtype and weak type. A variable has no name; it is the object itself.

*Structured* operations carry nested programs in their parameters. They are the same on every version of JAX:

    cond(index, *args; branches)                                 branches: a program each, of args
    while(*carry, *consts; cond, body, n_carry)                  cond: (*carry, *consts) -> one bool; body: -> carry
    scan(*consts, *carry, *xs; body, length, reverse, n_consts, n_carry)   body: (*consts, *carry, *x) -> (*carry, *y)
    map(*args; body, size, in_axes, out_axes, axis_name)         one lane per index; None: the same for every lane
    custom_jvp(*args; body, jvp)                                 jvp(primals, tangents) -> (outputs, tangents)
    custom_vjp(*args; body, fwd, bwd)                            fwd(primals, perturbed) -> (outputs, residuals)
                                                                 bwd(residuals, cotangents) -> cotangents of args
    linear_solve(*args; body, matvec, start, stop)               matvec(*args, x for the right-hand sides) gives these,
                                                                 which are args[start:stop]; body solves it for x

The custom rules are callables on lists of values of the recording that is current when they are called; None among
tangents and cotangents is a zero. All of an equation's operands are passed as primals, captured ones included.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from jax.core import ShapedArray


@dataclass(frozen=True, eq=False, slots=True)
class Var:
    """A value that an equation, or the caller, supplies; its identity is its name."""

    type: ShapedArray


@dataclass(frozen=True, eq=False, slots=True)
class Const:
    """A captured constant, already numpy; keys have the structured dtype `KEY`."""

    value: np.ndarray[Any, Any]
    type: ShapedArray


Atom: TypeAlias = Var | Const


@dataclass(frozen=True, eq=False, slots=True)
class Equation:
    """`outputs = op(*inputs; params)`, recorded at the user's line `source`."""

    op: str
    inputs: tuple[Atom, ...]
    params: Mapping[str, Any]
    outputs: tuple[Var, ...]
    source: str
    primitive: Any = None  # the JAX primitive, by which a plain equation can be bound again; None if structured


@dataclass(frozen=True, eq=False, slots=True)
class Program:
    """A function from inputs to outputs; `axes` are the named axes in scope, with their sizes."""

    inputs: tuple[Var, ...]
    equations: tuple[Equation, ...]
    outputs: tuple[Atom, ...]
    axes: Mapping[Hashable, int] = field(default_factory=dict)


def nested_programs(eqn: Equation) -> Iterator[tuple[str, Program]]:
    """The programs that an equation carries, by the names of their places."""
    for key, value in eqn.params.items():
        if isinstance(value, Program):
            yield key, value
        elif is_nested(value):
            yield from ((f"{key}[{i}]", v) for i, v in enumerate(value) if isinstance(v, Program))


def is_nested(value: Any) -> bool:
    """Whether a parameter carries programs: it is one, or a tuple with one."""
    return isinstance(value, Program) or (isinstance(value, tuple) and any(isinstance(v, Program) for v in value))
