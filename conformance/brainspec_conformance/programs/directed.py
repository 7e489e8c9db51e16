"""Running directed checks of some clauses, in a process of its own, since a check may end it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

from .. import clauses, compile_cache, links
from ..plugin import PROPERTY
from ..verdicts import Result

SUITE = Path(__file__).parents[1] / "suite"
SECONDS = 300.0
EXAMPLES = "test_examples.py"
GENERATED = {"test_programs.py", "test_corpus.py"}  # they show what finds show


class ChecksNotRun(Exception):
    """The directed checks gave no answer."""


@cache
def examples(impl: str, asked: tuple[str, ...]) -> list[Result]:
    """What the examples of these clauses did."""
    return run(impl, asked, [EXAMPLES])


@cache
def checks(impl: str, asked: tuple[str, ...]) -> list[Result]:
    """What all directed checks of these clauses did."""
    cited = {clauses.by_id()[name].cited for name in asked if name in clauses.by_id()}
    files = {link.path.name for link in links.load().checks if cited & set(link.clauses)} - GENERATED
    return run(impl, asked, [*sorted(files), EXAMPLES])


def run(impl: str, asked: tuple[str, ...], files: Sequence[str]) -> list[Result]:
    """Judge an implementation by the checks of these clauses in some files of the suite."""
    if not asked:
        return []
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "junit.xml"
        command = [sys.executable, "-m", "pytest", *words(impl, asked, report), *(str(SUITE / name) for name in files)]
        env = {**os.environ, **compile_cache.settings(), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        try:
            ran = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            raise ChecksNotRun(f"the directed checks took longer than {SECONDS:g} s on {impl}") from None
        if not report.exists():
            raise ChecksNotRun(f"the directed checks did not run on {impl}: {ran.stderr.strip() or ran.stdout.strip()}")
        return results(report)


def words(impl: str, asked: tuple[str, ...], report: Path) -> list[str]:
    """The words of pytest's command line, without the files."""
    found = ["-c", str(SUITE / "pytest.ini"), "--rootdir", str(SUITE.parent), "-q", f"--junitxml={report}"]
    for plugin in ("no:cacheprovider", "_hypothesis_pytestplugin", f"{__package__.partition('.')[0]}.plugin"):
        found += ["-p", plugin]
    return [
        *found,
        "--impl",
        impl,
        "--clauses",
        ",".join(asked),
        "--brainspec-profile",
        "probe",
        "--check-timeout",
        "20",
    ]


def results(report: Path) -> list[Result]:
    """What checks did, as the plugin noted it in a JUnit file."""
    found = []
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        noted = [p.get("value", "") for p in case.iter("property") if p.get("name") == PROPERTY]
        if noted:
            said = json.loads(noted[-1])
            bad = case.find("failure") is not None or case.find("error") is not None
            verdict = "fail" if bad else "not run" if case.find("skipped") is not None else "pass"
            found.append(Result(str(case.get("name")), said["clauses"], verdict, said["needs"]))
    return found
