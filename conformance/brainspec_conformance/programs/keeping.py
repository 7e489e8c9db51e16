"""A program in a file, with what it showed: a find, or a program of the suite's corpus.

The corpus is the folder `corpus` of this package: one program a file, replayed in every run of the suite, each charged to the clauses
that the file names. Finds are the same files elsewhere; `brainspec replay FILE --keep NAME` puts one into the corpus.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from attrs import field, frozen

from .. import clauses, ids
from ..clauses import Clause
from . import data, stored
from .laws import EQUAL, LAWS, Law

CORPUS = Path(__file__).parents[1] / "corpus"
KNOWN = ("schema", "program", "clauses", "law", "difference", "implementation", "date")
CHECKS = {EQUAL.name: EQUAL, **LAWS}


@frozen
class Kept:
    """A program, the law by which it was judged, the clauses that it is about, what it showed, on whom, and when."""

    program: data.Program
    clauses: tuple[str, ...] = ()
    law: Law = EQUAL
    difference: str = ""
    implementation: str = ""
    date: str = ""
    notes: dict[str, object] = field(factory=dict)

    @property
    def cited(self) -> list[Clause]:
        """Its clauses as they are now; raises UnknownClause where a version has passed, since then the program is to be read again."""
        from ..check import known

        return [known(text) for text in self.clauses]


def to_json(kept: Kept) -> str:
    told = {
        "implementation": kept.implementation,
        "date": kept.date,
        "law": kept.law.name,
        "difference": kept.difference,
        "clauses": list(kept.clauses),
        **kept.notes,
    }
    return json.dumps({**told, **json.loads(stored.to_json(kept.program))}, indent=1, ensure_ascii=False) + "\n"


def read(path: Path) -> Kept:
    """The program of a file, which may say no more than that; raises UnreadableProgram."""
    text = path.read_text(encoding="utf-8")
    try:
        program = stored.from_json(text)
    except stored.UnreadableProgram as error:
        raise stored.UnreadableProgram(f"{path}: {error}") from None
    told = json.loads(text)
    if told.get("law", EQUAL.name) not in CHECKS:
        raise stored.UnreadableProgram(f"{path}: no law is called {told['law']!r}; known: {', '.join(LAWS)}")
    return Kept(
        program,
        tuple(told.get("clauses", ())),
        CHECKS[told.get("law", EQUAL.name)],
        told.get("difference", ""),
        told.get("implementation", ""),
        told.get("date", ""),
        {name: said for name, said in told.items() if name not in KNOWN},
    )


def cite(names: Iterator[str] | tuple[str, ...]) -> tuple[str, ...]:
    """Clauses with their versions; those that no page has are left out."""
    known = clauses.by_id()
    return tuple(known[bare].cited for name in names if (bare := ids.split(name)[0]) in known)


def corpus() -> dict[str, Kept]:
    """The stored programs by name."""
    return {path.stem: read(path) for path in sorted(CORPUS.glob("*.json"))}


def add(kept: Kept, name: str) -> Path:
    """Put a program into the corpus; raises ValueError where it would guard nothing, or another stands there."""
    path = CORPUS / f"{name}.json"
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise ValueError(f"{name!r} is no name of a stored program: use small letters, digits and hyphens")
    if path.exists():
        raise ValueError(f"{path} is there already; a program keeps its name, so choose another")
    if not 1 <= len(kept.clauses) <= 3:
        raise ValueError(
            f"the program is charged to {len(kept.clauses)} clauses; say which it is about with --clause ID"
        )
    CORPUS.mkdir(exist_ok=True)
    path.write_text(to_json(kept), encoding="utf-8")
    return path
