"""What holds of the repository as a whole: the tools that CI runs, as tests, so that `./tools/test` is all there is to run."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent


def run(*words: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False)


def passes(*words: str) -> None:
    ran = run(*words)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_ruff_finds_nothing():
    passes(str(BIN / "ruff"), "check", ".")


def test_ruff_would_format_nothing():
    passes(str(BIN / "ruff"), "format", "--check", ".")


def test_files_and_functions_are_within_their_sizes():
    passes(sys.executable, "tools/sizes.py", "--check")


@pytest.mark.slow
def test_mypy_is_strict_and_finds_nothing():
    passes(str(BIN / "mypy"))


@pytest.mark.slow
def test_imports_go_one_way():
    passes(str(BIN / "lint-imports"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("room", "forbidden"),
    [
        ("optimized/brainspec_optimized", "brainspec_reference"),
        ("reference/brainspec_reference", "brainspec_optimized"),
        ("conformance/brainspec_conformance", "brainspec_reference"),
    ],
)
def test_an_import_across_rooms_breaks_a_contract(tmp_path, room, forbidden):
    for name in ("reference", "optimized", "conformance", "pyproject.toml"):
        run("cp", "-r", str(ROOT / name), str(tmp_path))
    (tmp_path / room / "planted.py").write_text(f"import {forbidden}.util\n")
    places = [str(tmp_path / name) for name in ("reference", "optimized", "conformance")]
    ran = subprocess.run(
        [str(BIN / "lint-imports"), "--no-cache"],
        cwd=tmp_path,
        env={"PYTHONPATH": ":".join(places), "PATH": str(BIN)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert f"{Path(room).name}.planted -> {forbidden}.util (l.1)" in ran.stdout


def test_the_specification_has_no_gaps():
    passes(sys.executable, "-m", "brainspec_conformance", "lint")


@pytest.mark.slow
@pytest.mark.minutes
@pytest.mark.parametrize("impl", ["optimized", "reference"])
def test_both_implementations_conform(tmp_path, impl):
    words = ("--impl", impl, "--workers", "1", "--report", str(tmp_path))
    passes(sys.executable, "-m", "brainspec_conformance", "conform", *words)
    clauses = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["clauses"]

    assert {clause["verdict"] for clause in clauses} == {"pass"}


def test_both_rooms_name_their_chapters_alike():
    rooms = [ROOT / "reference" / "brainspec_reference", ROOT / "optimized" / "brainspec_optimized"]
    chapters = {p.stem.split("-", 1)[1] for p in (ROOT / "spec").glob("[0-9]*.md")} - {"model"}

    for room in rooms:
        assert chapters <= {path.stem for path in room.iterdir() if path.suffix == ".py" or path.is_dir()}
