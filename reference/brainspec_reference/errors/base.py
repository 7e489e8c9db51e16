"""What every error of the reference is made of."""


class ClauseBroken(Exception):
    """The base of all errors of this room; all three parts stay in `args`, so that an error can be pickled."""

    def __init__(self, found: str, clause: str, cure: str) -> None:
        super().__init__(found, clause, cure)

    def __str__(self) -> str:
        found, clause, cure = self.args
        return f"{found}. This breaks {clause}. {cure}."
