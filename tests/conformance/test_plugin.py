"""The suite as a pytest plugin, in clean processes, as third parties run it."""

import json
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from tests.helpers import broken, run_pytest, write

SUITE = ("--pyargs", "brainspec_conformance")
NOTHING = ("--clauses", "filters.nothing")
UNRELATED = """\
import sys

def test_nothing_heavy_is_imported():
    assert "brainspec_conformance.plugin" in sys.modules
    assert not {"jax", "hypothesis", "numpy"} & set(sys.modules)
"""
# The reference without its older `vmap`, or with another.
CHANGED = """\
import types

import brainspec_reference

names = {{name: thing for name, thing in vars(brainspec_reference).items() if not name.startswith("__")}}
kept = {{name: thing for name, thing in vars(brainspec_reference.transform).items() if name != "vmap"}}
names["transform"] = types.SimpleNamespace(**kept{more})
space = types.SimpleNamespace(**names)
"""
OLDER = ("--clauses", "mapping.older,mapping.error.callable", "--junitxml", "junit.xml")


def test_an_unrelated_run_imports_nothing_heavy_and_shows_nothing(tmp_path: Path) -> None:
    write(tmp_path / "test_mine.py", UNRELATED)
    done = run_pytest("-p", "no:hypothesispytest", cwd=tmp_path)

    assert done.returncode == 0, done.stdout
    assert "brainspec" not in done.stdout.replace(str(tmp_path), "")


@pytest.mark.parametrize("words", [(), ("-n", "2")])
def test_without_a_name_it_is_one_clear_usage_error(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = run_pytest(*SUITE, *words, cwd=tmp_path)

    assert done.returncode == 4
    assert done.stderr == "ERROR: name an implementation: --impl NAME, one of optimized, reference, or a module\n\n"


def test_an_unknown_name_is_a_usage_error(tmp_path: Path) -> None:
    done = run_pytest(*SUITE, "--impl", "refrence", cwd=tmp_path)

    assert done.returncode == 4
    assert "Did you mean reference?" in done.stderr


def test_a_module_where_the_user_stands_is_judged_and_junit_names_clauses(tmp_path: Path) -> None:
    broken(tmp_path)
    done = run_pytest(*SUITE, "--impl", "broken", *NOTHING, "--junitxml", "junit.xml", cwd=tmp_path)
    properties = ElementTree.parse(tmp_path / "junit.xml").iter("property")

    assert done.returncode == 1
    assert "conformance of broken" in done.stdout
    assert "broken does not conform: 1 of 1 clauses fail; begin with: brainspec cite filters.nothing" in done.stdout
    assert all("filters.nothing.accepts@1" in each.get("value", "") for each in properties)


def test_clauses_about_an_extra_name_that_is_missing_are_unsupported(tmp_path: Path) -> None:
    write(tmp_path / "without.py", CHANGED.format(more=""))
    done = run_pytest(*SUITE, "--impl", "without:space", *OLDER, "-rs", cwd=tmp_path)

    assert done.returncode == 0, done.stdout
    assert "mapping  3 clauses: 1 pass, 2 unsupported" in done.stdout
    assert "without:space conforms to 1 clauses, 2 unsupported" in done.stdout
    assert "unsupported: there is no transform.vmap, an extra name" in done.stdout
    assert junit_of(tmp_path) == {"mapping.error.callable@1": False, **dict.fromkeys(ABOUT_VMAP, True)}


def test_clauses_about_an_extra_name_that_is_there_are_judged(tmp_path: Path) -> None:
    write(tmp_path / "wrong.py", CHANGED.format(more=", vmap=None"))
    done = run_pytest(*SUITE, "--impl", "wrong:space", *OLDER, cwd=tmp_path)

    assert done.returncode == 1, done.stdout
    assert "wrong:space does not conform: 2 of 3 clauses fail" in done.stdout
    assert "unsupported" not in done.stdout


ABOUT_VMAP = ["mapping.older.states@1", "mapping.older.trees@1"]


def junit_of(folder: Path) -> dict[str, bool]:
    """The clauses of a run, and whether each is unsupported, as its JUnit file has them."""
    noted = [json.loads(each.get("value", "")) for each in ElementTree.parse(folder / "junit.xml").iter("property")]
    return {clause: one["unsupported"] for one in noted for clause in one["clauses"]}


@pytest.mark.slow
def test_checks_can_be_chosen_by_word_and_spread_over_processes(tmp_path: Path) -> None:
    done = run_pytest(*SUITE, "--impl", "reference", "-k", "nothing.accepts", "-n", "2", cwd=tmp_path)

    assert done.returncode == 0
    assert "2 workers" in done.stdout
    assert re.search(r"filters +\d+ clauses: 1 pass, \d+ not run", done.stdout)


@pytest.mark.slow
def test_checks_have_the_same_names_in_every_process(tmp_path: Path) -> None:
    done = run_pytest(*SUITE, "--impl", "reference", "--collect-only", "-q", cwd=tmp_path)

    assert done.returncode == 0
    assert [line for line in done.stdout.splitlines() if "0x" in line] == []


@pytest.mark.slow
def test_a_late_check_is_a_timeout(tmp_path: Path) -> None:
    broken(tmp_path, body="import time; time.sleep(60)")
    done = run_pytest(*SUITE, "--impl", "broken", *NOTHING, "--check-timeout", "0.2", cwd=tmp_path)

    assert done.returncode == 1
    assert "TIMEOUT filters.nothing.accepts@1" in done.stdout
    assert "the check took longer than 0.2 seconds" in done.stdout


@pytest.mark.slow
def test_a_late_check_is_a_timeout_also_where_exceptions_are_swallowed(tmp_path: Path) -> None:
    patient = (
        "import time\n        try:\n            time.sleep(60)\n        except Exception:\n            return False"
    )
    broken(tmp_path, body=patient)
    done = run_pytest(*SUITE, "--impl", "broken", *NOTHING, "--check-timeout", "0.2", cwd=tmp_path)

    assert "TIMEOUT filters.nothing.accepts@1" in done.stdout


@pytest.mark.slow
def test_code_that_no_signal_reaches_is_a_crash(tmp_path: Path) -> None:
    hang = "import signal, time; signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM]); time.sleep(60)"
    broken(tmp_path, body=hang)
    done = run_pytest(*SUITE, "--impl", "broken", *NOTHING, "--check-timeout", "0.2", "-n", "1", cwd=tmp_path)

    assert "CRASH filters.nothing.accepts@1" in done.stdout
