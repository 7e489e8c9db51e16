"""What one lane of a mapping sees of what is around: slices of states, whole ones, and none of those that it could not handle."""

from __future__ import annotations

from attrs import evolve

from .data import Mapped
from .mappings import Axis, several
from .reach import Around, Callee, Entries, Level, StatePlace
from .values import Type

ABSENT = "absent"


def inserted(type_: Type, axis: int, lanes: int) -> Type:
    """The type of the stacked value, the axis counted in that; the axis must fit."""
    at = axis if axis >= 0 else len(type_.shape) + 1 + axis
    return Type(type_.dtype, (*type_.shape[:at], lanes, *type_.shape[at:]))


def sliced(type_: Type, axis: int, lanes: int) -> Type | None:
    """The type of one slice, if there is such an axis of that size."""
    at = axis if axis >= 0 else len(type_.shape) + axis
    if not 0 <= at < len(type_.shape) or type_.shape[at] != lanes:
        return None
    return Type(type_.dtype, (*type_.shape[:at], *type_.shape[at + 1 :]))


def slices(entries: Entries, axis: int, lanes: int) -> Entries | None:
    found = [(key, sliced(type_, axis, lanes)) for key, type_ in entries]
    fits = tuple((key, type_) for key, type_ in found if type_ is not None)
    return fits if len(fits) == len(entries) else None


def stacks(entries: Entries, axis: int, lanes: int) -> Entries | None:
    if any(not -len(t.shape) - 1 <= axis <= len(t.shape) for _, t in entries):
        return None
    return tuple((key, inserted(type_, axis, lanes)) for key, type_ in entries)


def settled(around: Around) -> Around:
    """The same, as another body sees it that is called at any time: a state may have been written, a loose one with what is mapped."""
    states = tuple(evolve(s, levels=s.levels | s.free) if s.loose else s for s in around.states if s.becomes is None)
    return evolve(around, states=states)


def seen(around: Around, level: Level, mapped: Mapped) -> Around:
    """What a lane sees: the states and the methods that it can handle."""
    before = settled(around)
    found = [(s, in_lane(s, level, mapped)) for s in before.states]
    hidden = {s.place for s in around.states} - {s.place for s in before.states}
    hidden |= {s.place for s, after in found if after is None}
    changed = {s.place for s, after in found if after is not None and after.entries != s.entries}
    changed |= {s.place for s, after in found if after is not None and after.becomes is not None}
    kept = {s.place for s, after in found if after is not None and not after.writable}
    whole = not any((several(mapped.state_in_axes), several(mapped.state_out_axes)))

    def can(c: Callee) -> bool:
        touched = c.touched
        if c.touched.states & (hidden | changed) or touched.written & kept or (touched.whole and not whole):
            return False
        return not (touched.parallel and level.parallel)

    return evolve(
        before,
        states=tuple(after for _, after in found if after is not None),
        callees=tuple(c for c in before.callees if can(c)),
        parts=before.parts if whole else (),
    )


def in_lane(s: StatePlace, level: Level, mapped: Mapped) -> StatePlace | None:
    """A state in the lane; None if the lane could not even read it."""
    comes, goes = (declared(s, given) for given in (mapped.state_in_axes, mapped.state_out_axes))
    ways = loose if s.loose else arriving if isinstance(comes, int) else staying
    return ways(s, level, comes, goes, mapped.unexpected_out_state_mapping == "raise")


def declared(s: StatePlace, given: object) -> Axis | str:
    """The first axis whose filters accept a state."""
    return next((one.axis for one in several(given) if one.accepts(s.place, s.kind, s.tag)), ABSENT)  # type: ignore[arg-type]


def freed(s: StatePlace, level: Level) -> StatePlace:
    return evolve(s, free=s.free | {level.number})


def loose(s: StatePlace, level: Level, comes: Axis | str, goes: Axis | str, strict: bool) -> StatePlace | None:
    """One of any type is never sliced, and grows by an axis where it is declared out, or nothing is said and none minds."""
    if isinstance(comes, int):
        return None
    if isinstance(goes, int):
        return freed(s, level) if goes in (0, -1) else evolve(s, writable=False)
    return s if goes is None or strict else freed(s, level)


def arriving(s: StatePlace, level: Level, comes: Axis | str, goes: Axis | str, strict: bool) -> StatePlace | None:
    """One that is mapped in keeps its type if it is written, or is not written."""
    assert isinstance(comes, int)
    entries = None if s.deep else slices(s.entries, comes, level.lanes)
    if entries is None:
        return None
    out = comes if goes == ABSENT else goes
    back = stacks(entries, out, level.lanes) if isinstance(out, int) else None
    inside = evolve(s, entries=entries, levels=s.levels | {level.number})
    return freed(inside, level) if back == s.entries else evolve(inside, writable=False)


def staying(s: StatePlace, level: Level, comes: Axis | str, goes: Axis | str, strict: bool) -> StatePlace | None:
    """One that is seen whole; if it is declared out, what is written to it is a slice."""
    if not isinstance(goes, int):
        return s
    entries = slices(s.entries, goes, level.lanes) if s.entries[0][0] is None else None
    return evolve(s, writable=False) if entries is None else evolve(freed(s, level), becomes=entries)
