"""A failure that is charged to clauses which the check found out, beside the one that it cites."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .programs.finding import Find


class Charged(AssertionError):
    """What a check of generated programs raises: its finds, each with the clauses that it is charged to."""

    def __init__(self, finds: Sequence["Find"]) -> None:
        first, *more = finds
        told = f" (and {len(more)} more)" if more else ""
        super().__init__("\n\n".join([f"{first.summary()}{told}", *(find.script for find in finds)]))
        self.finds = finds

    @property
    def clauses(self) -> list[str]:
        """The clauses of the finds that single out one."""
        return sorted({find.clauses[0] for find in self.finds if len(find.clauses) == 1})
