"""What is fast about it: most values that are compared are one object, and then nothing is asked of them.

Static values and metadata may be anything, also what compares to an array or to a tracer. So they are compared by one
rule that always answers: they are the same if they are one object, or of one type, with a hash, and equal.
"""

import typing as t

__all__ = ["hash_of", "same"]


def same(a: t.Any, b: t.Any) -> bool:
    """Whether two static values are the same."""
    if a is b:
        return True
    if type(a) is not type(b):  # [graph.snapshot.structure]
        return False
    try:
        return hash(a) == hash(b) and bool(a == b)  # [graph.def.equal]
    except Exception:  # no hash, or no answer: then they are not equal
        return False


def hash_of(value: t.Any) -> int:
    """A hash that two values share if they are the same."""
    try:
        return hash((type(value), value))
    except Exception:  # [graph.def.static]
        return id(value)  # as it is compared
