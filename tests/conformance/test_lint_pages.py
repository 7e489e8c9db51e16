"""Each rule about pages, with a page that breaks it: the finding names file, line, id and the cure."""

from pathlib import Path

import pytest

from tests.helpers import CLAUSE, PAGE, findings, matter, read_page

ORIGIN = "- Origin: decision (rejected: boxes that stay shut)\n"
EXAMPLE = "```python\nassert True\n```\n"
SENTENCE = "A box MUST open."


def test_a_clean_page_gives_no_finding(tmp_path: Path) -> None:
    assert [] == findings(tmp_path)


def test_a_norm_in_running_text_needs_an_id(tmp_path: Path) -> None:
    found = findings(tmp_path, PAGE.replace("A toy.", "A toy. It SHOULD be red."))

    assert found == [
        "spec/50-toys.md:5: a normative sentence (SHOULD) without an id; make it a clause with an id under toys., "
        "or say it without the capital word (or in code quotes)"
    ]


def test_a_norm_in_a_field_needs_an_id(tmp_path: Path) -> None:
    [found] = findings(tmp_path, f"{PAGE}- Why: boxes MUST NOT rot\n")

    assert found.startswith("spec/50-toys.md:18: a normative sentence (MUST NOT) without an id; ")


def test_keywords_in_code_quotes_and_in_small_letters_are_words(tmp_path: Path) -> None:
    assert [] == findings(tmp_path, PAGE.replace("A toy.", "A toy: `MUST` is a keyword, must is none."))


def test_a_third_level_heading_is_a_clause(tmp_path: Path) -> None:
    [found] = findings(tmp_path, PAGE.replace("## Rules\n", "## Rules\n\n### Boxes\n"))

    assert found == (
        "spec/50-toys.md:9: the heading 'Boxes' is no clause; "
        "write it as `### `toys.topic.rule@1` MUST`, or make it a heading of the second level"
    )


def test_an_id_without_a_version_is_no_clause(tmp_path: Path) -> None:
    found = findings(tmp_path, f"{PAGE}\n{CLAUSE.replace('toys.box.open@1', 'toys.box.shut')}")

    assert any("spec/50-toys.md:19: the heading 'toys.box.shut MUST' is no clause; " in text for text in found)


def test_two_pages_do_not_share_a_word(tmp_path: Path) -> None:
    read_page(tmp_path / "spec", "# Toys\n\n## Words\n", name="51-toys.md")
    [found] = findings(tmp_path)

    assert found == "spec/51-toys.md:1: spec/50-toys.md has the same word, 'toys'; rename one of the pages"


def test_a_page_opens_with_its_words(tmp_path: Path) -> None:
    [found] = findings(tmp_path, PAGE.replace("## Words\n", ""))

    assert found == "spec/50-toys.md:1: the page has no section Words; open it with the words that it defines"


def test_sections_have_the_five_names(tmp_path: Path) -> None:
    [found] = findings(tmp_path, f"{PAGE}\n## Remarks\n")

    assert found == (
        "spec/50-toys.md:19: the section 'Remarks' is not one of Words, Rules, Errors, Examples, Rationale; "
        "use one of these"
    )


def test_sections_keep_their_order(tmp_path: Path) -> None:
    [found] = findings(tmp_path, f"{PAGE}\n## Words\n")

    assert found == (
        "spec/50-toys.md:19: the section 'Words' comes too late; keep the order Words, Rules, Errors, Examples, Rationale"
    )


def test_an_id_is_used_once(tmp_path: Path) -> None:
    found = findings(tmp_path, f"{PAGE}\n{CLAUSE}")

    assert found == [
        "spec/50-toys.md:19: toys.box.open@1: the id is used twice, also at spec/50-toys.md:9; "
        "give this one an id of its own"
    ]


def test_an_id_is_used_once_over_all_pages(tmp_path: Path) -> None:
    read_page(tmp_path / "spec", PAGE.replace("@1", "@2"), "40-toys.md")

    assert any(
        "spec/50-toys.md:9: toys.box.open@1: the id is used twice, also at spec/40-toys.md:9" in text
        for text in findings(tmp_path)
    )


def test_the_id_of_a_retired_clause_is_not_used_again(tmp_path: Path) -> None:
    found = findings(tmp_path, f"{PAGE}- Retired: since 0.2\n\n{CLAUSE}")

    assert any("toys.box.open@1: the id is used twice" in text for text in found)


def test_an_alias_is_no_current_id(tmp_path: Path) -> None:
    [found] = findings(tmp_path, f"{PAGE}- Alias: `toys.box.open@1`\n")

    assert found == (
        "spec/50-toys.md:9: toys.box.open@1: its alias toys.box.open is the id of a clause; "
        "an alias is an older id that nothing else has"
    )


def test_an_id_begins_with_the_word_of_its_page(tmp_path: Path) -> None:
    found = findings(tmp_path, PAGE.replace("toys.box", "games.box"))

    assert (
        "spec/50-toys.md:9: games.box.open@1: the first word is not its chapter's, 'toys'; call it toys.… or move it"
        in found
    )


def test_a_kind_is_one_of_four(tmp_path: Path) -> None:
    [found] = findings(tmp_path, PAGE.replace("@1` MUST", "@1` SHOULD"))

    assert found == (
        "spec/50-toys.md:9: toys.box.open@1: its kind 'SHOULD' is unknown; "
        "write one of MUST, MAY, UNDEFINED, QUALITY after the id"
    )


def test_a_clause_has_a_sentence(tmp_path: Path) -> None:
    [found] = findings(tmp_path, PAGE.replace(f"{SENTENCE}\n", ""))

    assert found == (
        "spec/50-toys.md:9: toys.box.open@1: it has no sentence; write the norm as the first paragraph below the heading"
    )


def test_a_sentence_says_the_keyword_of_its_kind(tmp_path: Path) -> None:
    [found] = findings(tmp_path, PAGE.replace(SENTENCE, "A box opens."))

    assert found == (
        "spec/50-toys.md:11: toys.box.open@1: its sentence says no keyword; "
        "a clause of kind MUST says MUST and no other keyword"
    )


def test_a_sentence_says_no_second_keyword(tmp_path: Path) -> None:
    [found] = findings(tmp_path, PAGE.replace(SENTENCE, "A box MUST open and MAY squeak."))

    assert "spec/50-toys.md:11: toys.box.open@1: its sentence says MAY, MUST; " in found


def test_a_quality_says_no_keyword(tmp_path: Path) -> None:
    [found] = findings(tmp_path, PAGE.replace("@1` MUST", "@1` QUALITY"))

    assert found.endswith("its sentence says MUST; a clause of kind QUALITY says none and no other keyword")


def test_a_norm_is_one_sentence(tmp_path: Path) -> None:
    [found] = findings(tmp_path, PAGE.replace(SENTENCE, "A box MUST open. It is red."))

    assert found == (
        "spec/50-toys.md:11: toys.box.open@1: its norm is not one sentence with a full stop; "
        "split it into clauses, or move the rest to Why"
    )


def test_a_norm_ends_with_a_full_stop(tmp_path: Path) -> None:
    [found] = findings(tmp_path, PAGE.replace(SENTENCE, "A box MUST open"))

    assert "spec/50-toys.md:11: toys.box.open@1: its norm is not one sentence with a full stop; " in found


def test_a_clause_has_one_paragraph(tmp_path: Path) -> None:
    [found] = findings(tmp_path, PAGE.replace(SENTENCE, f"{SENTENCE}\n\nBoxes are nice."))

    assert found == (
        "spec/50-toys.md:11: toys.box.open@1: it has more than one paragraph; "
        "keep the norm to one sentence and move the rest to Why"
    )


def test_a_field_has_a_known_name(tmp_path: Path) -> None:
    [found] = findings(tmp_path, f"{PAGE}- Reason: none\n")

    assert found == (
        "spec/50-toys.md:9: toys.box.open@1: the field 'Reason' is unknown; "
        "use one of Why, Origin, Errors, Example, Untestable, Untagged, Extra, Alias, Retired"
    )


def test_a_field_says_something(tmp_path: Path) -> None:
    [found] = findings(tmp_path, f"{PAGE}- Why:\n")

    assert found == "spec/50-toys.md:9: toys.box.open@1: the field 'Why' is empty; say it, or leave it out"


def test_a_clause_has_an_origin(tmp_path: Path) -> None:
    [found] = findings(tmp_path, PAGE.replace(ORIGIN, ""))

    assert found == (
        "spec/50-toys.md:9: toys.box.open@1: it has no origin; "
        "add `- Origin: seed NNN §N` or `- Origin: decision (rejected: …)`"
    )


def test_a_decision_says_what_was_rejected(tmp_path: Path) -> None:
    [found] = findings(tmp_path, PAGE.replace(ORIGIN, "- Origin: decision\n"))

    assert "toys.box.open@1: it has no origin; " in found


SURFACE = "[toys]\ncore = ['transform.vmap2']\nextra = ['transform.vmap']\n"


def test_a_clause_about_an_extra_name_says_which(tmp_path: Path) -> None:
    assert [] == findings(tmp_path, f"{PAGE}- Extra: transform.vmap\n", surface=SURFACE)


@pytest.mark.parametrize("name", ["transform.vmap2", "transform.vmaps", "vmap", "transform"])
def test_what_is_core_or_nowhere_is_no_extra_name(tmp_path: Path, name: str) -> None:
    assert findings(tmp_path, f"{PAGE}- Extra: {name}\n", surface=SURFACE) == [
        f"spec/50-toys.md:9: toys.box.open@1: {name!r} is no extra name; list it in surface.toml, below extra"
    ]


def test_a_clause_that_is_about_no_extra_name_does_not_say_so(tmp_path: Path) -> None:
    assert findings(tmp_path, f"{PAGE}- Extra:\n") == [
        "spec/50-toys.md:9: toys.box.open@1: the field 'Extra' is empty; say it, or leave it out"
    ]


def test_an_error_names_its_class(tmp_path: Path) -> None:
    [found] = findings(tmp_path, PAGE.replace("## Rules", "## Errors"))

    assert found == (
        "spec/50-toys.md:9: toys.box.open@1: the field Errors and the section Errors go together; "
        "name the class there, and only there"
    )


def test_only_an_error_names_a_class(tmp_path: Path) -> None:
    [found] = findings(tmp_path, f"{PAGE}- Errors: ValueError\n")

    assert "toys.box.open@1: the field Errors and the section Errors go together; " in found


def test_a_clause_has_an_example(tmp_path: Path) -> None:
    [found] = findings(tmp_path, PAGE.replace(EXAMPLE, ""))

    assert found == (
        "spec/50-toys.md:9: toys.box.open@1: it has no example, or both an example and a reason for none; "
        "add a Python block, or `- Example: none, since …`"
    )


def test_a_clause_has_no_reason_beside_an_example(tmp_path: Path) -> None:
    [found] = findings(tmp_path, f"{PAGE}- Example: none, since it is hard\n")

    assert "toys.box.open@1: it has no example, or both an example and a reason for none; " in found


def test_what_is_undefined_has_no_example(tmp_path: Path) -> None:
    found = findings(tmp_path, PAGE.replace("MUST", "UNDEFINED"), check="")

    assert found == [
        "spec/50-toys.md:9: toys.box.open@1: an UNDEFINED clause has an example, which would be checked; "
        "take the block away"
    ]


def test_an_example_is_python(tmp_path: Path) -> None:
    [found] = findings(tmp_path, PAGE.replace("assert True", "box = 1\nassert box is is"))

    assert found.startswith("spec/50-toys.md:15: toys.box.open@1: its example is no Python: invalid syntax")
    assert found.endswith("; mend it")


def test_few_clauses_are_untestable(tmp_path: Path) -> None:
    [found] = findings(tmp_path, f"{PAGE}- Untestable: it takes a year\n")

    assert found == (
        "spec/50-toys.md:9: toys.box.open@1: it is untestable, and so are 1 of 1; at most 3 in 100 may be; find a check"
    )


def test_three_in_a_hundred_may_be_untestable(tmp_path: Path) -> None:
    clause = CLAUSE + "- Untagged: it is many\n"
    page = PAGE + "".join(f"\n{clause.replace('toys.box', f'toys.box{n}')}" for n in range(99))
    hard = page.replace(ORIGIN, f"{ORIGIN}- Untestable: it takes a year\n", 4)

    assert sum("it is untestable, and so are 4 of 100" in text for text in findings(tmp_path, hard)) == 1


def test_findings_come_in_the_order_of_the_page(tmp_path: Path) -> None:
    page = f"{PAGE}\n### Z\n\n### Y\n".replace("A toy.", "It MAY be.")
    lines = [int(text.split(":")[1]) for text in findings(tmp_path, page)]

    assert [5, 19, 21] == lines


def test_coverage_is_rounded_down_and_counts_no_outdated_check(tmp_path: Path) -> None:
    from brainspec_conformance import lint

    page = PAGE + "".join(f"\n{CLAUSE.replace('box', f'box{n}')}" for n in range(2))
    check = '@check("toys.box.open@1", "toys.box1.open@2")\ndef test_boxes(impl): ...\n'

    assert lint.coverage_lines(matter(tmp_path, page, check=check)) == [
        "toys: 3 clauses, 3 judged: 33 % decided in toys, 33 % checked, 100 % with an example"
    ]
