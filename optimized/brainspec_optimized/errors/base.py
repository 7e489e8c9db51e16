"""What is fast about it: nothing is formatted until somebody reads the message.

An error of this room is made of three things: what was found, the clause that this breaks, and the cure.
They stay in `args`, so that an error survives pickling between processes.
"""

__all__ = ["BrainspecError"]


class BrainspecError(Exception):
    """The base of all errors that this room raises on purpose."""

    def __init__(self, found: str, clause: str, cure: str) -> None:
        super().__init__(found, clause, cure)

    def __str__(self) -> str:
        found, clause, cure = self.args
        return f"{found} This breaks {clause}. {cure}"
