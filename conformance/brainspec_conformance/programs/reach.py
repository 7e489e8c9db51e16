"""What a method can reach: states, streams, numbers and other methods; what these touch; and in which mappings a body stands."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve, frozen

from . import data
from .values import Place, Type

Gives = tuple[str | int | None, Type | None, bool]
Levels = frozenset[int]
Entries = tuple[tuple[str | int | None, Type], ...]


@frozen
class Level:
    """A mapping around a body, by its number from outside; its lanes, the name of its axis, and whether lanes are devices."""

    number: int
    lanes: int
    name: str | None = None
    parallel: bool = False


@frozen
class StatePlace:
    """A state that a method can reach: what it holds there, by entry (None: the whole value); a loose one may change its type.

    In a lane: `levels` are the mappings over which what it holds may be mapped, `free` those over which what is written may be;
    a first write makes it what `becomes` says.
    """

    place: Place
    entries: Entries
    exact: bool
    loose: bool
    how: str = "dict"
    kind: str = "State"
    tag: str | None = None
    deep: bool = False  # it holds more than its entries
    levels: Levels = frozenset()
    free: Levels = frozenset()
    writable: bool = True
    becomes: Entries | None = None


@frozen
class Touched:
    """What a method touches, in what it calls too; `whole` if it looks at all states below a place."""

    states: frozenset[Place] = frozenset()
    written: frozenset[Place] = frozenset()
    whole: bool = False
    draws: bool = False
    parallel: bool = False  # there is a `pmap2` in it
    growth: int = 0  # how often a call may double what a state holds

    def at(self, places: Iterable[tuple[Place, Place]]) -> Touched:
        """The same with other places: the first of each pair in place of the second."""
        pairs = tuple(places)
        return evolve(
            self,
            states=frozenset(moved(p, pairs) for p in self.states),
            written=frozenset(moved(p, pairs) for p in self.written),
        )

    def __add__(self, other: Touched) -> Touched:
        return Touched(
            self.states | other.states,
            self.written | other.written,
            self.whole or other.whole,
            self.draws or other.draws,
            self.parallel or other.parallel,
            self.growth + other.growth,
        )


def moved(place: Place, pairs: tuple[tuple[Place, Place], ...]) -> Place:
    for new, old in pairs:
        if place[: len(old)] == old:
            return (*new, *place[len(old) :])
    return place


@frozen
class Callee:
    """A method that can be called at a place, and what it gives, by entry.

    One of a `lane` is to be called through that mapping only; `depth` is the number of mappings that its body was drawn in.
    """

    place: Place
    method: data.Method
    gives: tuple[Gives, ...]
    lane: data.Mapped | None = None
    touched: Touched = Touched()
    depth: int = 0

    def below(self, place: Place) -> Callee:
        return evolve(self, place=(*place, *self.place), touched=self.touched.at([(place, ())]))

    @property
    def mapping(self) -> data.Mapped | None:
        """The mapping through which it is called."""
        above = self.method.transform
        return above if isinstance(above, data.Mapped) else self.lane


@frozen
class Around:
    """What the methods of a class can reach: states, streams, plain numbers, methods, and parts (itself among them)."""

    states: tuple[StatePlace, ...] = ()
    streams: tuple[Place, ...] = ()
    numbers: tuple[tuple[Place, Type], ...] = ()
    callees: tuple[Callee, ...] = ()
    parts: tuple[Place, ...] = ((),)

    def below(self, place: Place) -> Around:
        """The same, seen from a class that has an instance of this one at a place."""
        return Around(
            tuple(evolve(s, place=(*place, *s.place)) for s in self.states),
            tuple((*place, *s) for s in self.streams),
            tuple(((*place, *n), type_) for n, type_ in self.numbers),
            tuple(c.below(place) for c in self.callees),
            tuple((*place, *p) for p in self.parts),
        )

    def __add__(self, other: Around) -> Around:
        return Around(
            self.states + other.states,
            self.streams + other.streams,
            self.numbers + other.numbers,
            self.callees + other.callees,
            tuple(dict.fromkeys(self.parts + other.parts)),
        )
