"""A find: a program on which an implementation differs from the oracle, cut down, with the clauses it is charged to, as files."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from attrs import evolve, frozen, mutable

from . import data, keeping, render, stored
from .attributing import charged
from .comparing import Difference
from .judging import Bench, Judged
from .keeping import Kept
from .laws import EQUAL, Law
from .reducing import A_WHILE, Limit, reduce
from .reproducing import script
from .suspecting import Suspect

Key: TypeAlias = tuple[object, ...]


def key_of(law: Law, difference: Difference, clauses: tuple[str, ...]) -> Key:
    """What finds are the same by: the check, the kind of difference and the clauses."""
    return (law.name, *difference.kind, clauses)


@frozen
class Find:
    """The smallest program, what it showed and by which law, the clauses, the script that shows it, and who is suspected."""

    program: data.Program
    difference: Difference
    clauses: tuple[str, ...]
    script: str
    runs: int
    finished: bool
    law: Law = EQUAL
    suspect: Suspect | None = None

    @property
    def key(self) -> Key:
        return key_of(self.law, self.difference, self.clauses)

    @property
    def name(self) -> str:
        return stored.digest(self.program)

    def summary(self) -> str:
        told = ", ".join(self.clauses) if len(self.clauses) <= 3 else f"one of {len(self.clauses)} clauses"
        law = "" if self.law == EQUAL else f", by the law {self.law.name!r}"
        return f"{self.difference}{law} [{told}]" + (f"\n  {self.suspect}" if self.suspect else "")


Ask: TypeAlias = Callable[[Bench, data.Program, tuple[str, ...]], Suspect]


def pursue(
    bench: Bench,
    program: data.Program,
    judged: Judged,
    law: Law = EQUAL,
    limit: Limit = A_WHILE,
    ask: Ask | None = None,
) -> Find:
    """Cut a program that differs down, by the law by which it differs, and say what it shows; `ask` may single out clauses."""
    watched = Watched(bench, law, judged)
    program = law.base(program)
    cut = evolve(program, steps=program.steps[: watched.difference.step + 1])
    reduced = reduce(cut if watched.shows(cut) else program, watched.shows, limit)
    clauses = charged(reduced.program, reduced.neighbours, bench.oracle)
    suspect = ask(bench, reduced.program, clauses) if ask else None
    clauses = suspect.clauses if suspect else clauses
    text = script(reduced.program, law, watched.last, clauses, bench.subject)
    return Find(reduced.program, watched.difference, clauses, text, reduced.runs, reduced.finished, law, suspect)


@mutable
class Watched:
    """What a program shows while it is cut down: always the same kind of difference; `last` is what the smallest one showed."""

    bench: Bench
    law: Law
    last: Judged

    @property
    def difference(self) -> Difference:
        assert self.last.difference is not None
        return self.last.difference

    def shows(self, candidate: data.Program) -> bool | None:
        """Whether a program shows it too; None where it says nothing."""
        found = self.bench.judge(candidate, self.law)
        if found.outcome not in ("equal", "differs"):
            return None
        if found.difference is None or found.difference.kind != self.difference.kind:
            return False
        self.last = found
        return True


def write(find: Find, folder: Path, subject: str) -> Path:
    """`NAME/repro.json`, `NAME/test_repro.py`, `NAME/repro.py` below a folder; gives the folder of the find."""
    place = folder / find.name
    place.mkdir(parents=True, exist_ok=True)
    notes: dict[str, object] = {"suspect": str(find.suspect)} if find.suspect else {}
    difference, today = str(find.difference), datetime.date.today().isoformat()
    kept = Kept(find.program, keeping.cite(find.clauses), find.law, difference, subject, today, notes)
    (place / "repro.json").write_text(keeping.to_json(kept), encoding="utf-8")
    (place / "repro.py").write_text(find.script, encoding="utf-8")
    (place / "test_repro.py").write_text(pytest_text(find, subject), encoding="utf-8")
    return place


def pytest_text(find: Find, subject: str) -> str:
    """A test that fails while the implementation differs from the oracle."""
    shown = "\n".join(f"#     {line}".rstrip() for line in render.source(find.program).splitlines())
    return f'''"""{find.difference}"""

from pathlib import Path

from brainspec_conformance.programs import keeping
from brainspec_conformance.programs.judging import bench

{shown}


def test_the_program_shows_the_same_on_both():
    kept = keeping.read(Path(__file__).parent / "repro.json")
    judged = bench({subject!r}).judge(kept.program, kept.law)

    assert judged.outcome == "equal", judged.difference or judged.why
'''
