"""Rules on the listings: the generated one is current, and a release is kept."""

import tomllib
from collections.abc import Iterator

from .. import clauses, ids
from ..clauses import Clause
from .matter import Finding, Matter, at


def listing_is_current(matter: Matter) -> Iterator[Finding]:
    if matter.listed is not None and matter.listed != clauses.listing(matter.chapters):
        yield Finding(
            "spec/clauses.txt", 1, "", "it does not list the clauses of the pages", "run `brainspec lint --write`"
        )
    elif matter.listed is None:
        yield Finding("spec/clauses.txt", 1, "", "it is missing", "run `brainspec lint --write`")


def releases_are_kept(matter: Matter) -> Iterator[Finding]:
    """From the first release on a changed meaning has a new version, and no id vanishes."""
    kept = matter.by_id.keys() | {clause.alias for clause in matter.clauses}
    for line, text in enumerate((matter.released or "").splitlines(), start=1):
        cited, _, rest = text.partition(" ")
        name, version = ids.split(cited)
        if version is None or not rest:
            yield _released(line, cited, "the line lists no clause", "copy the file from clauses.txt of the release")
        elif name not in kept:
            yield _released(line, cited, "a released clause is gone", "keep it with `- Retired:`, or as an `- Alias:`")
        elif clause := matter.by_id.get(name):
            yield from _against(clause, version, text)


def _against(clause: Clause, version: int, released: str) -> Iterator[Finding]:
    if clause.version < version:
        yield at(clause, f"its version is older than the released {clause.id}@{version}", "raise it")
    elif clause.version == version and not clause.retired and clauses.line_of(clause) != released:
        yield at(
            clause,
            "it differs from the released one",
            f"cite it as @{version + 1} if its meaning changed, or note the wording in released.txt",
        )


def _released(line: int, cited: str, wrong: str, cure: str) -> Finding:
    return Finding("spec/released.txt", line, cited, wrong, cure)


def extras_are_listed(matter: Matter) -> Iterator[Finding]:
    """What a clause calls an extra name is one."""
    levels = tomllib.loads(matter.surface or "").values()
    known = {place for level in levels for place in level.get("extra", [])}
    for clause in matter.clauses:
        if clause.extra and clause.extra not in known:
            yield at(clause, f"{clause.extra!r} is no extra name", "list it in surface.toml, below extra")


def surface_is_whole(matter: Matter) -> Iterator[Finding]:
    """Each part of the table is a chapter's, has the two levels, and names each place once."""
    words = {chapter.word for chapter in matter.chapters}
    seen: set[str] = set()
    for chapter, levels in tomllib.loads(matter.surface or "").items():
        if chapter not in words:
            yield _surface(chapter, "there is no such chapter", "name the part after the word of a page")
        for level in levels.keys() - {"core", "extra"}:
            yield _surface(f"{chapter}.{level}", "there is no such level", "list the names under core or extra")
        for place in (place for level in ("core", "extra") for place in levels.get(level, [])):
            if place in seen:
                yield _surface(place, "it is listed twice", "keep it in one place")
            seen.add(place)


def _surface(name: str, wrong: str, cure: str) -> Finding:
    return Finding("spec/surface.toml", 1, name, wrong, cure)
