"""Generated programs: what they show on the oracle they show on the implementation, and under the laws.

Failures are cut down and charged to clauses; the run goes on, so that one fault does not hide another.
"""

import pytest

from brainspec_conformance.charging import Charged
from brainspec_conformance.check import check
from brainspec_conformance.implementations import Implementation, load
from brainspec_conformance.programs import finding
from brainspec_conformance.programs.fuzzing import program_of
from brainspec_conformance.programs.judging import Bench
from brainspec_conformance.programs.laws import EQUAL, LAWS, Law

BATCH = 5


@pytest.fixture(scope="session")
def bench(implementation: Implementation) -> Bench:
    return Bench(load("reference"), implementation)


def judged(bench: Bench, number: int, law: Law) -> list[finding.Find]:
    program = program_of((0, number))
    found = bench.judge(program, law)
    assert found.outcome not in ("invalid", "unsupported"), f"a program that says nothing: {found.why}"
    return [finding.pursue(bench, program, found, law=law)] if found.outcome == "differs" else []


@check("model.programs.equal@1")
def test_programs_show_what_the_oracle_shows(bench: Bench, batch: int) -> None:
    numbers = range(batch * BATCH, (batch + 1) * BATCH)
    finds = [find for number in numbers for find in judged(bench, number, EQUAL)]
    if finds:
        raise Charged(finds)


@check("model.programs.laws@1")
@pytest.mark.parametrize("law", LAWS)
def test_programs_keep_the_laws(bench: Bench, batch: int, law: str) -> None:
    finds = judged(bench, 1000 + 7 * batch, LAWS[law])
    if finds:
        raise Charged(finds)
