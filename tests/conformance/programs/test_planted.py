"""Faults that are planted in a copy of the optimised implementation are found by `brainspec fuzz`, with nothing said about them."""

import json
import re
import signal
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


def charged_to(clause: str, folder: Path) -> list[Path]:
    """The finds that are charged to a clause."""
    files = sorted((folder / "out" / "finds").glob("*/test_repro.py"))  # which is written last
    finds = [path.with_name("repro.json") for path in files]
    return [path for path in finds if keeping.read(path).clauses[0].startswith(f"{clause}@")]


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_fault_is_found_cut_down_and_charged(fault: Fault, tmp_path: Path) -> None:
    folder = planted(fault, tmp_path, "planted")
    running = fuzz(folder, 300)
    while running.poll() is None and not charged_to(fault.clause, folder):
        time.sleep(0.5)
    running.send_signal(signal.SIGINT)
    out, _ = running.communicate(timeout=120)

    assert charged_to(fault.clause, folder), out
    assert running.returncode == 1
    # Two cores with nothing else to do judge four a second: a minute. Programs are counted, since a machine may have more to do.
    assert int(re.findall(r"^(\d+) programs \(", out, re.MULTILINE)[0]) <= 240
    right = charged_to(fault.clause, folder)[0]
    text = render.source(keeping.read(right).program)
    assert len([line for line in text.splitlines() if line.strip()]) <= 12, text
    assert "suspect: implementation" in json.loads(right.read_text())["suspect"]
    script = right.with_name("repro.py")
    shown = alone(script, folder)
    assert shown.returncode == 1, shown.stderr
    assert re.search(r"^expected .*\ngot .*$", shown.stdout, re.MULTILINE), shown.stdout
    planted(None, folder, "planted")
    assert alone(script, folder).returncode == 0
