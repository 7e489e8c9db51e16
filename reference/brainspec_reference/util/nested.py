"""State trees as users hold them: a `NestedDict`, or a `FlattedDict` from whole paths to leaves.

A *leaf* is what is not a dictionary. All that both classes share is done on flat mappings.
"""

from collections.abc import Mapping
from typing import Any, Self

from ..filter_value import Path
from ..filters import Literal
from ..selection import one_or_several, refuse_rest, shared_out, to_predicates
from ..type_names import Shown, shown_as
from .nesting import checked_tree, leaves_of, nested
from .pytree import register_sorted
from .tree_values import places_at, places_below, put, values_of


class Tree(dict[Any, Any], metaclass=Shown):
    """What both classes share."""

    @classmethod
    def _of(cls, flat: Mapping[Path, Any]) -> Self:
        return cls(flat)

    def split(self, *filters: Literal) -> Self | tuple[Self, ...]:
        *shares, rest = shared_out(flat_of(self), to_predicates(filters))
        refuse_rest(rest)
        return one_or_several([self._of(share) for share in shares])  # [graph.nested.split]

    def filter(self, *filters: Literal) -> Self | tuple[Self, ...]:
        *shares, _ = shared_out(flat_of(self), to_predicates(filters))
        return one_or_several([self._of(share) for share in shares])  # [graph.nested.filter]

    @classmethod
    def merge(cls, *trees: dict[Any, Any]) -> Self:
        flat: dict[Path, Any] = {}
        for tree in trees:
            flat.update(flat_of(tree))  # [graph.nested.merge]
        return cls._of(flat)


@shown_as("util.FlattedDict")  # [graph.types.shown]
class FlattedDict(Tree):
    """A mapping from paths to leaves."""

    @classmethod
    def from_nest(cls, tree: dict[Any, Any]) -> "FlattedDict":
        return cls(flat_of(tree))  # [graph.nested.back]

    def to_nest(self) -> "NestedDict":
        return NestedDict.from_flat(self)

    def to_dict_values(self) -> dict[Any, Any]:
        return values_of(self)  # [graph.flat.values]

    def assign_dict_values(self, values: dict[Path, Any]) -> None:
        put(places_at(self, values))  # [graph.flat.assign]


@shown_as("util.NestedDict")  # [graph.types.shown]
class NestedDict(Tree):
    """A dictionary of dictionaries."""

    @classmethod
    def _of(cls, flat: Mapping[Path, Any]) -> Self:
        return cls(nested(flat))  # [graph.nested.back]

    @classmethod
    def from_flat(cls, flat: dict[Path, Any]) -> Self:
        return cls._of(checked_tree(flat))

    def to_flat(self) -> FlattedDict:
        return FlattedDict(flat_of(self))  # [graph.nested.flat]

    def to_pure_dict(self) -> dict[Any, Any]:
        return values_of(self)  # [graph.nested.pure]

    def replace_by_pure_dict(self, values: dict[Any, Any]) -> None:
        put(places_below(self, values))  # [graph.nested.replace]


def flat_of(tree: dict[Any, Any]) -> dict[Path, Any]:
    """The leaves of a state tree of any form."""
    return dict(tree) if isinstance(tree, FlattedDict) else leaves_of(checked_tree(tree))


register_sorted(FlattedDict)
register_sorted(NestedDict)
