"""Laws: what two ways of running one program must have in common, whatever the numbers are.

A law needs no oracle for the numbers; the oracle only says how far apart rounding may bring them. A law is a change of a program
that users may make without seeing a difference. Another law is another row of `LAWS`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import evolve, fields, frozen, has

from . import data, mapping_laws, render
from .transforms import markable


def same(program: data.Program) -> data.Program:
    return program


@frozen
class Law:
    """`base` makes what the oracle runs, and keeps what it has made; `changed` makes of that what the implementation runs, step for step."""

    name: str
    changed: Callable[[data.Program], data.Program | None]  # None where the law does not speak of a program
    base: Callable[[data.Program], data.Program] = same
    loose: bool = False  # a Python number is then an array, and weak types do not matter
    written: Callable[[data.Program], str] = render.source  # how the implementation's program is written


EQUAL = Law("equal", same)  # no law: the program as it is, on both


# ---- jit = call ---------------------------------------------------------------------------------------------------


def without_ahead(program: data.Program) -> data.Program:
    """What is asked of a jitted function beside calls, a plain one does not have."""
    return evolve(program, steps=tuple(step for step in program.steps if not isinstance(step, data.Ahead)))


def without_transforms(program: data.Program) -> data.Program | None:
    """A jitted function is its origin: the script with plain calls, and with its mappings, which mean more than speed.

    A program that raises says nothing, since plain Python keeps what it wrote; and none with `pmap2`, whose results JAX does not mix there
    with what lies on other devices.
    """
    changed: data.Program = plain(program)
    return None if mapping_laws.raises(program) or mapping_laws.parallel(program) else changed


def plain(x: Any) -> Any:
    if isinstance(x, data.Call | data.Transformed | data.Method) and not isinstance(x.transform, data.Mapped):
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
            case data.Birth():
                return evolve(x, cls=names.get(x.cls, x.cls))
            case data.ModuleClass():
                return evolve(x, name=names[x.name])
            case data.Method():
                return evolve(x, name=methods[x.name])
        return evolve(x, method=methods.get(x.method, x.method)) if hasattr(x, "method") else x

    found: data.Program = rename(program)
    return found


# ---- reordering ---------------------------------------------------------------------------------------------------


def reordered(program: data.Program) -> data.Program:
    """Statements that neither see nor are seen by each other may stand in any order: each comes as late as it can."""
    return with_bodies(program, latest)


def latest(body: tuple[data.Statement, ...]) -> tuple[data.Statement, ...]:
    """Of those that nothing left depends on, the first one is put last; again and again, from the end."""
    left, found = list(body), list[data.Statement]()
    while left:
        free = next(k for k, s in enumerate(left) if not any(depends(after, s) for after in left[k + 1 :]))
        found.insert(0, left.pop(free))
    return tuple(found)


def depends(after: data.Statement, before: data.Statement) -> bool:
    """Whether a statement may not be moved before another one: it may use what that binds, or both do more than compute."""
    if isinstance(before, PURE):
        return before.bind in strings(after) or isinstance(after, data.Raise)
    return not isinstance(after, PURE) or not strings(before).isdisjoint(strings(after))


PURE = (data.Apply, data.Constant)


def strings(x: Any) -> set[str]:
    """All names in something, whatever they name."""
    if isinstance(x, str):
        return {x}
    parts = x if isinstance(x, tuple) else [getattr(x, f.name) for f in fields(type(x))] if has(type(x)) else ()
    return {name for part in parts for name in strings(part)}


# ---- nesting, splitting -------------------------------------------------------------------------------------------


def wrapped(program: data.Program) -> data.Program | None:
    """A call inside a jitted function is the same if it is jitted itself. One that raises says nothing: what it wrote is then undone."""
    every = [m for cls in program.classes for m in cls.methods]
    known = {m.name: m for m in every}
    if mapping_laws.raises(program) or len(known) < len(every) or not called(program) <= known.keys():
        return None  # which one is called must be told from the name

    def wrap(s: data.Statement) -> data.Statement:
        if not isinstance(s, data.Call) or s.transform is not None or not markable(known[s.method]):
            return s
        static = tuple(p.name for p in known[s.method].parameters if p.static)
        return evolve(s, transform=data.Jit(static_argnames=static))

    changed = with_bodies(program, lambda body: tuple(map(wrap, body)))
    return None if changed == program else changed


def called(program: data.Program) -> set[str]:
    return {s.method for cls in program.classes for m in cls.methods for s in m.body if isinstance(s, data.Call)}


def uncaught(program: data.Program) -> data.Program | None:
    """Where new states are caught while the root is made, those of a second one would be caught too."""
    return program if program.caught is None else None


def merged(program: data.Program) -> str:
    """A module that was split and merged is as good as the one that it was made of."""
    root = f"{program.classes[-1].name}()"
    text = render.source(program)
    return text.replace(
        f"\nroot = {root}\n", f"\nroot = brainstate.graph.treefy_merge(*brainstate.graph.treefy_split({root}))\n", 1
    )


LAWS = {
    law.name: law
    for law in [
        Law("jit = call", without_transforms, base=without_ahead, loose=True),
        Law("dead code", with_dead_code),
        Law("renaming", renamed),
        Law("reordering", reordered),
        Law("jit in jit", wrapped, loose=True),
        Law("split then merge", uncaught, written=merged),
        Law("pmap2 = vmap2", mapping_laws.other_mappings),
        Law("lane = slice", mapping_laws.spoken_of, base=without_ahead, loose=True, written=mapping_laws.lane_by_lane),
    ]
}
