"""What every error of the reference is made of."""

# Rules that a chapter says in another clause than its fellows do.
SAID_IN = {
    "mapping.error.state-value": "mapping.error.result",
    "map.error.state-argument": "map.error.values",
    "map.error.module-argument": "map.error.values",
    "map.error.argument": "map.error.values",
    "map.error.state-result": "map.error.values",
    "map.error.result": "map.error.values",
    "map.error.state-value": "map.error.values",
}


def clause(chapter: str, rule: str) -> str:
    """The clause in which a chapter says a rule about errors that others have too."""
    name = f"{chapter}.error.{rule}"
    return f"{SAID_IN.get(name, name)}@1"


class ClauseBroken(Exception):
    """The base of all errors of this room; all three parts stay in `args`, so that an error can be pickled."""

    def __init__(self, found: str, clause: str, cure: str) -> None:
        super().__init__(found, clause, cure)

    def __str__(self) -> str:
        found, clause, cure = self.args
        return f"{found}. This breaks {clause}. {cure}."
