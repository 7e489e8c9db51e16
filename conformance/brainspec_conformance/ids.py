"""Ids of clauses: `mapping.random.lane-keys` names a clause, `mapping.random.lane-keys@1` one version of it."""

import difflib
import fnmatch
import re
from collections.abc import Iterable

NAME = r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)+"
CITED = re.compile(rf"({NAME})@(\d+)")


def split(text: str) -> tuple[str, int | None]:
    """The id and the version of `id@version`; no version where none is written."""
    name, _, version = text.partition("@")
    return name, int(version) if version.isdecimal() else None


def chapter(name: str) -> str:
    """The first word of an id."""
    return name.partition(".")[0]


def close(name: str, known: Iterable[str]) -> str:
    """A half sentence that names the ids closest to a misspelt one, or nothing."""
    found = difflib.get_close_matches(name, list(known), n=3, cutoff=0.5)
    return f"; close to it: {', '.join(found)}" if found else ""


def matches(name: str, patterns: str) -> bool:
    """Whether an id matches one of the comma-separated patterns; a plain prefix of words counts as a pattern."""
    for pattern in filter(None, map(str.strip, patterns.split(","))):
        bare = split(pattern)[0]
        if fnmatch.fnmatchcase(name, bare) or name.startswith(bare.rstrip(".") + "."):
            return True
    return False
