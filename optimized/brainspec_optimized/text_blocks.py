"""What is fast about it: nothing; a text is made when somebody prints.

Snapshots, modules and containers with states print alike: a bracket, indented lines, and the bracket again.
"""

import typing as t

__all__ = ["block"]


def block(opening: str, parts: t.Iterable[str], closing: str) -> str:
    """A text of several lines, one part after the other between two brackets."""
    indented = [part.replace("\n", "\n  ") for part in parts]
    return f"{opening}\n  " + ",\n  ".join(indented) + f"\n{closing}"
