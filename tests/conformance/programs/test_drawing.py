"""Programs are valid by construction, differ from each other, and hold all that they can hold."""

import random
import statistics
from collections.abc import Iterable
from typing import Any

import pytest
from brainspec_conformance.programs import census, data, drawing, render, scope, stored
from brainspec_conformance.programs.judging import bench, quiet, refusal
from brainspec_conformance.programs.operations import OPERATIONS
from brainspec_conformance.programs.run import observe
from brainspec_conformance.programs.samplers import FULL
from hypothesis import given, settings


def drawn(count: int) -> list[data.Program]:
    return [drawing.draw(random.Random(k)) for k in range(count)]


def refused(programs: Iterable[data.Program]) -> list[BaseException]:
    """What the reference refuses of programs, each with the exception."""
    reference = bench("reference").oracle.namespace
    with quiet():
        found = [refusal(observe(program, reference)) for program in programs]
    return [error for error in found if error is not None]


def test_thirty_programs_run() -> None:
    assert refused(drawn(30)) == []


@pytest.mark.slow
def test_nearly_every_program_runs() -> None:
    found = refused(drawn(150))

    assert len(found) <= 1, found


@pytest.mark.slow
def test_nearly_every_program_is_stable_and_most_floats_are_exact() -> None:
    """Judged with the reference on both sides, which also shows the same each time."""
    judged = [bench("reference").judge(program) for program in drawn(60)]

    assert [j.difference for j in judged if j.outcome == "differs"] == []
    assert sum(j.outcome == "unstable" for j in judged) <= 3
    assert sum(j.exact for j in judged) >= 0.6 * sum(j.floats for j in judged)


@pytest.mark.slow
def test_everything_that_can_occur_occurs() -> None:
    found, lengths, different = census.count(drawn(5000))

    assert [name for name in census.expected() if not found[name]] == []
    assert statistics.median(lengths) >= 8
    assert different == 5000


def test_programs_differ_and_are_long_enough() -> None:
    _found, lengths, different = census.count(drawn(200))

    assert different == 200
    assert statistics.median(lengths) >= 8


def test_a_program_that_holds_little_lacks_the_rest() -> None:
    found, _lengths, _different = census.count([data.Program((data.ModuleClass("Net", ()),), (), ())])

    assert [name for name in census.expected() if found[name]] == []
    assert "never: op add" in census.lines(found, [0], 1)


def test_an_exact_program_rounds_nowhere() -> None:
    """So what it does in plain Python, where nothing is measured, can be compared bit by bit."""
    eager = {"within without jit", "copy deep", "copy saved", "handle augment", "handle deep copy", "handle saved"}
    for program in drawn(150):
        called = [scope.method_at(program, t.place, t.method) for t in program.plan if t.transform is None]
        plain = any(method is not None and method.transform is None for method in called)
        if plain or set(census.features(program)) & eager:
            applied = [x for x in scope.everything(program) if isinstance(x, data.Apply)]
            assert all(OPERATIONS[x.op].exact for x in applied if x.op in OPERATIONS)
            assert not any(isinstance(x, data.Draw) and x.sampler in FULL for x in scope.everything(program))


def test_the_same_seed_draws_the_same_program() -> None:
    assert drawing.draw(random.Random(5)) == drawing.draw(random.Random(5)) != drawing.draw(random.Random(6))


@settings(max_examples=10, deadline=None, derandomize=True)
@given(program=drawing.programs())
def test_hypothesis_draws_programs(program: Any) -> None:
    assert isinstance(program, data.Program)
    compile(render.source(program), "<program>", "exec")


def test_all_that_the_tables_hold_can_be_stored() -> None:
    """A class that is missing in `data` would be drawn, and could not be read from a file."""
    assert set(census.SORTS) <= set(stored.CLASSES.values())


def test_programs_come_back_from_json() -> None:
    for program in drawn(50):
        assert stored.from_json(stored.to_json(program)) == program


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{}", "KeyError"),
        ("no json", "JSONDecodeError"),
        ('{"schema": 99, "program": {}}', "schema 99"),
        ('{"schema": 1, "program": {"is": "Name", "name": "x"}}', "a Name"),
        ('{"schema": 1, "program": {"is": "Program", "colour": 1}}', "TypeError"),
    ],
)
def test_other_texts_are_no_programs(text: str, found: str) -> None:
    with pytest.raises(stored.UnreadableProgram, match=found):
        stored.from_json(text)
