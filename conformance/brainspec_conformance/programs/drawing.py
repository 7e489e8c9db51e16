"""Drawing programs: classes, a plan, a script. Everything is drawn before anything runs, and is valid by construction."""

from __future__ import annotations

from random import Random

from attrs import evolve
from hypothesis import strategies as st

from . import bodies, data, lanes, script
from .choosing import Choosing
from .operations import BOOL, FLOAT
from .reach import Around, Callee, StatePlace

MAPPED = 27  # percent of methods
KINDS = ["State", "ShortTermState", "HiddenState", "LongTermState", "ParamState", "BatchState"]


def programs(size: int = 10) -> st.SearchStrategy[data.Program]:
    """Programs whose methods have about `size` statements together."""
    return st.builds(lambda random: draw(random, size), st.randoms(use_true_random=False))


def draw(random: Random, size: int = 10, devices: int = 1) -> data.Program:
    """One program, for so many devices or more; in some nothing rounds, so that more can be done in plain Python."""
    choosing = Choosing(random, exact=random.randrange(100) < 45, devices=devices)
    classes = [leaf(choosing, "Cell", size)]
    if choosing.sometimes(25):
        classes.append(leaf(choosing, "Gate", size))
    drawn = [*classes, root(choosing, classes, size)]
    made = tuple(d.cls for d in drawn)
    plan, steps = script.script(choosing, drawn[-1], made)
    caught = "fresh" if choosing.sometimes(8) else None
    return data.Program(made, plan, steps, choosing.up_to(9), caught)


class Drawn:
    """A class as it was drawn, with what its methods and those above it can reach."""

    def __init__(self, cls: data.ModuleClass, around: Around, own: list[Callee]) -> None:
        self.cls, self.around, self.own = cls, around, own

    def at(self, place: data.Place) -> Around:
        """What a class above reaches, if an instance of this one is at a place below it."""
        return (Around(callees=tuple(self.own)) + self.around).below(place)


# ---- fields -------------------------------------------------------------------------------------------------------


def own_fields(choosing: Choosing, least: int) -> tuple[tuple[tuple[str, data.Field], ...], Around]:
    """States, streams, plain numbers and arrays, and a container of states, each perhaps."""
    fields: list[tuple[str, data.Field]] = []
    states: list[StatePlace] = []
    for k in range(choosing.up_to(3, least)):
        drawn, place = state_field(choosing, (f".a{k}",))
        fields.append((f"a{k}", drawn))
        states.append(place)
    streams = [name for name, percent in (("rng", 35), ("noise", 8)) if choosing.sometimes(percent)]
    fields += [(name, data.StreamField(choosing.up_to(9))) for name in streams]
    numbers: list[tuple[data.Place, data.Type]] = []
    if choosing.sometimes(20):
        number, type_ = plain_field(choosing)
        fields.append(("rate", number))
        numbers.append(((".rate",), type_))
    if choosing.sometimes(20):
        box, below = container(choosing)
        fields.append(("box", box))
        states += below
    return tuple(fields), Around(tuple(states), tuple((f".{name}",) for name in streams), tuple(numbers))


def plain_field(choosing: Choosing) -> tuple[data.StaticField, data.Type]:
    if choosing.sometimes(60):
        return data.StaticField(choosing.number(FLOAT)), data.Type(FLOAT)
    value = choosing.value(choosing.type(), ("jax", "numpy"))
    return data.StaticField(value), value.type


def container(choosing: Choosing) -> tuple[data.Field, list[StatePlace]]:
    """States in a dictionary, a list or a tuple."""
    how = choosing.one(["dict", "list", "tuple"])
    keys = ["'k'", "'j'"][: choosing.up_to(2, 1)] if how == "dict" else ["0", "1"][: choosing.up_to(2, 1)]
    drawn = [state_field(choosing, (".box", f"[{key}]")) for key in keys]
    places = [place for _, place in drawn]
    if how == "dict":
        return data.DictField(tuple((key[1:-1], f) for key, (f, _) in zip(keys, drawn))), places
    return data.ListField(tuple(f for f, _ in drawn), how == "tuple"), places


def state_field(choosing: Choosing, place: data.Place) -> tuple[data.StateField, StatePlace]:
    """A state: an array, a number, or a container of arrays; loose or typed, exact or not."""
    kind = choosing.one(KINDS)
    name = choosing.weighted({None: 5, "named": 1})
    tag = choosing.weighted({None: 5, "slow": 1})
    unit = choosing.weighted({None: 9, "mV": 1})
    exact = choosing.exact or choosing.sometimes(70)
    hows = ("jax", "numpy") if kind == "HiddenState" else ("jax", "jax", "numpy", "python")
    if kind != "HiddenState" and choosing.sometimes(20):
        tree = tree_value(choosing)
        entries = tuple((key, v.type) for key, v in tree.entries if isinstance(v, data.Value))
        deep = len(entries) < len(tree.entries)
        found = StatePlace(place, entries, exact, False, tree.how, kind, tag, deep)
        return data.StateField(kind, tree, name, tag, unit), found
    value = choosing.value(choosing.type(), hows)
    loose = value.type.dtype != BOOL and choosing.sometimes(22)
    found = StatePlace(place, ((None, value.type),), exact or loose, loose, kind=kind, tag=tag)
    return data.StateField(kind, value, name, tag, unit), found


def tree_value(choosing: Choosing) -> data.Tree:
    """A container of arrays, perhaps with another one in it."""
    how = choosing.weighted({"dict": 3, "list": 1, "tuple": 1})
    keys: list[str | int] = choosing.one([["p", "q"], ["q", "p"]]) if how == "dict" else [0, 1]
    types = {key: choosing.type() for key in keys}
    if choosing.sometimes(40):  # alike, so that a mapping can slice both
        types = dict.fromkeys(keys, types[keys[0]])
    tree = choosing.tree(types, how)
    if choosing.sometimes(15):
        inner = choosing.tree({key: choosing.type() for key in ("s", "t")})
        tree = data.Tree((*tree.entries, ("z" if how == "dict" else 2, inner)), how)
    return tree


# ---- classes ------------------------------------------------------------------------------------------------------


def leaf(choosing: Choosing, name: str, size: int) -> Drawn:
    """A class with states, a stream perhaps, and methods."""
    fields, around = own_fields(choosing, least=1)
    cls = data.ModuleClass(name, fields)
    return with_methods(choosing, cls, around, size // 3 + 1, ["step", "more"][: choosing.up_to(2, 1)], raising=8)


def with_methods(
    choosing: Choosing, cls: data.ModuleClass, around: Around, length: int, names: list[str], raising: int
) -> Drawn:
    """The class with methods, each of which can call those before it, and with what a module has beside."""
    own: list[Callee] = []
    helpers: list[data.Method] = []
    for name in names:
        reach = Around(callees=tuple(own)) + around
        raises = choosing.sometimes(raising)
        count = max(1, choosing.up_to(length + 2, length - 1))
        outside = cls.name == "Net" and name == names[-1] and choosing.sometimes(50)
        if choosing.sometimes(MAPPED):
            *below, callee = lanes.family(choosing, reach, lanes.Body(name, count, raises, outside))
            helpers += [c.method for c in below]
        else:
            callee = bodies.method(name, choosing, reach, count, raising=raises, outside=outside)
        own.append(callee)
    if choosing.sometimes(30):
        own[-1] = evolve(own[-1], method=evolve(own[-1].method, updates=True))
    return Drawn(labelled(choosing, cls, (*helpers, *(c.method for c in own))), around, own)


def labelled(choosing: Choosing, cls: data.ModuleClass, methods: tuple[data.Method, ...]) -> data.ModuleClass:
    """A class with its methods, a name, and how its states are made anew and reset."""
    states = [
        ((f".{name}",), f)
        for name, f in cls.fields
        if isinstance(f, data.StateField) and (f".{name}",) not in {a.source for a in cls.aliases}
    ]
    again = choosing.some(states, 60) if choosing.sometimes(25) else ()
    resets = choosing.some(states, 60) if choosing.sometimes(25) else ()
    return evolve(
        cls,
        methods=methods,
        inits=again,
        resets=tuple((place, f.value) for place, f in resets),
        label="model" if choosing.sometimes(10) else None,
        bare=choosing.sometimes(10),
    )


def root(choosing: Choosing, leaves: list[Drawn], size: int) -> Drawn:
    """The root: states of its own, parts as attributes, in a list and in a dictionary, shared states, a cycle."""
    fields, own = own_fields(choosing, least=0)
    parts, places = part_fields(choosing, leaves)
    aliases, twins = shared(choosing, places)
    around = own
    for place, drawn in (*places, *twins):
        around = around + drawn.at(place)
    around = without(
        at_sources(around, aliases), {a.target for a in aliases if a.source}, {place for place, _ in twins}
    )
    cls = data.ModuleClass("Net", (*fields, *parts), aliases)
    return with_methods(
        choosing, cls, around, size // 2 + 1, ["run", "walk", "turn"][: choosing.up_to(3, 1)], raising=6
    )


def part_fields(
    choosing: Choosing, leaves: list[Drawn]
) -> tuple[tuple[tuple[str, data.Field], ...], list[tuple[data.Place, Drawn]]]:
    """The parts, and where they are: one, or two of the first class together."""
    first, *others = leaves
    how = choosing.weighted({"one": 4, "list": 3, "tuple": 1, "dict": 1})
    part = data.PartField(first.cls.name)
    field: data.Field = part
    if how == "dict":
        field = data.DictField((("x", part), ("y", part)))
    elif how != "one":
        field = data.ListField((part, part), how == "tuple")
    keys = {"one": [""], "dict": ["['x']", "['y']"]}.get(how, ["[0]", "[1]"])
    name = "cell" if how == "one" else "cells"
    places: list[tuple[data.Place, Drawn]] = [((f".{name}", *([key] if key else [])), first) for key in keys]
    gates = [("gate", data.PartField(other.cls.name)) for other in others]
    return ((name, field), *gates), [*places, *(((".gate",), other) for other in others)]


def shared(
    choosing: Choosing, places: list[tuple[data.Place, Drawn]]
) -> tuple[tuple[data.Alias, ...], list[tuple[data.Place, Drawn]]]:
    """The second of two equal parts uses a state of the first; a part knows its root; a part has a second name."""
    aliases: list[data.Alias] = []
    twins: list[tuple[data.Place, Drawn]] = []
    if len(places) > 1 and places[0][1] is places[1][1] and choosing.sometimes(40):
        (a, drawn), (b, _) = places[:2]
        made_anew = {place for place, _ in drawn.cls.inits}
        free = [s.place for s in drawn.around.states if s.place not in made_anew and s.place[-1].startswith(".")]
        if free:
            state = choosing.one(free)
            aliases.append(data.Alias((*b, *state), (*a, *state)))
    if choosing.sometimes(15):
        aliases.append(data.Alias((*places[0][0], ".up"), ()))
    if choosing.sometimes(10):
        twins = [((".twin",), places[0][1])]
        aliases.append(data.Alias((".twin",), places[0][0]))
    return tuple(aliases), twins


def without(around: Around, gone: set[data.Place], twins: set[data.Place]) -> Around:
    """An alias reaches the same state: what is known of it is known at its source; a second name is used for calls alone."""
    kept = tuple(s for s in around.states if s.place not in gone and s.place[:1] not in twins)
    streams = tuple(s for s in around.streams if s[:1] not in twins)
    return evolve(around, states=kept, streams=streams)


def at_sources(around: Around, aliases: tuple[data.Alias, ...]) -> Around:
    """What methods touch by an alias, they touch at its source."""
    pairs = [(a.source, a.target) for a in aliases if a.source]
    return evolve(around, callees=tuple(evolve(c, touched=c.touched.at(pairs)) for c in around.callees))
