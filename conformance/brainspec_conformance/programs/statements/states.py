"""Statements on states: those of the module, whole or by entry, and those that live in the call only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from .. import text
from ..operations import FLOAT, INT, NUMERIC
from ..table import StatementSort, optional
from ..values import MOST, Atom, Literal, Name, Place, Statement, Symbol, Type
from .arithmetic import Apply

if TYPE_CHECKING:
    from ..bodies import Writer
    from ..reach import StatePlace

DOUBLE = Symbol("lambda e: e * 2")
KEEP = Symbol("lambda e: e")


@frozen
class Read(Statement):
    """`bind = self<place>.value`, or one entry of the container there."""

    bind: str
    place: Place
    entry: str | int | None = None


@frozen
class Write(Statement):
    """`self<place>.value = atom`, or the container there (`how`) with one entry replaced."""

    place: Place
    atom: Atom
    entry: str | int | None = None
    how: str = "dict"


@frozen
class Remap(Statement):
    """`self<place>.value = jax.tree.map(function, self<place>.value)`."""

    place: Place
    function: Symbol


@frozen
class Snapshot(Statement):
    """`bind = brainstate.graph.treefy_states(self<place>, brainstate.KIND)`."""

    bind: str
    place: Place
    kind: str | None = None


@frozen
class Restore(Statement):
    """`brainstate.graph.update_states(self<place>, of)`, of what a snapshot bound."""

    of: Atom
    place: Place


@frozen
class Local(Statement):
    """`bind = brainstate.KIND(atom)`, a state that lives in the call only."""

    bind: str
    kind: str
    atom: Atom


@frozen
class LocalWrite(Statement):
    """`local.value = local.value + atom`."""

    local: str
    atom: Atom


@frozen
class LocalRead(Statement):
    """`bind = local.value`."""

    bind: str
    local: str


# ---- drawing ------------------------------------------------------------------------------------------------------


def read(writer: Writer) -> None:
    read_of(writer, writer.choosing.one(writer.around.states))


def read_of(writer: Writer, state: StatePlace) -> str:
    entry, type_ = writer.choosing.one(state.entries)
    name = writer.bind(None if state.loose else type_, state.exact)
    writer.add(Read(name, state.place, entry), state.levels)
    return name


def writable(writer: Writer) -> list[StatePlace]:
    return [s for s in writer.around.states if s.writable]


def write(writer: Writer) -> None:
    write_to(writer, writer.choosing.one(writable(writer)))


def write_to(writer: Writer, state: StatePlace) -> None:
    entry, type_ = writer.choosing.one(state.becomes or state.entries)
    if state.loose:
        retype(writer, state)
    elif state.becomes is None and entry is not None and writer.choosing.sometimes(25):
        floats = all(t.dtype == FLOAT for _, t in state.entries)
        writer.add(Remap(state.place, DOUBLE if floats and writer.choosing.sometimes(70) else KEEP))
    else:
        atom = writer.atom(type_, state.exact, writer.every - state.free)
        writer.add(Write(state.place, atom, entry, state.how))
        written(writer, state, atom)


def written(writer: Writer, state: StatePlace, atom: Atom) -> None:
    """What is known of a state that has been written, where it matters: in a lane."""
    if writer.levels:
        over = state.levels | (writer.over(atom.name) if isinstance(atom, Name) else frozenset())
        after = evolve(state, entries=state.becomes or state.entries, becomes=None, levels=over)
        states = tuple(after if s.place == state.place else s for s in writer.around.states)
        writer.around = evolve(writer.around, states=states)


def retype(writer: Writer, state: StatePlace) -> None:
    """A loose state gets what was made of itself: another shape, or another dtype; in a lane, what the lane has."""
    if writer.touched.growth + 1 + writer.doublings() > MOST:
        return
    among = [v for v in writer.typed(exact=True) if v.type is not None and v.type.dtype in NUMERIC]
    among = [v for v in among if writer.over(v.name) <= state.free]
    if writer.levels and among and writer.choosing.sometimes(60):
        atom = Name(writer.choosing.one(among).name)
        writer.add(Write(state.place, atom))
        written(writer, state, atom)
        return
    before = read_of(writer, state)
    after = writer.bind(None, state.exact)
    shifted = writer.choosing.sometimes(30)
    op = "loose_shift" if shifted else writer.choosing.one(["loose_double", "loose_pair"])
    atoms: tuple[Atom, ...] = (Name(before), Literal(0.5)) if shifted else (Name(before),)
    writer.add(Apply(after, op, atoms))
    writer.add(Write(state.place, Name(after)))
    written(writer, state, Name(after))


def snapshot(writer: Writer) -> None:
    """Something is done, and taken back."""
    place = writer.choosing.one(writer.around.parts)
    kind = writer.choosing.weighted({None: 3, "ShortTermState": 1, "ParamState": 1})
    name = writer.fresh("s")
    writer.add(Snapshot(name, place, kind))
    writer.statement()
    writer.add(Restore(Name(name), place))


def local(writer: Writer) -> None:
    """A state that lives in the call: made, written and read."""
    type_ = writer.choosing.one([Type(FLOAT), Type(INT, (2,)), Type(FLOAT, (2,))])
    start, more = writer.atom(type_, True), writer.atom(type_, True)
    name = writer.fresh("s")
    # a hidden state takes arrays only, and what stands here may be a number
    kinds = ["State", "ShortTermState", "LongTermState", "ParamState", "BatchState"]
    writer.add(Local(name, writer.choosing.one(kinds), start))
    for _ in range(writer.choosing.up_to(2)):
        writer.add(LocalWrite(name, more))
    over = writer.over(*(a.name for a in (start, more) if isinstance(a, Name)))
    writer.add(LocalRead(writer.bind(type_, True), name), over)


# ---- writing ------------------------------------------------------------------------------------------------------


def write_lines(s: Write) -> list[str]:
    where = f"self{text.place(s.place)}.value"
    if s.entry is None:
        return [f"{where} = {text.atom(s.atom)}"]
    if s.how == "dict":
        return [f"{where} = {{**{where}, {s.entry!r}: {text.atom(s.atom)}}}"]
    k = int(s.entry)
    parts = [*optional(k > 0, f"*{where}[:{k}]"), text.atom(s.atom), f"*{where}[{k + 1}:]"]
    return [f"{where} = {text.sequence(parts, s.how)}"]


def snapshot_lines(s: Snapshot) -> list[str]:
    kind = "" if s.kind is None else f", brainstate.{s.kind}"
    return [f"{s.bind} = brainstate.graph.treefy_states(self{text.place(s.place)}{kind})"]


def simpler_snapshot(s: Snapshot) -> Iterator[Snapshot]:
    if s.kind is not None:
        yield evolve(s, kind=None)


def simpler_local(s: Local) -> Iterator[Local]:
    if s.kind != "State":
        yield evolve(s, kind="State")


SORTS = [
    StatementSort(
        data=Read,
        quiet=True,
        draw=read,
        weight=7,
        possible=lambda writer: bool(writer.around.states),
        lines=lambda s: [f"{s.bind} = self{text.place(s.place)}.value{text.entry(s.entry)}"],
        options=("read of an entry",),
        found=lambda s: optional(s.entry is not None, "read of an entry"),
    ),
    StatementSort(
        data=Write,
        draw=write,
        weight=7,
        possible=lambda writer: bool(writable(writer)),
        lines=write_lines,
        options=tuple(f"write of an entry of a {how}" for how in ("dict", "list", "tuple")),
        found=lambda s: optional(s.entry is not None, f"write of an entry of a {s.how}"),
    ),
    StatementSort(
        data=Remap,
        lines=lambda s: [
            f"self{text.place(s.place)}.value = jax.tree.map({s.function.text}, self{text.place(s.place)}.value)"
        ],
    ),
    StatementSort(
        data=Snapshot,
        draw=snapshot,
        weight=1,
        possible=lambda writer: bool(writer.around.states and writer.around.parts),
        lines=snapshot_lines,
        options=("snapshot of a kind",),
        found=lambda s: optional(s.kind is not None, "snapshot of a kind"),
        simpler=simpler_snapshot,
    ),
    StatementSort(
        data=Restore,
        lines=lambda s: [f"brainstate.graph.update_states(self{text.place(s.place)}, {text.atom(s.of)})"],
    ),
    StatementSort(
        data=Local,
        quiet=True,
        draw=local,
        weight=1,
        lines=lambda s: [f"{s.bind} = brainstate.{s.kind}({text.atom(s.atom)})"],
        simpler=simpler_local,
    ),
    StatementSort(
        data=LocalWrite,
        quiet=True,
        lines=lambda s: [f"{s.local}.value = {s.local}.value + {text.atom(s.atom)}"],
    ),
    StatementSort(data=LocalRead, quiet=True, lines=lambda s: [f"{s.bind} = {s.local}.value"]),
]
