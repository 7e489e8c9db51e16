"""The smallest program that still shows a difference.

Greedy: the first cut that still shows it is taken, and looked at again. What it shows is compared by its kind (what differs, and in
which respect), so a program never turns into one that shows something else. The program one cut larger, or smaller, that shows
nothing is kept: what the two do not have in common is where the fault lies.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import islice

from attrs import field, frozen, mutable

from . import data, render, stored
from .cuts import CUTS

SECONDS = 20.0


@frozen
class Reduced:
    """A program that shows a difference, and those one cut away that run and show none."""

    program: data.Program
    neighbours: tuple[data.Program, ...]
    runs: int
    finished: bool  # not cut short by the clock


def reduce(
    program: data.Program,
    shows: Callable[[data.Program], bool | None],
    seconds: float = SECONDS,
) -> Reduced:
    """Cut a program down while `shows` says True; None means that the cut program is not valid."""
    search = Search(program, shows, time.monotonic() + seconds)
    finished = search.run()
    return Reduced(search.program, tuple(search.neighbours), search.runs, finished)


@mutable
class Search:
    """The state of one reduction."""

    program: data.Program
    shows: Callable[[data.Program], bool | None]
    until: float
    neighbours: list[data.Program] = field(factory=list)
    seen: set[str] = field(factory=set)
    runs: int = 0

    def run(self) -> bool:
        """Pass after pass over all cuts, until one changes nothing; False if time ran out."""
        before = None
        while before != self.program:
            before, self.neighbours = self.program, []
            for cut in CUTS:
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
            if time.monotonic() > self.until:
                return False
            if self.taken(candidate):
                self.program = candidate
            else:
                k += 1

    def taken(self, candidate: data.Program) -> bool:
        digest = stored.digest(candidate)
        if digest in self.seen or not smaller(candidate, self.program):
            return False
        self.seen.add(digest)
        self.runs += 1
        shown = self.shows(candidate)
        if shown is False:
            self.neighbours.append(candidate)
        return bool(shown)


def smaller(a: data.Program, b: data.Program) -> bool:
    return size(a) < size(b)


def size(program: data.Program) -> tuple[int, int]:
    text = render.source(program)
    return text.count("\n"), len(text)
