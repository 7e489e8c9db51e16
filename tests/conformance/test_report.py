import json
from pathlib import Path
from typing import Any

import attrs
import jsonschema
import pytest
from brainspec_conformance import clauses, report, verdicts
from brainspec_conformance.plugin import PROFILES
from brainspec_conformance.report import Options, Report, Run, Subject, from_json, to_json
from brainspec_conformance.verdicts import ClauseVerdict, Result

RUN = Run("2026-01-01T00:00:00+00:00", 1.5, 2, "3.11.7", {"jax": "0.10.2"}, "Linux x86_64", ["cpu:cpu"])
PASSED = Result("t.py::test_a", ["toys.box.open@1"], "pass", measured={"lids": "1"})
FAILED = Result(
    "t.py::test_b",
    ["toys.lid.shut@1"],
    "fail",
    ["toys.box.open@1"],
    "no\U0001f600",
    "long\ntext",
    {},
    ["toys.box.open@1"],
)


def made(*results: Result) -> Report:
    said = [ClauseVerdict(r.clauses[0].partition("@")[0], 1, "MUST", r.verdict, [r.check], r.echo_of) for r in results]
    options = Options("smoke", None, None, 8, None)
    return Report(Subject("mine", "mine", None), options, said, list(results), RUN, totals={"pass": 1})


@pytest.fixture
def valid() -> Any:
    validator = jsonschema.Draft202012Validator(report.schema())
    return lambda text: validator.validate(json.loads(text))


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(report.schema())


def test_a_report_is_valid(valid: Any) -> None:
    valid(to_json(made(PASSED, FAILED)))


@pytest.mark.parametrize("verdict", verdicts.VERDICTS)
def test_every_verdict_is_valid(valid: Any, verdict: str) -> None:
    valid(to_json(made(attrs.evolve(FAILED, verdict=verdict))))


@pytest.mark.parametrize("wrong", [{"schema": "x"}, {"totals": {"good": 1}}, {"more": 1}, {"clauses": [{"id": "a"}]}])
def test_what_is_wrong_is_not_valid(valid: Any, wrong: dict[str, Any]) -> None:
    data = json.loads(to_json(made(PASSED))) | wrong

    with pytest.raises(jsonschema.ValidationError):
        valid(json.dumps(data))


def test_the_schema_knows_the_words_of_the_code() -> None:
    found = report.schema()

    assert tuple(found["$defs"]["verdict"]["enum"]) == verdicts.VERDICTS
    assert found["properties"]["options"]["properties"]["profile"]["enum"] == list(PROFILES)
    assert set(found["$defs"]["clause"]["properties"]["kind"]["enum"]) == {*clauses.KINDS} - {"UNDEFINED"}
    assert found["properties"]["schema"]["const"] == report.SCHEMA


def test_a_report_comes_back_as_it_was() -> None:
    before = made(PASSED, FAILED)

    assert from_json(to_json(before)) == before


def test_a_report_conforms_unless_a_clause_fails() -> None:
    assert made(PASSED).conforms
    assert not made(PASSED, FAILED).conforms


def test_a_report_is_written_into_a_folder_that_is_made(tmp_path: Path) -> None:
    path = report.write(made(FAILED), tmp_path / "a/b")

    assert path == tmp_path / "a/b/report.json"
    assert from_json(path.read_text(encoding="utf-8")) == made(FAILED)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no", "this is no JSON"),
        ("[]", "this is no report of the schema 'brainspec/report/1', but 'list'"),
        ('{"schema": "brainspec/report/2"}', "but 'brainspec/report/2'"),
        ('{"schema": "brainspec/report/1"}', "this is no whole report: required field missing"),
        ('{"schema": "brainspec/report/1", "clauses": 3}', "this is no whole report"),
    ],
)
def test_a_file_that_is_no_report_says_so(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        from_json(text)


def test_versions_name_what_takes_part() -> None:
    assert {"brainspec", "jax", "jaxlib", "numpy", "hypothesis", "pytest"} == set(report.versions())


def test_a_report_with_a_census_is_valid_and_can_be_read_again(valid: Any) -> None:
    counted = attrs.evolve(made(PASSED), programs=report.Programs(3, 2, 7.5, {"op add": 1, "op sub": 0}))
    valid(to_json(counted))

    assert from_json(to_json(counted)) == counted
    assert str(counted.programs) == "3 programs, 2 different; median 7.5 statements; 1 of 2 features occurred"
