"""How much of each chapter is decided, checked and shown: percentages rounded down, outdated links counted as none."""

from collections.abc import Callable

from ..clauses import Chapter, Clause
from .matter import Matter

Column = Callable[[Clause], bool]


def coverage_lines(matter: Matter) -> list[str]:
    """A line for each chapter."""
    checked = {text for link in matter.links.checks for text in link.clauses}
    columns: dict[str, Column] = {f"decided in {room}": _decided(matter, room) for room in matter.rooms}
    columns["checked"] = lambda clause: clause.cited in checked
    columns["with an example"] = lambda clause: bool(clause.example) or "Example" in clause.fields
    return [_line(chapter, columns) for chapter in matter.chapters if chapter.clauses]


def _decided(matter: Matter, room: str) -> Column:
    tagged = {tag.id for tag in matter.links.tags if tag.room == room}
    return lambda clause: clause.id in tagged or "Untagged" in clause.fields


def _line(chapter: Chapter, columns: dict[str, Column]) -> str:
    judged = [clause for clause in chapter.clauses if clause.judged]
    shares = [f"{_percent(sum(map(holds, judged)), len(judged))} {name}" for name, holds in columns.items()]
    return f"{chapter.word}: {len(chapter.clauses)} clauses, {len(judged)} judged: {', '.join(shares)}"


def _percent(count: int, total: int) -> str:
    return f"{100 * count // total if total else 100} %"
