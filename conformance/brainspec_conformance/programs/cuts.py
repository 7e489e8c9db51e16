"""Smaller programs: every way in which one thing can be left out of a program, or made simpler.

A cut need not give a valid program: whoever reduces runs the oracle on it and throws away what it refuses. Large cuts come
first, so that most of a program is gone after a few runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, TypeVar

from attrs import evolve, fields, has

from . import data, scope, transforms
from .scope import everything, fields_below
from .statements import STATEMENTS
from .steps import STEPS
from .unfolding import bared, dissolved, inlined, renamed

T = TypeVar("T")
Programs = Iterator[data.Program]
NOWHERE = 1_000_000  # the number of a parameter that has none: behind all others


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
    steps = [step for step in program.steps if getattr(step, "name", None) in {None, *kept}]
    return evolve(program, plan=plan, steps=tuple(moved for step in steps for moved in below(step, place)))


def below(step: data.Step, place: data.Place) -> list[data.Step]:
    """A step, seen from a place below the root; none if it is about what is not below it."""
    n = len(place)
    at = {name: where for name in ("place", "other") if (where := getattr(step, name, None)) is not None}
    if any(where[:n] != place for where in at.values()):
        return []
    return [evolve(step, **{name: where[n:] for name, where in at.items()})] if at else [step]


def straight(program: data.Program) -> Programs:
    """A method that another one calls, transformed itself in place of that one."""
    for k, t in enumerate(program.plan):
        method = scope.method_at(program, t.place, t.method)
        for s in method.body if method else ():
            if isinstance(s, data.Call):
                transform = s.transform.at(t.place) if isinstance(s.transform, data.Mapped) else s.transform
                direct = data.Transformed(t.name, (*t.place, *s.place), s.method, transform or data.Jit())
                yield evolve(program, plan=with_(program.plan, k, direct))


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


def sorts(program: data.Program) -> Programs:
    """Each statement and step in the simpler forms that its table knows."""
    for k, step in enumerate(program.steps):
        for other in STEPS[type(step)].simpler(step):
            yield evolve(program, steps=with_(program.steps, k, other))
    for method, put in methods(program):
        for k, s in enumerate(method.body):
            for other in STATEMENTS[type(s)].simpler(s):
                yield put(evolve(method, body=with_(method.body, k, other)))


def results(program: data.Program) -> Programs:
    for method, put in methods(program):
        for k in range(len(method.result)):
            yield put(evolve(method, result=without(method.result, k)))
        if len(method.result) == 1 and method.result[0][0]:
            yield put(evolve(method, result=(("", method.result[0][1]),)))


def declarations(program: data.Program) -> Programs:
    """Fields, aliases, entries of lists and dictionaries, labels, and what is made anew and reset."""
    for k, cls in enumerate(program.classes):
        for name in ("aliases", "inits", "resets", "fields"):
            for n in range(len(getattr(cls, name))):
                shorter: dict[str, Any] = {name: without(getattr(cls, name), n)}
                yield with_class(program, k, evolve(cls, **shorter))
        for f, (name, field) in enumerate(cls.fields):
            for simpler in simpler_fields(field):
                yield with_class(program, k, evolve(cls, fields=with_(cls.fields, f, (name, simpler))))
        if cls.label is not None or cls.bare:
            yield with_class(program, k, evolve(cls, label=None, bare=False))
    if program.caught is not None:
        yield evolve(program, caught=None)


def simpler_fields(field: data.Field) -> Iterator[data.Field]:
    match field:
        case data.ListField(items, fixed):
            if len(items) > 1:
                yield data.ListField(items[:-1], fixed)
            if fixed:
                yield data.ListField(items)
            yield from (
                data.ListField(with_(items, k, s), fixed) for k, i in enumerate(items) for s in simpler_fields(i)
            )
        case data.DictField(items):
            if len(items) > 1:
                yield from (data.DictField(without(items, k)) for k in range(len(items)))
            for k, (key, item) in enumerate(items):
                yield from (data.DictField(with_(items, k, (key, s))) for s in simpler_fields(item))
        case data.StateField():
            if field.name or field.tag or field.unit:
                yield evolve(field, name=None, tag=None, unit=None)
            if field.kind not in ("State", "HiddenState"):
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
    """All calls of a method of that name without the argument of a parameter, and transforms without a mark of it."""
    lost = method.parameters[p]
    planned = {t.name for t in program.plan if t.method == method.name}
    number = None if lost.keyword else [q for q in method.parameters if not q.keyword].index(lost)

    def cut(x: Any) -> Any:
        if isinstance(x, tuple):
            return tuple(map(cut, x))
        if isinstance(x, data.Transformed) and x.method == method.name:
            bound = tuple((key, v) for key, v in x.bound if key != lost.name)
            return evolve(x, transform=unmarked(x.transform, number, lost.name), bound=bound)
        if isinstance(x, data.Call) and x.method == method.name:
            return handed(evolve(x, transform=unmarked(x.transform, number, lost.name)), "atoms", number, lost.name)
        if isinstance(x, data.Method) and x.name == method.name:
            x = evolve(x, transform=unmarked(x.transform, number, lost.name, first=1))  # the instance counts too
        if isinstance(x, data.Invoke | data.Ahead) and x.name in planned:
            return handed(x, "values", number, lost.name)
        if has(type(x)):
            return evolve(x, **{f.name: cut(getattr(x, f.name)) for f in fields(type(x))})
        return x

    whole: data.Program = cut(program)
    return whole


def handed(call: Any, name: str, number: int | None, lost: str) -> Any:
    """A call without an argument, wherever it is given."""
    given = getattr(call, name)
    short = without(given, number) if number is not None and number < len(given) else given
    return evolve(call, keywords=tuple((key, v) for key, v in call.keywords if key != lost), **{name: short})


def unmarked(transform: data.Transform | None, number: int | None, name: str, first: int = 0) -> data.Transform | None:
    """A transform of a function that has lost a parameter; one by name alone has no number."""
    if transform is None:
        return None
    found: data.Transform = transforms.TRANSFORMS[type(transform)].without(
        transform, NOWHERE if number is None else number, name, first
    )
    return found


def options(program: data.Program) -> Programs:
    """Each transform in simpler forms, of the method itself; none above a method, or a simpler one; defaults of parameters."""
    for k, t in enumerate(program.plan):
        changed = [] if t.transform is None else transforms.TRANSFORMS[type(t.transform)].simpler(t.transform)
        for simpler in changed:
            yield evolve(program, plan=with_(program.plan, k, evolve(t, transform=simpler)))
        if isinstance(t.transform, data.Open):
            plain = data.Jit(t.transform.static_argnums, t.transform.static_argnames)
            yield evolve(program, plan=with_(program.plan, k, evolve(t, transform=plain)))
        if t.form != "method":
            yield evolve(program, plan=with_(program.plan, k, evolve(t, form="method", bound=())))
    for method, put in methods(program):
        if method.transform is not None:
            yield put(evolve(method, transform=None))
            for simpler_one in transforms.TRANSFORMS[type(method.transform)].simpler(method.transform):
                yield put(evolve(method, transform=simpler_one))
        if method.updates:
            yield put(evolve(method, updates=False))
        for p, parameter in enumerate(method.parameters):
            if parameter.default is not None:  # those before it by position cannot keep theirs
                before = tuple(q if q.keyword else evolve(q, default=None) for q in method.parameters[:p])
                simpler = (*before, evolve(parameter, default=None), *method.parameters[p + 1 :])
                yield put(evolve(method, parameters=simpler))
    if program.seed:
        yield evolve(program, seed=0)


def values(program: data.Program) -> Programs:
    """Values of JAX, ones in place of other numbers, and no shape."""
    found = [x for x in everything(program) if isinstance(x, data.Value)]
    for tree in (x for x in everything(program) if isinstance(x, data.Tree)):
        for k in range(len(tree.entries)):
            yield replaced(program, tree, evolve(tree, entries=without(tree.entries, k)))
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


def replaced(x: Any, old: data.Held, new: data.Held) -> Any:
    if x == old:
        return new
    if isinstance(x, tuple):
        return tuple(replaced(one, old, new) for one in x)
    if has(type(x)) and not isinstance(x, data.Value):
        return evolve(x, **{f.name: replaced(getattr(x, f.name), old, new) for f in fields(type(x))})
    return x


# Large cuts before small ones.
CUTS = (
    steps, hoisted, straight, dissolved, inlined, unused, statements, sorts, bared, parameters, results, declarations, options, values,
)  # fmt: skip
