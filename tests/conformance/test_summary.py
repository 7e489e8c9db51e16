from types import SimpleNamespace

import pytest
from brainspec_conformance import summary
from brainspec_conformance.verdicts import ClauseVerdict, Result

CRASHED = "suite/test_model.py::test_devices_can_still_be_chosen_after_importing"


def verdict(name: str, said: str, *checks: str, echo_of: tuple[str, ...] = ()) -> ClauseVerdict:
    return ClauseVerdict(name, 1, "MUST", said, list(checks), list(echo_of))


FAILED = Result("t.py::test_equal", ["filters.tag.equal@1"], "fail", message="assert False")
MIXED = [
    verdict("model.import.idle", "pass"),
    verdict("filters.tag.equal", "fail", "t.py::test_equal"),
    verdict("filters.tag.whole", "fail", echo_of=("filters.tag.equal@1",)),
    verdict("filters.tag.absent", "not run"),
]


def test_each_chapter_has_a_line() -> None:
    assert summary.chapter_lines(MIXED) == ["model    1 clauses: 1 pass", "filters  3 clauses: 2 fail, 1 not run"]


def test_first_causes_come_with_sentence_check_and_message() -> None:
    assert summary.cause_lines(MIXED, [FAILED]) == [
        "",
        "FAIL filters.tag.equal@1",
        "  `WithTag(t)` MUST accept a value whose tag is the string `t`.",
        "  t.py::test_equal",
        "    assert False",
        "",
        "1 more clauses fail because they need filters.tag.equal@1",
        "",
    ]


def test_of_many_failing_checks_two_are_shown() -> None:
    results = [Result(f"t.py::test_{n}", ["filters.tag.equal@1"], "fail", message=f"assert {n}") for n in range(5)]
    lines = summary.cause_lines([verdict("filters.tag.equal", "fail", *(result.check for result in results))], results)

    assert lines[3:] == ["  t.py::test_0", "    assert 0", "  t.py::test_1", "    assert 1", "  and 3 more checks", ""]


def test_of_many_failing_clauses_twenty_are_shown() -> None:
    verdicts = [verdict("filters.tag.equal", "fail")] * 23
    lines = summary.cause_lines(verdicts, [])

    assert len([line for line in lines if line.startswith("FAIL")]) == 20
    assert "3 more clauses fail on their own; --report DIR writes them all" in lines


def test_the_last_line_of_a_failure_cites_the_first_cause() -> None:
    assert summary.last_line(MIXED, "mine", "smoke") == (
        "mine does not conform: 2 of 4 clauses fail; begin with: brainspec cite filters.tag.equal"
    )


def test_the_last_line_of_a_success_says_what_was_not_run_and_what_is_next() -> None:
    assert summary.last_line([MIXED[0], MIXED[3]], "mine", "smoke") == (
        "mine conforms to 1 clauses, 1 not run; next: brainspec conform --impl mine --profile deep"
    )


def test_after_the_deepest_run_there_is_no_further_one() -> None:
    assert summary.last_line([MIXED[0]], "mine", "deep") == "mine conforms to 1 clauses"


def test_silence_is_no_conformance() -> None:
    assert summary.last_line([MIXED[3]], "mine", "smoke").startswith("no clause was judged, which is no verdict")
    assert summary.exit_status([MIXED[3]]) == 2


def test_measurements_are_shown() -> None:
    measured = Result("t", ["model.error.teaches@1"], "pass", measured={"errors": "4 of 4"})

    assert summary.measured_lines([measured]) == ["measured model.error.teaches@1: errors 4 of 4"]


@pytest.mark.parametrize(
    ("nodeid", "name"),
    [
        ("suite/test_a.py::test_b", "test_a.py::test_b"),
        ("test_a.py::test_b[x/y::z]", "test_a.py::test_b[x/y::z]"),
        ("suite/test_a.py::TestB::test_c", "test_a.py::TestB::test_c"),
    ],
)
def test_a_check_is_named_by_file_and_function(nodeid: str, name: str) -> None:
    assert summary.name_of(nodeid) == name


def crash(nodeid: str) -> Result:
    collector = summary.Collector()
    text = f"[gw7] linux\nworker 'gw7' crashed while running {nodeid!r}"
    report = SimpleNamespace(
        user_properties=[], failed=True, passed=False, nodeid=nodeid, when="???", longreprtext=text
    )
    collector.pytest_runtest_logreport(report)
    [found] = collector.results.values()
    return found


def test_a_dead_check_is_a_crash_of_its_clauses() -> None:
    found = crash(CRASHED)

    assert (found.verdict, found.clauses) == ("crash", ["model.import.idle@1"])
    assert "gw7" not in found.message + found.detail


def test_a_dead_example_is_a_crash_of_its_clause() -> None:
    assert crash("suite/test_examples.py::test_example[filters.tag.equal@1]").clauses == ["filters.tag.equal@1"]


def test_a_pattern_asks_for_some_clauses() -> None:
    assert {"filters.tag.equal"} == {clause.id for clause in summary.asked_for("filters.tag.equal")}
    assert len(summary.asked_for(None)) > 40
