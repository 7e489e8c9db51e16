"""Statements on random streams: draws of every sampler, and what else a stream can do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from .. import text
from ..operations import KEY
from ..samplers import FULL, SAMPLERS
from ..table import StatementSort, optional
from ..values import Atom, Literal, Name, Place, Statement, Type

if TYPE_CHECKING:
    from ..bodies import Variable, Writer
    from ..samplers import Sampler

VIAS = ("clone", "new", "default", "backup")
WRITTEN = ("tuple", "int", "list", "none")


@frozen
class Draw(Statement):
    """`bind = stream.sampler(...)`, an entry of the table of samplers with its operands.

    The stream is one of the module, or the default one if there is no place. `via` says how it is used: not itself but a 'clone' of
    it, a 'new' one, what `default_rng` gives, or itself with a 'backup' of its key put back. `written` is how the size is written.
    `seeded` is the seed of a new one; otherwise it is done in a `seed_context`.
    """

    bind: str
    sampler: str
    place: Place | None
    shape: tuple[int, ...] | None
    atoms: tuple[Atom, ...] = ()
    key: Atom | None = None
    via: str = ""
    written: str = "tuple"
    seeded: int | None = None


@frozen
class Stream(Statement):
    """`bind = stream.split_key(...)`, or `stream.seed(argument)` and its like, which bind nothing; an entry of a table."""

    bind: str | None
    what: str
    place: Place | None
    argument: Atom | None = None


# ---- drawing ------------------------------------------------------------------------------------------------------


def draw(writer: Writer) -> None:
    choosing = writer.choosing
    picked = sampler(writer)
    if picked is None:
        return
    entry, operands, shape, written, type_ = picked
    place = choosing.one([None, *writer.around.streams])
    via = choosing.weighted({"": 12, "clone": 1, "new": 1, "backup": 1, "default": 1 if place is None else 0})
    seeded = choosing.up_to(9) if via == "new" or (place is None and choosing.sometimes(10)) else None
    keys = [Name(v.name) for v in writer.variables if v.type == Type(KEY)]
    seeds: list[Atom] = [Literal(choosing.up_to(9)), *keys]
    key = choosing.one(seeds) if choosing.sometimes(10) else None
    atoms = tuple(Name(v.name) for v in operands)
    bind = writer.bind(type_, entry.exact)
    made = Draw(bind, entry.name, place, shape, atoms, key, via, written, seeded)
    writer.add(made, None if via == "new" else writer.every)  # a stream that is made in a lane is the same in each


def sampler(writer: Writer) -> tuple[Sampler, list[Variable], tuple[int, ...] | None, str, Type] | None:
    """A sampler with operands and a size that it takes; tried a few times. Without rounding, only what a sum does not round."""
    choosing = writer.choosing
    weights = {s.name: 3 if s.exact else 0 if choosing.exact else 1 for s in SAMPLERS.values()}
    weights.update(dict.fromkeys(FULL, 0 if choosing.exact else 3))
    for _ in range(8):
        entry = SAMPLERS[choosing.weighted(weights)]
        among = writer.typed(exact=True)
        if entry.arity and not among:
            continue
        operands = [choosing.one(among[-8:]) for _ in range(entry.arity)]
        shape = choosing.one([(), (2,), (3,), None]) if entry.sized else None
        type_ = entry.rule([v.type for v in operands if isinstance(v.type, Type)], shape)
        if type_ is not None:
            hows = ["tuple", "list"] + ["int"] * (shape is not None and len(shape) == 1)
            return entry, operands, shape, "none" if shape is None else choosing.one(hows), type_
    return None


def stream(writer: Writer) -> None:
    choosing = writer.choosing
    place = choosing.one([None, *writer.around.streams])
    what = choosing.weighted({name: 3 if name == "split" else 1 for name in STREAMS})
    dims = STREAMS[what].dims
    keys = [Name(v.name) for v in writer.variables if v.type == Type(KEY)]
    seeds: list[Atom] = [Literal(choosing.up_to(9)), *keys]
    argument = choosing.one(seeds) if STREAMS[what].takes else None
    bind = None if dims is None else writer.bind(Type(KEY, dims), True)
    writer.add(Stream(bind, what, place, argument), writer.every)


# ---- writing ------------------------------------------------------------------------------------------------------


@frozen
class Use:
    """How a stream is used: `{0}` is the stream, `{1}` a seed or key; `dims` is the shape of the keys that it gives, if it gives any."""

    text: str
    dims: tuple[int, ...] | None = None
    takes: bool = False


STREAMS = {
    "split": Use("{0}.split_key()", ()),
    "split several": Use("{0}.split_key(2)", (2,)),
    "split with backup": Use("{0}.split_key(2, backup=True); {0}.restore_key()", (2,)),
    "seed": Use("{0}.seed({1})", takes=True),
    "set key": Use("{0}.set_key({1})", takes=True),
    "backup": Use("{0}.backup_key(); {0}.split_key(); {0}.restore_key()"),
}


def of(place: Place | None, root: str = "self") -> str:
    return "brainstate.random" if place is None else f"{root}{text.place(place)}"


def draw_lines(s: Draw) -> list[str]:
    base = of(s.place)
    receiver = {
        "clone": "brainstate.random.clone_rng()" if s.place is None else f"{base}.clone()",
        "new": f"brainstate.random.RandomState({s.seeded})",
        "default": "brainstate.random.default_rng()",
    }.get(s.via, base)
    called = SAMPLERS[s.sampler].text.format(*map(text.atom, s.atoms), size=size(s))
    if s.key is not None:
        called = called[:-1] + (", " if called[-2] != "(" else "") + f"key={text.atom(s.key)})"
    line = f"{s.bind} = {receiver}.{called}"
    lines = [f"{base}.backup_key()", line, f"{base}.restore_key()"] if s.via == "backup" else [line]
    if s.seeded is None or s.via == "new":
        return lines
    return [f"with brainstate.random.seed_context({s.seeded}):", *(text.INDENT + line for line in lines)]


def size(s: Draw) -> str:
    if s.shape is None or s.written == "none":
        return "None"
    return (
        str(s.shape[0]) if s.written == "int" and s.shape else repr(list(s.shape) if s.written == "list" else s.shape)
    )


def stream_lines(s: Stream) -> list[str]:
    first, *rest = (
        STREAMS[s.what].text.format(of(s.place), "" if s.argument is None else text.atom(s.argument)).split("; ")
    )
    return [first if s.bind is None else f"{s.bind} = {first}", *rest]


# ---- counting and cutting -----------------------------------------------------------------------------------------


def found(s: Draw) -> Iterator[str]:
    yield f"sampler {s.sampler}"
    yield "draw from the default stream" if s.place is None else "draw from a stream of a module"
    yield f"size as {s.written}"
    yield from [
        *optional(bool(s.via), f"draw via {s.via}"),
        *optional(s.seeded is not None and s.via != "new", "draw in a seed context"),
    ]
    yield from optional(s.key is not None, "draw with a seed" if isinstance(s.key, Literal) else "draw with a key")


def simpler(s: Draw) -> Iterator[Draw]:
    plain = Draw(s.bind, s.sampler, s.place, s.shape, s.atoms, written=s.written if s.shape is None else "tuple")
    yield plain
    for name in ("key", "written", *optional(s.via != "new", "seeded", "via")):
        if getattr(s, name) != getattr(plain, name):
            yield evolve(s, **{name: getattr(plain, name)})
    if s.sampler not in ("random", "randint", "bernoulli") and s.shape is not None:
        yield from (evolve(s, sampler=name, atoms=()) for name in ("random", "randint", "bernoulli"))


SORTS = [
    StatementSort(
        data=Draw,
        draw=draw,
        weight=4,
        lines=draw_lines,
        options=(
            *(f"sampler {name}" for name in SAMPLERS),
            *(f"draw via {via}" for via in VIAS),
            *(f"size as {how}" for how in WRITTEN),
            *("draw from the default stream", "draw from a stream of a module", "draw in a seed context"),
            *("draw with a seed", "draw with a key"),
        ),
        found=found,
        simpler=simpler,
    ),
    StatementSort(
        data=Stream,
        draw=stream,
        weight=1,
        lines=stream_lines,
        options=(*(f"stream {what}" for what in STREAMS), "use of the default stream", "use of a stream of a module"),
        found=lambda s: [
            f"stream {s.what}",
            "use of the default stream" if s.place is None else "use of a stream of a module",
        ],
    ),
]
