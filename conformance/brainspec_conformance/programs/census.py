"""What occurred in many programs: every option of every statement, step and transform, counted.

An option that never occurs is a hole in the generator, so each is listed before anything is counted. What belongs to a statement, a step or
a transform stands in its table; here is what belongs to modules and values.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from attrs import fields, has

from . import data, stored
from .choosing import STATICS
from .drawing import KINDS
from .statements import STATEMENTS
from .steps import STEPS
from .table import Sort, optional
from .transforms import TRANSFORMS

SORTS: dict[type, Sort] = {**STATEMENTS, **STEPS, **TRANSFORMS}
CLASSES = (
    data.StateField, data.StreamField, data.PartField, data.StaticField, data.ListField, data.DictField, data.Alias, data.Tree,
)  # fmt: skip
OPTIONS = (
    *(f"kind {name}" for name in KINDS), *(f"how {how}" for how in ("jax", "numpy", "python")),
    *(f"static {sort}" for sort in STATICS), *(f"form {form}" for form in ("method", "module", "lambda", "partial")),
    *(f"{what} parameter" for what in ("loose", "typed", "dictionary", "keyword", "default")), "plain call", "transform above",
    *(f"state of a {how}" for how in ("dict", "list", "tuple")), "tree in a tree", "name", "tag", "unit", "cycle", "shared state", "shared part",
    "update", "init_state", "reset_state", "module name", "no constructor of Module", "caught states", "static array", "tuple of fields",
    "result None", "result by position", "result by name", "bare result", "same signature again", "empty array",
)  # fmt: skip


def expected() -> list[str]:
    """Everything that must occur."""
    return [
        *(cls.__name__ for cls in (*SORTS, *CLASSES)),
        *(option for sort in SORTS.values() for option in sort.options),
        *OPTIONS,
    ]


def count(programs: Iterable[data.Program]) -> tuple[Counter[str], list[int], int]:
    """How often each thing occurred, the lengths in statements, and how many programs differ."""
    found: Counter[str] = Counter()
    lengths: list[int] = []
    digests: set[str] = set()
    for program in programs:
        found.update(set(features(program)))
        lengths.append(sum(len(method.body) for cls in program.classes for method in cls.methods))
        digests.add(stored.digest(program))
    return found, lengths, len(digests)


def lines(found: Counter[str], lengths: list[int], different: int) -> list[str]:
    missing = [name for name in expected() if not found[name]]
    rare = sorted(expected(), key=lambda name: found[name])[:8]
    return [
        f"{len(lengths)} programs, {different} different; median {statistics.median(lengths):g} statements",
        f"{len(expected()) - len(missing)} of {len(expected())} features occurred",
        "rarest: " + ", ".join(f"{name} {found[name]}" for name in rare),
        *(f"never: {name}" for name in missing),
    ]


def features(x: Any) -> Iterator[str]:
    """What occurs in a program, or in a part of one."""
    if isinstance(x, tuple):
        for one in x:
            yield from features(one)
    elif has(type(x)):
        yield type(x).__name__
        yield from SORTS[type(x)].found(x) if type(x) in SORTS else special(x)
        for f in fields(type(x)):
            yield from features(getattr(x, f.name))


def special(x: Any) -> Iterator[str]:
    """The options of what stands in no table."""
    match x:
        case data.StateField():
            yield f"kind {x.kind}"
            yield from optional(isinstance(x.value, data.Tree), f"state of a {getattr(x.value, 'how', '')}")
            yield from [
                *optional(x.name is not None, "name"),
                *optional(x.tag is not None, "tag"),
                *optional(x.unit is not None, "unit"),
            ]
        case data.Value():
            yield from [f"how {x.how}", *optional(0 in x.type.shape, "empty array")]
        case data.Tree():
            yield from optional(any(isinstance(v, data.Tree) for _, v in x.entries), "tree in a tree")
        case data.Alias():
            whole = x.target == (".twin",)
            yield "shared part" if whole else "shared state" if x.source else "cycle"
        case data.StaticField():
            yield from optional(isinstance(x.number, data.Value), "static array")
        case data.ListField():
            yield from optional(x.fixed, "tuple of fields")
        case data.Parameter():
            yield from parameter(x)
        case data.Method():
            yield from method(x)
        case data.ModuleClass():
            yield from [*optional(bool(x.inits), "init_state"), *optional(bool(x.resets), "reset_state")]
            yield from [*optional(x.label is not None, "module name"), *optional(x.bare, "no constructor of Module")]
        case data.Transformed():
            yield from [f"form {x.form}", *optional(x.transform is None, "plain call")]
        case data.Program():
            calls = [step for step in x.steps if isinstance(step, data.Invoke)]
            yield from optional(len(set(calls)) < len(calls), "same signature again")
            yield from optional(x.caught is not None, "caught states")


def parameter(p: data.Parameter) -> Iterator[str]:
    loose = "loose parameter" if p.type is None else "typed parameter"
    dynamic = "dictionary parameter" if isinstance(p.type, tuple) else loose
    yield f"static {p.static}" if p.static else dynamic
    yield from [*optional(p.keyword, "keyword parameter"), *optional(p.default is not None, "default parameter")]


def method(m: data.Method) -> Iterator[str]:
    yield from [*optional(m.updates, "update"), *optional(m.transform is not None, "transform above")]
    yield from optional(any(a == data.Literal(None) for _, a in m.result), "result None")
    key = m.result[0][0] if m.result else None
    yield from optional(key == "", "bare result")
    yield from optional(isinstance(key, int), "result by position")
    yield from optional(bool(key) and isinstance(key, str), "result by name")
