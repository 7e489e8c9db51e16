"""Which clauses a program exercises: the tagged lines of the oracle that run while it runs it.

A difference is charged to the clauses that the smallest program exercises and a neighbour of it, which runs and shows none, does
not; the neighbour with the most in common says most. Directed checks of these are the next thing to run.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

from .. import links
from ..implementations import Implementation
from . import data, render
from .judging import quiet
from .run import observe

NEAREST = 8  # neighbours that are looked at: tracing is slow, and what has less in common says less


@cache
def tagged_lines(package: str) -> dict[str, dict[int, str]]:
    """The clause of each tagged line, by file."""
    root = links.source_of(package)
    found: dict[str, dict[int, str]] = {}
    for tag in links.tags_in(root, package) if root else []:
        found.setdefault(str(tag.path), {})[tag.line] = tag.id
    return found


@contextmanager
def noting(files: dict[str, dict[int, str]]) -> Iterator[set[str]]:
    """The clauses whose lines run meanwhile."""
    met: set[str] = set()

    def call(frame: FrameType, event: str, _arg: Any) -> Any:
        lines = files.get(frame.f_code.co_filename)
        if lines is None:
            return None

        def line(frame: FrameType, event: str, _arg: Any) -> Any:
            if event == "line" and frame.f_lineno in lines:
                met.add(lines[frame.f_lineno])
            return line

        return line

    before = sys.gettrace()
    sys.settrace(call)
    try:
        yield met
    finally:
        sys.settrace(before)


def exercised(program: data.Program, oracle: Implementation) -> set[str]:
    """The clauses that a program exercises on the oracle."""
    files = tagged_lines(oracle.target)
    with quiet(), noting({str(Path(name)): lines for name, lines in files.items()}) as met:
        observe(program, oracle.namespace)
    return met


def charged(program: data.Program, neighbours: tuple[data.Program, ...], oracle: Implementation) -> tuple[str, ...]:
    """The clauses that a difference is charged to; all that the program exercises, if no neighbour tells them apart."""
    own = exercised(program, oracle)
    nearest = sorted(neighbours, key=lambda neighbour: -len(render.source(neighbour)))[:NEAREST]
    rests = [own - exercised(neighbour, oracle) for neighbour in nearest]
    told = sorted((sorted(rest) for rest in rests if rest), key=len)
    return tuple(told[0] if told else sorted(own))
