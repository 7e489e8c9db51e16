"""What the rule table is tried on: rows (a primitive or two each) and the corpus (functions that people write).

A *case* is a function of arrays with its arguments. A case with an axis runs on four lanes under a mapping that names
the axis; each argument then has the lanes as its first axis. `cases` adds up the families, one file each.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, eq=False)
class Case:
    name: str
    fun: Callable[..., Any]
    args: tuple[Any, ...]
    axis: str | None = None
    loose: bool = False  # in the lgamma family, where XLA's float32 approximations are coarser
    wide: bool = False  # needs 64-bit types

    def __repr__(self) -> str:
        return self.name


class Family:
    """Collects the cases of one file."""

    def __init__(self, name: str) -> None:
        self.name, self.cases = name, list[Case]()

    def add(self, name: str, fun: Callable[..., Any], *args: Any, **options: Any) -> None:
        self.cases.append(Case(f"{self.name}.{name}", fun, args, **options))


def words(text: str) -> list[str]:
    """A list of names, written as one line."""
    return text.split()
