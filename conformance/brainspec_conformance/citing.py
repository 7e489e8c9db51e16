"""`brainspec cite`: a clause with its place, the code that decides it, and the checks that guard it."""

from typing import Any

from attrs import frozen

from . import clauses, ids, links
from .clauses import Clause


@frozen
class Citation:
    """A clause and its links, each as `path:line name`."""

    clause: Clause
    decided: list[str]
    checked: list[str]

    def __str__(self) -> str:
        clause = self.clause
        head = f"{clause.cited} {clause.kind}{' (retired)' if clause.retired else ''}"
        rows = [head, f"  {clause.sentence}", f"  page      {clause.link}"]
        rows += [f"  {name.lower():<9} {text}" for name, text in clause.fields.items()]
        rows += [f"  decided   {place}" for place in self.decided or ["nowhere"]]
        rows += [f"  checked   {place}" for place in self.checked or ["by nothing"]]
        return "\n".join(rows)

    def as_data(self) -> dict[str, Any]:
        clause = self.clause
        return {
            "id": clause.id,
            "version": clause.version,
            "kind": clause.kind,
            "sentence": clause.sentence,
            "page": clause.link,
            "example": clause.example,
            "fields": clause.fields,
            "decided": self.decided,
            "checked": self.checked,
        }


def find(name: str) -> list[Clause]:
    """The clause of an id, with or without its version, or of an older id; else all whose ids begin with these words."""
    bare = ids.split(name)[0].rstrip(".")
    if exact := clauses.by_id().get(bare):
        return [exact]
    return [clause for clause in clauses.every() if clause.id.startswith(bare + ".")]


def cite_all(found: list[Clause]) -> list[Citation]:
    """Citations of clauses, their links read once."""
    known = links.load()
    return [
        Citation(
            clause,
            [
                f"{tag.room}: {links.short(tag.path)}:{tag.line} {tag.function}"
                for tag in known.tags
                if tag.id == clause.id
            ],
            [f"{links.short(c.path)}:{c.line} {c.name}" for c in known.checks if clause.cited in c.clauses],
        )
        for clause in found
    ]
