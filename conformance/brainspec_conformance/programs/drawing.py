"""Drawing programs: classes, a plan, a script. Everything is drawn before anything runs, and is valid by construction."""

from __future__ import annotations

from random import Random

from attrs import evolve
from hypothesis import strategies as st

from . import bodies, data, script
from .bodies import Around, Callee, StatePlace
from .choosing import Choosing
from .operations import BOOL, FLOAT

KINDS = ["State", "ShortTermState", "HiddenState", "LongTermState", "ParamState", "BatchState"]


def programs(size: int = 10) -> st.SearchStrategy[data.Program]:
    """Programs whose methods have about `size` statements together."""
    return st.builds(lambda random: draw(random, size), st.randoms(use_true_random=False))


def draw(random: Random, size: int = 10) -> data.Program:
    """One program."""
    choosing = Choosing(random)
    classes = [leaf(choosing, "Cell", size)]
    if choosing.sometimes(25):
        classes.append(leaf(choosing, "Gate", size))
    drawn = [*classes, root(choosing, classes, size)]
    made = tuple(d.cls for d in drawn)
    plan, steps = script.script(choosing, drawn[-1], made)
    return data.Program(made, plan, steps, choosing.up_to(9))


class Drawn:
    """A class as it was drawn, with what its methods and those above it can reach."""

    def __init__(self, cls: data.ModuleClass, around: Around, own: list[Callee]) -> None:
        self.cls, self.around, self.own = cls, around, own

    def at(self, place: data.Place) -> Around:
        """What a class above reaches, if an instance of this one is at a place below it."""
        states = tuple(evolve(s, place=(*place, *s.place)) for s in self.around.states)
        streams = tuple((*place, *s) for s in self.around.streams)
        callees = tuple(evolve(c, place=(*place, *c.place)) for c in [*self.own, *self.around.callees])
        return Around(states, streams, (), callees)


def together(*parts: Around) -> Around:
    return Around(
        tuple(s for part in parts for s in part.states),
        tuple(s for part in parts for s in part.streams),
        tuple(n for part in parts for n in part.numbers),
        tuple(c for part in parts for c in part.callees),
    )


def leaf(choosing: Choosing, name: str, size: int) -> Drawn:
    """A class with states, a stream perhaps, and methods."""
    fields, around = own_fields(choosing, least=1)
    cls = data.ModuleClass(name, fields)
    return with_methods(choosing, cls, around, size // 3 + 1, ["step", "more"][: choosing.up_to(2, 1)], raising=8)


def own_fields(choosing: Choosing, least: int) -> tuple[tuple[tuple[str, data.Field], ...], Around]:
    fields: list[tuple[str, data.Field]] = []
    states: list[StatePlace] = []
    for k in range(choosing.up_to(3, least)):
        drawn, place = state_field(choosing, (f".a{k}",))
        fields.append((f"a{k}", drawn))
        states.append(place)
    streams: list[data.Place] = []
    if choosing.sometimes(35):
        fields.append(("rng", data.StreamField(choosing.up_to(9))))
        streams.append((".rng",))
    if choosing.sometimes(15):
        fields.append(("rate", data.StaticField(choosing.number(FLOAT))))
    if choosing.sometimes(20):
        drawn, place = state_field(choosing, (".box", "['k']"))
        fields.append(("box", data.DictField((("k", drawn),))))
        states.append(place)
    return tuple(fields), Around(tuple(states), tuple(streams), (), ())


def state_field(choosing: Choosing, place: data.Place) -> tuple[data.StateField, StatePlace]:
    """A state: an array, a number, or a dictionary of arrays; loose or typed, exact or not."""
    kind = choosing.one(KINDS)
    name = choosing.weighted({None: 5, "named": 1})
    tag = choosing.weighted({None: 5, "slow": 1})
    exact = choosing.sometimes(75)
    hows = ("jax", "numpy") if kind == "HiddenState" else ("jax", "jax", "numpy", "python")
    if kind != "HiddenState" and choosing.sometimes(15):
        entries = tuple((key, choosing.value(choosing.type(), ("jax", "numpy"))) for key in ("p", "q"))
        return data.StateField(kind, entries, name, tag), StatePlace(
            place, tuple((key, v.type) for key, v in entries), exact, False
        )
    value = choosing.value(choosing.type(), hows)
    loose = value.type.dtype != BOOL and choosing.sometimes(15)
    return data.StateField(kind, value, name, tag), StatePlace(place, ((None, value.type),), exact or loose, loose)


def with_methods(
    choosing: Choosing, cls: data.ModuleClass, around: Around, length: int, names: list[str], raising: int
) -> Drawn:
    """The class with methods; each can call those before it."""
    own: list[Callee] = []
    for name in names:
        reach = together(around, Around((), (), (), tuple(own)))
        raises = choosing.sometimes(raising)
        _made, callee = bodies.method(
            name, choosing, reach, max(1, choosing.up_to(length + 2, length - 1)), raising=raises
        )
        own.append(callee)
    return Drawn(evolve(cls, methods=tuple(c.method for c in own)), around, own)


def root(choosing: Choosing, leaves: list[Drawn], size: int) -> Drawn:
    """The root: states of its own, parts as attributes, in a list and in a dictionary, shared states, a cycle."""
    fields, own = own_fields(choosing, least=0)
    parts, places = part_fields(choosing, leaves)
    aliases = shared(choosing, places)
    around = together(own, *(leaf.at(place) for place, leaf in places))
    around = without(around, {a.target for a in aliases if a.source})
    cls = data.ModuleClass("Net", (*fields, *parts), aliases)
    return with_methods(
        choosing, cls, around, size // 2 + 1, ["run", "walk", "turn"][: choosing.up_to(3, 1)], raising=6
    )


def part_fields(
    choosing: Choosing, leaves: list[Drawn]
) -> tuple[tuple[tuple[str, data.Field], ...], list[tuple[data.Place, Drawn]]]:
    first = leaves[0]
    how = choosing.weighted({"one": 3, "list": 3, "dict": 1})
    fields: list[tuple[str, data.Field]] = []
    places: list[tuple[data.Place, Drawn]] = []
    part = data.PartField(first.cls.name)
    if how == "one":
        fields, places = [("cell", part)], [((".cell",), first)]
    elif how == "list":
        fields = [("cells", data.ListField((part, part)))]
        places = [((".cells", "[0]"), first), ((".cells", "[1]"), first)]
    else:
        fields = [("cells", data.DictField((("x", part), ("y", part))))]
        places = [((".cells", "['x']"), first), ((".cells", "['y']"), first)]
    for leaf_ in leaves[1:]:
        fields.append(("gate", data.PartField(leaf_.cls.name)))
        places.append(((".gate",), leaf_))
    return tuple(fields), places


def shared(choosing: Choosing, places: list[tuple[data.Place, Drawn]]) -> tuple[data.Alias, ...]:
    """The second of two equal parts uses a state of the first; a part knows its root."""
    aliases: list[data.Alias] = []
    if len(places) > 1 and places[0][1] is places[1][1] and choosing.sometimes(40):
        (a, drawn), (b, _) = places[:2]
        state = choosing.one(drawn.around.states).place
        aliases.append(data.Alias((*b, *state), (*a, *state)))
    if choosing.sometimes(15):
        aliases.append(data.Alias((*places[0][0], ".up"), ()))
    return tuple(aliases)


def without(around: Around, gone: set[data.Place]) -> Around:
    """An alias reaches the same state: what is known of it is known at its source."""
    return evolve(around, states=tuple(s for s in around.states if s.place not in gone))
