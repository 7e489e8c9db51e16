"""Each rule about links and listings, with code, checks or lists that break it."""

from pathlib import Path

import pytest
from brainspec_conformance import lint

from tests.helpers import CHECK, CODE, PAGE, findings

PLACE = "toys/brainspec_toys/box.py"
SUITE = "conformance/brainspec_conformance/suite/test_toys.py"
NEW = PAGE.replace("@1", "@2")
LISTED = "toys.box.open@1 MUST A box MUST open.\n"


def test_a_clause_has_a_check(tmp_path: Path) -> None:
    assert findings(tmp_path, check="") == [
        "spec/50-toys.md:9: toys.box.open@1: no check decides it; "
        'write a function under @check("toys.box.open@1") in a suite/test_toys….py'
    ]


def test_a_check_of_an_older_version_is_none(tmp_path: Path) -> None:
    found = findings(tmp_path, NEW)

    assert (
        "spec/50-toys.md:9: toys.box.open@2: its only checks cite toys.box.open@1; "
        'write a function under @check("toys.box.open@2") in a suite/test_toys….py'
    ) in found
    assert (
        f"{SUITE}:1: toys.box.open@1: check test_a_box_opens: it cites another version than toys.box.open@2; "
        "read the clause again, then cite it"
    ) in found


def test_a_check_that_only_needs_a_clause_does_not_decide_it(tmp_path: Path) -> None:
    found = findings(tmp_path, check='@check(needs=["toys.box.open@1"])\ndef test_box(impl): ...\n')

    assert any("toys.box.open@1: no check decides it" in text for text in found)


def test_a_check_names_a_clause(tmp_path: Path) -> None:
    found = findings(tmp_path, check=CHECK + CHECK.replace("box.open@1", "box.opens@1"))

    assert found == [
        f"{SUITE}:4: toys.box.opens@1: check test_a_box_opens: it cites no clause; close to it: toys.box.open; "
        "correct the id, or add the clause to its page"
    ]


def test_a_check_needs_a_clause_that_is_there(tmp_path: Path) -> None:
    [found] = findings(tmp_path, check=CHECK.replace("@1", '@1", needs=["toys.lid.shut@1"], because="'))

    assert f"{SUITE}:1: toys.lid.shut@1: check test_a_box_opens: it cites no clause" in found


def test_a_check_names_the_current_id(tmp_path: Path) -> None:
    page = f"{PAGE}- Alias: toys.crate.open@1\n"

    assert findings(tmp_path, page, check=CHECK + CHECK.replace("box.open", "crate.open")) == [
        f"{SUITE}:4: toys.crate.open@1: check test_a_box_opens: it cites an older id of toys.box.open@1; cite the new one"
    ]


@pytest.mark.parametrize("words", ["*CLAUSES", "CLAUSE", 'f"toys.{n}@1"', "", 'needs=["toys.box.open@1"]'])
def test_the_clauses_of_a_check_are_literals(tmp_path: Path, words: str) -> None:
    found = findings(tmp_path, check=f"{CHECK}@check({words})\ndef test_all(impl): ...\n")

    assert found == [
        f"{SUITE}:4: check test_all: its clauses are computed, or missing; "
        "write them as literal strings, so that links can be read"
    ]


def test_a_check_of_a_retired_clause_goes(tmp_path: Path) -> None:
    found = findings(tmp_path, f"{PAGE}- Retired: since 0.2\n", code="")

    assert found == [
        f"{SUITE}:1: toys.box.open@1: check test_a_box_opens: it decides a retired clause; remove the check"
    ]


def test_a_check_of_the_undefined_is_a_bug_of_ours(tmp_path: Path) -> None:
    page = PAGE.replace("MUST", "UNDEFINED").replace("```python\nassert True\n```\n", "")

    assert findings(tmp_path, page) == [
        f"{SUITE}:1: toys.box.open@1: check test_a_box_opens: it decides a clause that promises nothing; "
        "remove the check: it is a bug of ours"
    ]


def test_a_tag_names_a_clause(tmp_path: Path) -> None:
    found = findings(tmp_path, code=f"{CODE}\nopen_lid = open_box  # [toys.box.opens]\n")

    assert found == [
        f"{PLACE}:4: toys.box.opens: the tag names no clause; close to it: toys.box.open; "
        "correct the id, or add the clause to its page"
    ]


def test_a_tag_of_a_retired_clause_goes(tmp_path: Path) -> None:
    found = findings(tmp_path, f"{PAGE}- Retired: since 0.2\n", check="")

    assert found == [f"{PLACE}:2: toys.box.open: the tag names a retired clause; remove the tag, and the rule with it"]


@pytest.mark.parametrize("line", ["# [toys.box.open]", "# why [toys.box.open]", "()  # [toys.box.open]"])
def test_a_tag_stands_beside_a_word_of_code(tmp_path: Path, line: str) -> None:
    assert findings(tmp_path, code=f"{CODE}{line}\n") == [
        f"{PLACE}:3: toys.box.open: the tag stands on a line without a word of code; put it on the line that decides"
    ]


def test_a_line_has_one_tag(tmp_path: Path) -> None:
    found = findings(tmp_path, code=CODE.replace("[toys.box.open]", "[toys.box.open] [toys.box.open]"))

    assert found == [f"{PLACE}:2: toys.box.open: it is the second tag on its line; one decision, one line, one tag"]


def test_a_clause_has_a_tag_in_each_room(tmp_path: Path) -> None:
    assert findings(tmp_path, code="") == [
        "spec/50-toys.md:9: toys.box.open@1: no line of toys is tagged with it; "
        "add `# [toys.box.open]` there, or `- Untagged: why`"
    ]


def test_a_clause_may_say_why_it_has_no_tag(tmp_path: Path) -> None:
    assert [] == findings(tmp_path, f"{PAGE}- Untagged: it forbids something\n", code="")


def test_needs_make_no_circle(tmp_path: Path) -> None:
    page = (
        f"{PAGE}- Untagged: many\n\n" + PAGE.partition("## Rules\n\n")[2].replace("box", "lid") + "- Untagged: many\n"
    )
    check = CHECK.replace('@1"', '@1", needs=["toys.lid.open@1"]')
    found = findings(
        tmp_path, page, code="", check=check + check.replace("lid", "BOX").replace("box", "lid").replace("BOX", "box")
    )

    cure = "it needs a clause that needs it; let the simpler one need nothing"
    assert found == [
        f"{SUITE}:1: toys.box.open@1: check test_a_box_opens: {cure}",
        f"{SUITE}:4: toys.lid.open@1: check test_a_lid_opens: {cure}",
    ]


def test_the_listing_is_current(tmp_path: Path) -> None:
    assert findings(tmp_path, listed="toys.box.open@1 MUST A box MUST shut.\n") == [
        "spec/clauses.txt:1: it does not list the clauses of the pages; run `brainspec lint --write`"
    ]


def test_the_listing_is_there(tmp_path: Path) -> None:
    assert findings(tmp_path, listed=None) == ["spec/clauses.txt:1: it is missing; run `brainspec lint --write`"]


def test_a_released_clause_is_kept(tmp_path: Path) -> None:
    assert [] == findings(tmp_path, released=LISTED)


def test_a_released_clause_does_not_vanish(tmp_path: Path) -> None:
    assert findings(tmp_path, released=LISTED + "toys.lid.shut@1 MUST A lid MUST shut.\n") == [
        "spec/released.txt:2: toys.lid.shut@1: a released clause is gone; "
        "keep it with `- Retired:`, or as an `- Alias:`"
    ]


def test_a_renamed_clause_keeps_its_whole_older_id(tmp_path: Path) -> None:
    page = f"{PAGE}- Alias: toys.crate.open@1\n"
    found = findings(tmp_path, page, released="toys.crate.open@1 MUST A.\ntoys.crate.op@1 MUST B.\n")

    assert [text.partition(": a")[0] for text in found] == ["spec/released.txt:2: toys.crate.op@1"]


def test_a_changed_sentence_asks_for_a_version(tmp_path: Path) -> None:
    assert findings(tmp_path, released=LISTED.replace("open.", "shut.")) == [
        "spec/50-toys.md:9: toys.box.open@1: it differs from the released one; "
        "cite it as @2 if its meaning changed, or note the wording in released.txt"
    ]


def test_a_raised_version_may_say_something_else(tmp_path: Path) -> None:
    check = CHECK.replace("@1", "@2")

    assert [] == findings(tmp_path, NEW, check=check, released=LISTED.replace("open.", "shut."))


def test_a_version_is_not_lowered(tmp_path: Path) -> None:
    assert findings(tmp_path, released=LISTED.replace("@1", "@2")) == [
        "spec/50-toys.md:9: toys.box.open@1: its version is older than the released toys.box.open@2; raise it"
    ]


def test_a_released_clause_may_retire_but_not_come_back(tmp_path: Path) -> None:
    retired = LISTED.replace("MUST A", "MUST (retired) A")

    assert [] == findings(tmp_path, f"{PAGE}- Retired: since 0.2\n", code="", check="", released=LISTED)
    assert "it differs from the released one" in findings(tmp_path, released=retired)[0]


def test_a_list_of_a_release_is_a_list_of_clauses(tmp_path: Path) -> None:
    assert findings(tmp_path, released=f"{LISTED}\nnonsense\n") == [
        "spec/released.txt:2: the line lists no clause; copy the file from clauses.txt of the release",
        "spec/released.txt:3: nonsense: the line lists no clause; copy the file from clauses.txt of the release",
    ]


@pytest.mark.parametrize(
    ("table", "wrong"),
    [
        ('[games]\ncore = ["util.Ball"]', "games: there is no such chapter; name the part after the word of a page"),
        ('[toys]\nkernel = ["util.Box"]', "toys.kernel: there is no such level; list the names under core or extra"),
        ('[toys]\ncore = ["util.Box", "util.Box"]', "util.Box: it is listed twice; keep it in one place"),
    ],
)
def test_the_table_of_names_is_whole(tmp_path: Path, table: str, wrong: str) -> None:
    assert findings(tmp_path, surface=table) == [f"spec/surface.toml:1: {wrong}"]


def test_every_rule_is_in_the_list() -> None:
    from brainspec_conformance.lint import of_links, of_listing, of_pages

    written = {
        function
        for module in (of_links, of_listing, of_pages)
        for name, function in vars(module).items()
        if callable(function) and function.__module__ == module.__name__ and not name.startswith("_")
    }

    assert written == set(lint.RULES)


def test_the_repository_has_no_finding() -> None:
    assert [] == [str(finding) for finding in lint.lint(lint.load())]
