"""Programs are valid by construction, differ from each other, and hold all that they can hold."""

import random
import statistics
from typing import Any

import pytest
from brainspec_conformance.programs import census, data, drawing, render, stored
from brainspec_conformance.programs.judging import quiet, refusal
from brainspec_conformance.programs.run import observe
from hypothesis import given, settings

from tests.conformance.programs.stand_in import implementation


def drawn(count: int) -> list[data.Program]:
    return [drawing.draw(random.Random(k)) for k in range(count)]


@pytest.mark.slow
def test_nearly_every_program_runs() -> None:
    namespace = implementation().namespace
    refused = []
    with quiet():
        for program in drawn(200):
            error = refusal(observe(program, namespace))
            refused += [error] if error is not None else []

    assert len(refused) <= 2, refused


def test_programs_differ_and_are_long_enough() -> None:
    _found, lengths, different = census.count(drawn(300))

    assert different == 300
    assert statistics.median(lengths) >= 8


@pytest.mark.slow
def test_everything_that_can_occur_occurs() -> None:
    found, _lengths, _different = census.count(drawn(3000))

    assert [name for name in census.expected() if not found[name]] == []


def test_the_same_seed_draws_the_same_program() -> None:
    assert drawing.draw(random.Random(5)) == drawing.draw(random.Random(5)) != drawing.draw(random.Random(6))


@settings(max_examples=10, deadline=None, derandomize=True)
@given(program=drawing.programs())
def test_hypothesis_draws_programs(program: Any) -> None:
    assert isinstance(program, data.Program)
    compile(render.source(program), "<program>", "exec")


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
