"""Generated programs: what they show on the oracle they show on the implementation, and under the laws.

Failures are cut down and charged to clauses; the run goes on, so that one fault does not hide another.
"""

from collections.abc import Iterable

import pytest

from brainspec_conformance.charging import Charged
from brainspec_conformance.check import check
from brainspec_conformance.programs import batches, finding
from brainspec_conformance.programs.judging import Bench
from brainspec_conformance.programs.laws import EQUAL, LAWS, Law
from brainspec_conformance.programs.reducing import Limit

RUNS = Limit(runs=120)  # not seconds: a verdict depends on no clock


def judged(bench: Bench, numbers: Iterable[int], law: Law) -> None:
    """Judge programs; the first that differs is cut down, the others are counted."""
    differing = []
    for number in numbers:
        program = batches.program(number)
        found = bench.judge(program, law)
        assert found.outcome not in ("invalid", "unsupported"), f"a program that says nothing: {found.why}"
        differing += [(program, found)] if found.outcome == "differs" else []
    if differing:
        raise Charged(finding.pursue(bench, *differing[0], law, RUNS), len(differing) - 1)


@check("model.programs.equal@1")
def test_programs_show_what_the_oracle_shows(bench: Bench, batch: int) -> None:
    judged(bench, batches.equal(batch), EQUAL)


@check("model.programs.laws@1")
@pytest.mark.parametrize("law", LAWS)
def test_programs_keep_the_laws(bench: Bench, batch: int, law: str) -> None:
    judged(bench, batches.lawful(batch), LAWS[law])
