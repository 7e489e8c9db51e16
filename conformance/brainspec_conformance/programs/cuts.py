"""Smaller programs: every way in which one thing can be left out of a program, or made simpler.

A cut need not give a valid program: whoever reduces runs the oracle on it and throws away what it refuses. Large cuts come
first, so that most of a program is gone after a few runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, TypeVar

from attrs import evolve, fields, has

from . import data
from .scope import fields_below

T = TypeVar("T")
Programs = Iterator[data.Program]


def without(items: Sequence[T], k: int) -> tuple[T, ...]:
    return (*items[:k], *items[k + 1 :])


def with_(items: Sequence[T], k: int, one: T) -> tuple[T, ...]:
    return (*items[:k], one, *items[k + 1 :])


def steps(program: data.Program) -> Programs:
    """Half of the script, then one step after the other, the last first."""
    n = len(program.steps)
    for part in (slice(0, n // 2), slice(n // 2, n)) if n > 3 else ():
        yield evolve(program, steps=program.steps[part])
    for k in reversed(range(n)):
        yield evolve(program, steps=without(program.steps, k))


def unused(program: data.Program) -> Programs:
    """Transformed functions and classes that nothing names, and methods one after the other: the oracle says whether they were needed."""
    called = {step.name for step in program.steps if isinstance(step, data.Invoke | data.Ahead)}
    for k, t in enumerate(program.plan):
        if t.name not in called:
            yield evolve(program, plan=without(program.plan, k))
    for k, cls in enumerate(program.classes):
        for m in reversed(range(len(cls.methods))):
            yield with_class(program, k, evolve(cls, methods=without(cls.methods, m)))
    parts = {x.cls for x in everything(program) if isinstance(x, data.PartField)}
    for k, cls in enumerate(program.classes[:-1]):
        if cls.name not in parts:
            yield evolve(program, classes=without(program.classes, k))


def hoisted(program: data.Program) -> Programs:
    """A part in place of the whole: what the script does with the part is done with a root of its own."""
    names = {cls.name: k for k, cls in enumerate(program.classes)}
    for found in fields_below(program.classes[-1], {cls.name: cls for cls in program.classes}):
        if isinstance(found.field, data.PartField):
            k = names[found.field.cls]
            classes = (*without(program.classes, k)[:-1], program.classes[k])
            yield rooted(evolve(program, classes=classes), found.place)


def rooted(program: data.Program, place: data.Place) -> data.Program:
    """The plan and the script as far as they are about what is below a place."""
    n = len(place)
    plan = tuple(evolve(t, place=t.place[n:]) for t in program.plan if t.place[:n] == place)
    kept = {t.name for t in plan}
    steps: list[data.Step] = []
    for step in program.steps:
        at = getattr(step, "place", None)
        if at is not None and at[:n] == place:
            steps.append(evolve(step, place=at[n:]))
        elif at is None and getattr(step, "name", None) in {None, *kept}:
            steps.append(step)
    return evolve(program, plan=plan, steps=tuple(steps))


def straight(program: data.Program) -> Programs:
    """A method that another one calls, transformed itself in place of that one."""
    classes = {cls.name: cls for cls in program.classes}
    below = {
        f.place: f.field.cls for f in fields_below(program.classes[-1], classes) if isinstance(f.field, data.PartField)
    }
    below[()] = program.classes[-1].name
    for k, t in enumerate(program.plan):
        method = next((m for m in classes[below[t.place]].methods if m.name == t.method), None)
        for s in method.body if method else ():
            if isinstance(s, data.Call):
                direct = data.Transformed(t.name, (*t.place, *s.place), s.method, s.transform or data.Jit())
                yield evolve(program, plan=with_(program.plan, k, direct))


def everything(x: Any) -> Iterator[Any]:
    """All that a program is made of."""
    yield x
    parts = x if isinstance(x, tuple) else [getattr(x, f.name) for f in fields(type(x))] if has(type(x)) else []
    for part in parts:
        yield from everything(part)


def with_class(program: data.Program, k: int, cls: data.ModuleClass) -> data.Program:
    return evolve(program, classes=with_(program.classes, k, cls))


def methods(program: data.Program) -> Iterator[tuple[data.Method, Callable[[data.Method], data.Program]]]:
    """Each method, and the program with another one in its place."""
    for k, cls in enumerate(program.classes):
        for m, method in enumerate(cls.methods):
            yield method, partial(with_method, program, k, m)


def with_method(program: data.Program, k: int, m: int, method: data.Method) -> data.Program:
    cls = program.classes[k]
    return with_class(program, k, evolve(cls, methods=with_(cls.methods, m, method)))


def statements(program: data.Program) -> Programs:
    """The second half of a body, then one statement after the other; what it bound becomes another variable, or a number."""
    for method, put in methods(program):
        n = len(method.body)
        if n > 3:
            yield put(only_bound(evolve(method, body=method.body[: n // 2])))
        for k in reversed(range(n)):
            rest = evolve(method, body=without(method.body, k))
            name = getattr(method.body[k], "bind", None)
            if name is None:
                yield put(rest)
                continue
            yield put(only_bound(rest))
            before = [b for b in map(bound, method.body[:k]) if b] + [p.name for p in method.parameters]
            others: list[data.Atom] = [*map(data.Name, reversed(before[-3:])), data.Literal(1)]
            for other in others:
                yield put(renamed(rest, name, other))


def bound(statement: data.Statement) -> str | None:
    return getattr(statement, "bind", None)


def only_bound(method: data.Method) -> data.Method:
    """Without results that nothing binds any more."""
    known = {p.name for p in method.parameters} | {b for b in map(bound, method.body) if b}
    kept = tuple((key, a) for key, a in method.result if not isinstance(a, data.Name) or a.name in known)
    return evolve(method, result=kept)


def renamed(x: Any, name: str, other: data.Atom) -> Any:
    """Another atom wherever the variable is used."""
    if isinstance(x, data.Name):
        return other if x.name == name else x
    if isinstance(x, tuple):
        return tuple(renamed(one, name, other) for one in x)
    if has(type(x)):
        return evolve(x, **{f.name: renamed(getattr(x, f.name), name, other) for f in fields(type(x))})
    return x


def calls(program: data.Program) -> Programs:
    """A nested call without its transform, or one that is not caught."""
    for method, put in methods(program):
        for k, s in enumerate(method.body):
            if isinstance(s, data.Call) and s.transform is not None:
                yield put(evolve(method, body=with_(method.body, k, evolve(s, transform=None))))
    for k, step in enumerate(program.steps):
        if isinstance(step, data.Invoke) and step.copy is not None:
            yield evolve(program, steps=with_(program.steps, k, evolve(step, copy=None)))


def results(program: data.Program) -> Programs:
    for method, put in methods(program):
        for k in range(len(method.result)):
            yield put(evolve(method, result=without(method.result, k)))
        if len(method.result) == 1 and method.result[0][0]:
            yield put(evolve(method, result=(("", method.result[0][1]),)))


def declarations(program: data.Program) -> Programs:
    """Fields, aliases, entries of lists and dictionaries, labels."""
    for k, cls in enumerate(program.classes):
        for a in range(len(cls.aliases)):
            yield with_class(program, k, evolve(cls, aliases=without(cls.aliases, a)))
        for f, (name, field) in enumerate(cls.fields):
            yield with_class(program, k, evolve(cls, fields=without(cls.fields, f)))
            for simpler in simpler_fields(field):
                yield with_class(program, k, evolve(cls, fields=with_(cls.fields, f, (name, simpler))))


def simpler_fields(field: data.Field) -> Iterator[data.Field]:
    match field:
        case data.ListField(items) if len(items) > 1:
            yield data.ListField(items[:-1])
        case data.DictField(items) if len(items) > 1:
            yield data.DictField(items[:-1])
        case data.StateField() if field.name or field.tag:
            yield evolve(field, name=None, tag=None)
        case data.StateField() if field.kind not in ("State", "HiddenState"):
            yield evolve(field, kind="State")


def parameters(program: data.Program) -> Programs:
    """A method without a parameter, and every call of it without the argument; uses of it become a number."""
    for k, cls in enumerate(program.classes):
        for m, method in enumerate(cls.methods):
            for p in reversed(range(len(method.parameters))):
                short = evolve(method, parameters=without(method.parameters, p))
                body = renamed(short, method.parameters[p].name, data.Literal(1))
                cut = with_class(program, k, evolve(cls, methods=with_(cls.methods, m, body)))
                yield without_argument(cut, method, p)


def without_argument(program: data.Program, method: data.Method, p: int) -> data.Program:
    """All calls of a method of that name without the argument at a position."""
    name = method.parameters[p].name
    planned = {t.name for t in program.plan if t.method == method.name}

    def cut(x: Any) -> Any:
        if isinstance(x, tuple):
            return tuple(map(cut, x))
        if isinstance(x, data.Transformed) and x.method == method.name:
            return evolve(x, transform=x.transform and shifted(x.transform, p, name))
        if isinstance(x, data.Call) and x.method == method.name:
            transform = None if x.transform is None else shifted(x.transform, p, name)
            return evolve(x, atoms=without(x.atoms, p), transform=transform)
        if isinstance(x, data.Invoke | data.Ahead) and x.name in planned:
            kept = tuple((key, v) for key, v in x.keywords if key != name)
            return evolve(x, values=without(x.values, p) if p < len(x.values) else x.values, keywords=kept)
        if has(type(x)):
            return evolve(x, **{f.name: cut(getattr(x, f.name)) for f in fields(type(x))})
        return x

    whole: data.Program = cut(program)
    return whole


def shifted(transform: data.Transform, p: int, name: str) -> data.Transform:
    """The options of a transform whose function has lost its parameter at a position; negative numbers count from the end as before."""

    def numbers(given: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(n - 1 if n > p else n for n in given if n not in (p,))

    return evolve(
        transform,
        static_argnums=numbers(transform.static_argnums),
        static_argnames=tuple(n for n in transform.static_argnames if n != name),
        donate_argnums=numbers(transform.donate_argnums),
    )


def options(program: data.Program) -> Programs:
    """Each option at its default."""
    for k, t in enumerate(program.plan):
        if t.transform is None:
            continue
        plain = type(t.transform)()
        for f in fields(type(plain)):
            if getattr(t.transform, f.name) != getattr(plain, f.name):
                simpler = evolve(t.transform, **{f.name: getattr(plain, f.name)})
                yield evolve(program, plan=with_(program.plan, k, evolve(t, transform=simpler)))
    if program.seed:
        yield evolve(program, seed=0)


def values(program: data.Program) -> Programs:
    """Values of JAX, ones in place of other numbers, and no shape."""
    found = [x for x in everything(program) if isinstance(x, data.Value)]
    for v in dict.fromkeys(found):
        for simpler in simpler_values(v):
            yield replaced(program, v, simpler)


def simpler_values(v: data.Value) -> Iterator[data.Value]:
    one = {"bool": True, "int32": 1}.get(v.type.dtype, 1.0)
    if v.how != "jax":
        yield evolve(v, how="jax")
    if v.type.shape:
        yield data.Value(data.Type(v.type.dtype), v.numbers[:1] or (one,))
    if any(n != one for n in v.numbers):
        yield evolve(v, numbers=(one,) * len(v.numbers))


def replaced(x: Any, old: data.Value, new: data.Value) -> Any:
    if x == old:
        return new
    if isinstance(x, tuple):
        return tuple(replaced(one, old, new) for one in x)
    if has(type(x)) and not isinstance(x, data.Value):
        return evolve(x, **{f.name: replaced(getattr(x, f.name), old, new) for f in fields(type(x))})
    return x


# Large cuts before small ones.
CUTS = (steps, hoisted, straight, unused, statements, calls, parameters, results, declarations, options, values)
