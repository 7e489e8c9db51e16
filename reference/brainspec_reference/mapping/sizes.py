"""The size of a call: how many lanes it has.

States are found while the origin runs, so it may be a state that gives the size, in the middle of it. Until then the
named axis has a `Size` for its size: JAX multiplies what it finds there, and so gets the number once it is known.
"""

from typing import Any

from ..errors import NoSize, NotAnAxis, OtherSize
from .axes import is_integer


def checked_size(given: Any) -> int | None:
    if given is None:
        return None
    if not is_integer(given):
        found, cure = f"Found {given!r} for axis_size", "Give an integer of at least 0"
        raise NotAnAxis(found, "mapping.error.axis-size@1", cure)  # [mapping.error.axis-size]
    if given < 0:
        found, cure = f"Found {given!r} for axis_size", "Give an integer of at least 0"
        raise NoSize(found, "mapping.error.axis-size@1", cure)  # [mapping.error.axis-size]
    return int(given)


class Size:
    """Of one call: what was met first gives it, and the others agree."""

    def __init__(self, given: int | None) -> None:
        self.known, self.by = given, "axis_size"

    def agree(self, size: int, by: str) -> None:
        if self.known is None:
            self.known, self.by = size, by  # [mapping.size.states]
        elif size != self.known:
            found = f"Found {size} lanes in {by}, and {self.known} in {self.by}"
            cure = "Map over axes of one size"
            raise OtherSize(found, "mapping.error.sizes@1", cure)  # [mapping.error.sizes]

    def decided(self) -> int:
        if self.known is None:
            found = "Found neither a mapped argument, nor axis_size, nor a state that is mapped in"
            raise NoSize(found, "mapping.error.no-size@1", "Give axis_size")  # [mapping.error.no-size]
        return self.known  # [mapping.size.given]

    def __rmul__(self, other: int) -> int:
        return other * self.decided()  # [mapping.size.states]
