"""The cases notice faults: mutants of the rule table, a sample here; all of them by tools/mutate_rules.py."""

import pytest

from tests.reference.corpus import Case
from tests.reference.corpus.rows import ROWS
from tests.reference.corpus.run import recorded
from tools._mutants import CHAPTERS, Mutant, mutants
from tools.mutate_rules import caught, checks


def planted(chapter: str, what: str) -> Mutant:
    return next(mutant for mutant in mutants(chapter) if f"{mutant.where}: {mutant.what}" == what)


def test_every_chapter_with_rules_of_its_own_has_mutants() -> None:
    assert all(list(mutants(chapter)) for chapter in CHAPTERS)


def test_every_rule_of_the_table_has_a_mutant_of_its_own() -> None:
    rows = {op for chapter in CHAPTERS.values() for op in (*chapter.ARITHMETIC, *chapter.MOVES)}

    assert rows == {mutant.where for name in CHAPTERS for mutant in mutants(name)} & rows


def test_a_planted_fault_is_caught_and_then_gone() -> None:
    known = checks([case for case in ROWS.cases if case.name.startswith("row.logical")], special=False)
    mutant = planted("integer", "and: result negated in `np.bitwise_and`")

    assert caught(mutant, known) == "row.logical"
    assert not any(check.fails() for check in known)


def rows_of(chapters: tuple[str, ...]) -> list[Case]:
    """The rows that exercise a rule of the chapters."""
    ops = {op for name in chapters for op in (*CHAPTERS[name].ARITHMETIC, *CHAPTERS[name].MOVES)}
    narrow = [case for case in ROWS.cases if not case.wide]
    return [case for case in narrow if any(eqn.op in ops for eqn in recorded(case).equations)]


@pytest.mark.slow
def test_nineteen_of_twenty_in_a_sample_of_mutants_are_caught() -> None:
    chapters = ("contraction", "reduction", "ordering")
    known = checks(rows_of(chapters), special=False)
    sample = [mutant for name in chapters for mutant in mutants(name)][::3]
    survivors = [str(mutant) for mutant in sample if not caught(mutant, known)]

    assert len(survivors) <= len(sample) / 20, survivors
