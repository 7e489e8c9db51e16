from pathlib import Path

from brainspec_conformance import clauses

from tests.helpers import CLAUSE, PAGE, read_page

RICH = """\
# Toys and more

## Words

**Box.** What `MUST` open.

## Errors

### `toys.box.open@3` MUST

A box that is *shut* MUST raise
a `BoxError`.

```python
with raises(ValueError):
    brainstate.box.open()
```

- Why: a box
  is read over two lines
- Origin: seed 002 §1.7 (prints `{0: box}`)
- Errors: ValueError
- Alias: `toys.crate.open@2`

### `toys.box.lid@1` QUALITY

A lid is light.

- Retired: since 0.2, since lids are gone
"""


def test_a_page_has_a_word_a_title_and_sections_with_lines(tmp_path: Path) -> None:
    chapter = read_page(tmp_path, RICH)

    assert ("toys", "Toys and more", "50-toys.md") == (chapter.word, chapter.title, chapter.page)
    assert [("Words", 3), ("Errors", 7)] == chapter.sections


def test_a_clause_has_id_version_kind_sentence_place(tmp_path: Path) -> None:
    clause = read_page(tmp_path, RICH).clauses[0]

    assert ("toys.box.open", 3, "MUST", "toys.box.open@3") == (clause.id, clause.version, clause.kind, clause.cited)
    assert clause.sentence == "A box that is *shut* MUST raise a `BoxError`."
    assert ("50-toys.md", 9, 11, "Errors") == (clause.page, clause.line, clause.sentence_line, clause.section)


def test_an_example_knows_the_line_of_its_first_statement(tmp_path: Path) -> None:
    clause = read_page(tmp_path, RICH).clauses[0]

    assert clause.example == "with raises(ValueError):\n    brainstate.box.open()\n"
    assert RICH.splitlines()[clause.example_line - 1] == "with raises(ValueError):"


def test_a_field_may_go_on_over_lines_and_hold_colons(tmp_path: Path) -> None:
    fields = read_page(tmp_path, RICH).clauses[0].fields

    assert fields["Why"] == "a box is read over two lines"
    assert fields["Origin"] == "seed 002 §1.7 (prints `{0: box}`)"
    assert fields["Errors"] == "ValueError"


def test_every_field_of_the_grammar_is_read(tmp_path: Path) -> None:
    text = "".join(f"- {name}: says {name}\n" for name in clauses.FIELDS)
    clause = read_page(tmp_path, PAGE.replace("- Origin: decision (rejected: boxes that stay shut)\n", text)).clauses[0]

    assert {name: f"says {name}" for name in clauses.FIELDS} == clause.fields


def test_an_alias_is_read_without_quotes_and_version(tmp_path: Path) -> None:
    first, second = read_page(tmp_path, RICH).clauses

    assert ("toys.crate.open", "") == (first.alias, second.alias)


def test_a_retired_clause_stays_and_is_not_judged(tmp_path: Path) -> None:
    clause = read_page(tmp_path, RICH).clauses[1]

    assert (True, False) == (clause.retired, clause.judged)


def test_nothing_judges_the_undefined_and_the_untestable(tmp_path: Path) -> None:
    undefined = read_page(tmp_path, PAGE.replace("MUST", "UNDEFINED")).clauses[0]
    untestable = read_page(tmp_path, f"{PAGE}- Untestable: it takes a year\n").clauses[0]

    assert not undefined.judged
    assert not untestable.judged


def test_code_and_sentences_of_clauses_are_no_prose(tmp_path: Path) -> None:
    prose = [stretch.text for stretch in read_page(tmp_path, RICH).prose]

    assert "Box. What … open." in prose
    assert not any("raises(" in text or "MUST raise" in text for text in prose)


def test_a_heading_that_is_no_clause_is_stray(tmp_path: Path) -> None:
    chapter = read_page(tmp_path, f"{PAGE}\n### Boxes in general\n\nThey are nice.\n")

    assert [("Boxes in general", 19)] == chapter.stray
    assert len(chapter.clauses) == 1


def test_the_permalink_is_the_page_and_the_anchor_of_the_heading(tmp_path: Path) -> None:
    assert read_page(tmp_path, PAGE).clauses[0].link == "spec/50-toys.md#toysboxopen1-must"


def test_permalinks_are_unique_over_all_pages() -> None:
    anchors = [clause.link.partition("#")[2] for chapter in clauses.load() for clause in chapter.clauses]

    assert len(set(anchors)) == len(anchors) > 40


def test_the_listing_has_one_line_a_clause(tmp_path: Path) -> None:
    first, second = clauses.listing([read_page(tmp_path, RICH)]).splitlines()

    assert first == "toys.box.open@3 MUST A box that is *shut* MUST raise a `BoxError`."
    assert second == "toys.box.lid@1 QUALITY (retired) A lid is light."


def test_chapters_come_in_reading_order_and_other_files_are_left(tmp_path: Path) -> None:
    for name in ("90-filters.md", "README.md", "00-model.md", "surface.toml"):
        read_page(tmp_path, PAGE, name)

    assert ["model", "filters"] == [chapter.word for chapter in clauses.load(tmp_path)]


def test_an_alias_never_hides_a_clause(monkeypatch, tmp_path: Path) -> None:
    taken = CLAUSE.replace("toys.box.open", "toys.box.shut") + "- Alias: toys.box.open@1\n"
    read_page(tmp_path, f"# Toys\n\n{taken}\n{CLAUSE}")
    monkeypatch.setattr(clauses.pages, "folder", lambda: tmp_path)
    monkeypatch.setattr(clauses, "every", clauses.every.__wrapped__)  # not the pages that were read before

    assert clauses.by_id.__wrapped__()["toys.box.open"].id == "toys.box.open"
