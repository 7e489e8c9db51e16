"""A find: a program on which an implementation differs from the oracle, cut down, with the clauses it is charged to, as files."""

from __future__ import annotations

import json
from pathlib import Path

from attrs import evolve, frozen

from . import data, render, stored
from .attributing import charged
from .comparing import Difference, bits, compare
from .judging import Bench, Judged, measuring, quiet
from .laws import LAWS
from .reducing import SECONDS, reduce
from .reproducing import expected_text, script
from .run import observe


@frozen
class Find:
    """The smallest program, what differs and where, the clauses, and the script that shows it."""

    program: data.Program
    difference: Difference
    clauses: tuple[str, ...]
    script: str
    runs: int
    finished: bool

    @property
    def key(self) -> tuple[object, ...]:
        """What finds are the same by: the kind of difference and the clauses."""
        return (*self.difference.kind, self.clauses)

    @property
    def name(self) -> str:
        return stored.digest(self.program)

    def summary(self) -> str:
        told = ", ".join(self.clauses) if len(self.clauses) <= 3 else f"one of {len(self.clauses)} clauses"
        return f"{self.difference} [{told}]"


def pursue(
    bench: Bench, program: data.Program, judged: Judged, seconds: float = SECONDS, law: str | None = None
) -> Find:
    """Cut a program that differs down, and say what it shows; under a law, by which it differs."""
    assert judged.difference is not None
    kind = judged.difference.kind

    def shows(candidate: data.Program) -> bool | None:
        found = bench.judge(candidate, law)
        if found.outcome in ("invalid", "unsupported", "unstable"):
            return None
        return found.difference is not None and found.difference.kind == kind

    cut = evolve(program, steps=program.steps[: judged.difference.step + 1])
    reduced = reduce(cut if shows(cut) else program, shows, seconds)
    difference, expected, bound = shown(bench, reduced.program, law)
    clauses = charged(reduced.program, reduced.neighbours, bench.oracle)
    text = script(reduced.program, difference, expected, bound, clauses, bench.subject)
    return Find(reduced.program, difference, clauses, text, reduced.runs, reduced.finished)


def shown(bench: Bench, program: data.Program, law: str | None) -> tuple[Difference, str, float | None]:
    """What a program shows, what the oracle has at that point, and how far from it another may be."""
    with quiet(), measuring(bench.oracle.namespace) as ledger:
        bound = bits if ledger is None else ledger.bound
        expected = observe(program, bench.oracle.namespace)
        changed = LAWS[law](program) if law else program
        got = observe(changed or program, bench.subject.namespace)
        difference = compare(expected, got, bound, loose=law == "jit = call")
        assert difference is not None, "a difference that shows only sometimes"
        if difference.step < 0:
            return difference, "None", None
        step = expected.steps[difference.step]
        tree = step.result if difference.where == "result" else step.states.get(difference.where)
        allowed = bound(tree) if difference.aspect == "value" and not difference.leaf else None
        return difference, expected_text(difference, step), allowed


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
