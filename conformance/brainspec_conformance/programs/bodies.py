"""Drawing the methods of a class: statements that are valid by construction.

A writer keeps what is known at each point: the variables with their types, which of them are exact, and which states may be
written with what. A *loose* variable has no type. An exact state is given exact values only, so that what is compared, cast or
branched upon never depends on rounding.
"""

from __future__ import annotations

from attrs import field, frozen, mutable

from . import data
from .choosing import Choosing
from .operations import BOOL, FLOAT, INT, LOOSE, OPERATIONS
from .samplers import SAMPLERS

WEIGHTS = {"apply": 12, "read": 7, "write": 7, "draw": 4, "constant": 1, "local": 1, "call": 5}
DISCRETE = {"less", "equal", "int", "floor", "sign"}  # what makes a jump of a rounding


@frozen
class Variable:
    """A variable in scope: its type, or None if it is loose, and whether its numbers are exact."""

    name: str
    type: data.Type | None
    exact: bool


@frozen
class StatePlace:
    """A state that a method can reach: what it holds there, by entry (None: the whole value); a loose one may change its type."""

    place: data.Place
    entries: tuple[tuple[str | None, data.Type], ...]
    exact: bool
    loose: bool


@frozen
class Callee:
    """A method that can be called at a place, and what it gives, by entry."""

    place: data.Place
    method: data.Method
    gives: tuple[tuple[str | None, data.Type | None, bool], ...]


@frozen
class Around:
    """What the methods of a class can reach."""

    states: tuple[StatePlace, ...]
    streams: tuple[data.Place, ...]
    numbers: tuple[data.Place, ...]
    callees: tuple[Callee, ...]


@mutable
class Writer:
    """Writes one method."""

    choosing: Choosing
    around: Around
    variables: list[Variable] = field(factory=list)
    body: list[data.Statement] = field(factory=list)
    locals: list[tuple[str, data.Type]] = field(factory=list)
    named: int = 0

    def fresh(self, letter: str = "v") -> str:
        self.named += 1
        return f"{letter}{self.named}"

    def bind(self, type_: data.Type | None, exact: bool) -> str:
        name = self.fresh()
        self.variables.append(Variable(name, type_, exact))
        return name

    def typed(self, type_: data.Type | None = None, exact: bool = False) -> list[Variable]:
        """The variables that have a type, this one if it is given; exact ones if asked for."""
        found = [v for v in self.variables if v.type is not None and (v.exact or not exact)]
        return [v for v in found if v.type == type_] if type_ is not None else found

    # ---- statements -------------------------------------------------------------------------------------------------

    def statement(self) -> None:
        weights = {kind: weight for kind, weight in WEIGHTS.items() if self.possible(kind)}
        getattr(self, self.choosing.weighted(weights))()

    def possible(self, kind: str) -> bool:
        needs = {
            "apply": self.variables,
            "read": self.around.states,
            "write": self.around.states,
            "call": self.around.callees,
        }
        return bool(needs.get(kind, True))

    def apply(self) -> None:
        loose = [v for v in self.variables if v.type is None]
        if loose and (self.choosing.sometimes(60) or not self.typed()):
            self.apply_loose(self.choosing.one(loose))
            return
        picked = self.operation()
        if picked is None:
            self.constant()
            return
        name, operands, type_ = picked
        exact = OPERATIONS[name].exact and all(v.exact for v in operands)
        self.body.append(data.Apply(self.bind(type_, exact), name, tuple(data.Name(v.name) for v in operands)))

    def operation(self) -> tuple[str, list[Variable], data.Type] | None:
        """An operation with operands that it takes; tried a few times, since most pairs of types do not fit."""
        for _ in range(12):
            op = OPERATIONS[self.choosing.weighted({o.name: 4 if o.exact else 1 for o in OPERATIONS.values()})]
            discrete = op.name in DISCRETE
            among = self.typed(exact=discrete)
            if not among:
                continue
            operands = [
                self.choosing.one(among[-6:] if self.choosing.sometimes(70) else among) for _ in range(op.arity)
            ]
            type_ = op.rule(*(v.type for v in operands))
            if type_ is not None and len(type_.shape) <= 3:
                return op.name, operands, type_
        return None

    def apply_loose(self, v: Variable) -> None:
        name = self.choosing.one([n for n in LOOSE if n != "loose_shift"])
        type_ = LOOSE[name].rule(v.type)
        self.body.append(data.Apply(self.bind(type_, v.exact), name, (data.Name(v.name),)))

    def constant(self) -> None:
        value = self.choosing.value(self.choosing.type(), ("jax", "jax", "numpy"))
        name = self.bind(value.type, True)
        self.body.append(data.Constant(name, value))

    def read(self) -> None:
        state = self.choosing.one(self.around.states)
        entry, type_ = self.choosing.one(state.entries)
        self.body.append(data.Read(self.bind(None if state.loose else type_, state.exact), state.place, entry))

    def write(self) -> None:
        state = self.choosing.one(self.around.states)
        entry, type_ = self.choosing.one(state.entries)
        if state.loose:
            self.retype(state)
            return
        self.body.append(data.Write(state.place, self.atom(type_, state.exact), entry))

    def retype(self, state: StatePlace) -> None:
        """A loose state gets what was made of itself: another shape, or another dtype."""
        before, after = self.bind(None, state.exact), None
        self.body.append(data.Read(before, state.place))
        after = self.bind(None, state.exact)
        if self.choosing.sometimes(30):
            self.body.append(data.Apply(after, "loose_shift", (data.Name(before), data.Literal(0.5))))
        else:
            self.body.append(data.Apply(after, self.choosing.one(["loose_double", "loose_pair"]), (data.Name(before),)))
        self.body.append(data.Write(state.place, data.Name(after)))

    def atom(self, type_: data.Type, exact: bool) -> data.Atom:
        """Something of a type: a variable, a number where there is no shape, or a constant made for it."""
        among = self.typed(type_, exact)
        if among and self.choosing.sometimes(90):
            return data.Name(self.choosing.one(among[-4:]).name)
        if not type_.shape and self.choosing.sometimes(50):
            return data.Literal(self.choosing.number(type_.dtype))
        value = self.choosing.value(type_, ("jax", "numpy"))
        name = self.bind(type_, True)
        self.body.append(data.Constant(name, value))
        return data.Name(name)

    def draw(self) -> None:
        sampler = self.choosing.weighted({name: 3 if s.exact else 1 for name, s in SAMPLERS.items()})
        shape = self.choosing.one([(), (2,), (3,)])
        place = self.choosing.one([None, *self.around.streams])
        type_ = data.Type(SAMPLERS[sampler].dtype, shape)
        self.body.append(data.Draw(self.bind(type_, SAMPLERS[sampler].exact), sampler, place, shape))

    def local(self) -> None:
        """A state that lives in the call: made, written and read."""
        type_ = self.choosing.one([data.Type(FLOAT), data.Type(INT, (2,)), data.Type(FLOAT, (2,))])
        start, more = self.atom(type_, True), self.atom(type_, True)
        name = self.fresh("s")
        kind = self.choosing.one(["State", "ShortTermState", "ParamState"])
        self.body.append(data.Local(name, kind, start))
        for _ in range(self.choosing.up_to(2)):
            self.body.append(data.LocalWrite(name, more))
        self.body.append(data.LocalRead(self.bind(type_, True), name))

    def call(self) -> None:
        callee = self.choosing.one(self.around.callees)
        atoms = tuple(self.argument(p) for p in callee.method.parameters)
        jit = self.choosing.sometimes(40)
        static = tuple(k for k, p in enumerate(callee.method.parameters) if p.static)
        transform = data.Jit(static_argnums=static if self.choosing.sometimes(70) else ()) if jit else None
        raises = bool(callee.method.body) and isinstance(callee.method.body[-1], data.Raise)
        if raises and not callee.gives:
            gives: tuple[str | None, data.Type | None, bool] = (None, data.Type(FLOAT), True)
        else:
            gives = self.choosing.one(callee.gives)
        entry, type_, exact = gives
        name = self.bind(type_, exact)
        self.body.append(data.Call(name, callee.place, callee.method.name, atoms, entry, transform, caught=raises))

    def argument(self, parameter: data.Parameter) -> data.Atom:
        if parameter.static:
            return data.Literal(self.choosing.one([1, 2, True, 1.0, 0.5]))
        if parameter.type is None:
            among = [v for v in self.variables if v.exact]
            return data.Name(self.choosing.one(among).name) if among else data.Literal(0.5)
        return self.atom(parameter.type, True)


def parameters(choosing: Choosing) -> tuple[data.Parameter, ...]:
    """Typed, loose and static ones, by position alone; the methods that calls reach take no keywords."""
    found = []
    for k in range(choosing.weighted({0: 1, 1: 5, 2: 4, 3: 1})):
        kind = choosing.weighted({"typed": 6, "loose": 3, "static": 2})
        type_ = choosing.type() if kind == "typed" else None
        found.append(data.Parameter(f"x{k}", type_, static=kind == "static"))
    return tuple(found)


def method(name: str, choosing: Choosing, around: Around, length: int, *, raising: bool) -> tuple[data.Method, Callee]:
    """A method, and how others may call it at the place of its own class."""
    writer = Writer(choosing, around)
    takes = parameters(choosing)
    for p in takes:
        if not p.static:
            writer.variables.append(Variable(p.name, p.type, True))
    for _ in range(length):
        writer.statement()
    for p in takes:  # a static number is added to something of any type, so that its own type is seen
        if p.static:
            other = writer.variables[0].name if writer.variables else None
            left: data.Atom = data.Name(other) if other else data.Literal(1)
            numeric = other is None or writer.variables[0].type is None or writer.variables[0].type.dtype != BOOL
            if numeric:
                exact = writer.variables[0].exact if writer.variables else True
                bind = writer.bind(None, exact)
                writer.body.append(data.Apply(bind, "loose_shift", (left, data.Name(p.name))))
    if raising:
        writer.body.append(data.Raise("on purpose"))
    result, gives = results(writer, choosing, raising)
    made = data.Method(name, takes, tuple(writer.body), result)
    return made, Callee((), made, gives)


def results(
    writer: Writer, choosing: Choosing, raising: bool
) -> tuple[tuple[tuple[str, data.Atom], ...], tuple[tuple[str | None, data.Type | None, bool], ...]]:
    """What the method gives: one bare variable, or a few by name; the later ones more often."""
    if raising:
        return (), ()
    if not writer.variables:
        writer.constant()
    picked = {v.name: v for v in [*choosing.some(writer.variables[:-1], 30), writer.variables[-1]]}
    if len(picked) == 1 and choosing.sometimes(60):
        (v,) = picked.values()
        return (("", data.Name(v.name)),), ((None, v.type, v.exact),)
    entries = [(f"r{k}", v) for k, v in enumerate(picked.values())]
    return tuple((key, data.Name(v.name)) for key, v in entries), tuple((key, v.type, v.exact) for key, v in entries)
