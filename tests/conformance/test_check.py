import pytest
from brainspec_conformance.check import Check, UnknownClause, check


def test_a_check_is_marked_and_otherwise_untouched() -> None:
    def judge(impl: object) -> None: ...

    assert check("filters.tag.equal@1", needs=["filters.call.bool@1"])(judge) is judge
    assert judge.__brainspec__ == Check(("filters.tag.equal@1",), ("filters.call.bool@1",))  # type: ignore[attr-defined]


def test_an_unknown_clause_is_refused_with_what_is_close() -> None:
    with pytest.raises(UnknownClause, match=r"no clause 'filters.tag.equals'; close to it: filters.tag.equal"):
        check("filters.tag.equals@1")


def test_an_unknown_need_is_refused() -> None:
    with pytest.raises(UnknownClause, match=r"no clause 'filters\.no'"):
        check("filters.tag.equal@1", needs=["filters.no@1"])


@pytest.mark.parametrize("text", ["filters.tag.equal", "filters.tag.equal@2"])
def test_only_the_current_version_is_cited(text: str) -> None:
    with pytest.raises(UnknownClause, match=r"is not the current 'filters\.tag\.equal@1'"):
        check(text)
