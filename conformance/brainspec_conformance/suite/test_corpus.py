"""Stored programs: what found a fault once is replayed in every run, and charged to the clauses that it is about.

A program has one check for each of its clauses, named after both, so that names and verdicts are the same in every process.
"""

import pytest

from brainspec_conformance.clauses import Clause
from brainspec_conformance.programs import keeping, render
from brainspec_conformance.programs.judging import Bench

STORED = keeping.corpus()
ROWS = [(clause, name) for name, kept in STORED.items() for clause in kept.cited]


@pytest.mark.parametrize(("clause", "name"), ROWS, ids=[f"{clause.cited}-{name}" for clause, name in ROWS])
def test_a_stored_program_shows_what_the_oracle_shows(bench: Bench, clause: Clause, name: str) -> None:
    kept = STORED[name]
    judged = bench.judge(kept.program, kept.law)

    assert judged.outcome in ("equal", "differs"), f"the stored program {name} says nothing: {judged.why}"
    assert judged.difference is None, f"{judged.difference}\n\n{render.source(kept.program)}"
