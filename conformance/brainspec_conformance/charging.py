"""A failure that is charged to clauses which the check found out, beside the one that it cites."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .programs.finding import Find


class Charged(AssertionError):
    """What a check of generated programs raises: a find with the clauses that it is charged to, and how many programs more differ."""

    def __init__(self, find: "Find", more: int = 0) -> None:
        told = f" (and {more} more)" if more else ""
        super().__init__(f"{find.summary()}{told}\n\n{find.script}")
        self.find = find

    @property
    def clauses(self) -> list[str]:
        """The clause that is singled out, if one is."""
        return [*self.find.clauses] if len(self.find.clauses) == 1 else []
