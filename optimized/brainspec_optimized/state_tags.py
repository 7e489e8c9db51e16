"""What is fast about it: nothing; tags are checked when they are set, so that filters need not.

A tag is kept as it is given. Where a second is added, the collection keeps its type, and nothing depends on the order
of a set. What is added to is always a new collection: both that the user gave may be held elsewhere too.
"""

import typing as t

from brainspec_optimized.errors import NotATag

__all__ = ["both_tags", "checked_tag"]

_GROUPS = (list, tuple, set, frozenset)


def checked_tag(tag: t.Any) -> t.Any:
    """Give the tag back, or say why it is none."""
    if tag is None or isinstance(tag, str):
        return tag
    if isinstance(tag, _GROUPS) and all(isinstance(one, str) for one in tag):
        return tag
    cure = "Give a string, a list, tuple, set or frozenset of strings, or None."
    raise NotATag(f"{tag!r} is no tag.", "state.error.tag@1", cure)  # [state.error.tag]


def both_tags(old: t.Any, new: t.Any) -> t.Any:
    """The tag that has the strings of both."""
    if old is None and isinstance(new, str):
        return new
    had = _strings(old)
    more = [one for one in _strings(new) if one not in had]
    if not more:
        return old
    kept = new if old is None else old
    group = next((kind for kind in _GROUPS if isinstance(kept, kind)), tuple)
    return group([*had, *more])  # [state.catch.tag]


def _strings(tag: t.Any) -> list[str]:
    if tag is None or isinstance(tag, str):
        return [] if tag is None else [tag]
    return sorted(tag) if isinstance(tag, (set, frozenset)) else list(tag)
