"""What is fast about it: nothing; tags are checked when they are set, so that filters need not.

A tag is kept as it is given. Where a second is added, the collection keeps its type, a new one is made since the old
may be shared, and nothing depends on the order of a set.
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
    if old is None:
        return new
    had = _strings(old)
    more = [one for one in _strings(new) if one not in had]
    if not more:
        return old
    group = next((kind for kind in _GROUPS if isinstance(old, kind)), tuple)
    return group([*had, *more])


def _strings(tag: t.Any) -> list[str]:
    if isinstance(tag, str):
        return [tag]
    return sorted(tag) if isinstance(tag, (set, frozenset)) else list(tag)
