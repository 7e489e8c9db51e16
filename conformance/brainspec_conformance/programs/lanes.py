"""Drawing methods that are mapped: the mapping first, then the body in the sight of one of its lanes, then the axes of the result.

Seen from outside a parameter has the type of the whole argument. A method stands in its class with the mapping above it, or is written for
one lane and mapped where it is used. In its lanes it calls methods that see what a lane sees: other mappings, jitted functions.
"""

from __future__ import annotations

from attrs import evolve, frozen

from . import bodies, data, transforms
from .bodies import Writer
from .choosing import STATICS, Choosing
from .declaring import declared
from .mappings import Axis, Mapped
from .reach import Around, Callee, Gives, Level, StatePlace
from .sight import inserted, seen, settled
from .statements.calls import call_of
from .statements.states import read_of, write_to
from .values import Atom, Name, Symbol, TreeType, Type

NESTED = 35  # percent of lanes that have something drawn for them to call
DEEPEST = 3
COPIES = (Symbol("jax.vmap"), Symbol("functools.partial(jax.vmap, spmd_axis_name=None)"))


@frozen
class Taken:
    """A parameter as a lane sees it, and the axis that it is mapped on."""

    parameter: data.Parameter
    inside: Type | TreeType | None
    axis: Axis | tuple[tuple[str, Axis], ...]

    @property
    def mapped(self) -> bool:
        axes = [axis for _, axis in self.axis] if isinstance(self.axis, tuple) else [self.axis]
        return any(axis is not None for axis in axes)


@frozen
class Body:
    """What is to be drawn: how long it is, whether it raises, and whether scripts alone call it.

    Of a `quiet` one each lane is what plain calls on slices are: a law is about these.
    """

    name: str
    length: int
    raising: bool = False
    outside: bool = False
    quiet: bool = False


def family(choosing: Choosing, around: Around, asked: Body, levels: tuple[Level, ...] = ()) -> list[Callee]:
    """A lane method, behind those that it alone calls."""
    if not levels and choosing.sometimes(15):
        asked = evolve(asked, quiet=True, raising=False)
    above = not asked.quiet and choosing.sometimes(50)
    level, mapped = mapping(choosing, around, asked, levels, above)
    sight = seen(around, level, mapped)
    inside = (*levels, level)
    helpers = helped(choosing, settled(sight), asked, inside)
    own = helpers[-1:]
    writer = Writer(choosing, evolve(sight, callees=(*own, *sight.callees)), levels=inside, quiet=asked.quiet)
    takes, mapped = taken(choosing, mapped, asked, first=int(above))
    sliced = [s for s in sight.states if level.number in s.levels]
    if not any(t.mapped for t in takes) or (mapped.axis_name and sliced) or choosing.sometimes(20):
        mapped = sized(choosing, writer, mapped, sliced, takes)
    for t in takes:
        bodies.take(writer, t.parameter, t.inside, writer.every if t.mapped else writer.every - {level.number})
    parameters = tuple(t.parameter for t in takes)
    before = asked.length // 2 if own else 0
    bodies.fill_some(writer, before)
    for callee in own:
        call_of(writer, callee)
    left = [s for s in writer.around.states if s.writable and level.number in s.free and not asked.quiet]
    for state in choosing.some(left, 35):
        write_to(writer, state)  # what lanes leave is what a mapping is about
    result, gives = bodies.fill(writer, parameters, max(1, asked.length - before), asked.raising)
    mapped, whole = stacked(writer, mapped, result, gives)
    method = data.Method(asked.name, parameters, tuple(writer.body), result, mapped if above else None)
    touched = evolve(writer.touched, parallel=writer.touched.parallel or level.parallel)
    return [*helpers, Callee((), method, whole, None if above else mapped, touched, len(levels))]


def helped(choosing: Choosing, sight: Around, asked: Body, inside: tuple[Level, ...]) -> list[Callee]:
    """What is drawn for a lane to call, perhaps: another mapping, or a method that may be jitted."""
    if asked.quiet or not choosing.sometimes(NESTED):
        return []
    below = Body(f"{asked.name}_in", max(1, asked.length // 2))
    if len(inside) < DEEPEST and choosing.sometimes(60):
        return family(choosing, sight, below, inside)
    return [plain(choosing, sight, below, inside)]


def plain(choosing: Choosing, sight: Around, asked: Body, inside: tuple[Level, ...]) -> Callee:
    """A method that is not mapped, for lanes to call; whatever it is given may be mapped."""
    writer = Writer(choosing, sight, levels=inside)
    takes = bodies.parameters(choosing, outside=False)
    for p in takes:
        bodies.take(writer, p, p.type, writer.every)
    result, gives = bodies.fill(writer, takes, asked.length, False)
    above = bodies.transform_above(choosing, takes) if choosing.sometimes(30) else None
    method = data.Method(asked.name, takes, tuple(writer.body), result, above)
    return Callee((), method, gives, touched=writer.touched, depth=len(inside))


# ---- the mapping --------------------------------------------------------------------------------------------------


def mapping(
    choosing: Choosing, around: Around, asked: Body, levels: tuple[Level, ...], above: bool
) -> tuple[Level, Mapped]:
    """Its lanes, the name of its axis, and its states; what hangs on parameters and results comes later."""
    lanes = size_for(choosing, around)
    parallel = lanes in choosing.lanes_of_pmap and not any(level.parallel for level in levels)
    how = choosing.weighted({"vmap2": 6, "StatefulMapping": 4, "pmap2": 3 if parallel else 0})
    if how == "pmap2":  # JAX runs one compiled program on one set of devices
        choosing.lanes_of_pmap = range(lanes, lanes + 1)
    level = Level(len(levels) + 1, lanes, f"{asked.name}_axis" if choosing.sometimes(65) else None, how == "pmap2")
    made = Mapped(how, lanes, axis_name=level.name)
    policy = choosing.weighted({"ignore": 5, "warn": 1, "raise": 3})
    made = evolve(made, unexpected_out_state_mapping=policy)
    if how == "vmap2" and choosing.sometimes(10):
        made = evolve(made, spmd_axis_name="data")
    if how == "StatefulMapping":
        fn = choosing.one(COPIES) if choosing.sometimes(25) else None
        made = evolve(made, name="mine" if choosing.sometimes(30) else None, mapping_fn=fn)
    if how == "pmap2" and lanes and choosing.sometimes(40):
        made = evolve(made, devices=Symbol(f"jax.devices()[:{lanes}]"))
    return level, made if asked.quiet else declared(choosing, around, made, named=not above)


def size_for(choosing: Choosing, around: Around) -> int:
    """A size that some state has, or another."""
    sizes = [n for s in around.states for _, type_ in s.entries for n in type_.shape]
    if sizes and choosing.sometimes(70):
        return choosing.one(sizes)
    return choosing.weighted({2: 6, 3: 5, 1: 3, 0: 1})


def sized(choosing: Choosing, writer: Writer, mapped: Mapped, sliced: list[StatePlace], takes: list[Taken]) -> Mapped:
    """The size is given by itself, by the list of devices, or by a state that is read first."""
    if mapped.how == "pmap2" and mapped.devices is not None and choosing.sometimes(60):
        return mapped
    if (
        any(t.mapped for t in takes)
        or mapped.axis_name
        or mapped.how == "pmap2"
        or not sliced
        or choosing.sometimes(30)
    ):
        return evolve(mapped, axis_size=mapped.lanes)
    read_of(writer, choosing.one(sliced))
    return mapped


# ---- parameters and results ---------------------------------------------------------------------------------------


def taken(choosing: Choosing, mapped: Mapped, asked: Body, first: int) -> tuple[list[Taken], Mapped]:
    """Parameters, and the axes that they are mapped on: the same for all, or one for each."""
    style = choosing.weighted({"first": 5, "last": 2, "each": 6, "none": 1})
    takes = [one(choosing, mapped, style, k, asked) for k in range(choosing.weighted({0: 2, 1: 7, 2: 7, 3: 3}))]
    positional = [t for t in takes if not t.parameter.keyword]
    if style == "each":
        mapped = evolve(mapped, in_axes=tuple(entry(t) for t in positional))
    elif style != "first":
        mapped = evolve(mapped, in_axes=-1 if style == "last" else None)
    static = [t.parameter for t in takes if t.parameter.static]
    if static:
        numbers, names = transforms.marks(choosing, [t.parameter for t in takes], static, first)
        if mapped.how == "pmap2":
            numbers, names = tuple(k + first for k, t in enumerate(positional) if t.parameter.static), ()
        mapped = evolve(mapped, static_argnums=numbers, static_argnames=names)
    return takes, mapped


def one(choosing: Choosing, mapped: Mapped, style: str, k: int, asked: Body) -> Taken:
    """One parameter: mapped or whole, a dictionary with axes of its own, static where the mapping has such, or any array, whole."""
    kind = choosing.weighted(
        {
            "typed": 12,
            "tree": 3 if asked.outside else 0,
            "loose": 2 if style in ("each", "none") else 0,
            "static": 0 if mapped.how == "vmap2" or asked.quiet else 3,
        }
    )
    keyword = kind != "loose" and choosing.sometimes(15) and (kind != "static" or mapped.how != "pmap2")
    name = f"x{k}"
    if kind == "loose":
        return Taken(data.Parameter(name, None), None, None)
    if kind == "static":
        return Taken(data.Parameter(name, None, choosing.one(list(STATICS)), keyword), None, None)
    if kind == "typed":
        type_ = choosing.type()
        axis = axis_of(choosing, style, keyword, type_)
        return Taken(data.Parameter(name, around_lanes(type_, axis, mapped.lanes), "", keyword), type_, axis)
    inside = bodies.tree_type(choosing)
    axes = tuple((key, axis_of(choosing, style, keyword, type_)) for key, type_ in inside)
    whole = tuple((key, around_lanes(type_, axis, mapped.lanes)) for (key, type_), (_, axis) in zip(inside, axes))
    return Taken(data.Parameter(name, whole, "", keyword), inside, axes)


def axis_of(choosing: Choosing, style: str, keyword: bool, type_: Type) -> Axis:
    """On which axis of the whole argument it is mapped; by name always on the first."""
    if keyword or style == "first":
        return 0
    if style != "each":
        return -1 if style == "last" else None
    return choosing.weighted({0: 5, None: 3, -1: 2, 1: 3 if type_.shape else 0, -len(type_.shape) - 1: 1})


def around_lanes(type_: Type, axis: Axis, lanes: int) -> Type:
    return type_ if axis is None else inserted(type_, axis, lanes)


def entry(t: Taken) -> Axis | Symbol:
    """The entry of a parameter in `in_axes`."""
    if not isinstance(t.axis, tuple):
        return t.axis
    return Symbol("{" + ", ".join(f"{key!r}: {axis}" for key, axis in t.axis) + "}")


def stacked(
    writer: Writer, mapped: Mapped, result: tuple[tuple[str | int, Atom], ...], gives: tuple[Gives, ...]
) -> tuple[Mapped, tuple[Gives, ...]]:
    """On which axes the results are stacked, and what the call gives then: the same for all, or one for each."""
    choosing = writer.choosing
    level = writer.levels[-1].number
    same = [isinstance(atom, Name) and level not in writer.over(atom.name) for _, atom in result][: len(gives)]
    style = choosing.weighted({"first": 5, "last": 2, "each": 6, "none": 5 if gives and all(same) else 0})
    if style == "each" and gives:
        axes = [out_axis(choosing, type_, whole) for (_, type_, _), whole in zip(gives, same)]
        by_key = tuple((key, axis) for (key, _), axis in zip(result, [*axes, 0]))
        bare = len(result) == 1 and result[0][0] == ""
        mapped = evolve(mapped, out_axes=axes[0] if bare else by_key)
    else:
        axes = [{"last": -1, "none": None}.get(style, 0)] * len(gives)
        mapped = evolve(mapped, out_axes=axes[0]) if axes else mapped
    wide = [t if t is None or a is None else inserted(t, a, mapped.lanes) for (_, t, _), a in zip(gives, axes)]
    return mapped, tuple((key, type_, exact) for (key, _, exact), type_ in zip(gives, wide))


def out_axis(choosing: Choosing, type_: Type | None, same: bool) -> Axis:
    """Not mapped, if that is so, rather often; else an axis that is there."""
    return choosing.weighted({None: 8 if same else 0, 0: 4, -1: 2, 1: 3 if type_ is not None and type_.shape else 0})
