"""Drawing which states a mapping declares, on which axes, by which filters."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve

from .choosing import Choosing
from .mappings import Axis, Filter, Mapped, OnAxis, StateAxes
from .reach import Around, StatePlace
from .sight import slices


def declared(choosing: Choosing, around: Around, mapped: Mapped, *, named: bool) -> Mapped:
    """States that fit are mapped in, mostly, and stay, move or are not said to come out; others are declared out alone."""
    states = [s for s in around.states if s.becomes is None]
    square = [s for s in states if all(len(t.shape) == 2 for _, t in s.entries) and slices_both(s, mapped)]
    if square and choosing.sometimes(50):
        return moving(choosing, choosing.one(square), mapped)
    comes = entries(choosing, states, mapped, fitting(states, mapped), named, 75)
    style = choosing.weighted({"none": 4, "same": 4, "other": 3})
    goes: list[OnAxis] = comes if style == "same" else []
    if style == "other":
        goes = entries(
            choosing, states, mapped, [*fitting(states, mapped), *((s, 0) for s in states if s.loose)], named, 90
        )
    return evolve(mapped, state_in_axes=given(choosing, comes), state_out_axes=given(choosing, goes))


def slices_both(state: StatePlace, mapped: Mapped) -> bool:
    return len([axis for s, axis in fitting([state], mapped) if axis >= 0]) == 2


def moving(choosing: Choosing, state: StatePlace, mapped: Mapped) -> Mapped:
    """A square state comes in on one axis, and goes out on the other."""
    comes = choosing.one([0, 1, -1])
    one = OnAxis(comes, (filter_of(choosing, state),))
    goes = evolve(one, axis=0 if comes else choosing.one([1, -1]))
    return evolve(mapped, state_in_axes=(one,), state_out_axes=(goes,))


def fitting(states: Sequence[StatePlace], mapped: Mapped) -> list[tuple[StatePlace, int]]:
    """States with axes that are as long as there are lanes."""
    found = [(s, axis) for s in states if not s.loose and not s.deep for axis in (0, 1, -1)]
    return [(s, axis) for s, axis in found if slices(s.entries, axis, mapped.lanes) is not None]


def entries(
    choosing: Choosing,
    states: Sequence[StatePlace],
    mapped: Mapped,
    among: list[tuple[StatePlace, int]],
    named: bool,
    percent: int,
) -> list[OnAxis]:
    """A few axes, each with filters that accept something meant, and perhaps more."""
    found: dict[Axis, OnAxis] = {}
    taken: set[tuple[str, ...]] = set()
    if states and choosing.sometimes(12):
        found[None] = OnAxis(None, (filter_of(choosing, choosing.one(states)),))
    for _ in range(choosing.weighted({1: 4, 2: 2}) if among and choosing.sometimes(percent) else 0):
        state, axis = choosing.one(among)
        if axis in found or state.place in taken:
            continue
        if named and choosing.sometimes(50):
            taken.add(state.place)
            also = (filter_of(choosing, state),) if choosing.sometimes(15) else ()
            found[axis] = OnAxis(axis, also, (state.place,))
        else:
            also = (Filter("tag"),) if choosing.sometimes(12) else ()
            found[axis] = OnAxis(axis, (filter_of(choosing, state), *also))
    if choosing.sometimes(4):
        found.setdefault(1, OnAxis(1, (Filter("nothing"),)))
    return list(found.values())


def filter_of(choosing: Choosing, state: StatePlace) -> Filter:
    """A filter that accepts a state, by its kind, by a kind above it, or by what else is known."""
    above = {"HiddenState": "ShortTermState", "ParamState": "LongTermState", "BatchState": "LongTermState"}
    kind = state.kind
    if choosing.sometimes(15):
        kind = above.get(kind, "State")
    other = "ParamState" if state.kind != "ParamState" else "HiddenState"
    tagged = 6 if state.tag == "slow" else 0
    form = choosing.weighted({"kind": 6, "type": 2, "predicate": 2, "not": 1, "everything": 1, "tag": tagged})
    return Filter(form, other if form == "not" else "State" if form in ("everything", "tag") else kind)


def given(choosing: Choosing, found: list[OnAxis]) -> StateAxes:
    """As a dictionary, or one filter alone where that means the same."""
    if len(found) == 1 and found[0].axis == 0 and choosing.sometimes(40):
        return found[0]
    return tuple(found)
