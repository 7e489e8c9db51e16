"""The corpus, evaluated by the reference, against jax on CPU; and nothing compiles while the reference works."""

from collections import Counter

import jax
import pytest
from brainspec_reference.engine.ops import RULES
from brainspec_reference.engine.program import Program, nested_programs

from tests.reference.corpus import Case
from tests.reference.corpus.check import disagreements
from tests.reference.corpus.functions import CORPUS, FAMILIES
from tests.reference.corpus.run import ours, recorded

PART = 32
PARTS = [family.cases[i : i + PART] for family in FAMILIES for i in range(0, len(family.cases), PART)]

_compiled: Counter[str] = Counter()
jax.monitoring.register_event_duration_secs_listener(lambda event, _seconds, **_: _compiled.update([event]))
COMPILE = "/jax/core/compile/backend_compile_duration"


def programs_in(program: Program) -> list[Program]:
    """The program and all that are nested in it."""
    nested = [inner for eqn in program.equations for _, inner in nested_programs(eqn)]
    return [program, *(found for inner in nested for found in programs_in(inner))]


@pytest.mark.slow
def test_nothing_compiles_while_the_reference_records_and_evaluates_the_corpus() -> None:
    before = _compiled[COMPILE]
    for case in CORPUS:
        ours(case, recorded(case), "round")

    assert _compiled[COMPILE] == before


def test_a_compilation_would_be_noticed() -> None:
    before = _compiled[COMPILE]
    jax.jit(lambda x: x * 3 + 41)(1.5)

    assert _compiled[COMPILE] > before


def test_a_sample_of_the_corpus_is_what_jax_computes() -> None:
    assert disagreements([case for case in CORPUS if not case.axis][::16]) == []


@pytest.mark.slow
@pytest.mark.parametrize("cases", PARTS, ids=lambda cases: f"from {cases[0]}")
def test_the_corpus_is_what_jax_computes(cases: list[Case]) -> None:
    assert disagreements(cases) == []


@pytest.mark.slow
def test_the_corpus_uses_most_of_the_rule_table() -> None:
    used = {eqn.op for case in CORPUS for program in programs_in(recorded(case)) for eqn in program.equations}

    assert len(CORPUS) >= 295
    assert len(used & RULES.keys()) >= 110
