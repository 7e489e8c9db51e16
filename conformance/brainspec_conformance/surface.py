"""The names of the system, read from `surface.toml`, and which of them a namespace lacks."""

import functools
import tomllib
from pathlib import Path
from typing import Any

from attrs import frozen

from . import pages


@frozen
class Name:
    """A place such as `util.filter.OfType`, the chapter that says what is there, and whether every implementation has it."""

    place: str
    chapter: str
    core: bool

    @property
    def parents(self) -> list[str]:
        """The namespaces above it, outermost first: `util`, `util.filter`."""
        words = self.place.split(".")[:-1]
        return [".".join(words[: n + 1]) for n in range(len(words))]


@functools.cache
def names(folder: Path | None = None) -> list[Name]:
    """All names, by chapter, in the order of the table."""
    table = tomllib.loads(((folder or pages.folder()) / "surface.toml").read_text(encoding="utf-8"))
    return [
        Name(place, chapter, level == "core")
        for chapter, levels in table.items()
        for level in ("core", "extra")
        for place in levels.get(level, [])
    ]


def find(namespace: Any, place: str) -> Any:
    """What stands at a place; an AttributeError names the first word that is missing."""
    for word in place.split("."):
        namespace = getattr(namespace, word)
    return namespace


def missing(namespace: Any, *, core_only: bool = True) -> list[Name]:
    """The names that a namespace lacks."""
    return [name for name in names() if (name.core or not core_only) and not has(namespace, name.place)]


def has(namespace: Any, place: str) -> bool:
    try:
        find(namespace, place)
    except Exception:  # a namespace that makes its names when they are asked for may fail in any way
        return False
    return True
