"""Values, places and arguments as a user writes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from . import values

if TYPE_CHECKING:
    from .data import Parameter

INDENT = "    "


def place(where: values.Place) -> str:
    return "".join(where)


def argument(v: values.Argument) -> str:
    """A value, a tree of values, or what Python writes itself."""
    match v:
        case values.Value():
            return value(v)
        case values.Tree():
            return tree(v)
        case values.Symbol(text):
            return text
    return repr(v)


def value(v: values.Value) -> str:
    if v.how == "python":
        return repr(v.numbers[0])
    module = "jnp" if v.how == "jax" else "np"
    if v.type.shape and len(set(v.numbers)) <= 1:
        return f"{module}.full({v.type.shape}, {v.numbers[0] if v.numbers else 0!r}, {dtype(v.type, module)})"
    return f"{module}.array({nested(v.numbers, v.type.shape)}, {dtype(v.type, module)})"


def dtype(t: values.Type, module: str) -> str:
    return f"{module}.bool_" if t.dtype == "bool" else f"{module}.{t.dtype}"


def nested(numbers: Sequence[values.Number], shape: Sequence[int]) -> str:
    """Numbers in row-major order as nested lists."""
    if not shape:
        return repr(numbers[0])
    stride = len(numbers) // shape[0] if shape[0] else 0
    rows = [nested(numbers[k * stride : (k + 1) * stride], shape[1:]) for k in range(shape[0])]
    return f"[{', '.join(rows)}]"


def tree(t: values.Tree) -> str:
    if t.how == "dict":
        return "{" + ", ".join(f"{key!r}: {argument(one)}" for key, one in t.entries) + "}"
    return sequence([argument(one) for _, one in t.entries], t.how)


def sequence(texts: Sequence[str], how: str) -> str:
    """A list or a tuple."""
    inner = ", ".join(texts)
    return f"[{inner}]" if how == "list" else f"({inner},)" if len(texts) == 1 else f"({inner})"


def atom(a: values.Atom) -> str:
    match a:
        case values.Name(name):
            return name
        case values.Symbol(text):
            return text
        case values.Literal(bool() | int() | float() as number) if number < 0:
            return f"({number!r})"
    return repr(a.number)


def atoms(given: Iterable[values.Atom], keywords: Iterable[tuple[str, values.Atom]] = ()) -> str:
    return ", ".join([*map(atom, given), *(f"{key}={atom(a)}" for key, a in keywords)])


def arguments(given: Iterable[values.Argument], keywords: Iterable[tuple[str, values.Argument]] = ()) -> str:
    return ", ".join([*map(argument, given), *(f"{key}={argument(v)}" for key, v in keywords)])


def field(f: values.StateField) -> str:
    labels = "".join(
        f", {key}={label!r}" for key, label in (("name", f.name), ("tag", f.tag), ("unit", f.unit)) if label is not None
    )
    return f"brainstate.{f.kind}({argument(f.value)}{labels})"


def entry(key: str | int | None) -> str:
    return "" if key is None else f"[{key!r}]"


def signature(parameters: Sequence[Parameter]) -> str:
    """The parameters of a function: those by name alone stand behind a star."""
    positional = [parameter(p) for p in parameters if not p.keyword]
    named = [parameter(p) for p in parameters if p.keyword]
    return ", ".join([*positional, *(["*", *named] if named else [])])


def parameter(p: Parameter) -> str:
    match p.default:
        case None:
            return p.name
        case values.Value():
            return f"{p.name}={value(p.default)}"
        case _:
            return f"{p.name}={atom(p.default)}"
