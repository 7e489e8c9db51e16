"""When two values that a structure carries are the same.

JAX compares structures to decide whether a compiled program can be used again. What a node or a snapshot carries
beside its values is compared there by one rule: two values are *the same* if they are one object, or have the same
type, can be hashed and are equal. So arrays, which cannot be hashed, are compared by identity.
"""

from typing import Any


def has_hash(value: object) -> bool:
    try:
        hash(value)
    except Exception:  # a tracer and a user's class may refuse with an exception of their own
        return False
    return True


class Static:
    """A static value, which compares by this rule and always has a hash."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Static):
            return False
        ours, theirs = self.value, other.value
        if ours is theirs:
            return True
        if type(ours) is not type(theirs) or not (has_hash(ours) and has_hash(theirs)):
            return False
        return bool(ours == theirs)  # [graph.def.equal]

    def __hash__(self) -> int:
        """Equal for all values of a type that have no hash: a hash may be alike where the values are not the same."""
        return hash(self.value) if has_hash(self.value) else hash(type(self.value))  # [graph.def.static]

    def __repr__(self) -> str:
        return repr(self.value)
