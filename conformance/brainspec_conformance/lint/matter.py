"""What the lint looks at, and what it finds."""

from pathlib import Path

from attrs import field, frozen

from .. import clauses, pages
from ..clauses import Chapter, Clause
from ..links import ROOMS, Links
from ..links import load as load_links


@frozen(order=True)
class Finding:
    """One fault, with its cure."""

    path: str
    line: int
    id: str
    wrong: str
    cure: str

    def __str__(self) -> str:
        subject = f"{self.id}: " if self.id else ""
        return f"{self.path}:{self.line}: {subject}{self.wrong}; {self.cure}"


@frozen
class Matter:
    """All that the rules look at."""

    chapters: list[Chapter]
    links: Links
    listed: str | None = None
    released: str | None = None
    surface: str | None = None
    rooms: tuple[str, ...] = tuple(ROOMS)
    clauses: list[Clause] = field(init=False)
    by_id: dict[str, Clause] = field(init=False)

    def __attrs_post_init__(self) -> None:
        found = [clause for chapter in self.chapters for clause in chapter.clauses]
        object.__setattr__(self, "clauses", found)
        object.__setattr__(self, "by_id", {clause.id: clause for clause in found})


def load(folder: Path | None = None) -> Matter:
    """The matter of this installation, or of the pages in another folder."""
    folder = folder or pages.folder()
    return Matter(
        clauses.load(folder),
        load_links(),
        _text(folder / "clauses.txt"),
        _text(folder / "released.txt"),
        _text(folder / "surface.toml"),
    )


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def at(clause: Clause, wrong: str, cure: str, line: int | None = None) -> Finding:
    return Finding(f"spec/{clause.page}", line or clause.line, clause.cited, wrong, cure)


def on(chapter: Chapter, line: int, wrong: str, cure: str, name: str = "") -> Finding:
    return Finding(f"spec/{chapter.page}", line, name, wrong, cure)
