"""Statements that compute: operations, constants, and what is taken out of containers and attributes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeAlias

from attrs import evolve, frozen

from .. import text
from ..operations import INT, LOOSE, NUMERIC, OPERATIONS, STATIC, STATICS, text_of
from ..table import StatementSort
from ..values import Atom, Literal, Name, Place, Statement, Type, Value

if TYPE_CHECKING:
    from ..bodies import Variable, Writer
    from ..data import Parameter

DISCRETE = {"less", "equal", "int", "floor", "sign", "sort", "argmax"}  # what makes a jump of a rounding
Picked: TypeAlias = "tuple[str, list[Variable], Type]"


@frozen
class Apply(Statement):
    """`bind = op(atoms)`, an entry of the table of operations."""

    bind: str
    op: str
    atoms: tuple[Atom, ...]


@frozen
class Constant(Statement):
    """`bind = value`."""

    bind: str
    value: Value


@frozen
class Entry(Statement):
    """`bind = of[key]`, of a variable that is a container."""

    bind: str
    of: Atom
    key: str | int


@frozen
class Attribute(Statement):
    """`bind = self<place>`, a plain number or array."""

    bind: str
    place: Place


# ---- operations ---------------------------------------------------------------------------------------------------


def apply(writer: Writer) -> None:
    loose = [v for v in writer.variables if v.type is None]
    if loose and (writer.choosing.sometimes(60) or not writer.typed()):
        apply_loose(writer, writer.choosing.one(loose))
        return
    picked = operation(writer)
    if picked is None:
        constant(writer)
        return
    name, operands, type_ = picked
    exact = OPERATIONS[name].exact and all(v.exact for v in operands)
    writer.add(Apply(writer.bind(type_, exact), name, tuple(Name(v.name) for v in operands)))


def operation(writer: Writer) -> Picked | None:
    """An operation with operands that it takes; tried a few times, since most pairs of types do not fit."""
    choosing = writer.choosing
    rounding = 0 if choosing.exact else 1
    for _ in range(12):
        op = OPERATIONS[choosing.weighted({o.name: 4 if o.exact else rounding for o in OPERATIONS.values()})]
        among = writer.typed(exact=op.name in DISCRETE)
        if not among:
            continue
        operands = [choosing.one(among[-6:] if choosing.sometimes(70) else among) for _ in range(op.arity)]
        type_ = op.rule(*(v.type for v in operands))
        if type_ is not None and len(type_.shape) <= 3:
            return op.name, operands, type_
    return None


def apply_loose(writer: Writer, v: Variable) -> None:
    name = writer.choosing.one([n for n in LOOSE if n != "loose_shift"])
    type_ = LOOSE[name].rule(v.type)
    writer.add(Apply(writer.bind(type_, v.exact), name, (Name(v.name),)))


def use(writer: Writer, static: Parameter) -> None:
    """What a method does with a static argument: its value and its type decide what comes out."""
    among = [v for v in writer.variables if v.type is None or v.type.dtype in NUMERIC]
    if not among:
        value = writer.choosing.value(Type(INT, (2,)), ("jax",))
        name = writer.bind(value.type, True)
        writer.add(Constant(name, value))
        among = [writer.variables[-1]]
    v = writer.choosing.one(among)
    op = writer.choosing.one(STATIC[static.static])
    writer.add(Apply(writer.bind(None, v.exact), op, (Name(v.name), Name(static.name))))


# ---- the others ---------------------------------------------------------------------------------------------------


def constant(writer: Writer) -> None:
    value = writer.choosing.value(writer.choosing.type(), ("jax", "jax", "numpy"))
    writer.add(Constant(writer.bind(value.type, True), value))


def entry(writer: Writer) -> None:
    name, entries = writer.choosing.one(writer.trees)
    key, type_ = writer.choosing.one(entries)
    writer.add(Entry(writer.bind(type_, True), Name(name), key))


def attribute(writer: Writer) -> None:
    place, type_ = writer.choosing.one(writer.around.numbers)
    writer.add(Attribute(writer.bind(type_, True), place))


def simpler_apply(s: Apply) -> Iterator[Apply]:
    """A number in place of each operand."""
    for k, a in enumerate(s.atoms):
        if isinstance(a, Name):
            yield evolve(s, atoms=(*s.atoms[:k], Literal(1), *s.atoms[k + 1 :]))


SORTS = [
    StatementSort(
        data=Apply,
        quiet=True,
        draw=apply,
        weight=12,
        possible=lambda writer: bool(writer.variables),
        lines=lambda s: [f"{s.bind} = {text_of(s.op).format(*map(text.atom, s.atoms))}"],
        options=tuple(f"op {name}" for name in (*OPERATIONS, *LOOSE, *STATICS)),
        found=lambda s: [f"op {s.op}"],
        simpler=simpler_apply,
    ),
    StatementSort(
        data=Constant, quiet=True, draw=constant, weight=1, lines=lambda s: [f"{s.bind} = {text.argument(s.value)}"]
    ),
    StatementSort(
        data=Entry,
        quiet=True,
        draw=entry,
        weight=4,
        possible=lambda writer: bool(writer.trees),
        lines=lambda s: [f"{s.bind} = {text.atom(s.of)}{text.entry(s.key)}"],
    ),
    StatementSort(
        data=Attribute,
        quiet=True,
        draw=attribute,
        weight=2,
        possible=lambda writer: bool(writer.around.numbers),
        lines=lambda s: [f"{s.bind} = self{text.place(s.place)}"],
    ),
]
