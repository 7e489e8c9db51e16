"""Laws: what two ways of running one program must have in common, whatever the numbers are.

A law needs no oracle for the numbers; the oracle only says how far apart rounding may bring them. A law is a change of a program
that users may make without seeing a difference.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import evolve, fields, has

from . import data

Law = Callable[[data.Program], data.Program | None]


def without_transforms(program: data.Program) -> data.Program | None:
    """A jitted function is its origin: the script with plain calls. One that raises says nothing, since plain Python keeps what it wrote."""
    if any(isinstance(s, data.Raise) for cls in program.classes for method in cls.methods for s in method.body):
        return None
    steps = tuple(step for step in program.steps if not isinstance(step, data.Ahead))
    changed: data.Program = plain(evolve(program, steps=steps))
    return changed


def plain(x: Any) -> Any:
    if isinstance(x, data.Call | data.Transformed):
        x = evolve(x, transform=None)
    if isinstance(x, tuple):
        return tuple(plain(one) for one in x)
    return evolve(x, **{f.name: plain(getattr(x, f.name)) for f in fields(type(x))}) if has(type(x)) else x


def with_dead_code(program: data.Program) -> data.Program:
    """What nobody uses changes nothing: each method begins with a constant."""
    dead = data.Constant("unused", data.Value(data.Type("float32", (2,)), (1.0, 2.0)))
    classes = tuple(
        evolve(cls, methods=tuple(evolve(m, body=(dead, *m.body)) for m in cls.methods)) for cls in program.classes
    )
    return evolve(program, classes=classes)


def renamed(program: data.Program) -> data.Program:
    """Names of classes, methods and results of transforms mean nothing; the order of classes' names neither."""
    names = {cls.name: f"Z{cls.name}" for cls in program.classes}
    methods = {m.name: f"z_{m.name}" for cls in program.classes for m in cls.methods}

    def rename(x: Any) -> Any:
        if isinstance(x, tuple):
            return tuple(map(rename, x))
        if not has(type(x)):
            return x
        x = evolve(x, **{f.name: rename(getattr(x, f.name)) for f in fields(type(x))})
        match x:
            case data.PartField(cls):
                return data.PartField(names[cls])
            case data.ModuleClass():
                return evolve(x, name=names[x.name])
            case data.Method():
                return evolve(x, name=methods[x.name])
            case data.Call() | data.Transformed():
                return evolve(x, method=methods[x.method])
        return x

    found: data.Program = rename(program)
    return found


LAWS: dict[str, Law] = {"jit = call": without_transforms, "dead code": with_dead_code, "renaming": renamed}
