"""The smallest program that still shows a difference.

Greedy: the first cut that still shows it is taken, and looked at again. What it shows is compared by its kind (what differs, and in
which respect), so a program never turns into one that shows something else. The program one cut larger, or smaller, that shows
nothing is kept: what the two do not have in common is where the fault lies.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from attrs import evolve, field, frozen, mutable

from . import data, render, stored
from .cuts import CUTS
from .scope import everything


@frozen
class Limit:
    """How long to look for something smaller: in seconds of work, or in runs, which are as many on every machine."""

    seconds: float = math.inf
    runs: float = math.inf


A_WHILE = Limit(seconds=20.0)


@frozen
class Reduced:
    """A program that shows a difference, and those one cut away that run and show none."""

    program: data.Program
    neighbours: tuple[data.Program, ...]
    runs: int
    finished: bool  # not cut short by the limit


def reduce(program: data.Program, shows: Callable[[data.Program], bool | None], limit: Limit = A_WHILE) -> Reduced:
    """Cut a program down while `shows` says True; None means that the cut program is not valid."""
    search = Search(program, shows, time.process_time() + limit.seconds, limit.runs)
    finished = search.run()
    return Reduced(search.program, tuple(search.neighbours), search.runs, finished)


@mutable
class Search:
    """The state of one reduction."""

    program: data.Program
    shows: Callable[[data.Program], bool | None]
    until: float
    most: float
    neighbours: list[data.Program] = field(factory=list)
    seen: dict[str, bool | None] = field(factory=dict)
    runs: int = 0

    def run(self) -> bool:
        """Pass after pass over all cuts, until one changes nothing; False if the limit is reached."""
        before = None
        while before != self.program:
            before, self.neighbours = self.program, []
            for cut in (unmentioned, *CUTS):
                if not self.every(cut):
                    return False
        return True

    def every(self, cut: Callable[[data.Program], Iterator[data.Program]]) -> bool:
        """Each cut of one sort; where one is taken, the next stands in its place."""
        k = 0
        while True:
            candidate = next(islice(cut(self.program), k, None), None)
            if candidate is None:
                return True
            if time.process_time() > self.until or self.runs >= self.most:
                return False
            if not self.taken(tidy(candidate)):
                k += 1

    def taken(self, candidate: data.Program) -> bool:
        if not smaller(candidate, self.program):
            return False
        digest = stored.digest(candidate)
        if digest not in self.seen:
            self.runs += 1
            self.seen[digest] = self.shows(candidate)
            if self.seen[digest]:
                self.program = candidate
                return True
        if self.seen[digest] is False:
            self.neighbours.append(candidate)
        return False


def smaller(a: data.Program, b: data.Program) -> bool:
    return size(a) < size(b)


def size(program: data.Program) -> tuple[int, int]:
    text = render.source(program)
    return text.count("\n"), len(text)


def tidy(program: data.Program) -> data.Program:
    """Without what nothing leads to: a cut that leaves something out of use is to count as a cut of that too."""
    used = {getattr(step, "name", None) for step in program.steps}
    plan = tuple(t for t in program.plan if t.name in used)
    names = called((plan, program.steps))
    methods = [method for cls in program.classes for method in cls.methods]
    while more := called(tuple(m.body for m in methods if m.name in names)) - names:
        names |= more
    classes = [evolve(c, methods=tuple(m for m in c.methods if m.name in names)) for c in program.classes]
    parts = {x.cls for x in everything(tuple(classes)) if isinstance(x, data.PartField)}
    kept = (*(c for c in classes[:-1] if c.name in parts), *classes[-1:])
    return evolve(program, plan=plan, classes=kept)


def unmentioned(program: data.Program) -> Iterator[data.Program]:
    """Without all fields that nothing names, and that only what makes states anew names."""
    lean = evolve(program, classes=tuple(evolve(cls, inits=(), resets=()) for cls in program.classes))
    for one in (lean, program):
        named = {x[1:] for x in everything(one) if isinstance(x, str) and x.startswith(".")}  # as places do
        classes = [evolve(cls, fields=tuple(f for f in cls.fields if f[0] in named)) for cls in one.classes]
        yield evolve(one, classes=tuple(classes))


def called(x: Any) -> set[str]:
    """The names of the methods that something leads to, whatever statement or step it is."""
    return {one.method for one in everything(x) if hasattr(one, "method")}
