"""Mappings: `vmap2`, `StatefulMapping` and `pmap2` with their options, as they are written, counted and cut.

How one is drawn, with the method that it maps, stands in `lanes`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from attrs import evolve, fields, frozen

from . import text
from .table import TransformSort, optional
from .values import Place, Symbol, Transform

Axis: TypeAlias = int | None
Numbers = int | tuple[int, ...]
Names = str | tuple[str, ...]
HOWS = ("vmap2", "StatefulMapping", "pmap2")

# The kinds that a kind has below it, itself among them.
BELOW = {
    "State": {"State", "ShortTermState", "HiddenState", "LongTermState", "ParamState", "BatchState"},
    "ShortTermState": {"ShortTermState", "HiddenState"},
    "LongTermState": {"LongTermState", "ParamState", "BatchState"},
}


@frozen
class Form:
    """How a filter is written, `{0}` being a kind, and what it accepts: asked for whether the kind fits, and for the tag."""

    text: str
    accepts: Callable[[bool, str | None], bool]


FORMS = {
    "kind": Form("{0}", lambda fits, tag: fits),
    "type": Form("brainstate.util.filter.OfType({0})", lambda fits, tag: fits),
    "predicate": Form("lambda path, s: isinstance(s, {0})", lambda fits, tag: fits),
    "not": Form("brainstate.util.filter.Not({0})", lambda fits, tag: not fits),
    "everything": Form("...", lambda fits, tag: True),
    "tag": Form("'slow'", lambda fits, tag: tag == "slow"),
    "nothing": Form("brainstate.util.filter.Nothing()", lambda fits, tag: False),
}


@frozen
class Filter:
    """A filter of states, an entry of the table of forms."""

    form: str
    kind: str = "State"

    def accepts(self, kind: str, tag: str | None) -> bool:
        return FORMS[self.form].accepts(kind in BELOW.get(self.kind, {self.kind}), tag)


@frozen
class OnAxis:
    """States that are declared on an axis: what one of the filters accepts, and those named themselves, by their places."""

    axis: Axis
    filters: tuple[Filter, ...]
    states: tuple[Place, ...] = ()

    def accepts(self, place: Place, kind: str, tag: str | None) -> bool:
        return place in self.states or any(f.accepts(kind, tag) for f in self.filters)

    def text(self, base: str) -> str:
        found = [FORMS[f.form].text.format(f"brainstate.{f.kind}") for f in self.filters]
        found += [f"{base}{text.place(place)}" for place in self.states]
        return found[0] if len(found) == 1 else f"[{', '.join(found)}]"


StateAxes: TypeAlias = OnAxis | tuple[OnAxis, ...]  # one alone is a filter without an axis, which means 0


@frozen
class Mapped(Transform):
    """`brainstate.transform.vmap2(..., options)`, or another one by `how`; `lanes` is what its calls have.

    `in_axes` that differ are one for each positional parameter, a dictionary's own as a symbol; `out_axes` by the keys of the result.
    """

    how: str = "vmap2"
    lanes: int = 1
    in_axes: Axis | tuple[Axis | Symbol, ...] = 0
    out_axes: Axis | tuple[tuple[str | int, Axis], ...] = 0
    axis_name: str | None = None
    axis_size: int | None = None
    spmd_axis_name: str | None = None
    state_in_axes: StateAxes = ()
    state_out_axes: StateAxes = ()
    unexpected_out_state_mapping: str = "ignore"
    static_argnums: Numbers = ()
    static_argnames: Names = ()
    donate_argnums: Numbers = ()
    name: str | None = None
    mapping_fn: Symbol | None = None
    devices: Symbol | None = None

    def at(self, place: Place) -> Mapped:
        """The same, where the states that it names are below a place."""
        return evolve(
            self,
            state_in_axes=below(self.state_in_axes, place),
            state_out_axes=below(self.state_out_axes, place),
        )

    @property
    def names_states(self) -> bool:
        return any(one.states for one in (*several(self.state_in_axes), *several(self.state_out_axes)))


OPTIONS = [f for f in fields(Mapped) if f.name not in ("how", "lanes")]
STATE_AXES = ("state_in_axes", "state_out_axes")
OWN = {  # the options that not all of them have
    "spmd_axis_name": ("vmap2",),
    **dict.fromkeys(("static_argnames", "name", "mapping_fn"), ("StatefulMapping",)),
    "static_argnums": ("StatefulMapping", "pmap2"),
    **dict.fromkeys(("donate_argnums", "devices"), ("pmap2",)),
}


def several(given: StateAxes) -> tuple[OnAxis, ...]:
    return given if isinstance(given, tuple) else (given,)


def below(given: StateAxes, place: Place) -> StateAxes:
    moved = tuple(evolve(one, states=tuple((*place, *p) for p in one.states)) for one in several(given))
    return moved if isinstance(given, tuple) else moved[0]


# ---- writing ------------------------------------------------------------------------------------------------------


def written(m: Mapped, base: str) -> list[str]:
    """The options that are not at their default; states are named from a base."""
    plain = Mapped()
    given = {f.name: getattr(m, f.name) for f in OPTIONS if getattr(m, f.name) != getattr(plain, f.name)}
    return [f"{called(name, m.how)}={option(name, one, base)}" for name, one in given.items()]


def called(name: str, how: str) -> str:
    return "static_broadcasted_argnums" if (name, how) == ("static_argnums", "pmap2") else name


def option(name: str, given: Any, base: str) -> str:
    if name in STATE_AXES:
        return state_axes(given, base)
    if name == "in_axes" and isinstance(given, tuple):
        return text.sequence([one.text if isinstance(one, Symbol) else repr(one) for one in given], "tuple")
    if name == "out_axes" and isinstance(given, tuple):
        return prefix(given)
    return given.text if isinstance(given, Symbol) else repr(given)


def state_axes(given: StateAxes, base: str) -> str:
    if not isinstance(given, tuple):
        return given.text(base)
    return "{" + ", ".join(f"{one.axis}: {one.text(base)}" for one in given) + "}"


def prefix(given: tuple[tuple[str | int, Axis], ...]) -> str:
    """A tree of axes: by name a dictionary, by position a tuple."""
    if any(isinstance(key, int) for key, _ in given):
        return text.sequence([repr(axis) for _, axis in given], "tuple")
    return "{" + ", ".join(f"{key!r}: {axis!r}" for key, axis in given) + "}"


# ---- counting and cutting -----------------------------------------------------------------------------------------


def found(m: Mapped) -> Iterator[str]:
    plain = Mapped()
    yield m.how
    yield from (f"{m.how} {f.name}" for f in OPTIONS if getattr(m, f.name) != getattr(plain, f.name))
    yield f"{m.lanes} lanes" if m.lanes < 2 else "several lanes"
    yield f"policy {m.unexpected_out_state_mapping}"
    for name in ("in_axes", "out_axes"):
        given = getattr(m, name)
        yield from [*optional(given is None, f"{name} None"), *optional(isinstance(given, tuple), f"{name} by place")]
        yield from optional("-" in option(name, given, ""), f"negative {name}")
    yield from optional(
        isinstance(m.in_axes, tuple) and any(isinstance(a, Symbol) for a in m.in_axes), "axes of a dict"
    )
    for name in STATE_AXES:
        yield from of_states(name, getattr(m, name))
    pairs = zip(several(m.state_in_axes), several(m.state_out_axes))
    yield from optional(any(a.filters == b.filters and a.axis != b.axis for a, b in pairs), "states that move")


def of_states(name: str, given: StateAxes) -> Iterator[str]:
    yield from optional(not isinstance(given, tuple), "filter without an axis")
    yield from optional(len(several(given)) > 1, f"several {name}")
    for one in several(given):
        yield f"{name} {'on None' if one.axis is None else 'negative' if one.axis < 0 else one.axis}"
        yield from (f"state filter {f.form}" for f in one.filters)
        yield from [*optional(bool(one.states), "state named"), *optional(len(one.filters) > 1, "several filters")]


EXPECTED = (
    *(f"{how} {f.name}" for how in HOWS for f in OPTIONS if how in OWN.get(f.name, HOWS)),
    *HOWS, "0 lanes", "1 lanes", "several lanes", *(f"policy {p}" for p in ("ignore", "warn", "raise")),
    *(f"{name} {how}" for name in ("in_axes", "out_axes") for how in ("None", "by place")), "negative in_axes", "negative out_axes",
    "axes of a dict", "filter without an axis", *(f"several {name}" for name in STATE_AXES),
    *(f"{name} {axis}" for name in STATE_AXES for axis in ("on None", "negative", "0", "1")),
    *(f"state filter {form}" for form in FORMS), "state named", "several filters", "states that move",
)  # fmt: skip


def simpler(m: Mapped) -> Iterator[Mapped]:
    """Each option at its default, and `vmap2`. The size stays given where the axis has a name: a collective needs it.

    It does so for `pmap2` too, whose size would be the number of devices.
    """
    plain = Mapped()
    kept = ("devices", "axis_size") if m.how == "pmap2" else ("axis_size",) if m.axis_name is not None else ()
    if m.how != "vmap2":
        yield evolve(
            m, how="vmap2", **{name: getattr(plain, name) for name, hows in OWN.items() if "vmap2" not in hows}
        )
    for f in OPTIONS:
        if getattr(m, f.name) != getattr(plain, f.name) and f.name not in kept:
            yield evolve(m, **{f.name: getattr(plain, f.name)})
    for name in STATE_AXES:
        given = several(getattr(m, name))
        for k in range(len(given) if len(given) > 1 else 0):
            fewer: dict[str, Any] = {name: (*given[:k], *given[k + 1 :])}
            yield evolve(m, **fewer)


def of_sort(m: Mapped, how: str) -> Mapped:
    """Another sort of mapping, with the options that it has; a list of devices gave the size, perhaps."""
    plain = Mapped()
    lost = {name: getattr(plain, name) for name, hows in OWN.items() if how not in hows}
    return evolve(m, how=how, axis_size=m.lanes if m.devices is not None else m.axis_size, **lost)


def without(m: Mapped, number: int, name: str, first: int) -> Mapped:
    """For a function that has lost a parameter; the instance has a number, and no axis."""
    axes = m.in_axes
    if isinstance(axes, tuple) and number < len(axes):
        axes = (*axes[:number], *axes[number + 1 :])
    return evolve(
        m,
        in_axes=axes,
        static_argnums=shifted(m.static_argnums, number + first),
        donate_argnums=shifted(m.donate_argnums, number + first),
        static_argnames=tuple(n for n in ([m.static_argnames] if isinstance(m.static_argnames, str) else m.static_argnames) if n != name),
    )  # fmt: skip


def shifted(numbers: Numbers, lost: int) -> tuple[int, ...]:
    """The numbers of parameters where one is lost; negative ones count from the end as before."""
    every = numbers if isinstance(numbers, tuple) else (numbers,)
    return tuple(n - 1 if n > lost else n for n in every if n != lost)


SORT = TransformSort(
    data=Mapped,
    name="vmap2",
    options=EXPECTED,
    found=found,
    simpler=simpler,
    without=without,
    written=written,
    called=lambda m: m.how,
)
