"""Who is to be suspected of a find: directed checks first, for they say what a program only points to.

The examples of all clauses that the program exercises are run on the implementation, then all directed checks of the charged clauses and of
those whose example failed. The clause of which most checks fail on their own, and not because of another, is the cause. If none fails,
checks and laws are run on the oracle; if that fails by itself, it is the suite which is wrong. If all is well on both, what the two
disagree about is decided by no check: the clause is unclear, or a check is missing.
"""

from __future__ import annotations

from collections import defaultdict

from attrs import frozen

from .. import ids
from ..verdicts import Result, find_echoes
from . import data, directed
from .attributing import exercised
from .judging import Bench
from .laws import LAWS

IMPLEMENTATION, SUITE, UNCLEAR, UNKNOWN = "implementation", "suite", "unclear clause", "unknown"
MOST = 12  # clauses whose checks are run: where more are charged, the examples have to tell


@frozen
class Suspect:
    """Who is suspected, of breaking which clauses, and why."""

    who: str
    clauses: tuple[str, ...]
    why: str

    def __str__(self) -> str:
        return f"suspect: {self.who}; {self.why}"


def suspect(bench: Bench, program: data.Program, charged: tuple[str, ...]) -> Suspect:
    """Run what can tell the two sides apart."""
    try:
        return by_checks(bench, program, charged) or by_laws(bench, program, charged)
    except directed.ChecksNotRun as error:
        return Suspect(UNKNOWN, charged, str(error))


def by_checks(bench: Bench, program: data.Program, charged: tuple[str, ...]) -> Suspect | None:
    """The suspect that a directed check names."""
    every = tuple(sorted(exercised(program, bench.oracle) | set(charged)))
    shown = culprits(directed.examples(bench.subject.name, every))
    asked = tuple(sorted({*charged[:MOST], *list(shown)[:MOST]}))
    failing = {**shown, **culprits(directed.checks(bench.subject.name, asked))}
    on_oracle = culprits(directed.checks(bench.oracle.name, tuple(failing) or asked))
    told = [name for name in culprits_first(failing) if name not in on_oracle]
    if told:
        more = f", and checks of {', '.join(told[1:])}" if told[1:] else ""
        return Suspect(IMPLEMENTATION, (told[0],), f"a directed check fails: {failing[told[0]].check}{more}")
    if on_oracle:
        name, found = next(iter(on_oracle.items()))
        return Suspect(SUITE, (name,), f"{bench.oracle.name} fails a directed check: {found.check}")
    return None


def by_laws(bench: Bench, program: data.Program, charged: tuple[str, ...]) -> Suspect:
    """The suspect where all checks pass: the oracle, if it breaks a law by itself."""
    alone = Bench(bench.oracle, bench.oracle)
    for law in LAWS.values():
        if (found := alone.judge(program, law).difference) is not None:
            return Suspect(SUITE, charged, f"{bench.oracle.name} breaks the law {law.name!r} by itself: {found}")
    return Suspect(UNCLEAR, charged, "all directed checks pass on both")


@frozen
class Culprit:
    """A clause of which checks fail on their own: what share of its checks, and the first of them."""

    share: float
    check: str


def culprits(results: list[Result]) -> dict[str, Culprit]:
    """The clauses of which a check fails that no other failing clause explains."""
    by_clause: dict[str, list[Result]] = defaultdict(list)
    for result in find_echoes(results):
        for cited in result.clauses:
            by_clause[ids.split(cited)[0]].append(result)
    found = {}
    for name, all_ in by_clause.items():
        if own := [result for result in all_ if result.failing and not result.echo_of]:
            found[name] = Culprit(
                len(own) / (len(all_) + 1), own[0].check
            )  # one more, so that a single check says less
    return found


def culprits_first(found: dict[str, Culprit]) -> list[str]:
    return sorted(found, key=lambda name: (-found[name].share, name))
