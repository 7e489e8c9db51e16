"""What is fast about it: whether something is a node is asked of a class without a metaclass, which Python answers at once.

What the files of this chapter know of a node without knowing how it prints. Users meet `Node`.
"""

import typing as t

__all__ = ["Vertex", "bare"]

V = t.TypeVar("V", bound="Vertex")


class Vertex:  # [module.identity.leaf]
    """An object with attributes that may lead to states."""

    def __reduce__(self) -> tuple[t.Any, ...]:
        # Bare, so that a class whose `__new__` wants arguments comes back too; Python keeps what is shared.
        attributes = self.__getstate__()  # [graph.copy.deep]
        return bare, (type(self),), attributes  # [graph.copy.pickle]


def bare(cls: type[V]) -> V:
    """A node without attributes, of which no constructor knows."""
    return object.__new__(cls)  # [graph.merge.bare]
