"""Laws: what two ways of running one program must have in common, whatever the numbers are.

A law needs no oracle for the numbers; the oracle only says how far apart rounding may bring them. A law is a change of a program
that users may make without seeing a difference. Another law is another row of `LAWS`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import evolve, fields, frozen, has

from . import data


def same(program: data.Program) -> data.Program:
    return program


@frozen
class Law:
    """`base` makes what the oracle runs, and keeps what it has made; `changed` makes of that what the implementation runs, step for step."""

    name: str
    changed: Callable[[data.Program], data.Program | None]  # None where the law does not speak of a program
    base: Callable[[data.Program], data.Program] = same
    loose: bool = False  # a Python number is then an array, and weak types do not matter


EQUAL = Law("equal", same)  # no law: the program as it is, on both


# ---- jit = call ---------------------------------------------------------------------------------------------------


def without_ahead(program: data.Program) -> data.Program:
    """What is asked of a jitted function beside calls, a plain one does not have."""
    return evolve(program, steps=tuple(step for step in program.steps if not isinstance(step, data.Ahead)))


def without_transforms(program: data.Program) -> data.Program | None:
    """A jitted function is its origin: the script with plain calls. One that raises says nothing, since plain Python keeps what it wrote."""
    changed: data.Program = plain(program)
    return None if raises(program) else changed


def raises(program: data.Program) -> bool:
    return any(isinstance(s, data.Raise) for cls in program.classes for method in cls.methods for s in method.body)


def plain(x: Any) -> Any:
    if isinstance(x, data.Call | data.Transformed):
        x = evolve(x, transform=None)
    if isinstance(x, tuple):
        return tuple(plain(one) for one in x)
    return evolve(x, **{f.name: plain(getattr(x, f.name)) for f in fields(type(x))}) if has(type(x)) else x


# ---- dead code, names ---------------------------------------------------------------------------------------------


def with_dead_code(program: data.Program) -> data.Program:
    """What nobody uses changes nothing: each method begins with a constant."""
    dead = data.Constant("unused", data.Value(data.Type("float32", (2,)), (1.0, 2.0)))
    return with_bodies(program, lambda body: (dead, *body))


def with_bodies(
    program: data.Program, change: Callable[[tuple[data.Statement, ...]], tuple[data.Statement, ...]]
) -> data.Program:
    """The program with every method's body changed."""
    classes = tuple(
        evolve(cls, methods=tuple(evolve(m, body=change(m.body)) for m in cls.methods)) for cls in program.classes
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
                return data.PartField(names.get(cls, cls))
            case data.ModuleClass():
                return evolve(x, name=names[x.name])
            case data.Method():
                return evolve(x, name=methods[x.name])
            case data.Call() | data.Transformed():
                return evolve(x, method=methods.get(x.method, x.method))
        return x

    found: data.Program = rename(program)
    return found


LAWS = {
    law.name: law
    for law in [
        Law("jit = call", without_transforms, base=without_ahead, loose=True),
        Law("dead code", with_dead_code),
        Law("renaming", renamed),
    ]
}
