"""Drawing the methods of a class: statements that are valid by construction.

A writer keeps what is known at each point: the variables with their types, which of them are exact, and which states may be
written with what. A *loose* variable has no type. An exact state is given exact values only, so that what is compared, cast or
branched upon never depends on rounding. In the lanes of mappings a variable is known to be the same in all of them, or it may be
*mapped* over some of these levels.
"""

from __future__ import annotations

from attrs import evolve, field, frozen, mutable

from . import data, transforms
from .choosing import STATICS, Choosing
from .operations import KEY
from .reach import Around, Callee, Gives, Level, Levels, Touched
from .scope import everything
from .statements import STATEMENTS
from .statements.arithmetic import constant, use
from .values import Atom, Literal, Name, Statement, Symbol, TreeType, Type

NOWHERE: Levels = frozenset()


@frozen
class Variable:
    """A variable in scope: its type, or None if it is loose, and whether its numbers are exact."""

    name: str
    type: Type | None
    exact: bool


@mutable
class Writer:
    """Writes one method."""

    choosing: Choosing
    around: Around
    variables: list[Variable] = field(factory=list)
    trees: list[tuple[str, TreeType]] = field(factory=list)
    body: list[Statement] = field(factory=list)
    shown: set[str] = field(factory=set)  # variables that the result holds for certain
    named: int = 0
    levels: tuple[Level, ...] = ()  # the mappings around
    mapped: dict[str, Levels] = field(factory=dict)  # over which of them a variable may be mapped
    touched: Touched = field(factory=Touched)
    quiet: bool = False  # it computes and reads, and leaves nothing behind

    def add(self, statement: Statement, mapped: Levels | None = None) -> None:
        """A statement; what it binds is mapped as its operands are, if nothing else is said."""
        self.body.append(statement)
        self.touched = self.touched + touches(statement)
        if isinstance(statement, data.Write) and any(
            s.loose and s.place == statement.place for s in self.around.states
        ):
            self.touched = self.touched + Touched(growth=1 + self.doublings())
        bound = getattr(statement, "bind", None)
        if self.levels and bound is not None:
            names = [x.name for x in everything(statement) if isinstance(x, Name)]
            self.mapped[bound] = self.over(*names) if mapped is None else mapped

    def doublings(self, depth: int = 0) -> int:
        """How often the lanes of the mappings around, from a depth on, may double what grows by an axis of each."""
        return sum(level.lanes.bit_length() for level in self.levels[depth:])

    def over(self, *names: str) -> Levels:
        """The levels over which one of these variables may be mapped."""
        return NOWHERE.union(*(self.mapped.get(name, NOWHERE) for name in names))

    @property
    def every(self) -> Levels:
        return frozenset(level.number for level in self.levels)

    def fresh(self, letter: str = "v") -> str:
        self.named += 1
        return f"{letter}{self.named}"

    def bind(self, type_: Type | None, exact: bool) -> str:
        name = self.fresh()
        self.variables.append(Variable(name, type_, exact))
        return name

    def typed(self, type_: Type | None = None, exact: bool = False) -> list[Variable]:
        """The variables that have a type, this one if it is given, and are no keys; exact ones if asked for."""
        found = [v for v in self.variables if v.type is not None and v.type.dtype != KEY and (v.exact or not exact)]
        return [v for v in found if v.type == type_] if type_ is not None else found

    def statement(self) -> None:
        """One more statement, or a few that belong together."""
        among = [sort for sort in STATEMENTS.values() if sort.draw is not None and (sort.quiet or not self.quiet)]
        sorts = {sort.data: sort for sort in among if sort.possible(self)}
        draw = sorts[self.choosing.weighted({cls: sort.weight for cls, sort in sorts.items()})].draw
        assert draw is not None
        draw(self)

    def atom(self, type_: Type, exact: bool, same: Levels = NOWHERE) -> Atom:
        """Something of a type: a variable, a number where there is no shape, or a constant made for it; the `same` over some levels."""
        among = [v for v in self.typed(type_, exact) if not self.over(v.name) & same]
        if among and self.choosing.sometimes(90):
            return Name(self.choosing.one(among[-4:]).name)
        if not type_.shape and self.choosing.sometimes(50):
            return Literal(self.choosing.number(type_.dtype))
        value = self.choosing.value(type_, ("jax", "numpy"))
        name = self.bind(type_, True)
        self.add(data.Constant(name, value))
        return Name(name)


def touches(s: Statement) -> Touched:
    """What a statement touches; what a call does is said by whom it calls."""
    match s:
        case data.Read():
            return Touched(frozenset({s.place}))
        case data.Write() | data.Remap():
            return Touched(frozenset({s.place}), frozenset({s.place}))
        case data.Snapshot() | data.Restore():
            return Touched(whole=True)
        case data.Draw() | data.Stream():
            return Touched(draws=True)
    return Touched()


# ---- methods ------------------------------------------------------------------------------------------------------


def parameters(choosing: Choosing, *, outside: bool) -> tuple[data.Parameter, ...]:
    """Typed, loose and static ones, by position or by name alone, some with defaults; those that only scripts call take dictionaries too."""
    found: list[data.Parameter] = []
    for k in range(choosing.weighted({0: 2, 1: 8, 2: 7, 3: 2})):
        kind = choosing.weighted({"typed": 12, "loose": 6, "static": 5, "tree": 2 if outside else 0})
        static = choosing.one(list(STATICS)) if kind == "static" else ""
        type_ = choosing.type() if kind == "typed" else None
        keyword = choosing.sometimes(15)
        parameter = data.Parameter(f"x{k}", tree_type(choosing) if kind == "tree" else type_, static, keyword)
        defaults = [p.default is not None for p in found if not p.keyword]
        must = not keyword and any(defaults)  # after one with a default
        if kind != "tree" and (must or choosing.sometimes(12)):
            parameter = evolve(parameter, default=default(choosing, parameter))
        elif must:
            parameter = evolve(parameter, keyword=True)
        found.append(parameter)
    return tuple(found)


def tree_type(choosing: Choosing) -> TreeType:
    return tuple((key, choosing.type()) for key in choosing.one([("p", "q"), ("q", "p"), ("p",)]))


def default(choosing: Choosing, parameter: data.Parameter) -> data.Value | Literal | Symbol:
    if parameter.static:
        value = choosing.static(parameter.static)
        return value if isinstance(value, Symbol) else Literal(value)
    if isinstance(parameter.type, Type):
        return choosing.value(parameter.type)
    return Literal(choosing.number("float32"))


def method(
    name: str, choosing: Choosing, around: Around, length: int, *, raising: bool, outside: bool = False
) -> Callee:
    """A method, and how it is called at the place of its own class."""
    writer = Writer(choosing, around)
    takes = parameters(choosing, outside=outside)
    for p in takes:
        take(writer, p, p.type)
    result, gives = fill(writer, takes, length, raising)
    above = transform_above(choosing, takes) if choosing.sometimes(12) else None
    made = data.Method(name, takes, tuple(writer.body), result, above)
    return Callee((), made, gives, touched=writer.touched)


def take(writer: Writer, p: data.Parameter, type_: Type | TreeType | None, mapped: Levels = NOWHERE) -> None:
    """A parameter, as the body sees it."""
    if isinstance(type_, Type) or (type_ is None and not p.static):
        writer.variables.append(Variable(p.name, type_, True))
    elif type_ is not None:
        writer.trees.append((p.name, type_))
    writer.mapped[p.name] = mapped


def fill(
    writer: Writer, takes: tuple[data.Parameter, ...], length: int, raising: bool
) -> tuple[tuple[tuple[str | int, Atom], ...], tuple[Gives, ...]]:
    """Statements, and what the method gives."""
    choosing = writer.choosing
    deciding = [p for p in takes if p.static in ("number", "tuple", "maybe")]
    sometimes = raising and bool(deciding) and choosing.sometimes(70)
    for k in range(length):
        writer.statement()
        if sometimes and k == length // 2:
            writer.add(data.Raise("on purpose", Name(choosing.one(deciding).name)))
        for p in takes:  # each static argument matters, and is seen to
            if p.static and k == length // 2:
                use(writer, p)
                writer.shown.add(writer.variables[-1].name)
    if raising and not sometimes:
        writer.add(data.Raise("on purpose"))
    return results(writer, raising and not sometimes)


def fill_some(writer: Writer, length: int) -> None:
    for _ in range(length):
        writer.statement()


def transform_above(choosing: Choosing, takes: tuple[data.Parameter, ...]) -> data.Transform | None:
    sorts = [sort.above for sort in transforms.TRANSFORMS.values() if sort.above]
    made: data.Transform = choosing.one(sorts)(choosing, takes)
    return made


def results(writer: Writer, raising: bool) -> tuple[tuple[tuple[str | int, Atom], ...], tuple[Gives, ...]]:
    """What the method gives: one bare variable, or a few by name or by position; the later ones more often."""
    choosing = writer.choosing
    if raising:
        return (), ()
    if not writer.variables:
        constant(writer)
    some = {*choosing.some(writer.variables[:-1], 30), writer.variables[-1]}
    picked = {v.name: v for v in writer.variables if v in some or v.name in writer.shown}
    if len(picked) == 1 and choosing.sometimes(60):
        (v,) = picked.values()
        return (("", Name(v.name)),), ((None, v.type, v.exact),)
    by_name = choosing.sometimes(70)
    entries = [(f"r{k}" if by_name else k, v) for k, v in enumerate(picked.values())]
    result: list[tuple[str | int, Atom]] = [(key, Name(v.name)) for key, v in entries]
    if choosing.sometimes(8):
        result.append(("none" if by_name else len(entries), Literal(None)))
    return tuple(result), tuple((key, v.type, v.exact) for key, v in entries)
