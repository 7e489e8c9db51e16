"""What is fast about it: a GraphDef is one flat tuple, which C compares and hashes, and the static values beside it.

The tuple is the walk written down. Each thing that was met is a mark, followed by what the mark says:

    STATIC                       the next of the static values
    STATE                        the next of the states
    AGAIN, number                a state or node that was met before, counted from 0 as they were first met
    NODE, class, names           and its attributes, sorted by name; the names stand in the order of definition
    LIST, n / TUPLE, n           and its contents
    DICT, keys                   and its contents
    OTHER, structure             and its contents; the structure is JAX's, of this container alone

The hash is taken once. Nothing else of the states is here than how many there are and their first paths; the paths
follow from the rest and are not compared.
"""

import copyreg
import typing as t

import jax

from brainspec_optimized.filter_value import Path
from brainspec_optimized.graph.sameness import hash_of, same
from brainspec_optimized.shown import Shown, shows_as

__all__ = ["AGAIN", "DICT", "LIST", "NODE", "OTHER", "STATE", "STATIC", "TUPLE", "GraphDef"]

STATIC, STATE, AGAIN, NODE, LIST, TUPLE, DICT, OTHER = range(8)

Fields = tuple[tuple[t.Any, ...], tuple[t.Any, ...], tuple[Path, ...]]


@shows_as("graph.GraphDef")  # [graph.types.shown]
class GraphDef(metaclass=Shown):
    """What of a graph does not change when its states do."""

    __slots__ = ("__weakref__", "_hash", "paths", "shape", "statics")
    shape: tuple[t.Any, ...]
    statics: tuple[t.Any, ...]
    paths: tuple[Path, ...]
    _hash: int | None

    def __init__(self, shape: t.Iterable[t.Any], statics: t.Iterable[t.Any], paths: t.Iterable[Path]) -> None:
        self.__setstate__((tuple(shape), tuple(statics), tuple(paths)))

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if type(other) is not GraphDef or hash(self) != hash(other):
            return False
        # Of equal shapes the static values are equally many.
        return self.shape == other.shape and all(map(same, self.statics, other.statics))  # [graph.def.equal]

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash((self.shape, *map(hash_of, self.statics)))  # [graph.def.equal]
        return self._hash

    def __reduce__(self) -> tuple[t.Any, ...]:
        # Not the hash: that of a string is another in every process.
        fields = self.shape, self.statics, self.paths
        return copyreg.__newobj__, (GraphDef,), fields  # type: ignore[attr-defined] # [graph.def.pickle]

    def __setstate__(self, fields: Fields) -> None:
        self.shape, self.statics, self.paths = fields
        self._hash = None

    def __repr__(self) -> str:
        return f"GraphDef(states={len(self.paths)}, static_values={len(self.statics)})"


jax.tree_util.register_static(GraphDef)  # [graph.def.static]
