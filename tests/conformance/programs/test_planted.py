"""Faults that are planted in a copy of the optimised implementation are found by `brainspec fuzz`, with nothing said about them."""

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from brainspec_conformance.programs import keeping, render

from tests.conformance.programs.planted import FAULTS, Fault, planted
from tests.helpers import environment

HIDDEN = "import sys\nsys.modules['brainspec_conformance'] = sys.modules['brainspec_reference'] = None\n"


def fuzz(folder: Path, seconds: float) -> subprocess.Popen[str]:
    env = environment()
    env["PYTHONPATH"] += f":{folder}"
    words = [
        "fuzz",
        "--impl",
        "planted",
        "--minutes",
        str(seconds / 60),
        "--workers",
        "2",
        "--corpus",
        str(folder / "out"),
    ]
    command = [sys.executable, "-m", "brainspec_conformance", *words]
    return subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.PIPE, text=True)


def alone(script: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """A script in a process that has the implementation, and in which nothing of ours can be imported."""
    (folder / "sitecustomize.py").write_text(HIDDEN, encoding="utf-8")
    env = environment(PYTHONPATH=str(folder))
    return subprocess.run([sys.executable, script], cwd=folder, env=env, capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_fault_is_found_cut_down_and_charged(fault: Fault, tmp_path: Path) -> None:
    folder = planted(fault, tmp_path, "planted")
    started = time.monotonic()
    out, _ = fuzz(folder, 60).communicate(timeout=400)
    found = [path for path in (folder / "out" / "finds").glob("*/repro.json")]
    right = [p for p in found if keeping.read(p).clauses[0].startswith(fault.clause)]

    assert right, f"after {time.monotonic() - started:.0f} s: {out}"
    text = render.source(keeping.read(right[0]).program)
    assert len([line for line in text.splitlines() if line.strip()]) <= 12, text
    assert "suspect: implementation" in json.loads(right[0].read_text())["suspect"]
    script = right[0].parent / "repro.py"
    shown = alone(script, folder)
    assert shown.returncode == 1, shown.stderr
    assert re.search(r"^expected .*\ngot .*$", shown.stdout, re.MULTILINE), shown.stdout
    planted(None, folder, "planted")
    assert alone(script, folder).returncode == 0
