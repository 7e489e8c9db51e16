"""Implementations that are wrong in an obvious way: they keep the few clauses that they happen to satisfy, no more."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.helpers import judged, module, of_verdict

CLASSES = ("OfType", "WithTag", "PathContains", "Any", "All", "Not", "Everything", "Nothing")

# A few clauses of each kind, judged in a second; the slow tests judge the whole chapter.
SOME = ",".join(
    f"filters.{rule}"
    for rule in (
        "type.other",
        "tag.equal",
        "tag.whole",
        "any.empty",
        "all.empty",
        "nothing",
        "literal.none",
        "error.tag",
    )
)

Judge = Callable[..., tuple[set[str], set[str]]]


@pytest.fixture
def judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Judge]:
    """What passes and what fails of the filters where some names are replaced, without the chapter's word."""
    environment = dict(os.environ)

    def found(pattern: str, **filters: Any) -> tuple[set[str], set[str]]:
        monkeypatch.setitem(sys.modules, "miniature", module("miniature", **filters))
        done = judged("miniature", pattern, tmp_path)
        passed, failed = of_verdict(done, "pass"), of_verdict(done, "fail")
        return {name.removeprefix("filters.") for name in passed}, {name.removeprefix("filters.") for name in failed}

    yield found
    os.environ.clear()
    os.environ.update(environment)


def answering(answer: Callable[[], Any]) -> dict[str, Any]:
    """The eight classes and `to_predicate`, made from anything, answering every question alike."""

    class Filter:
        def __init__(self, *members: Any) -> None: ...

        def __call__(self, path: Any, value: Any) -> Any:
            return answer()

    return {name: type(name, (Filter,), {}) for name in CLASSES} | {"to_predicate": lambda literal: Filter()}


ACCEPTS = answering(lambda: True)
REFUSES = answering(lambda: False)
RAISES = answering(lambda: 1 / 0)
RETURNS = {name: lambda *found: found for name in (*CLASSES, "to_predicate")}


def test_the_reference_passes_what_the_miniatures_are_asked(judge: Judge) -> None:
    passed, failed = judge(SOME)

    assert set() == failed
    assert {"type.other", "tag.equal", "nothing.accepts"} < passed


def test_one_that_accepts_everything_fails_where_something_is_refused(judge: Judge) -> None:
    passed, failed = judge(SOME, **ACCEPTS)

    assert {"type.other", "tag.whole", "any.empty", "nothing.accepts", "literal.none", "error.tag"} <= failed
    assert passed <= {"tag.equal", "all.empty"}


def test_one_that_accepts_nothing_fails_where_something_is_accepted(judge: Judge) -> None:
    passed, failed = judge(SOME, **REFUSES)

    assert {"tag.equal", "all.empty", "literal.none", "error.tag"} <= failed
    assert passed <= {"type.other", "tag.whole", "any.empty", "nothing.accepts"}


def test_one_that_always_raises_passes_nothing(judge: Judge) -> None:
    assert set() == judge(SOME, **RAISES)[0]


def test_one_that_returns_its_input_passes_nothing(judge: Judge) -> None:
    assert set() == judge(SOME, **RETURNS)[0]


def test_one_wrong_filter_fails_its_own_clauses(judge: Judge) -> None:
    passed, failed = judge(SOME, Everything=ACCEPTS["Nothing"], Nothing=ACCEPTS["Nothing"])

    assert {"nothing.accepts"} <= failed <= {"nothing.accepts", "literal.none"}
    assert {"type.other", "tag.equal", "tag.whole", "error.tag"} <= passed


def test_a_missing_filter_is_one_cause(judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    poor = module("poor")
    del poor.util.filter.Nothing  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "poor", poor)
    done = judged("poor", "model.surface,filters.nothing", tmp_path)

    assert {clause.id: clause.echo_of for clause in done.clauses} == {
        "model.surface.present": [],
        "filters.nothing.accepts": ["model.surface.present@1"],
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("wrong", "keeps"),
    [
        (ACCEPTS, {"all.empty", "everything.accepts", "type.carried", "type.instance", "tag.equal", "tag.contains"}),
        (REFUSES, {"any.empty", "nothing.accepts", "path.whole-part", "tag.absent", "tag.whole", "type.other"}),
        (RAISES, set()),
        (RETURNS, {"literal.class", "literal.string", "error.hash"}),
    ],
    ids=["accepts", "refuses", "raises", "returns"],
)
def test_of_the_whole_chapter_little_is_kept(judge: Judge, wrong: dict[str, Any], keeps: set[str]) -> None:
    passed, failed = judge("filters", **wrong)

    assert passed <= keeps
    assert len(failed) >= 33
    assert {"not.inverse", "any.some", "all.every", "value.repr", "error.literal", "error.type"} <= failed
