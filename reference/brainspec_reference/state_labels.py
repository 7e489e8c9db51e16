"""What a state carries besides its value: a name, a tag and metadata, and what may not stand there.

A *tag* is a string, or a list, tuple, set or frozenset of strings, or `None`; its *words* are these strings.
*Metadata* are all other attributes of a state, given to the constructor or set later. A name is *reserved*
for the constructor if the state's class has it already.
"""

from typing import Any, TypeAlias

from .errors import NotAName, NotAStateTag, ReservedName

Tag: TypeAlias = str | list[str] | tuple[str, ...] | set[str] | frozenset[str] | None


def checked_name(name: str | None) -> str | None:
    if name is None or isinstance(name, str):
        return name
    raise NotAName(f"Found {name!r} for a name", "state.error.name@1", "Give a string or None")  # [state.error.name]


def checked_tag(tag: Tag) -> Tag:
    if tag is None or isinstance(tag, str):
        return tag
    if isinstance(tag, list | tuple | set | frozenset) and all(isinstance(word, str) for word in tag):
        return tag
    cure = "Give a string, a list, tuple, set or frozenset of strings, or None"
    raise NotAStateTag(f"Found {tag!r} for a tag", "state.error.tag@1", cure)  # [state.error.tag]


def checked_metadata(kind: type, metadata: dict[str, Any]) -> dict[str, Any]:
    for name in metadata:
        if name in dir(kind):  # what an instance finds there; `hasattr` would ask the metaclass too
            found = f"Found metadata named {name!r}, which {kind.__name__} has already"
            raise ReservedName(found, "state.error.reserved@1", "Choose another name")  # [state.error.reserved]
    return metadata


def words(tag: Tag) -> tuple[str, ...]:
    if tag is None:
        return ()
    if isinstance(tag, str):
        return (tag,)
    return tuple(sorted(tag)) if isinstance(tag, set | frozenset) else tuple(tag)  # alike in every process


def joined(tag: Tag, more: Tag) -> Tag:
    """A tag with the words of both. Where one of them has all these words, it stays as it was written."""
    if not words(tag):
        return more
    missing = [word for word in words(more) if word not in words(tag)]
    return (*words(tag), *missing) if missing else tag
