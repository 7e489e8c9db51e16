import itertools

from brainspec_conformance import clauses
from brainspec_conformance.clauses import Clause
from brainspec_conformance.verdicts import ClauseVerdict, Result, find_echoes, judge


def clause(name: str, kind: str = "MUST", **fields: str) -> Clause:
    return Clause(name, 1, kind, "", "50-toys.md", 1, "Rules", fields=fields)


def result(check: str, verdict: str, *cited: str, needs: tuple[str, ...] = (), message: str = "") -> Result:
    return Result(check, list(cited), verdict, list(needs), message)


def verdicts(results: list[Result], *asked: Clause) -> dict[str, ClauseVerdict]:
    return {found.id: found for found in judge(asked, find_echoes(results))}


def test_the_gravest_result_is_the_verdict() -> None:
    order = ["not run", "pass", "unsupported", "known", "fail", "timeout", "crash"]
    for less, more in itertools.pairwise(order):
        found = verdicts([result("t1", more, "toys.a@1"), result("t2", less, "toys.a@1")], clause("toys.a"))

        assert found["toys.a"].verdict == more


def test_a_clause_without_a_result_was_not_run() -> None:
    assert verdicts([], clause("toys.a"))["toys.a"].verdict == "not run"


def test_a_result_of_another_version_says_nothing() -> None:
    assert verdicts([result("t", "fail", "toys.a@2")], clause("toys.a"))["toys.a"].verdict == "not run"


def test_verdicts_come_in_the_order_of_the_pages() -> None:
    results = [result("t1", "pass", "toys.b@1"), result("t2", "pass", "toys.a@1")]

    assert ["toys.b", "toys.a"] == list(verdicts(results, clause("toys.b"), clause("toys.a")))


def test_what_is_not_judged_has_no_verdict() -> None:
    asked = clause("toys.a", "UNDEFINED"), clause("toys.b", Retired="yes"), clause("toys.c", Untestable="yes")

    assert {} == verdicts([], *asked)


def test_a_quality_never_fails() -> None:
    for verdict in ("fail", "timeout", "crash"):
        found = verdicts([result("t", verdict, "toys.a@1", needs=("toys.b@1",))], clause("toys.a", "QUALITY"))

        assert ("not run", []) == (found["toys.a"].verdict, found["toys.a"].echo_of)


def test_a_failure_that_needs_a_failed_clause_is_its_echo() -> None:
    results = [result("t1", "fail", "toys.a@1"), result("t2", "crash", "toys.b@1", needs=("toys.a@1",))]
    found = verdicts(results, clause("toys.a"), clause("toys.b"))

    assert ([], ["toys.a@1"]) == (found["toys.a"].echo_of, found["toys.b"].echo_of)
    assert found["toys.b"].verdict == "crash"


def test_a_failure_whose_needs_hold_is_a_first_cause() -> None:
    results = [result("t1", "pass", "toys.a@1"), result("t2", "fail", "toys.b@1", needs=("toys.a@1",))]

    assert [] == verdicts(results, clause("toys.b"))["toys.b"].echo_of


def test_a_clause_with_one_first_cause_is_no_echo() -> None:
    echo = result("t2", "fail", "toys.b@1", needs=("toys.a@1",))
    results = [result("t1", "fail", "toys.a@1"), echo, result("t3", "fail", "toys.b@1")]

    assert [] == verdicts(results, clause("toys.b"))["toys.b"].echo_of


def test_a_check_is_no_echo_of_itself() -> None:
    [found] = find_echoes([result("t", "fail", "toys.a@1", needs=("toys.a@1",))])

    assert [] == found.echo_of


def test_what_passes_is_no_echo() -> None:
    results = [result("t1", "fail", "toys.a@1"), result("t2", "pass", "toys.b@1", needs=("toys.a@1",))]

    assert [] == find_echoes(results)[1].echo_of


def test_a_missing_name_is_an_echo_of_its_absence() -> None:
    absent = result("t1", "fail", "model.surface.present@1")
    lacking = result("t2", "fail", "filters.a@1", message="AttributeError: no attribute 'OfType'")
    other = result("t3", "fail", "filters.a@1", message="AssertionError: no")
    elsewhere = result("t4", "fail", "toys.a@1", message="AttributeError: no attribute 'lid'")
    found = find_echoes([other, absent, elsewhere, lacking], missing_chapters=["filters"])

    assert [[], ["model.surface.present@1"], [], []] == [each.echo_of for each in found]


def test_the_clause_of_missing_names_is_on_its_page() -> None:
    from brainspec_conformance.verdicts import PRESENT

    assert clauses.by_id()["model.surface.present"].cited == PRESENT


def test_results_are_sorted_by_check() -> None:
    assert ["a", "b"] == [each.check for each in find_echoes([result("b", "pass"), result("a", "pass")])]
