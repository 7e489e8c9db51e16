"""The command line: exit statuses, what is printed where, and what it says to do next."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
from brainspec_conformance import cli, report
from click.testing import CliRunner, Result

from tests.helpers import brainspec, broken, python, write

WITH_FAULT = """
import sys
from pathlib import Path
from brainspec_conformance import __main__, summary
{fault}
__main__.main()
"""
NOTHING = ("--clauses", "filters.nothing", "--workers", "0")


def call(*words: str) -> Result:
    return CliRunner().invoke(cli.cli, list(words))


def test_conform_without_a_name_lists_the_known_ones() -> None:
    done = call("conform")

    assert done.exit_code == 2
    assert re.search(r"optimized +brainspec_optimized\n +reference +brainspec_reference\n", done.output)
    assert "mypkg:namespace" in done.output


@pytest.mark.parametrize(
    "words",
    [
        ("--nosuch",),
        ("--profile", "huge"),
        ("--clauses", "filters.tag.equals"),
        ("--clauses", ""),
        ("--devices", "0"),
        ("--workers", "-1"),
        ("--platform", "abacus"),
        ("--failed", "nosuch.json"),
        ("--impl", "optimized", "--json"),
    ],
)
def test_wrong_usage_exits_2(words: tuple[str, ...]) -> None:
    assert call("conform", "--impl", "reference", *words).exit_code == 2


def test_a_pattern_without_a_clause_names_close_ones() -> None:
    done = call("conform", "--impl", "reference", "--clauses", "filters.tag.equals")

    assert "no clause matches 'filters.tag.equals'; close to it: filters.tag.equal" in done.output


@pytest.mark.parametrize("text", ["no", "[]", '{"schema": "brainspec/report/1"}'])
def test_a_file_that_is_no_report_exits_2(tmp_path: Path, text: str) -> None:
    done = call("conform", "--impl", "reference", "--failed", str(write(tmp_path / "r.json", text)))

    assert done.exit_code == 2
    assert "r.json: this is no" in done.output


def test_failed_and_clauses_exclude_each_other(tmp_path: Path) -> None:
    path = str(write(tmp_path / "r.json", "{}"))

    assert call("conform", "--impl", "reference", "--failed", path, "--clauses", "filters").exit_code == 2


@pytest.mark.parametrize("words", [(), ("--impl", "reference")])
def test_an_unknown_implementation_exits_3(words: tuple[str, ...]) -> None:
    done = call("conform", *words, "--impl", "refrence")

    assert done.exit_code == 3
    assert done.stdout == ""
    assert "Did you mean reference?" in done.stderr


def test_a_broken_implementation_exits_3_with_its_traceback_apart(tmp_path: Path, monkeypatch) -> None:
    write(tmp_path / "wreck.py", "1 / 0\n")
    monkeypatch.chdir(tmp_path)
    done = call("conform", "--impl", "wreck")
    _, theirs, end = re.split("--- its own traceback\n|--- end of its traceback\n", done.stderr)

    assert (done.exit_code, end) == (3, "")
    assert theirs.startswith(f'Traceback (most recent call last):\n  File "{tmp_path / "wreck.py"}", line 1')
    assert theirs.endswith("ZeroDivisionError: division by zero\n")


def test_lint_exits_1_on_a_finding_and_names_it(tmp_path: Path, monkeypatch) -> None:
    from brainspec_conformance import lint

    from tests.helpers import matter

    monkeypatch.setattr(lint, "load", lambda: matter(tmp_path, check=""))
    done = call("lint")

    assert done.exit_code == 1
    assert done.output.startswith("spec/50-toys.md:9: toys.box.open@1: no check decides it; write a function")
    assert done.output.endswith("1 findings\n")


def test_lint_exits_0_where_all_agree(tmp_path: Path, monkeypatch) -> None:
    from brainspec_conformance import lint

    from tests.helpers import matter

    monkeypatch.setattr(lint, "load", lambda: matter(tmp_path))
    done = call("lint")

    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "no findings: pages, code and checks agree")


def test_lint_speaks_json(tmp_path: Path, monkeypatch) -> None:
    from brainspec_conformance import lint

    from tests.helpers import matter

    monkeypatch.setattr(lint, "load", lambda: matter(tmp_path, check=""))
    [found] = json.loads(call("lint", "--json").output)

    assert (found["path"], found["line"], found["id"]) == ("spec/50-toys.md", 9, "toys.box.open@1")


def test_lint_writes_the_listing(tmp_path: Path, monkeypatch) -> None:
    from brainspec_conformance import clauses, pages

    from tests.helpers import PAGE

    write(tmp_path / "50-toys.md", PAGE)
    monkeypatch.setattr(pages, "folder", lambda: tmp_path)
    call("lint", "--write")

    assert (tmp_path / "clauses.txt").read_text(encoding="utf-8") == clauses.listing(clauses.load(tmp_path))


@pytest.mark.parametrize(
    "words", [("--help",), ("-h",), ("conform", "-h"), ("cite", "-h"), ("run", "-h"), ("lint", "-h")]
)
def test_help_is_there(words: tuple[str, ...]) -> None:
    assert call(*words).exit_code == 0


# --- in a process of its own --------------------------------------------------------------------------------------


def test_a_conforming_one_exits_0_in_plain_text(tmp_path: Path) -> None:
    done = brainspec("conform", "--impl", "reference", *NOTHING, cwd=tmp_path)
    lines = done.stdout.splitlines()

    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"reference \(brainspec_reference\) on jax .*, Python 3.*, 8 × cpu:cpu", lines[0])
    assert lines[1] == "filters  1 clauses: 1 pass"
    assert lines[-2] == "reference conforms to 1 clauses; next: brainspec conform --impl reference --profile deep"
    assert not re.search("[\x1b\u2500-\u259f\r]", done.stdout)


def test_a_failing_one_exits_1_writes_both_reports_and_can_be_repeated(tmp_path: Path) -> None:
    broken(tmp_path)
    done = brainspec("conform", "--impl", "broken", *NOTHING, "--report", "out", cwd=tmp_path)
    data = json.loads((tmp_path / "out/report.json").read_text(encoding="utf-8"))

    assert done.returncode == 1
    assert "FAIL filters.nothing.accepts@1\n  `Nothing()` MUST NOT accept any value at any path.\n" in done.stdout
    assert done.stdout.splitlines()[-2] == (
        "broken does not conform: 1 of 1 clauses fail; begin with: brainspec cite filters.nothing.accepts"
    )
    jsonschema.validate(data, report.schema())
    assert "filters.nothing.accepts@1" in (tmp_path / "out/junit.xml").read_text(encoding="utf-8")


@pytest.mark.slow
def test_failed_repeats_what_failed(tmp_path: Path) -> None:
    broken(tmp_path)
    words = ("conform", "--impl", "broken", "--workers", "0", "--report", "out")
    brainspec(*words, "--clauses", "filters.nothing,filters.everything,filters.literal.none", cwd=tmp_path)
    again = brainspec(*words[:5], "--failed", "out/report.json", "--json", cwd=tmp_path)

    assert again.returncode == 1
    asked = {clause.id for clause in report.from_json(again.stdout).clauses}
    assert asked == {"filters.nothing.accepts", "filters.literal.none"}


@pytest.mark.slow
def test_failed_has_nothing_to_repeat_after_a_success(tmp_path: Path) -> None:
    words = ("conform", "--impl", "reference", *NOTHING)
    brainspec(*words, "--report", "out", cwd=tmp_path)
    again = brainspec("conform", "--impl", "reference", "--failed", "out/report.json", cwd=tmp_path)

    assert (again.returncode, again.stdout) == (0, "out/report.json: nothing failed in this report\n")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["reference", "broken"])
def test_json_is_the_report_and_nothing_else(tmp_path: Path, name: str) -> None:
    broken(tmp_path)
    done = brainspec("conform", "--impl", name, *NOTHING, "--json", cwd=tmp_path)

    jsonschema.validate(json.loads(done.stdout), report.schema())
    assert report.from_json(done.stdout).conforms is (name == "reference")


@pytest.mark.slow
def test_several_are_judged_apart_and_the_worst_decides(tmp_path: Path) -> None:
    broken(tmp_path)
    words = ("--impl", "reference", "--impl", "broken", "--impl", "optimized", *NOTHING, "--report", "out")
    done = brainspec("conform", *words, cwd=tmp_path)

    assert done.returncode == 1
    for name in ("reference", "broken", "optimized"):
        assert (tmp_path / "out" / name / "report.json").is_file()


@pytest.mark.slow
def test_a_run_that_a_signal_ends_beside_others_does_not_conform(tmp_path: Path) -> None:
    broken(tmp_path, body="import os; os.kill(os.getpid(), 9)")
    done = brainspec("conform", "--impl", "reference", "--impl", "broken", *NOTHING, cwd=tmp_path)

    assert done.returncode == 4


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("summary.suite_folder = lambda: Path('suite')", "SyntaxError"),
        ("sys.modules['brainspec_conformance.cli'] = None", "a fault of ours, not a verdict"),
    ],
)
def test_a_fault_of_ours_exits_4(tmp_path: Path, fault: str, said: str) -> None:
    write(tmp_path / "suite/pytest.ini", "[pytest]\n")
    write(tmp_path / "suite/test_wrong.py", "def (:\n")
    done = python("-c", WITH_FAULT.format(fault=fault), "conform", "--impl", "reference", *NOTHING, cwd=tmp_path)

    assert done.returncode == 4
    assert said in done.stdout + done.stderr


def test_clauses_that_no_check_decides_are_wrong_usage(tmp_path: Path) -> None:
    words = ("--impl", "reference", "--clauses", "filters.tag.other", "--workers", "0")
    done = brainspec("conform", *words, cwd=tmp_path)

    assert done.returncode == 2
    assert "no check decides what was asked for" in done.stdout
