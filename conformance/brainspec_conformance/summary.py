"""Collects what the checks did, judges the clauses, and prints what people want to read.

`Collector` is the part that lives inside pytest; `lines` turns verdicts into text: a line per chapter, then the first
causes, then one line that says what to do next.
"""

import json
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from . import clauses, ids, links, surface
from .exits import CONFORMING, FAILURES, USAGE
from .plugin import PROPERTY, implementation_of
from .verdicts import FAILING, ClauseVerdict, Result, find_echoes, judge

# A summary is read on a screen; what does not fit is in the report.
CAUSES, CHECKS = 20, 2

_ADDRESS = re.compile(r"0x[0-9a-f]{4,}")


class Collector:
    """Turns pytest's reports into results, whichever process they come from."""

    def __init__(self) -> None:
        self.results: dict[str, Result] = {}
        self.errors: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        noted = [json.loads(str(text)) for name, text in report.user_properties if name == PROPERTY]
        result = _result(report, noted[-1]) if noted else _crashed(report)
        if result is None or (report.when != "call" and report.passed):
            return
        before = self.results.get(result.check)
        if before is None or not before.failing:  # a failure stays a failure, whatever its teardown did
            self.results[result.check] = result

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            text = f"{report.nodeid}: {report.longreprtext}"
            if text not in self.errors:  # each worker collects, and finds the same
                self.errors.append(text)

    def judged(self, config: pytest.Config) -> tuple[list[ClauseVerdict], list[Result]]:
        """The verdicts of the clauses that were asked for, and the results they rest on."""
        lacking = {name.chapter for name in surface.missing(implementation_of(config).namespace)}
        results = find_echoes(self.results.values(), lacking)
        return judge(asked_for(config.getoption("--clauses")), results), results

    def pytest_terminal_summary(self, terminalreporter: Any, config: pytest.Config) -> None:
        verdicts, results = self.judged(config)
        terminalreporter.section(f"conformance of {config.getoption('--impl')}")
        for line in lines(verdicts, results, config.getoption("--impl"), config.getoption("--brainspec-profile")):
            terminalreporter.write_line(line)


def asked_for(pattern: str | None) -> list[clauses.Clause]:
    """The clauses that a pattern names; all without one."""
    return [clause for clause in clauses.every() if pattern is None or ids.matches(clause.id, pattern)]


def name_of(nodeid: str) -> str:
    """A check's name as reports show it: `test_filters.py::test_any_accepts`."""
    path, colons, rest = nodeid.partition("::")
    return path.rsplit("/", 1)[-1] + colons + rest


def _result(report: pytest.TestReport, noted: dict[str, Any]) -> Result:
    if report.passed:
        return Result(name_of(report.nodeid), noted["clauses"], "pass", noted["needs"], measured=noted["measured"])
    skipped = "unsupported" if noted["unsupported"] else "not run"
    verdict = skipped if report.skipped else "timeout" if noted["timeout"] else "fail"
    crash = getattr(report.longrepr, "reprcrash", None)
    detail = _ADDRESS.sub("0x…", str(report.longrepr))  # not longreprtext, which begins with the worker's name
    message = crash.message if crash else detail.strip().rsplit("\n", 1)[-1]
    return Result(
        name_of(report.nodeid),
        noted["clauses"],
        verdict,
        noted["needs"],
        _ADDRESS.sub("0x…", message.split("\n", 1)[0]),
        detail,
        noted["measured"],
    )


def _crashed(report: pytest.TestReport) -> Result | None:
    """The result of a check whose process died: pytest knows no more of it than its name."""
    if not report.failed:
        return None
    name = name_of(report.nodeid)
    function = name.partition("[")[0]
    cited = [
        c
        for link in links.checks_in(suite_folder())
        if f"{link.path.name}::{link.name}" == function
        for c in link.clauses
    ]
    cited = cited or [match[0] for match in ids.CITED.finditer(name)]
    # Which worker died, and after how many others, is chance.
    return Result(name, cited, "crash", message="the process died", detail="the process died while this check ran")


# --- text ---------------------------------------------------------------------------------------------------------


def lines(verdicts: list[ClauseVerdict], results: list[Result], impl: str, profile: str) -> list[str]:
    """The summary in plain lines."""
    return [
        *chapter_lines(verdicts),
        *cause_lines(verdicts, results),
        *measured_lines(results),
        last_line(verdicts, impl, profile),
    ]


def chapter_lines(verdicts: list[ClauseVerdict]) -> list[str]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for clause in verdicts:
        counts[ids.chapter(clause.id)][clause.verdict] += 1
    width = max((len(word) for word in counts), default=0)
    return [f"{word:<{width}}  {_counted(count)}" for word, count in counts.items()]


def _counted(count: Counter[str]) -> str:
    shown = [
        f"{count[verdict]} {verdict}"
        for verdict in ("pass", *FAILING, "known", "unsupported", "not run")
        if count[verdict]
    ]
    return f"{sum(count.values())} clauses: {', '.join(shown)}"


def cause_lines(verdicts: list[ClauseVerdict], results: list[Result]) -> list[str]:
    """The failures that nothing else explains, each with what failed and where; then how many more there are."""
    by_check = {result.check: result for result in results}
    causes = [clause for clause in verdicts if clause.verdict in FAILING and not clause.echo_of]
    shown: list[str] = []
    for clause in causes[:CAUSES]:
        shown += ["", f"{clause.verdict.upper()} {clause.cited}", f"  {clauses.by_id()[clause.id].sentence}"]
        shown += _check_lines([by_check[check] for check in clause.checks])
    if len(causes) > CAUSES:
        shown += ["", f"{len(causes) - CAUSES} more clauses fail on their own; --report DIR writes them all"]
    if echoes := [clause for clause in verdicts if clause.echo_of]:
        needed = sorted({cause for clause in echoes for cause in clause.echo_of})
        shown += ["", f"{len(echoes)} more clauses fail because they need {', '.join(needed)}"]
    return [*shown, ""] if shown else []


def _check_lines(results: list[Result]) -> list[str]:
    failing = [result for result in results if result.failing and not result.echo_of]
    lines = [line for result in failing[:CHECKS] for line in (f"  {result.check}", f"    {result.message}")]
    return lines + ([f"  and {len(failing) - CHECKS} more checks"] if len(failing) > CHECKS else [])


def measured_lines(results: list[Result]) -> list[str]:
    return [
        f"measured {result.clauses[0]}: {', '.join(f'{what} {figure}' for what, figure in result.measured.items())}"
        for result in results
        if result.measured
    ]


def last_line(verdicts: list[ClauseVerdict], impl: str, profile: str) -> str:
    """What to do next."""
    if not any_judged(verdicts):
        return (
            f"no clause was judged, which is no verdict; see why with: pytest --pyargs {__package__} --impl {impl} -rs"
        )
    failing = [clause for clause in verdicts if clause.verdict in FAILING]
    causes = [clause for clause in failing if not clause.echo_of] or failing
    if causes:
        return f"{impl} does not conform: {len(failing)} of {len(verdicts)} clauses fail; begin with: brainspec cite {causes[0].id}"
    others = Counter(clause.verdict for clause in verdicts if clause.verdict in ("unsupported", "not run"))
    rest = "".join(f", {others[verdict]} {verdict}" for verdict in ("unsupported", "not run") if others[verdict])
    further = "" if profile == "deep" else f"; next: brainspec conform --impl {impl} --profile deep"
    return f"{impl} conforms to {len(verdicts) - others.total()} clauses{rest}{further}"


def any_judged(verdicts: list[ClauseVerdict]) -> bool:
    return any(clause.verdict != "not run" for clause in verdicts)


def exit_status(verdicts: list[ClauseVerdict]) -> int:
    """0 conforming, 1 failures, 2 where nothing was judged: silence is no conformance."""
    if not any_judged(verdicts):
        return USAGE
    return FAILURES if any(clause.verdict in FAILING for clause in verdicts) else CONFORMING


def suite_folder() -> Path:
    return Path(__file__).parent / "suite"
