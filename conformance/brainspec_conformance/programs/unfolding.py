"""Cuts that unfold: a part in the root's own fields, a call in the caller's own body, a container of states in a bare value.

What they give is not shorter by what they leave out, but has fewer things around what matters.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attrs import evolve, fields, has

from . import data, scope

Programs = Iterator[data.Program]


def dissolved(program: data.Program) -> Programs:
    """The fields of a part as the root's own, and one entry of a list or dictionary as the field itself."""
    *others, root = program.classes
    classes = scope.by_name(program)
    for k, (name, field) in enumerate(root.fields):
        for own, places in instead(name, field, classes):
            cut = evolve(root, fields=(*root.fields[:k], *own, *root.fields[k + 1 :]))
            used = {part.cls for part in scope.everything((*others, cut)) if isinstance(part, data.PartField)}
            kept = tuple(cls for cls in others if cls.name in used)
            yield moved(evolve(program, classes=(*kept, cut)), dict(places))


Places = list[tuple[data.Place, data.Place]]
Fields = tuple[tuple[str, data.Field], ...]


def instead(name: str, field: data.Field, classes: dict[str, data.ModuleClass]) -> Iterator[tuple[Fields, Places]]:
    """What can stand in the root in place of a field, and where what was in it is then."""
    at = (f".{name}",)
    match field:
        case data.PartField(cls) if cls in classes:
            own = tuple((f"{name}_{below}", f) for below, f in classes[cls].fields)
            yield own, [(at, ()), *(((*at, f".{below}"), (f".{name}_{below}",)) for below, _ in classes[cls].fields)]
        case data.ListField(items, _):
            for n, one in enumerate(items):
                yield ((name, one),), [((*at, f"[{n}]"), at)]
        case data.DictField(entries):
            for key, one in entries:
                yield ((name, one),), [((*at, f"[{key!r}]"), at)]


def moved(x: Any, places: dict[data.Place, data.Place]) -> Any:
    """Other places wherever something is at one of these or below it."""
    if isinstance(x, tuple):
        for n in (2, 1):
            if x[:n] in places:
                return (*places[x[:n]], *x[n:])
        return tuple(moved(one, places) for one in x)
    return evolve(x, **{f.name: moved(getattr(x, f.name), places) for f in fields(type(x))}) if has(type(x)) else x


def inlined(program: data.Program) -> Programs:
    """The body of a method of the root's in place of a call of it by another one."""
    *others, root = program.classes
    for m, method in enumerate(root.methods):
        for k, s in enumerate(method.body):
            callee = scope.method_at(program, s.place, s.method) if isinstance(s, data.Call) else None
            if callee is not None and isinstance(s, data.Call):
                body = (*method.body[:k], *taken_in(s, callee), *method.body[k + 1 :])
                given = dict(own_names(callee.result))
                atom = given.get("" if s.entry is None else s.entry, data.Literal(1))
                whole = renamed(evolve(method, body=body), s.bind, atom)
                cut = evolve(root, methods=(*root.methods[:m], whole, *root.methods[m + 1 :]))
                yield without_uncalled(evolve(program, classes=(*others, cut)), callee.name)


def without_uncalled(program: data.Program, name: str) -> data.Program:
    """Without the methods of a name that nothing calls any more."""
    if any(x.method == name for x in scope.everything(program) if isinstance(x, data.Call | data.Transformed)):
        return program
    classes = (evolve(cls, methods=tuple(m for m in cls.methods if m.name != name)) for cls in program.classes)
    return evolve(program, classes=tuple(classes))


def taken_in(call: data.Call, callee: data.Method) -> tuple[data.Statement, ...]:
    """The statements of a method as they stand in a caller: its places, its arguments, and variables under names of their own."""
    body: Any = own_names(callee.body)
    positional = [p for p in callee.parameters if not p.keyword]
    handed: dict[str, data.Atom] = {
        p.name: p.default for p in callee.parameters if isinstance(p.default, data.Literal | data.Symbol)
    }
    handed |= {p.name: a for p, a in zip(positional, call.atoms)} | dict(call.keywords)
    for name, atom in handed.items():
        body = renamed(body, f"{name}_", atom)
    placed = [s if getattr(s, "place", None) is None else evolve(s, place=(*call.place, *s.place)) for s in body]
    return tuple(placed)


def own_names(x: Any) -> Any:
    """The same with other names for all variables."""
    if isinstance(x, tuple):
        return tuple(own_names(one) for one in x)
    if not has(type(x)):
        return x
    x = evolve(x, **{f.name: own_names(getattr(x, f.name)) for f in fields(type(x))})
    if isinstance(x, data.Name):
        return data.Name(f"{x.name}_")
    named = [f.name for f in fields(type(x)) if f.name in ("bind", "local") and getattr(x, f.name) is not None]
    return evolve(x, **{name: f"{getattr(x, name)}_" for name in named})


def bared(program: data.Program) -> Programs:
    """One value in place of a container of values in a state, and in what is read, written and put."""
    for k, cls in enumerate(program.classes):
        for n, (name, field) in enumerate(cls.fields):
            if isinstance(field, data.StateField) and isinstance(field.value, data.Tree):
                for key, value in field.value.entries:
                    made = evolve(
                        cls, fields=(*cls.fields[:n], (name, evolve(field, value=value)), *cls.fields[n + 1 :])
                    )
                    classes = (*program.classes[:k], made, *program.classes[k + 1 :])
                    yield without_entries(evolve(program, classes=classes), f".{name}", key)


def without_entries(x: Any, name: str, key: str | int) -> Any:
    """The whole value where one entry of a state of that name is read or written; that entry where all are put."""
    if isinstance(x, tuple):
        return tuple(without_entries(one, name, key) for one in x)
    if isinstance(x, data.Read | data.Write) and x.place[-1:] == (name,) and x.entry == key:
        return evolve(x, entry=None)
    if isinstance(x, data.Put) and x.place[-1:] == (name,) and isinstance(x.value, data.Tree):
        return evolve(x, value=dict(x.value.entries).get(key, x.value))
    return (
        evolve(x, **{f.name: without_entries(getattr(x, f.name), name, key) for f in fields(type(x))})
        if has(type(x))
        else x
    )


def renamed(x: Any, name: str, other: data.Atom) -> Any:
    """Another atom wherever the variable is used."""
    if isinstance(x, data.Name):
        return other if x.name == name else x
    if isinstance(x, tuple):
        return tuple(renamed(one, name, other) for one in x)
    if has(type(x)):
        return evolve(x, **{f.name: renamed(getattr(x, f.name), name, other) for f in fields(type(x))})
    return x
