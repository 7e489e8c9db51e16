"""Statements that call methods of the module and of its parts, transformed there or not, and that raise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import evolve, frozen

from .. import text, transforms
from ..operations import FLOAT, KEY
from ..table import StatementSort, optional
from ..values import MOST, Atom, Literal, Name, Place, Statement, Symbol, Transform, Type

if TYPE_CHECKING:
    from ..bodies import Writer
    from ..choosing import Choosing
    from ..data import Parameter
    from ..reach import Callee, Levels

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
    call_of(writer, writer.choosing.one(callable_(writer)))


def call_of(writer: Writer, callee: Callee) -> None:
    choosing = writer.choosing
    parameters = callee.method.parameters
    same = apart(writer, callee)
    atoms, keywords = given(choosing, parameters, lambda p: argument(writer, p, same), named=callee.mapping is None)
    transform: Transform | None = None
    if callee.lane is not None:
        transform = callee.lane.at(callee.place)
    elif choosing.sometimes(40) and transforms.markable(callee.method):
        transform = around(choosing, parameters)
    copy = bool(callee.place) and choosing.sometimes(6) and copyable(writer, callee)
    raises = any(isinstance(s, Raise) for s in callee.method.body)
    entry, type_, exact = choosing.one(callee.gives) if callee.gives else (None, Type(FLOAT), True)
    if raises and callee.gives:
        type_ = None  # what is given, or the number where it was caught
    name = writer.bind(type_, exact)
    made = Call(name, callee.place, callee.method.name, atoms, entry, transform, raises, keywords, copy)
    growth = grown(writer, callee)
    writer.touched = writer.touched + evolve(callee.touched, whole=callee.touched.whole or copy, growth=growth)
    writer.add(made, after(writer, callee, (*atoms, *(a for _, a in keywords))))


def copyable(writer: Writer, callee: Callee) -> bool:
    """Whether a part can be cloned here, with all that is below it; a copy has other states than those that a filter names."""
    return bool(writer.around.parts) and not (callee.lane is not None and callee.lane.names_states)


def callable_(writer: Writer) -> list[Callee]:
    """Those of whom nothing keeps from being called here: in lanes, what they write must be the same wherever a state asks for that."""
    small = [c for c in writer.around.callees if writer.touched.growth + grown(writer, c) <= MOST]
    return [c for c in small if not apart(writer, c) or not (c.touched.draws or reads(writer, c))]


def grown(writer: Writer, callee: Callee) -> int:
    """How often a call may double what a state holds, where the mappings around have lanes that its body knows nothing of."""
    return callee.touched.growth * (1 + writer.doublings(callee.depth))


def apart(writer: Writer, callee: Callee) -> Levels:
    """The levels over which arguments must not be mapped: its body was drawn outside of them, and writes states that must not be."""
    outside = frozenset(n for n in writer.every if n > callee.depth)
    states = [s for s in writer.around.states if s.place in callee.touched.written]
    return outside.difference(frozenset.intersection(outside, *(s.free for s in states)))


def reads(writer: Writer, callee: Callee) -> Levels:
    """The levels over which what it reads from states may be mapped."""
    return frozenset[int]().union(*(s.levels for s in writer.around.states if s.place in callee.touched.states))


def after(writer: Writer, callee: Callee, atoms: Sequence[Atom]) -> Levels:
    """Over what the results of a call may be mapped, and the states that it wrote."""
    if not writer.levels:
        return frozenset()
    over = writer.over(*(a.name for a in atoms if isinstance(a, Name))) | reads(writer, callee)
    over |= writer.every if callee.touched.draws else frozenset(n for n in writer.every if n <= callee.depth)
    states = [
        evolve(s, levels=s.levels | over) if s.place in callee.touched.written else s for s in writer.around.states
    ]
    writer.around = evolve(writer.around, states=tuple(states))
    return over


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


def argument(writer: Writer, parameter: Parameter, same: Levels = frozenset()) -> Atom:
    if parameter.static:
        value = writer.choosing.static(parameter.static)
        return value if isinstance(value, Symbol) else Literal(value)
    if parameter.type is None:
        among = [v for v in writer.variables if v.exact and (v.type is None or v.type.dtype != KEY)]
        among = [v for v in among if not writer.over(v.name) & same]
        return Name(writer.choosing.one(among).name) if among else Literal(0.5)
    assert isinstance(parameter.type, Type), "dictionaries are given from outside only"
    return writer.atom(parameter.type, True, same)


# ---- writing, counting, cutting -----------------------------------------------------------------------------------


def call_lines(s: Call) -> list[str]:
    part = f"self{text.place(s.place)}"
    callee = f"{f'brainstate.graph.clone({part})' if s.copy else part}.{s.method}"
    line = f"{s.bind} = {transforms.text(s.transform, callee, 'self')}({text.atoms(s.atoms, s.keywords)}){text.entry(s.entry)}"
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
        sort = transforms.TRANSFORMS[type(s.transform)]
        yield from (evolve(s, transform=t) for t in sort.simpler(s.transform))
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
        possible=lambda writer: bool(callable_(writer)),
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
