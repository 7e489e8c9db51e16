from pathlib import Path

import pytest
from brainspec_conformance import links
from brainspec_conformance.links import Tag

from tests.helpers import write


def tags(folder: Path, code: str) -> list[Tag]:
    write(folder / "box.py", code)
    return links.tags_in(folder, "toys")


def check(folder: Path, code: str) -> links.CheckLink:
    write(folder / "test_toys.py", code)
    [found] = links.checks_in(folder)
    return found


def test_a_tag_knows_its_place(tmp_path: Path) -> None:
    [tag] = tags(tmp_path, "\nx = 1  # [toys.box.open]\n")

    assert tag == Tag("toys.box.open", "toys", tmp_path / "box.py", 2, "<module>")


def test_a_tag_may_stand_behind_words(tmp_path: Path) -> None:
    [tag] = tags(tmp_path, "x = 1  # the lid first [toys.box.open]\n")

    assert tag.id == "toys.box.open"


@pytest.mark.parametrize("code", ['x = "# [toys.box.open]"', '"""\n# [toys.box.open]\n"""', "x = y[toys.box.open]"])
def test_a_tag_in_a_string_or_in_code_is_none(tmp_path: Path, code: str) -> None:
    assert [] == tags(tmp_path, f"{code}\n")


@pytest.mark.parametrize("text", ["toys", "Toys.box", "toys.box@1", "toys.box open", "0"])
def test_brackets_that_hold_no_id_are_no_tag(tmp_path: Path, text: str) -> None:
    assert [] == tags(tmp_path, f"x = 1  # [{text}]\n")


def test_a_tag_knows_the_innermost_function_or_class(tmp_path: Path) -> None:
    code = "class Box:\n    size = 1  # [a.b]\n    def open(self):\n        def lid():\n            return 1  # [a.c]\n        return lid()  # [a.d]\n"

    assert [("a.b", "Box"), ("a.c", "Box.open.lid"), ("a.d", "Box.open")] == [
        (tag.id, tag.function) for tag in tags(tmp_path, code)
    ]


def test_a_tag_behind_a_string_of_many_lines_is_on_the_last(tmp_path: Path) -> None:
    [tag] = tags(tmp_path, 'x = """a\nb"""; y = 2  # [toys.box.open]\n')

    assert (2, False) == (tag.line, tag.alone)


@pytest.mark.parametrize(
    ("code", "alone"),
    [
        ("# [a.b]", True),
        ("x = [\n    # [a.b]\n]", True),
        ("x = [\n    y,\n]  # [a.b]", True),
        ("x = [\n    (\n    ),  # [a.b]\n]", True),
        ("x = [\n    y,  # [a.b]\n]", False),
        ("x = [\n    1,  # [a.b]\n]", False),
    ],
)
def test_a_tag_without_a_word_of_code_is_alone(tmp_path: Path, code: str, alone: bool) -> None:
    [tag] = tags(tmp_path, f"{code}\n")

    assert tag.alone is alone


def test_tags_of_a_line_are_counted(tmp_path: Path) -> None:
    assert [0, 1] == [tag.rank for tag in tags(tmp_path, "x = 1  # [a.b] [a.c]\n")]


def test_tags_come_by_file_and_line(tmp_path: Path) -> None:
    write(tmp_path / "sub/a.py", "x = 1  # [a.b]\n\nx = 2  # [a.c]\n")

    assert ["a.z", "a.b", "a.c"] == [tag.id for tag in tags(tmp_path, "x = 1  # [a.z]\n")]


def test_a_check_knows_its_name_place_clauses_and_needs(tmp_path: Path) -> None:
    found = check(tmp_path, '\n@mark\n@check("a.b@1", "a.c@2", needs=["a.d@1"])\ndef test_it(impl): ...\n')

    assert found == links.CheckLink("test_it", tmp_path / "test_toys.py", 3, ["a.b@1", "a.c@2"], ["a.d@1"])
    assert found.cited == ["a.b@1", "a.c@2", "a.d@1"]


def test_a_check_may_be_called_by_its_module_and_stand_in_a_class(tmp_path: Path) -> None:
    found = check(tmp_path, 'class TestBox:\n    @suite.check("a.b@1")\n    def test_it(self, impl): ...\n')

    assert found.clauses == ["a.b@1"]


@pytest.mark.parametrize("words", ["*IDS", "ID", 'f"a.{b}@1"', '"a.b" + "@1"', '"a.b@1", needs=NEEDS'])
def test_computed_ids_are_reported(tmp_path: Path, words: str) -> None:
    assert check(tmp_path, f"@check({words})\ndef test_it(impl): ...\n").computed


def test_a_path_is_shown_as_the_repository_knows_it() -> None:
    assert links.short(Path("/x/toys/brainspec_toys/a/b.py")) == "toys/brainspec_toys/a/b.py"
    assert links.short(Path("/x/y.py")) == "/x/y.py"


def test_the_rooms_and_the_suite_have_links() -> None:
    found = links.load()

    assert {"reference", "optimized"} == {tag.room for tag in found.tags}
    assert "test_every_core_name_is_at_its_place" in [link.name for link in found.checks]


def test_sources_are_found_without_importing_them() -> None:
    assert links.source_of("no_such_package") is None
    assert links.source_of("brainspec_conformance") == Path(links.__file__).parent
