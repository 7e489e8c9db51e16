"""What occurred in many programs: every option of every statement, step and transform, counted.

An option that never occurs is a hole in the generator, so each is listed before anything is counted.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from attrs import fields, has

from . import data, stored
from .drawing import KINDS
from .operations import LOOSE, OPERATIONS
from .samplers import SAMPLERS

STATEMENTS = (
    data.Apply, data.Constant, data.Read, data.Write, data.Draw, data.Local, data.LocalWrite, data.LocalRead, data.Call, data.Raise,
)  # fmt: skip
STEPS = (data.Invoke, data.Put, data.Replace, data.Seed, data.Ahead, data.Update)
FIELDS = (data.StateField, data.StreamField, data.PartField, data.StaticField, data.ListField, data.DictField)


def expected() -> list[str]:
    """Everything that must occur."""
    return [
        *(cls.__name__ for cls in (*STATEMENTS, *STEPS, *FIELDS, data.Alias)),
        *(f"op {name}" for name in (*OPERATIONS, *LOOSE)),
        *(f"sampler {name}" for name in SAMPLERS),
        *(f"kind {name}" for name in KINDS),
        *(f"jit {f.name}" for f in fields(data.Jit)),
        *(f"ahead {what}" for what in ("eval_shape", "compile", "clear_cache")),
        *(f"copy {how}" for how in ("clone", "merge")),
        *(f"how {how}" for how in ("jax", "numpy", "python")),
        "static parameter", "loose parameter", "typed parameter", "argument by name", "nested transform", "caught call",
        "call of a part", "call of a sibling", "negative static number", "draw from the default stream", "draw from a stream of a module",
        "state of a dictionary", "write of an entry", "name", "tag", "cycle", "shared state", "same signature again", "empty array",
    ]  # fmt: skip


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
        yield from special(x)
        for f in fields(type(x)):
            yield from features(getattr(x, f.name))


def special(x: Any) -> Iterator[str]:
    match x:
        case data.Apply(_, op, _):
            yield f"op {op}"
        case data.Draw(_, sampler, place, _):
            yield f"sampler {sampler}"
            yield "draw from the default stream" if place is None else "draw from a stream of a module"
        case data.StateField(kind, value, name, tag):
            yield f"kind {kind}"
            yield from (
                ["state of a dictionary"] * isinstance(value, tuple) + ["name"] * bool(name) + ["tag"] * bool(tag)
            )
        case data.Write(_, _, entry) if entry is not None:
            yield "write of an entry"
        case data.Jit():
            plain = data.Jit()
            yield from (f"jit {f.name}" for f in fields(data.Jit) if getattr(x, f.name) != getattr(plain, f.name))
            yield from ["negative static number"] * any(n < 0 for n in x.static_argnums)
        case data.Ahead(_, what, _, _):
            yield f"ahead {what}"
        case data.Invoke(_, _, keywords, copy):
            yield from [f"copy {copy}"] * bool(copy) + ["argument by name"] * bool(keywords)
        case data.Value(type_, _, how):
            yield from [f"how {how}"] + ["empty array"] * (0 in type_.shape)
        case data.Parameter(_, type_, static, _):
            yield "static parameter" if static else "loose parameter" if type_ is None else "typed parameter"
        case data.Call(_, place, _, _, _, transform, caught):
            yield "call of a part" if place else "call of a sibling"
            yield from ["nested transform"] * (transform is not None) + ["caught call"] * caught
        case data.Alias(_, source):
            yield "shared state" if source else "cycle"
        case data.Program(_, _, steps):
            calls = [step for step in steps if isinstance(step, data.Invoke)]
            yield from ["same signature again"] * (len(set(calls)) < len(calls))
