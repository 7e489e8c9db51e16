"""Clauses: the sentences of the specification, read from its pages.

A *chapter* is a page; a *clause* is one normative sentence on it under an id with a version. `read` parses one page,
`load` all of them. Reading is lenient: what is wrong on a page becomes a finding of the lint, so that
one bad clause does not hide the others. The grammar stands in `spec/README.md`.
"""

import functools
import re
from pathlib import Path

from attrs import evolve, field, frozen
from markdown_it import MarkdownIt
from markdown_it.token import Token

from . import ids, pages

KINDS = ("MUST", "MAY", "UNDEFINED", "QUALITY")
SECTIONS = ("Words", "Rules", "Errors", "Examples", "Rationale")
FIELDS = ("Why", "Origin", "Errors", "Example", "Untestable", "Untagged", "Extra", "Alias", "Retired")


@frozen
class Clause:
    """One normative sentence; `fields` holds the list below it, `line` counts from 1."""

    id: str
    version: int
    kind: str
    sentence: str
    page: str
    line: int
    section: str
    sentence_line: int = 0
    paragraphs: int = 1
    example: str | None = None
    example_line: int = 0
    fields: dict[str, str] = field(factory=dict)

    @property
    def cited(self) -> str:
        return f"{self.id}@{self.version}"

    @property
    def retired(self) -> bool:
        return "Retired" in self.fields

    @property
    def extra(self) -> str:
        """The extra name that it is about, or nothing: where that is missing, it is not judged."""
        return self.fields.get("Extra", "")

    @property
    def alias(self) -> str:
        """The older id that it keeps, or nothing."""
        return ids.split(self.fields.get("Alias", "").strip("`"))[0]

    @property
    def judged(self) -> bool:
        """Whether a check has to decide it."""
        return not (self.retired or self.kind == "UNDEFINED" or "Untestable" in self.fields)

    @property
    def link(self) -> str:
        """The permalink: the page and the anchor that Markdown renderers give to the heading."""
        heading = f"{self.cited} {self.kind}".lower()
        return f"spec/{self.page}#{re.sub(r'[^a-z0-9 _-]', '', heading).replace(' ', '-')}"


@frozen
class Prose:
    """A stretch of text outside the clauses' own sentences, code left out."""

    text: str
    line: int


@frozen
class Chapter:
    """One page: its word, its title, the order of its sections, its clauses and the prose around them."""

    word: str
    title: str
    page: str
    sections: list[tuple[str, int]]
    clauses: list[Clause]
    prose: list[Prose]
    stray: list[tuple[str, int]]


def read(path: Path) -> Chapter:
    """Parse one page."""
    reader = _Reader(path)
    for token in _blocks(path.read_text(encoding="utf-8")):
        reader.take(*token)
    return reader.done()


def load(folder: Path | None = None) -> list[Chapter]:
    """All chapters, in reading order."""
    return [read(path) for path in pages.chapters(folder)]


@functools.cache
def every() -> tuple[Clause, ...]:
    """All clauses of the shipped pages, in reading order."""
    return tuple(clause for chapter in load() for clause in chapter.clauses)


@functools.cache
def by_id() -> dict[str, Clause]:
    """The clauses of the shipped pages by id, and by the older ids that they keep as aliases."""
    found = {clause.id: clause for clause in every()}
    for clause in every():
        if clause.alias:
            found.setdefault(clause.alias, clause)
    return found


def line_of(clause: Clause) -> str:
    """The clause as `clauses.txt` lists it."""
    gone = " (retired)" if clause.retired else ""
    return f"{clause.cited} {clause.kind}{gone} {clause.sentence}"


def listing(chapters: list[Chapter]) -> str:
    """The text of `clauses.txt`."""
    return "".join(line_of(clause) + "\n" for chapter in chapters for clause in chapter.clauses)


# --- reading a page -----------------------------------------------------------------------------------------------


def _blocks(text: str) -> list[tuple[str, Token, int]]:
    """The blocks of a page that matter, each with what it is and its line: h1, h2, h3, text, item, code, table text."""
    found: list[tuple[str, Token, int]] = []
    opened: list[str] = []
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.nesting == 1:
            opened.append(token.tag)
        elif token.nesting == -1:
            opened.pop()
        elif token.type in ("inline", "fence"):
            line = token.map[0] + 1 if token.map else 0
            kind = "code" if token.type == "fence" else _kind_of(opened)
            found.append((kind, token, line))
    return found


def _kind_of(opened: list[str]) -> str:
    if opened and opened[-1] in ("h1", "h2", "h3"):
        return opened[-1]
    return "item" if "li" in opened else "text"


def _plain(token: Token) -> str:
    """The words of a block in one line, its code without quotes."""
    return " ".join(_joined(token, code=True).split())


def _joined(token: Token, *, code: bool) -> str:
    parts = []
    for child in token.children or []:
        if child.type == "code_inline":
            parts.append(child.content if code else "…")
        elif child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif child.type == "text":
            parts.append(child.content)
    return "".join(parts)


def _source(token: Token) -> str:
    """The words of a block as they are written, code quotes kept, in one line."""
    return " ".join(token.content.split())


class _Reader:
    """Collects a chapter while the blocks of its page pass by; `draft` is the clause that is open."""

    def __init__(self, path: Path) -> None:
        self.path, self.title, self.section = path, "", ""
        self.sections: list[tuple[str, int]] = []
        self.clauses: list[Clause] = []
        self.prose: list[Prose] = []
        self.stray: list[tuple[str, int]] = []
        self.draft: Clause | None = None

    def take(self, kind: str, token: Token, line: int) -> None:
        if kind in ("h1", "h2", "h3"):
            self._close()
        getattr(self, f"_{kind}")(token, line)

    def done(self) -> Chapter:
        self._close()
        word = re.sub(r"^\d+-", "", self.path.stem)
        return Chapter(word, self.title, self.path.name, self.sections, self.clauses, self.prose, self.stray)

    def _h1(self, token: Token, line: int) -> None:
        self.title = _plain(token)

    def _h2(self, token: Token, line: int) -> None:
        self.section = _plain(token)
        self.sections.append((self.section, line))

    def _h3(self, token: Token, line: int) -> None:
        text = _plain(token)
        if match := ids.CITED.match(text):
            kind = text[match.end() :].strip()
            self.draft = Clause(match[1], int(match[2]), kind, "", self.path.name, line, self.section)
        else:
            self.stray.append((text, line))

    def _text(self, token: Token, line: int) -> None:
        if self.draft is None:
            self.prose.append(Prose(_joined(token, code=False), line))
        elif not self.draft.sentence:
            self.draft = evolve(self.draft, sentence=_source(token), sentence_line=line)
        else:
            self.draft = evolve(self.draft, paragraphs=self.draft.paragraphs + 1)
            self.prose.append(Prose(_joined(token, code=False), line))

    def _item(self, token: Token, line: int) -> None:
        self.prose.append(Prose(_joined(token, code=False), line))
        name, colon, rest = _source(token).partition(":")
        if self.draft is not None and colon:
            self.draft = evolve(self.draft, fields={**self.draft.fields, name.strip(): rest.strip()})

    def _code(self, token: Token, line: int) -> None:
        if self.draft is not None and token.info.strip() == "python" and self.draft.example is None:
            self.draft = evolve(self.draft, example=token.content, example_line=line + 1)

    def _close(self) -> None:
        if self.draft is not None:
            self.clauses.append(self.draft)
            self.draft = None
