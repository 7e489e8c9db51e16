"""The programs of the corpus are readable, small, and say what they are about; a run's verdicts on them are the same however it is shared out."""

import json
from pathlib import Path

import pytest
from brainspec_conformance.programs import keeping, render
from brainspec_conformance.programs.judging import bench

from tests.conformance.programs.planted import FAULTS, planted
from tests.helpers import brainspec, environment

STORED = keeping.corpus()


def test_each_planted_fault_has_left_a_program() -> None:
    assert {clause.id for kept in STORED.values() for clause in kept.cited} >= {fault.clause for fault in FAULTS}


@pytest.mark.parametrize("name", STORED)
def test_a_stored_program_says_something_and_what_it_is_about(name: str) -> None:
    kept = STORED[name]

    assert bench("reference").judge(kept.program, kept.law).outcome == "equal"
    assert kept.difference
    assert kept.implementation
    assert kept.date
    assert len([line for line in render.source(kept.program).splitlines() if line.strip()]) <= 25


@pytest.mark.slow
def test_verdicts_are_the_same_under_any_sharding(tmp_path: Path) -> None:
    planted(FAULTS[1], tmp_path, "planted")
    path = f"{environment()['PYTHONPATH']}:{tmp_path}"
    words = (
        "conform",
        "--impl",
        "planted",
        "--clauses",
        "jit.state.read-only,model.programs",
        "--profile",
        "probe",
        "--json",
    )
    said = [brainspec(*words, "--workers", str(n), cwd=tmp_path, PYTHONPATH=path) for n in (1, 2, 4)]
    reports = [{k: v for k, v in json.loads(done.stdout).items() if k != "run"} for done in said]

    assert reports[0] == reports[1] == reports[2]
    failing = {clause["id"] for clause in reports[0]["clauses"] if clause["verdict"] == "fail"}
    assert {"jit.state.read-only", "model.programs.equal"} <= failing
