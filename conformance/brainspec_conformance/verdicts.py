"""From what checks did to what is said of clauses.

A *result* is what one check did. A clause's verdict is the gravest of its results. A failing check is an *echo* if a
clause that it needs has failed: then that clause is the cause, and only causes are shown in full.
"""

from collections import defaultdict
from collections.abc import Iterable

from attrs import evolve, field, frozen

from . import ids
from .clauses import Clause

VERDICTS = ("pass", "fail", "known", "unsupported", "crash", "timeout", "not run")
FAILING = ("fail", "crash", "timeout")
_GRAVITY = ("not run", "pass", "unsupported", "known", "fail", "timeout", "crash")

PRESENT = "model.surface.present@1"


@frozen
class Result:
    """What one check did: `message` is one line, `detail` the whole account; `echo_of` are the failed clauses it needs."""

    check: str
    clauses: list[str]
    verdict: str
    needs: list[str] = field(factory=list)
    message: str = ""
    detail: str = ""
    measured: dict[str, str] = field(factory=dict)
    echo_of: list[str] = field(factory=list)

    @property
    def failing(self) -> bool:
        return self.verdict in FAILING


@frozen
class ClauseVerdict:
    """What is said of one clause."""

    id: str
    version: int
    kind: str
    verdict: str
    checks: list[str]
    echo_of: list[str] = field(factory=list)

    @property
    def cited(self) -> str:
        return f"{self.id}@{self.version}"


def find_echoes(results: Iterable[Result], missing_chapters: Iterable[str] = ()) -> list[Result]:
    """The results in order, each failing one with the failed clauses that it needs."""
    ordered = sorted(results, key=lambda result: result.check)
    failed = {cited for result in ordered if result.failing for cited in result.clauses}
    without = set(missing_chapters)
    return [
        evolve(result, echo_of=_causes(result, failed, without)) if result.failing else result for result in ordered
    ]


def _causes(result: Result, failed: set[str], without: set[str]) -> list[str]:
    causes = [need for need in result.needs if need in failed and need not in result.clauses]
    lacks = result.message.startswith("AttributeError") and any(
        ids.chapter(cited) in without for cited in result.clauses
    )
    if lacks and PRESENT in failed and PRESENT not in (*causes, *result.clauses):
        causes.append(PRESENT)
    return causes


def judge(clauses: Iterable[Clause], results: list[Result]) -> list[ClauseVerdict]:
    """The verdict of each clause that a check has to decide, in the order of the pages."""
    by_clause: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        for cited in result.clauses:
            by_clause[cited].append(result)
    return [_judge(clause, by_clause[clause.cited]) for clause in clauses if clause.judged]


def _judge(clause: Clause, results: list[Result]) -> ClauseVerdict:
    verdict = max((result.verdict for result in results), key=_GRAVITY.index, default="not run")
    if clause.kind == "QUALITY" and verdict in FAILING:
        verdict = "not run"  # a quality is measured; what could not be measured is no failure
    failing = [result for result in results if result.failing] if verdict in FAILING else []
    echoes = sorted({cause for result in failing for cause in result.echo_of})
    first_cause = any(not result.echo_of for result in failing)
    checks = [result.check for result in results]
    return ClauseVerdict(clause.id, clause.version, clause.kind, verdict, checks, [] if first_cause else echoes)
