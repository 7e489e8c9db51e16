import json

from brainspec_conformance.cli import cli
from click.testing import CliRunner, Result


def cite(*words: str) -> Result:
    return CliRunner().invoke(cli, ["cite", *words])


def test_a_citation_says_sentence_permalink_code_and_checks() -> None:
    lines = cite("model.surface.present").output.splitlines()

    assert lines[:3] == [
        "model.surface.present@1 MUST",
        "  An implementation MUST offer every core name of `surface.toml` at its place.",
        "  page      spec/00-model.md#modelsurfacepresent1-must",
    ]
    assert any(line.startswith("  decided   reference: reference/brainspec_reference/") for line in lines)
    assert any(line.startswith("  checked   conformance/brainspec_conformance/suite/test_model.py:") for line in lines)


def test_a_clause_that_nothing_decides_says_so() -> None:
    output = cite("filters.tag.other").output

    assert "  decided   nowhere\n" in output
    assert "  checked   by nothing\n" in output


def test_an_id_may_have_its_version() -> None:
    assert cite("filters.tag.equal@1").output == cite("filters.tag.equal").output


def test_an_older_version_is_not_passed_off_as_current() -> None:
    cited = cite("filters.tag.equal@7")

    assert cited.exit_code == 2
    assert "'filters.tag.equal@7' is not current; read filters.tag.equal@1" in cited.output


def test_a_prefix_cites_all_below_it() -> None:
    heads = [line for line in cite("filters.tag").output.splitlines() if line and line[0] != " "]

    assert [f"filters.tag.{word}@1" for word in ("equal", "contains", "whole", "absent", "other")] == [
        head.split()[0] for head in heads
    ]


def test_a_prefix_ends_at_a_dot() -> None:
    assert cite("filters.ta").exit_code == 2


def test_an_unknown_id_names_close_ones() -> None:
    cited = cite("filters.tag.equals")

    assert cited.exit_code == 2
    assert "no clause is called 'filters.tag.equals' or begins with it; close to it: filters.tag.equal" in cited.output


def test_an_older_id_finds_its_clause(monkeypatch) -> None:
    from brainspec_conformance import clauses

    monkeypatch.setitem(clauses.by_id(), "filters.label.equal", clauses.by_id()["filters.tag.equal"])

    assert cite("filters.label.equal").output.startswith("filters.tag.equal@1 MUST\n")


def test_json_is_for_machines() -> None:
    [data] = json.loads(cite("filters.type.instance", "--json").output)

    assert (data["id"], data["version"], data["kind"]) == ("filters.type.instance", 1, "MUST")
    assert data["example"].startswith("f = brainstate.util.filter.OfType(int)\n")
    assert data["fields"]["Origin"].startswith("seed 002")
    assert any("reference/brainspec_reference" in place for place in data["decided"])
