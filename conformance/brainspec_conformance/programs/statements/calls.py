"""Statements that call methods of the module and of its parts, transformed there or not, and that raise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import evolve, frozen

from .. import text, transforms
from ..operations import FLOAT, KEY
from ..table import StatementSort, optional
from ..values import Atom, Literal, Name, Place, Statement, Symbol, Transform, Type

if TYPE_CHECKING:
    from ..bodies import Writer
    from ..choosing import Choosing
    from ..data import Parameter

T = TypeVar("T")


@frozen
class Call(Statement):
    """`bind = self<place>.method(atoms, keywords)`; `transform` wraps it there; on a `copy` the part is cloned first; `caught` runs it in `try`.

    What is bound is the entry `entry` of the result (the result itself if the method gives one bare value); 0.0 where the exception was caught.
    """

    bind: str
    place: Place
    method: str
    atoms: tuple[Atom, ...]
    entry: str | int | None = None
    transform: Transform | None = None
    caught: bool = False
    keywords: tuple[tuple[str, Atom], ...] = ()
    copy: bool = False


@frozen
class Raise(Statement):
    """`raise LookupError(...)`, after which nothing runs; or only `when` a static argument is true."""

    text: str
    when: Atom | None = None


# ---- drawing ------------------------------------------------------------------------------------------------------


def call(writer: Writer) -> None:
    choosing = writer.choosing
    callee = choosing.one(writer.around.callees)
    parameters = callee.method.parameters
    atoms, keywords = given(choosing, parameters, lambda p: argument(writer, p))
    transform = around(choosing, parameters) if choosing.sometimes(40) and transforms.markable(callee.method) else None
    copy = bool(callee.place) and choosing.sometimes(6)
    raises = any(isinstance(s, Raise) for s in callee.method.body)
    entry, type_, exact = choosing.one(callee.gives) if callee.gives else (None, Type(FLOAT), True)
    if raises and callee.gives:
        type_ = None  # what is given, or the number where it was caught
    name = writer.bind(type_, exact)
    writer.add(Call(name, callee.place, callee.method.name, atoms, entry, transform, raises, keywords, copy))


def around(choosing: Choosing, parameters: Sequence[Parameter]) -> Any:
    """A transform around a call in a method."""
    sorts = {sort.name: sort for sort in transforms.TRANSFORMS.values() if sort.nested}
    sort = sorts[choosing.weighted({name: sort.weight for name, sort in sorts.items()})]
    return sort.nested(choosing, parameters) if sort.nested else None


def given(
    choosing: Choosing, parameters: Sequence[Parameter], give: Callable[[Parameter], T], *, named: bool = True
) -> tuple[tuple[T, ...], tuple[tuple[str, T], ...]]:
    """Arguments for parameters: the first by position, the last ones by name, those that have a default perhaps not at all."""
    positional = [p for p in parameters if not p.keyword]
    cut = len(positional) - (choosing.weighted({0: 5, 1: 1, 2: 1}) if named else 0)
    first, rest = positional[: max(cut, 0)], positional[max(cut, 0) :]
    while first and first[-1].default is not None and choosing.sometimes(40):
        first.pop()
    rest = [p for p in (*rest, *parameters) if p.keyword or p in rest]
    kept = [p for p in dict.fromkeys(rest) if p.default is None or choosing.sometimes(60)]
    if choosing.sometimes(20):
        kept.reverse()
    return tuple(give(p) for p in first), tuple((p.name, give(p)) for p in kept)


def argument(writer: Writer, parameter: Parameter) -> Atom:
    if parameter.static:
        value = writer.choosing.static(parameter.static)
        return value if isinstance(value, Symbol) else Literal(value)
    if parameter.type is None:
        among = [v for v in writer.variables if v.exact and (v.type is None or v.type.dtype != KEY)]
        return Name(writer.choosing.one(among).name) if among else Literal(0.5)
    assert isinstance(parameter.type, Type), "dictionaries are given from outside only"
    return writer.atom(parameter.type, True)


# ---- writing, counting, cutting -----------------------------------------------------------------------------------


def call_lines(s: Call) -> list[str]:
    part = f"self{text.place(s.place)}"
    callee = f"{f'brainstate.graph.clone({part})' if s.copy else part}.{s.method}"
    line = f"{s.bind} = {transforms.text(s.transform, callee)}({text.atoms(s.atoms, s.keywords)}){text.entry(s.entry)}"
    if not s.caught:
        return [line]
    return ["try:", text.INDENT + line, "except LookupError:", f"{text.INDENT}{s.bind} = jnp.float32(0)"]


def raise_lines(s: Raise) -> list[str]:
    line = f"raise LookupError({s.text!r})"
    return [line] if s.when is None else [f"if {text.atom(s.when)}:", text.INDENT + line]


def found(s: Call) -> Iterator[str]:
    yield "call of a part" if s.place else "call of a sibling"
    yield from [*optional(s.transform is not None, "nested transform"), *optional(s.caught, "caught call")]
    yield from [*optional(s.copy, "call of a clone"), *optional(bool(s.keywords), "nested call by name")]
    yield from optional(isinstance(s.entry, int), "entry of a tuple")
    if s.transform is not None:
        yield f"nested {transforms.TRANSFORMS[type(s.transform)].name}"


def simpler(s: Call) -> Iterator[Call]:
    """Without its transform, or parts of it; not of a clone."""
    if s.transform is not None:
        yield evolve(s, transform=None)
        yield from (evolve(s, transform=t) for t in transforms.simpler(s.transform))
    if s.copy:
        yield evolve(s, copy=False)
    for k in range(len(s.keywords)):
        yield evolve(s, keywords=(*s.keywords[:k], *s.keywords[k + 1 :]))
    for k, a in enumerate(s.atoms):
        if isinstance(a, Name):
            yield evolve(s, atoms=(*s.atoms[:k], Literal(1), *s.atoms[k + 1 :]))


SORTS = [
    StatementSort(
        data=Call,
        draw=call,
        weight=5,
        possible=lambda writer: bool(writer.around.callees),
        lines=call_lines,
        options=(
            *("call of a part", "call of a sibling", "nested transform", "caught call", "call of a clone"),
            *("nested call by name", "entry of a tuple", "nested jit", "nested StatefulFunction"),
        ),
        found=found,
        simpler=simpler,
    ),
    StatementSort(
        data=Raise,
        lines=raise_lines,
        options=("raise for some arguments",),
        found=lambda s: optional(s.when is not None, "raise for some arguments"),
        simpler=lambda s: [] if s.when is None else [evolve(s, when=None)],
    ),
]
