"""Who is suspected of a find, by what directed checks and laws do on both sides."""

from pathlib import Path

import pytest
from brainspec_conformance.programs import directed, suspecting
from brainspec_conformance.programs.judging import Bench
from brainspec_conformance.programs.suspecting import IMPLEMENTATION, SUITE, UNCLEAR, UNKNOWN, Suspect
from brainspec_conformance.verdicts import Result

from tests.conformance.programs.stand_in import AddsOne, Plain, implementation
from tests.conformance.programs.test_laws import PROGRAM
from tests.helpers import ROOT, broken

WRITTEN, CURRENT = "jit.state.written", "jit.state.current"
Did = dict[str, list[Result]]


def result(clause: str, verdict: str, needs: tuple[str, ...] = ()) -> Result:
    return Result(f"test_{clause}_{verdict}", [f"{clause}@1"], verdict, [f"{need}@1" for need in needs])


def suspect(monkeypatch: pytest.MonkeyPatch, did: Did, oracle: type[Plain] = Plain) -> Suspect:
    """The suspect where checks of the subject and of the oracle did that; the subject is called AddsOne, whatever it is."""
    bench = Bench(implementation(oracle), implementation(AddsOne))
    chosen = lambda impl, asked: [r for r in did.get(impl, []) if r.clauses[0].partition("@")[0] in asked]  # noqa: E731
    monkeypatch.setattr(directed, "examples", chosen)
    monkeypatch.setattr(directed, "checks", chosen)
    return suspecting.suspect(bench, PROGRAM, (WRITTEN, CURRENT))


def test_a_failing_check_names_the_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    found = suspect(monkeypatch, {"AddsOne": [result(WRITTEN, "pass"), result(CURRENT, "fail")]})

    assert (found.who, found.clauses) == (IMPLEMENTATION, (CURRENT,))
    assert f"test_{CURRENT}_fail" in found.why


def test_a_failure_that_needs_another_is_no_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    found = suspect(monkeypatch, {"AddsOne": [result(WRITTEN, "fail", (CURRENT,)), result(CURRENT, "fail")]})

    assert found.clauses == (CURRENT,)


def test_of_several_the_clause_comes_first_of_which_most_checks_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    found = suspect(
        monkeypatch, {"AddsOne": [result(CURRENT, "fail"), result(CURRENT, "pass"), *[result(WRITTEN, "fail")] * 2]}
    )

    assert found.clauses == (WRITTEN,)
    assert f"and checks of {CURRENT}" in found.why


def test_a_check_that_the_oracle_fails_too_is_the_suites_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    failing = [result(CURRENT, "fail")]
    found = suspect(monkeypatch, {"AddsOne": failing, "Plain": failing})

    assert (found.who, found.clauses) == (SUITE, (CURRENT,))


def test_an_oracle_that_breaks_a_law_by_itself_is_the_suites_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    found = suspect(monkeypatch, {"AddsOne": [result(CURRENT, "pass")]}, oracle=AddsOne)

    assert found.who == SUITE
    assert "AddsOne breaks the law 'jit = call' by itself" in found.why


def test_where_all_is_well_on_both_the_clause_is_unclear(monkeypatch: pytest.MonkeyPatch) -> None:
    found = suspect(monkeypatch, {"AddsOne": [result(CURRENT, "pass")], "Plain": [result(CURRENT, "pass")]})

    assert (found.who, found.clauses) == (UNCLEAR, (WRITTEN, CURRENT))


def test_checks_that_do_not_run_are_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(impl: str, asked: tuple[str, ...]) -> list[Result]:
        raise directed.ChecksNotRun("it took too long")

    monkeypatch.setattr(directed, "examples", fails)
    bench = Bench(implementation(), implementation())

    assert suspecting.suspect(bench, PROGRAM, (WRITTEN,)) == Suspect(UNKNOWN, (WRITTEN,), "it took too long")


# ---- the checks, run ----------------------------------------------------------------------------------------------


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a module `broken`, and the rooms, on the import path of other processes."""
    broken(tmp_path)
    rooms = [str(ROOT / room) for room in ("reference", "optimized", "conformance")]
    monkeypatch.setenv("PYTHONPATH", ":".join([*rooms, str(tmp_path)]))
    return tmp_path


@pytest.mark.slow
def test_directed_checks_say_which_clause_fails(site: Path) -> None:
    asked = ("filters.everything.accepts", "filters.nothing.accepts")
    failing = {r.clauses[0] for r in directed.checks("broken", asked) if r.failing}

    assert failing == {"filters.nothing.accepts@1"}
    assert {r.clauses[0] for r in directed.examples("broken", asked)} == {f"{name}@1" for name in asked}
    assert not any(r.failing for r in directed.checks("reference", asked))


@pytest.mark.slow
def test_an_implementation_that_cannot_be_loaded_has_no_checks(site: Path) -> None:
    with pytest.raises(directed.ChecksNotRun, match="no implementation is called 'nosuch'"):
        directed.examples("nosuch", ("filters.nothing.accepts",))
