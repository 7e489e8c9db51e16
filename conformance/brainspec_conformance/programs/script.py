"""Drawing the plan and the script: which methods are transformed how, and what a user does one step after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import data, scope
from .bodies import Callee
from .choosing import Choosing
from .operations import BOOL

if TYPE_CHECKING:
    from .drawing import Drawn

WEIGHTS = {"invoke": 14, "again": 6, "put": 4, "replace": 2, "seed": 1, "ahead": 3, "update": 1}


def script(
    choosing: Choosing, top: Drawn, classes: tuple[data.ModuleClass, ...]
) -> tuple[tuple[data.Transformed, ...], tuple[data.Step, ...]]:
    writer = Script(choosing, top, classes)
    for _ in range(choosing.up_to(7, 3)):
        writer.step()
    return tuple(writer.plan), tuple(writer.steps)


class Script:
    """Writes the steps of one script."""

    def __init__(self, choosing: Choosing, top: Drawn, classes: tuple[data.ModuleClass, ...]) -> None:
        self.choosing, self.top = choosing, top
        reachable: list[Callee] = [*top.own, *choosing.some(top.around.callees, 20)][:4]
        self.plan = [data.Transformed(f"f{k}", c.place, c.method.name, self.jit(c)) for k, c in enumerate(reachable)]
        self.methods = {t.name: c.method for t, c in zip(self.plan, reachable)}
        self.states = {s.place: s for s in top.around.states}
        bare = data.Program(classes, (), ())
        self.fields = {f.place: f.field for f in scope.states(bare) if isinstance(f.field, data.StateField)}
        self.streams = [f.place for f in scope.states(bare) if isinstance(f.field, data.StreamField)]
        self.aliased = scope.aliased(bare)
        self.steps: list[data.Step] = []
        self.invoked: list[data.Invoke] = []
        self.step_invoke()

    def jit(self, callee: Callee) -> data.Jit:
        """Options that fit the method: static numbers by number or by name, dynamic ones donated."""
        parameters = callee.method.parameters
        static = tuple(k for k, p in enumerate(parameters) if p.static)
        by_name, negative = self.choosing.sometimes(30), self.choosing.sometimes(20)
        numbers = tuple(k - len(parameters) for k in static) if negative else static
        names = tuple(parameters[k].name for k in static)
        dynamic = [k for k, p in enumerate(parameters) if not p.static]
        return data.Jit(
            static_argnums=() if by_name else numbers,
            static_argnames=names if by_name else (),
            donate_argnums=self.choosing.some(dynamic, 8),
            keep_unused=self.choosing.sometimes(8),
            inline=self.choosing.sometimes(8),
        )

    def step(self) -> None:
        getattr(self, f"step_{self.choosing.weighted(WEIGHTS)}")()

    # ---- calls --------------------------------------------------------------------------------------------------------

    def step_invoke(self) -> None:
        name = self.choosing.one(list(self.methods))
        values, keywords = self.arguments(name)
        copy = self.choosing.weighted({None: 14, "clone": 1, "merge": 1})
        made = data.Invoke(name, values, keywords, copy)
        self.steps.append(made)
        self.invoked.append(made)

    def step_again(self) -> None:
        """A call with the same arguments again, of a signature that was met."""
        self.steps.append(self.choosing.one(self.invoked))

    def arguments(
        self, name: str
    ) -> tuple[tuple[data.Value | data.Number, ...], tuple[tuple[str, data.Value | data.Number], ...]]:
        """By position, the last ones sometimes by name."""
        parameters = self.methods[name].parameters
        values = [self.value(p) for p in parameters]
        transform = next(t for t in self.plan if t.name == name).transform
        named = 0 if transform and transform.donate_argnums else self.choosing.weighted({0: 5, 1: 1, 2: 1})
        cut = max(0, len(values) - named)
        return tuple(values[:cut]), tuple((p.name, v) for p, v in zip(parameters[cut:], values[cut:]))

    def value(self, parameter: data.Parameter) -> data.Value | data.Number:
        if parameter.static:
            return self.choosing.one([1, 2, True, 1.0, 0.5])
        if parameter.type is not None:
            return self.choosing.value(parameter.type)
        type_ = self.choosing.type()
        return self.choosing.value(data.Type("int32", type_.shape) if type_.dtype == BOOL else type_)

    def step_ahead(self) -> None:
        name = self.choosing.one(list(self.methods))
        what = self.choosing.one(["eval_shape", "compile", "clear_cache"])
        values, keywords = ((), ()) if what == "clear_cache" else self.arguments(name)
        self.steps.append(data.Ahead(name, what, values, keywords))

    # ---- states from outside ------------------------------------------------------------------------------------------

    def step_put(self) -> None:
        """A state gets another value; a loose one of another type."""
        place = self.one_state(list(self.states))
        if place is None:
            return
        state, field = self.states[place], self.fields[place]
        if isinstance(field.value, tuple):
            self.steps.append(
                data.Put(place, tuple((k, self.choosing.value(v.type, ("jax", "numpy"))) for k, v in field.value))
            )
            return
        type_ = self.choosing.type() if state.loose else field.value.type
        type_ = data.Type("float32", type_.shape) if state.loose and type_.dtype == BOOL else type_
        self.steps.append(data.Put(place, self.choosing.value(type_)))

    def step_replace(self) -> None:
        """Another state object at a place that is the only one for it."""
        place = self.one_state([p for p in self.states if p not in self.aliased])
        if place is not None:
            self.steps.append(data.Replace(place, self.fields[place]))

    def one_state(self, places: list[data.Place]) -> data.Place | None:
        return self.choosing.one(places) if places else None

    def step_seed(self) -> None:
        self.steps.append(data.Seed(self.choosing.up_to(9), self.choosing.one([None, *self.streams])))

    def step_update(self) -> None:
        kinds = {f.kind for f in self.fields.values()}
        if kinds:
            self.steps.append(data.Update(self.choosing.one(sorted(kinds))))
