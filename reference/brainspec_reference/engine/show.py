"""Programs as text that people can read.

One line per equation: `c:f32[3] = add a b`, with the parameters that are not obvious in brackets and the user's line at
the end. A weak type ends in `~`. Variables are named in the order in which they are defined: a, b, ..., z, aa, ab, ...
Nested programs are indented under the equation that carries them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from jax.core import ShapedArray

from .program import Atom, Equation, Program, Var, is_nested, nested_programs


class Names(dict[Var, str]):
    """Names given on first sight."""

    def __missing__(self, var: Var) -> str:
        self[var] = letters(len(self))
        return self[var]


def letters(n: int) -> str:
    return (letters(n // 26 - 1) if n >= 26 else "") + chr(ord("a") + n % 26)


def show_type(type_: ShapedArray) -> str:
    text = str(type_.str_short(short_dtypes=True))  # type: ignore[no-untyped-call]
    return text + ("~" if type_.weak_type else "")


def show_atom(atom: Atom, names: Names) -> str:
    if isinstance(atom, Var):
        return names[atom]
    if atom.value.shape == () and atom.value.dtype.names is None:
        return f"{atom.value!s}:{show_type(atom.type)}"
    return f"const:{show_type(atom.type)}"


# What the types of the results say already.
IMPLIED = {"preferred_element_type", "new_dtype", "weak_type", "dtype", "index_dtype", "out_dtype", "input_dtype"}


def show_param(value: Any) -> str | None:
    """None for what says nothing: absent options, callables, objects of JAX without a short form."""
    if value is None or value is False or (isinstance(value, tuple) and not value):
        return None
    if callable(value) and not isinstance(value, type):
        return None
    text = str(tuple(map(int, value)) if isinstance(value, tuple) and isinstance(value[0], np.integer) else value)
    return None if "\n" in text or len(text) > 60 or " object at 0x" in text else text


def show_params(params: Mapping[str, Any]) -> str:
    shown = {k: show_param(v) for k, v in params.items() if k not in IMPLIED and not is_nested(v)}
    text = ", ".join(f"{k}={v}" for k, v in shown.items() if v is not None)
    return f"[{text}]" if text else ""


def show_equation(eqn: Equation, names: Names | None = None, source: bool = False) -> str:
    names = Names() if names is None else names
    args = " ".join(show_atom(a, names) for a in eqn.inputs)
    left = " ".join(f"{names[v]}:{show_type(v.type)}" for v in eqn.outputs)
    text = f"{left} = {eqn.op}{show_params(eqn.params)} {args}".rstrip()
    return f"{text:<60}  # {os.path.basename(eqn.source)}" if source and eqn.source else text


def lines(program: Program, names: Names) -> Iterator[str]:
    yield "in  " + " ".join(f"{names[v]}:{show_type(v.type)}" for v in program.inputs)
    for eqn in program.equations:
        yield "    " + show_equation(eqn, names, source=True)
        for key, inner in nested_programs(eqn):
            yield f"      {key}:"
            yield from ("        " + line for line in lines(inner, names))
    yield "out " + " ".join(show_atom(a, names) for a in program.outputs)


def show(program: Program) -> str:
    """The program as text."""
    return "\n".join(lines(program, Names()))
