"""Implementations that are wrong in an obvious way: they keep the few clauses that they happen to satisfy, no more."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.helpers import judged, module, of_verdict, reference_filters

CLASSES = ("OfType", "WithTag", "PathContains", "Any", "All", "Not", "Everything", "Nothing")


@pytest.fixture
def judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., tuple[set[str], set[str]]]]:
    """What passes and what fails of the filters chapter where some names are replaced."""
    environment = dict(os.environ)

    def found(**filters: Any) -> tuple[set[str], set[str]]:
        monkeypatch.setitem(sys.modules, "miniature", module("miniature", **filters))
        done = judged("miniature", "filters", tmp_path)
        return of_verdict(done, "pass"), of_verdict(done, "fail")

    yield found
    os.environ.clear()
    os.environ.update(environment)


def every_class(answer: Callable[..., Any]) -> dict[str, Any]:
    """The eight classes and `to_predicate`, each answering every question alike."""

    class Filter:
        def __init__(self, *members: Any) -> None: ...

        def __call__(self, path: Any, value: Any) -> Any:
            return answer(path, value)

    return {name: type(name, (Filter,), {}) for name in CLASSES} | {"to_predicate": lambda literal: Filter()}


def test_the_reference_itself_passes(judge: Any) -> None:
    passed, failed = judge()

    assert failed == set()
    assert len(passed) > 35


def test_print_all(judge: Any) -> None:
    for a in (lambda p, v: True, lambda p, v: False, lambda p, v: 1/0, lambda p,v: v):
        p, f = judge(**every_class(a))
        print(sorted(x[8:] for x in p))
    p, f = judge(**{name: lambda *a: a for name in (*CLASSES, "to_predicate")})
    print(sorted(x[8:] for x in p))
    assert 0
