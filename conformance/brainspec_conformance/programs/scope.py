"""What is where in a program: the places of states, streams and parts below each class, through lists, dictionaries, parts and aliases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attrs import fields, frozen, has

from . import data


@frozen
class Found:
    """A field that is no container, and the place where it is met; `shared` if an alias leads to it or from it."""

    place: data.Place
    field: data.Field
    cls: str  # whose field it is


def everything(x: Any) -> Iterator[Any]:
    """All that a program is made of."""
    yield x
    parts = x if isinstance(x, tuple) else [getattr(x, f.name) for f in fields(type(x))] if has(type(x)) else []
    for part in parts:
        yield from everything(part)


def by_name(program: data.Program) -> dict[str, data.ModuleClass]:
    return {cls.name: cls for cls in program.classes}


def fields_below(cls: data.ModuleClass, classes: dict[str, data.ModuleClass]) -> Iterator[Found]:
    """Every state, stream, number and part below a class, without those that only aliases reach."""
    for name, field in cls.fields:
        yield from found_in(field, (f".{name}",), cls, classes)


def found_in(
    field: data.Field, at: data.Place, cls: data.ModuleClass, classes: dict[str, data.ModuleClass]
) -> Iterator[Found]:
    match field:
        case data.ListField(items, _):
            for k, item in enumerate(items):
                yield from found_in(item, (*at, f"[{k}]"), cls, classes)
        case data.DictField(items):
            for key, item in items:
                yield from found_in(item, (*at, f"[{key!r}]"), cls, classes)
        case data.PartField(part):
            yield Found(at, field, cls.name)
            for below in fields_below(classes[part], classes):
                yield Found((*at, *below.place), below.field, below.cls)
        case _:
            yield Found(at, field, cls.name)


def states(program: data.Program) -> list[Found]:
    """The places of the states and streams of the root, for observation; an alias that replaced one shows the state it leads to."""
    classes = by_name(program)
    root = program.classes[-1]
    return [f for f in fields_below(root, classes) if isinstance(f.field, data.StateField | data.StreamField)]


def parts(program: data.Program) -> dict[data.Place, data.ModuleClass]:
    """The root and its parts by place, aliases of whole parts included."""
    classes = by_name(program)
    root = program.classes[-1]
    found: dict[data.Place, data.ModuleClass] = {(): root}
    for f in fields_below(root, classes):
        if isinstance(f.field, data.PartField):
            found[f.place] = classes[f.field.cls]
    for at, cls in list(found.items()):
        for a in cls.aliases:
            if (*at, *a.source) in found:
                found[(*at, *a.target)] = found[(*at, *a.source)]
    return found


def method_at(program: data.Program, place: data.Place, name: str) -> data.Method | None:
    cls = parts(program).get(place)
    return None if cls is None else next((m for m in cls.methods if m.name == name), None)


def aliased(program: data.Program) -> set[data.Place]:
    """Places of the root that share their state with another one."""
    pairs = [((*at, *a.target), (*at, *a.source)) for at, cls in parts(program).items() for a in cls.aliases]
    return {one for pair in pairs for one in pair}


def in_tuples(program: data.Program) -> set[data.Place]:
    """Places in the tuples of the root and its parts, where nothing can be put."""
    return {
        (*at, f".{name}", f"[{k}]")
        for at, cls in parts(program).items()
        for name, field in cls.fields
        if isinstance(field, data.ListField) and field.fixed
        for k in range(len(field.items))
    }
