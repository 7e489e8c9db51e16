"""Planted faults are found, cut down to a few lines, and shown by a script that needs nothing of ours."""

import random
import subprocess
import sys
from pathlib import Path

import pytest
from brainspec_conformance.programs import data, drawing, finding, render, stored
from brainspec_conformance.programs.judging import Bench, Judged
from brainspec_conformance.programs.reducing import Limit

from tests.conformance.programs.stand_in import AddsOne, KeepsKeys, KeepsWhatItRaisedOn, Plain, implementation

FAULTS: dict[type[Plain], tuple[str, str]] = {
    AddsOne: ("state", "value"),
    KeepsKeys: ("state", "value"),
    KeepsWhatItRaisedOn: ("state", "value"),
}


def first(bench: Bench, kind: tuple[str, str], most: int = 300) -> tuple[data.Program, Judged]:
    for k in range(most):
        program = drawing.draw(random.Random(k))
        judged = bench.judge(program)
        if judged.difference and judged.difference.kind == kind:
            return program, judged
    raise AssertionError("not found")


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_and_cut_down(fault: type[Plain], tmp_path: Path) -> None:
    bench = Bench(implementation(), implementation(fault))
    program, judged = first(bench, FAULTS[fault])
    find = finding.pursue(bench, program, judged, limit=Limit(seconds=10))

    lines = [line for line in render.source(find.program).splitlines() if line.strip()]
    assert len(lines) <= 12, render.source(find.program)
    assert find.difference.kind == judged.difference.kind  # type: ignore[union-attr]
    assert find.clauses

    place = finding.write(find, tmp_path, "reference")
    assert stored.from_json((place / "repro.json").read_text()) == find.program
    assert "def test_" in (place / "test_repro.py").read_text()


@pytest.mark.slow
def test_the_script_prints_both_sides_and_passes_where_there_is_no_fault(tmp_path: Path) -> None:
    bench = Bench(implementation(), implementation(AddsOne))
    program, judged = first(bench, ("state", "value"))
    find = finding.pursue(bench, program, judged, limit=Limit(seconds=5))
    path = tmp_path / "repro.py"
    sound = "import types\nbrainstate.transform = types.SimpleNamespace(jit=lambda f, **options: f)\n"
    path.write_text(find.script.replace(" as brainstate\n", " as brainstate\n" + sound, 1))
    ran = subprocess.run(
        [sys.executable, path], capture_output=True, text=True, check=False, env={"PYTHONPATH": ":".join(sys.path)}
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "expected" in ran.stdout
    assert "got" in ran.stdout
