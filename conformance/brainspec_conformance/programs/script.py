"""Drawing the plan and the script: which methods are transformed how, and what a user does one step after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

from . import data, scope, transforms
from .choosing import Choosing
from .operations import BOOL
from .reach import Callee
from .statements.calls import given
from .steps import STEPS
from .steps.calls import invoke

if TYPE_CHECKING:
    from .drawing import Drawn

Keywords = tuple[tuple[str, data.Argument], ...]


def script(
    choosing: Choosing, top: Drawn, classes: tuple[data.ModuleClass, ...]
) -> tuple[tuple[data.Transformed, ...], tuple[data.Step, ...]]:
    writer = Script(choosing, top, classes)
    invoke(writer)
    for _ in range(choosing.up_to(7, 3)):
        writer.step()
    return tuple(writer.plan), tuple(writer.steps)


class Script:
    """Writes the plan and the steps of one script."""

    def __init__(self, choosing: Choosing, top: Drawn, classes: tuple[data.ModuleClass, ...]) -> None:
        self.choosing, self.classes = choosing, classes
        reachable: list[Callee] = [*top.own, *choosing.some(top.around.callees, 20)][:4]
        self.plan: list[data.Transformed] = []
        self.methods: dict[str, data.Method] = {}
        self.mappings: dict[str, data.Mapped | None] = {}  # through which they are called
        self.growth: dict[str, int] = {}  # what a call of each adds to what has `grown`
        self.grown = 0
        for callee in reachable:
            self.plan.append(self.transformed(f"f{len(self.plan)}", callee))
            self.methods[self.plan[-1].name] = callee.method
            self.mappings[self.plan[-1].name] = callee.mapping
            self.growth[self.plan[-1].name] = callee.touched.growth
        bare = data.Program(classes, (), ())
        self.states = {s.place: s for s in top.around.states}
        self.parts = list(top.around.parts)
        self.fields = {f.place: f.field for f in scope.states(bare) if isinstance(f.field, data.StateField)}
        self.streams = [f.place for f in scope.states(bare) if isinstance(f.field, data.StreamField)]
        # What a filter in the plan names, must stay where it is.
        self.named = {x for x in scope.everything(tuple(self.plan)) if isinstance(x, tuple) and x in self.states}
        self.held = scope.aliased(bare) | scope.in_tuples(bare) | self.named
        # An exception keeps alive what it passed, and a program may run again while its states live.
        self.replaceable = not any(
            isinstance(s, data.Raise) for cls in classes for method in cls.methods for s in method.body
        )
        self.steps: list[data.Step] = []
        self.invoked: list[data.Invoke] = []

    def add(self, step: data.Step) -> None:
        self.steps.append(step)

    def step(self) -> None:
        """One more step; none where what is picked finds nothing to do."""
        sorts = {sort.data: sort for sort in STEPS.values() if sort.draw is not None and sort.possible(self)}
        draw = sorts[self.choosing.weighted({cls: sort.weight for cls, sort in sorts.items()})].draw
        assert draw is not None
        draw(self)

    def allows(self, exact: bool, quiet: bool) -> bool:
        """Whether there is nothing that rounds, or that raises, where that must not be."""
        return (self.choosing.exact or not exact) and (self.replaceable or not quiet)

    def without_streams(self) -> list[str]:
        """The classes whose instances hold no stream."""
        known = {cls.name: cls for cls in self.classes}
        below = {name: [f.field for f in scope.fields_below(cls, known)] for name, cls in known.items()}
        return [name for name, found in below.items() if not any(isinstance(f, data.StreamField) for f in found)]

    def by_tag(self) -> bool:
        """Whether a mapping asks for tags: a state with other ones would be declared otherwise."""
        made = scope.everything((self.classes, tuple(self.plan)))
        return any(isinstance(x, data.Filter) and x.form == "tag" for x in made)

    def alone(self) -> list[data.Place]:
        """Places that are the only ones for their states, and where another state can be put."""
        return [p for p in self.states if p not in self.held]

    def bare(self, name: str) -> bool:
        """Whether a function can run in bare JAX: no transform inside, no default stream, no static argument, and nothing that rounds."""
        body = [s for cls in self.classes for method in cls.methods for s in method.body]
        inside = any(method.transform is not None for cls in self.classes for method in cls.methods)
        inside = inside or any(isinstance(s, data.Call) and s.transform is not None for s in body)
        default = any(isinstance(s, data.Draw | data.Stream) and s.place is None for s in body)
        static = any(p.static for p in self.methods[name].parameters) or self.mappings[name] is not None
        return self.allows(True, True) and not inside and not default and not static

    # ---- the plan -----------------------------------------------------------------------------------------------------

    def transformed(self, name: str, callee: Callee) -> data.Transformed:
        method = callee.method
        free = [p for p in method.parameters if p.keyword and not p.static]
        # what calling a module takes is not known by name, so nothing of it can be static
        whole = method.updates and not any(p.static for p in method.parameters)
        # what is bound is no argument of the call, and would not be mapped
        bindable = free and callee.lane is None
        forms = {"method": 8, "lambda": 1, "module": 4 if whole else 0, "partial": 4 if bindable else 0}
        form = self.choosing.weighted(forms)
        bound: Keywords = ()
        if form == "partial":
            bound = tuple((p.name, self.value(p)) for p in free[:1])
        taken = [p for p in method.parameters if p.name not in dict(bound)]
        transform = self.mapping(callee) or self.transform(method, taken, alone=not callee.touched.parallel)
        return data.Transformed(name, callee.place, method.name, transform, form, bound)

    def mapping(self, callee: Callee) -> data.Mapped | None:
        """The mapping of a method that was written for one lane; scripts use no argument again, so it can be donated."""
        if callee.lane is None:
            return None
        made = callee.lane.at(callee.place)
        positional = [p for p in callee.method.parameters if not p.keyword]
        donated = [k for k, p in enumerate(positional) if not p.static]
        if made.how == "pmap2" and donated and self.choosing.sometimes(60):
            made = evolve(made, donate_argnums=donated[0] if self.choosing.sometimes(50) else tuple(donated))
        return made

    def transform(self, method: data.Method, parameters: list[data.Parameter], alone: bool) -> data.Transform | None:
        """One of the table; or none where plain Python can be compared, and often where a mapping stands above the method.

        What runs on several devices cannot be placed on one; on one, and `alone`, it can.
        """
        none = 45 if isinstance(method.transform, data.Mapped) else 12 if self.choosing.exact else 0
        if self.choosing.sometimes(none) or not transforms.markable(method):
            return None
        sorts = transforms.TRANSFORMS
        sort = sorts[self.choosing.weighted({cls: sort.weight for cls, sort in sorts.items()})]
        assert sort.made is not None
        made: data.Transform = sort.made(self.choosing, parameters)
        return made if alone or not isinstance(made, data.Jit) else evolve(made, in_shardings=None, out_shardings=None)

    def planned(self, name: str) -> data.Transformed:
        return next(t for t in self.plan if t.name == name)

    # ---- arguments ----------------------------------------------------------------------------------------------------

    def arguments(self, name: str) -> tuple[tuple[data.Argument, ...], Keywords]:
        """By position, the last ones sometimes by name; JAX places nothing that is given by name."""
        t = self.planned(name)
        parameters = [p for p in self.methods[name].parameters if p.name not in dict(t.bound)]
        placed = getattr(t.transform, "in_shardings", None) is not None
        return given(self.choosing, parameters, self.value, named=not placed and self.mappings[name] is None)

    def value(self, parameter: data.Parameter) -> data.Argument:
        if parameter.static:
            return self.choosing.static(parameter.static)
        if isinstance(parameter.type, data.Type):
            return self.choosing.value(parameter.type)
        if parameter.type is not None:
            return self.choosing.tree(dict(parameter.type))
        type_ = self.choosing.type()
        return self.choosing.value(data.Type("int32", type_.shape) if type_.dtype == BOOL else type_)
