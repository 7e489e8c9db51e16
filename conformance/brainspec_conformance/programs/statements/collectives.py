"""Statements that move values between the lanes of the mappings around, over the names of their axes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from .. import text
from ..operations import FLOAT, INT, NUMERIC, size
from ..table import StatementSort, optional
from ..values import Atom, Literal, Name, Statement, Type

if TYPE_CHECKING:
    from ..bodies import Writer
    from ..reach import Level


@frozen
class Collective(Statement):
    """`bind = jax.lax.op(atom, axis)`, an entry of the table of collectives; over several axes if there are more names than one.

    The operand is made an array of its `dtype`, since what collectives make of weak types is undefined; one without is left as it is.
    """

    bind: str
    op: str
    atom: Atom
    names: tuple[str, ...]
    lanes: int
    dtype: str = ""


@frozen
class Kind:
    """`{0}` is the operand, `{1}` the axis, `{2}` its lanes; `rule` gives the type of the result for these, or None where it does not apply.

    What is given is `same` in all lanes, or else hangs on the lane. Over `several` axes are reductions alone. A mean is `exact` where
    it divides by a power of two.
    """

    text: str
    rule: Callable[[Type, int], Type | None]
    same: bool = False
    several: bool = False
    exact: Callable[[int], bool] = lambda lanes: True


def reduced(*dtypes: str, empty: bool = False) -> Callable[[Type, int], Type | None]:
    """The type of the operand; where there is no lane, only a sum is a number that means something."""
    return lambda a, lanes: a if a.dtype in dtypes and (lanes or empty) else None


def parted(a: Type, lanes: int) -> Type | None:
    """What has one part for each lane."""
    return a if a.dtype in NUMERIC and a.shape[:1] == (lanes,) and lanes else None


def part(a: Type, lanes: int) -> Type | None:
    return None if parted(a, lanes) is None else Type(a.dtype, a.shape[1:])


def gathered(at: int) -> Callable[[Type, int], Type | None]:
    def rule(a: Type, lanes: int) -> Type | None:
        if a.dtype not in NUMERIC or not at <= len(a.shape) < 3:
            return None
        return Type(a.dtype, (*a.shape[:at], lanes, *a.shape[at:]))

    return rule


def tiled(a: Type, lanes: int) -> Type | None:
    return Type(a.dtype, (a.shape[0] * lanes, *a.shape[1:])) if a.dtype in NUMERIC and a.shape else None


def crossed(a: Type, lanes: int) -> Type | None:
    fits = parted(a, lanes) is not None and len(a.shape) == 2
    return Type(a.dtype, (a.shape[1], lanes)) if fits else None


def here(a: Type, lanes: int) -> Type | None:
    return Type(INT) if lanes else None


EXCHANGED = "{0} + jax.lax.axis_index({1})"  # of what is the same in all lanes, JAX gives another shape
COLLECTIVES = {
    "psum": Kind("jax.lax.psum({0}, {1})", reduced(FLOAT, INT, empty=True), same=True, several=True),
    "pmean": Kind("jax.lax.pmean({0}, {1})", reduced(FLOAT), same=True, several=True, exact=lambda n: n in (1, 2, 4)),
    "pmax": Kind("jax.lax.pmax({0}, {1})", reduced(FLOAT, INT), same=True, several=True),
    "pmin": Kind("jax.lax.pmin({0}, {1})", reduced(FLOAT, INT), same=True, several=True),
    "all_gather": Kind("jax.lax.all_gather({0}, {1})", gathered(0), same=True),
    "all_gather on 1": Kind("jax.lax.all_gather({0}, {1}, axis=1)", gathered(1), same=True),
    "all_gather tiled": Kind("jax.lax.all_gather({0}, {1}, tiled=True)", tiled, same=True),
    "ppermute": Kind(
        "jax.lax.ppermute({0}, {1}, [(k, (k + 1) % {2}) for k in range({2})])", reduced(FLOAT, INT)
    ),
    "ppermute some": Kind("jax.lax.ppermute({0}, {1}, [(0, {2} - 1)])", reduced(FLOAT, INT)),
    "all_to_all": Kind(f"jax.lax.all_to_all({EXCHANGED}, {{1}}, 0, 0)", parted),
    "all_to_all across": Kind(f"jax.lax.all_to_all({EXCHANGED}, {{1}}, 0, 1)", crossed),
    "psum_scatter": Kind("jax.lax.psum_scatter({0}, {1})", part),
    "psum_scatter tiled": Kind(
        "jax.lax.psum_scatter({0}, {1}, tiled=True)",
        lambda a, lanes: None if parted(a, lanes) is None else Type(a.dtype, (1, *a.shape[1:])),
    ),
    "axis_index": Kind("{0} + jax.lax.axis_index({1})", lambda a, lanes: a if a.dtype == INT and lanes else None),
    "axis_size": Kind("{0} * jax.lax.axis_size({1})", reduced(FLOAT, INT, empty=True), same=True),
    "sum of ones": Kind("jnp.full(jax.lax.psum(1, {1}), {0})", lambda a, lanes: Type(a.dtype, (lanes,)) if not a.shape and a.dtype in NUMERIC else None, same=True),
}  # fmt: skip
KEEPS = ("axis_size", "sum of ones")  # what hangs on the lane in the operand does so in the result


# ---- drawing ------------------------------------------------------------------------------------------------------


def named(writer: Writer) -> list[Level]:
    return [level for level in writer.levels if level.name is not None]


def collective(writer: Writer) -> None:
    """Over one of the axes around, the inner ones more often; a reduction over several at times. Tried a few times."""
    choosing = writer.choosing
    for _ in range(8):
        kind = choosing.one(list(COLLECTIVES))
        axes = [choosing.one(named(writer))]
        if COLLECTIVES[kind].several and len(named(writer)) > 1 and choosing.sometimes(60):
            axes = named(writer)[::-1] if choosing.sometimes(50) else named(writer)
        lanes = size(tuple(level.lanes for level in axes))
        v = choosing.one(writer.typed()[-6:])
        assert v.type is not None
        type_ = COLLECTIVES[kind].rule(v.type, lanes)
        over = writer.over(v.name)
        if type_ is not None and size(type_.shape) <= 64:
            if kind not in KEEPS:
                numbers = frozenset(level.number for level in axes)
                over = over - numbers if COLLECTIVES[kind].same else over | numbers
            bind = writer.bind(type_, v.exact and COLLECTIVES[kind].exact(lanes))
            names = tuple(level.name for level in axes if level.name is not None)
            dtype = "" if kind in KEEPS or kind == "axis_index" else v.type.dtype
            writer.add(Collective(bind, kind, Name(v.name), names, lanes, dtype), over)
            return


# ---- writing, counting, cutting -----------------------------------------------------------------------------------


def lines(s: Collective) -> list[str]:
    axis = repr(s.names[0]) if len(s.names) == 1 else repr(s.names)
    operand = text.atom(s.atom) if not s.dtype else f"jnp.{s.dtype}({text.atom(s.atom)})"
    return [f"{s.bind} = {COLLECTIVES[s.op].text.format(operand, axis, s.lanes)}"]


def simpler(s: Collective) -> Iterator[Collective]:
    for k in range(len(s.names) if len(s.names) > 1 else 0):
        yield evolve(s, names=(s.names[k],))
    if s.op != "psum":
        yield evolve(s, op="psum")
    if isinstance(s.atom, Name):
        yield evolve(s, atom=Literal(1))


SORTS = [
    StatementSort(
        data=Collective,
        draw=collective,
        weight=7,
        possible=lambda writer: bool(named(writer) and writer.typed()),
        lines=lines,
        options=(*(f"collective {name}" for name in COLLECTIVES), "collective over several axes"),
        found=lambda s: [f"collective {s.op}", *optional(len(s.names) > 1, "collective over several axes")],
        simpler=simpler,
    )
]
