import pytest
from brainspec_conformance import ids


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a.b@12", ("a.b", 12)), ("a.b", ("a.b", None)), ("a.b@", ("a.b", None)), ("a.b@²", ("a.b", None))],
)
def test_a_citation_splits_into_id_and_version(text: str, expected: tuple[str, int | None]) -> None:
    assert expected == ids.split(text)


def test_the_chapter_is_the_first_word() -> None:
    assert ids.chapter("filters.tag.equal") == "filters"


def test_close_names_the_ids_that_look_alike() -> None:
    assert ids.close("filters.tag.equals", ["filters.tag.equal", "model.import"]) == "; close to it: filters.tag.equal"


def test_close_says_nothing_where_nothing_is_close() -> None:
    assert ids.close("zzz", ["filters.tag.equal"]) == ""


@pytest.mark.parametrize(
    "pattern",
    ["filters", "filters.", "filters.tag", "filters.tag.equal", "filters.tag.equal@1", "*.equal", "x,filters"],
)
def test_patterns_and_prefixes_of_words_match(pattern: str) -> None:
    assert ids.matches("filters.tag.equal", pattern)


@pytest.mark.parametrize("pattern", ["filter", "filters.t", "filters.tag.equal.more", "tag", "", ",", "model"])
def test_what_is_no_prefix_of_words_does_not_match(pattern: str) -> None:
    assert not ids.matches("filters.tag.equal", pattern)
