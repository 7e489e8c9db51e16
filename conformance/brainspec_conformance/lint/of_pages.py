"""Rules on the pages alone: every norm is a clause, and every clause is whole."""

import re
from collections.abc import Iterator

from .. import clauses, ids
from ..clauses import Chapter, Clause
from .matter import Finding, Matter, at, on

_KEYWORD = re.compile(r"\b(MUST NOT|MUST|SHALL|SHOULD|MAY|REQUIRED|RECOMMENDED|OPTIONAL|UNDEFINED)\b")
_NEXT_SENTENCE = re.compile(r"[.!?]\s+[A-Z`]")


def sentences_have_ids(matter: Matter) -> Iterator[Finding]:
    for chapter in matter.chapters:
        for prose in chapter.prose:
            if found := _KEYWORD.search(prose.text):
                cure = f"make it a clause with an id under {chapter.word}., or say it without the capital word (or in code quotes)"
                yield on(chapter, prose.line, f"a normative sentence ({found[0]}) without an id", cure)


def headings_are_clauses(matter: Matter) -> Iterator[Finding]:
    for chapter in matter.chapters:
        for text, line in chapter.stray:
            cure = f"write it as `### `{chapter.word}.topic.rule@1` MUST`, or make it a heading of the second level"
            yield on(chapter, line, f"the heading {text!r} is no clause", cure)


def pages_have_words_of_their_own(matter: Matter) -> Iterator[Finding]:
    first: dict[str, Chapter] = {}
    for chapter in matter.chapters:
        if other := first.get(chapter.word):
            yield on(chapter, 1, f"spec/{other.page} has the same word, {chapter.word!r}", "rename one of the pages")
        first.setdefault(chapter.word, chapter)


def sections_in_order(matter: Matter) -> Iterator[Finding]:
    known = clauses.SECTIONS
    for chapter in matter.chapters:
        if not any(name == "Words" for name, _ in chapter.sections):
            yield on(chapter, 1, "the page has no section Words", "open it with the words that it defines")
        last = -1
        for name, line in chapter.sections:
            if name not in known:
                yield on(chapter, line, f"the section {name!r} is not one of {', '.join(known)}", "use one of these")
            elif (place := known.index(name)) <= last:
                yield on(chapter, line, f"the section {name!r} comes too late", f"keep the order {', '.join(known)}")
            else:
                last = place


def ids_used_once(matter: Matter) -> Iterator[Finding]:
    first: dict[str, Clause] = {}
    for clause in matter.clauses:
        if other := first.get(clause.id):
            yield at(
                clause,
                f"the id is used twice, also at spec/{other.page}:{other.line}",
                "give this one an id of its own",
            )
        first.setdefault(clause.id, clause)
        if clause.alias in matter.by_id:
            yield at(
                clause,
                f"its alias {clause.alias} is the id of a clause",
                "an alias is an older id that nothing else has",
            )


def ids_begin_with_the_chapter(matter: Matter) -> Iterator[Finding]:
    for chapter in matter.chapters:
        for clause in chapter.clauses:
            if ids.chapter(clause.id) != chapter.word:
                yield at(
                    clause,
                    f"the first word is not its chapter's, {chapter.word!r}",
                    f"call it {chapter.word}.… or move it",
                )


def sentences_are_norms(matter: Matter) -> Iterator[Finding]:
    for clause in matter.clauses:
        if clause.kind not in clauses.KINDS:
            yield at(
                clause, f"its kind {clause.kind!r} is unknown", f"write one of {', '.join(clauses.KINDS)} after the id"
            )
        elif not clause.sentence:
            yield at(clause, "it has no sentence", "write the norm as the first paragraph below the heading")
        else:
            yield from _sentence(clause)


def _sentence(clause: Clause) -> Iterator[Finding]:
    bare = re.sub(r"`[^`]*`", "…", clause.sentence)
    words = {word.removesuffix(" NOT") for word in _KEYWORD.findall(bare)}
    wanted = set() if clause.kind == "QUALITY" else {clause.kind}
    line = clause.sentence_line
    if words != wanted:
        said = ", ".join(sorted(words)) or "no keyword"
        cure = f"a clause of kind {clause.kind} says {' and '.join(wanted) or 'none'} and no other keyword"
        yield at(clause, f"its sentence says {said}", cure, line)
    if _NEXT_SENTENCE.search(bare) or not bare.endswith("."):
        yield at(
            clause,
            "its norm is not one sentence with a full stop",
            "split it into clauses, or move the rest to Why",
            line,
        )
    if clause.paragraphs > 1:
        yield at(
            clause, "it has more than one paragraph", "keep the norm to one sentence and move the rest to Why", line
        )


def fields_are_whole(matter: Matter) -> Iterator[Finding]:
    for clause in matter.clauses:
        for name, text in clause.fields.items():
            if name not in clauses.FIELDS:
                yield at(clause, f"the field {name!r} is unknown", f"use one of {', '.join(clauses.FIELDS)}")
            elif not text:
                yield at(clause, f"the field {name!r} is empty", "say it, or leave it out")
        if not re.match(r"seed \d{3}\b|decision\b.*\(", clause.fields.get("Origin", "")):
            yield at(clause, "it has no origin", "add `- Origin: seed NNN §N` or `- Origin: decision (rejected: …)`")
        if (clause.section == "Errors") != ("Errors" in clause.fields):
            yield at(
                clause, "the field Errors and the section Errors go together", "name the class there, and only there"
            )


def examples_stand_beside(matter: Matter) -> Iterator[Finding]:
    for clause in matter.clauses:
        if (
            clause.kind in ("MUST", "MAY")
            and not clause.retired
            and (clause.example is None) != ("Example" in clause.fields)
        ):
            yield at(
                clause,
                "it has no example, or both an example and a reason for none",
                "add a Python block, or `- Example: none, since …`",
            )
        if clause.example is not None and clause.kind == "UNDEFINED":
            yield at(clause, "an UNDEFINED clause has an example, which would be checked", "take the block away")
        if clause.example is not None:
            try:
                compile(clause.example, clause.page, "exec")
            except SyntaxError as error:
                place = clause.example_line + (error.lineno or 1) - 1
                yield at(clause, f"its example is no Python: {error.msg}", "mend it", place)


def few_are_untestable(matter: Matter) -> Iterator[Finding]:
    found = [clause for clause in matter.clauses if "Untestable" in clause.fields]
    allowed = 3 * len(matter.clauses) // 100
    for clause in found[allowed:]:
        yield at(
            clause,
            f"it is untestable, and so are {len(found)} of {len(matter.clauses)}",
            "at most 3 in 100 may be; find a check",
        )
