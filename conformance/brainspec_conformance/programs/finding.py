"""A find: a program on which an implementation differs from the oracle, cut down, with the clauses it is charged to, as files."""

from __future__ import annotations

import json
from pathlib import Path

from attrs import evolve, frozen

from . import data, render, stored
from .attributing import charged
from .comparing import Difference
from .judging import Bench, Judged
from .laws import EQUAL, Law
from .reducing import SECONDS, reduce
from .reproducing import script


@frozen
class Find:
    """The smallest program, what differs and where, the clauses, and the script that shows it."""

    program: data.Program
    difference: Difference
    clauses: tuple[str, ...]
    script: str
    runs: int
    finished: bool
    law: str = EQUAL.name

    @property
    def key(self) -> tuple[object, ...]:
        """What finds are the same by: the check, the kind of difference and the clauses."""
        return (self.law, *self.difference.kind, self.clauses)

    @property
    def name(self) -> str:
        return stored.digest(self.program)

    def summary(self) -> str:
        told = ", ".join(self.clauses) if len(self.clauses) <= 3 else f"one of {len(self.clauses)} clauses"
        return f"{self.difference} [{told}]"


def pursue(bench: Bench, program: data.Program, judged: Judged, seconds: float = SECONDS, law: Law = EQUAL) -> Find:
    """Cut a program that differs down, and say what it shows; the law is the one by which it differs."""
    assert judged.difference is not None
    kind = judged.difference.kind
    last = judged

    def shows(candidate: data.Program) -> bool | None:
        nonlocal last
        found = bench.judge(candidate, law)
        if found.outcome in ("invalid", "unsupported", "unstable", "left out"):
            return None
        if found.difference is None or found.difference.kind != kind:
            return False
        last = found  # what the smallest program showed, which is the last that showed it
        return True

    program = law.base(program)
    cut = evolve(program, steps=program.steps[: judged.difference.step + 1])
    reduced = reduce(cut if shows(cut) else program, shows, seconds)
    clauses = charged(reduced.program, reduced.neighbours, bench.oracle)
    assert last.difference is not None
    text = script(law.changed(reduced.program) or reduced.program, last, clauses, bench.subject)
    return Find(reduced.program, last.difference, clauses, text, reduced.runs, reduced.finished, law.name)


def write(find: Find, folder: Path, subject: str) -> Path:
    """`NAME/repro.json`, `NAME/test_repro.py`, `NAME/repro.py` below a folder; gives the folder of the find."""
    place = folder / find.name
    place.mkdir(parents=True, exist_ok=True)
    kept = {
        "implementation": subject,
        "difference": str(find.difference),
        "clauses": list(find.clauses),
        **json.loads(stored.to_json(find.program)),
    }
    (place / "repro.json").write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    (place / "repro.py").write_text(find.script, encoding="utf-8")
    (place / "test_repro.py").write_text(pytest_text(find, subject), encoding="utf-8")
    return place


def pytest_text(find: Find, subject: str) -> str:
    """A test that fails while the implementation differs from the oracle."""
    shown = "\n".join(f"#     {line}".rstrip() for line in render.source(find.program).splitlines())
    return f'''"""{find.difference}"""

from pathlib import Path

from brainspec_conformance.programs.judging import bench
from brainspec_conformance.programs.stored import from_json

{shown}


def test_the_program_shows_the_same_on_both():
    program = from_json((Path(__file__).parent / "repro.json").read_text())
    judged = bench({subject!r}).judge(program)

    assert judged.outcome == "equal", judged.difference or judged.why
'''
