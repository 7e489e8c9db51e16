"""`brainspec conform` under bad conditions: crashes, foreign settings, other numbers of workers, other hash seeds."""

import json
from pathlib import Path
from typing import Any

import pytest
from brainspec_conformance import conforming

from tests.helpers import brainspec, broken, write

NOTHING = ("--clauses", "filters.nothing,filters.everything", "--workers", "0")


def verdict_part(folder: Path, *words: str, **env: str) -> str:
    """What of a report must not depend on the day, byte by byte."""
    brainspec("conform", *words, "--report", "out", cwd=folder, **env)
    data = json.loads((folder / "out/report.json").read_text(encoding="utf-8"))
    data.pop("run")
    return json.dumps(data)


def verdicts(folder: Path, *words: str, **env: str) -> dict[str, Any]:
    return {clause["id"]: clause["verdict"] for clause in json.loads(verdict_part(folder, *words, **env))["clauses"]}


def test_settings_of_the_project_change_no_verdict(tmp_path: Path) -> None:
    write(
        tmp_path / "pytest.ini", "[pytest]\naddopts = -k nosuch --maxfail=1\nfilterwarnings = error\npython_files = x\n"
    )
    write(tmp_path / "conftest.py", "raise RuntimeError('not yours')\n")
    foreign = {"PYTEST_ADDOPTS": "-k nosuch", "PYTEST_PLUGINS": "nosuch"}

    assert verdicts(tmp_path, "--impl", "reference", *NOTHING, **foreign) == {
        "filters.everything.accepts": "pass",
        "filters.nothing.accepts": "pass",
    }


@pytest.mark.slow
def test_a_check_that_kills_its_process_is_a_crash_and_the_others_are_judged(tmp_path: Path) -> None:
    broken(tmp_path, body="import os; os._exit(0)")
    found = verdicts(tmp_path, "--impl", "broken", "--clauses", "filters.nothing,filters.tag", "--workers", "2")

    assert found.pop("filters.nothing.accepts") == "crash"
    assert set(found.values()) == {"pass"}


def test_a_dead_worker_is_replaced_however_many_died() -> None:
    words = conforming._pytest_words(conforming.Asked("killer", "probe", None, 8, None, None, 2, None))

    assert int(words[words.index("--max-worker-restart") + 1]) > 1000


@pytest.mark.slow
@pytest.mark.parametrize("name", ["reference", "broken"])
def test_verdicts_do_not_depend_on_the_number_of_workers(tmp_path: Path, name: str) -> None:
    broken(tmp_path)
    words = ("--impl", name, "--clauses", "filters.nothing,filters.literal,filters.error")
    found = {verdict_part(tmp_path, *words, "--workers", str(n)) for n in (0, 1, 2)}

    assert len(found) == 1


@pytest.mark.slow
@pytest.mark.parametrize("name", ["reference", "broken"])
def test_verdicts_do_not_depend_on_the_hash_seed(tmp_path: Path, name: str) -> None:
    broken(tmp_path)
    words = ("--impl", name, "--clauses", "filters.nothing,filters.tag,filters.value", "--workers", "0")
    found = {verdict_part(tmp_path, *words, PYTHONHASHSEED=seed) for seed in ("0", "1")}

    assert len(found) == 1


@pytest.mark.slow
def test_a_room_is_judged_alike_by_its_name_and_by_that_of_its_module(tmp_path: Path) -> None:
    for name in ("optimized", "brainspec_optimized"):
        assert set(verdicts(tmp_path, "--impl", name, *NOTHING).values()) == {"pass"}
