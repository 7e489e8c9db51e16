"""What is fast about it: below the top a nested tree is made of plain dictionaries, which JAX takes apart without us.

Trees of leaves, nested by the parts of their paths or flat with whole paths for keys. Both are dictionaries.
"""

import typing as t

import jax
from jax.tree_util import DictKey

from brainspec_optimized.filter_value import Path
from brainspec_optimized.graph.nesting import check_paths, check_tree, leaves_below, nest
from brainspec_optimized.graph.replacing import flat_places, nested_places, pure, put_in, value_of
from brainspec_optimized.graph.selection import deal, deal_all, one_or_several, predicates
from brainspec_optimized.shown import Shown, shows_as

__all__ = ["FlattedDict", "NestedDict", "leaves_of"]

Tree = dict[t.Any, t.Any]


@shows_as("util.NestedDict")  # [graph.types.shown]
class NestedDict(Tree, metaclass=Shown):
    """A dictionary of dictionaries, whose leaves are all that is no dictionary."""

    def to_flat(self) -> "FlattedDict":
        """The leaves by path."""
        return FlattedDict(leaves_below(self, ()))  # [graph.nested.flat]

    @classmethod
    def from_flat(cls, flat: dict[Path, t.Any]) -> t.Self:
        """The tree with these leaves."""
        check_paths(flat)
        return nest(cls(), flat)  # [graph.nested.back]

    @classmethod
    def merge(cls, *trees: Tree) -> t.Self:
        """A tree with the leaves of all; of two for one path that of the later tree."""
        joined: Tree = {}
        for tree in trees:
            joined.update(leaves_of(tree))  # [graph.nested.merge]
        return cls.from_flat(joined)

    def split(self, *filters: object) -> "t.Self | tuple[t.Self, ...]":
        """Trees with the leaves that each of the filters takes; together they take all."""
        groups = deal_all(predicates(filters), self.to_flat())  # [graph.nested.split]
        return one_or_several([nest(type(self)(), group) for group in groups], filters)

    def filter(self, *filters: object) -> "t.Self | tuple[t.Self, ...]":
        """Trees with the leaves that each of the filters takes."""
        groups, _ = deal(predicates(filters), self.to_flat())  # [graph.nested.filter]
        return one_or_several([nest(type(self)(), group) for group in groups], filters)

    def to_pure_dict(self) -> Tree:
        """A plain dictionary of dictionaries with the values of snapshots and states."""
        return pure(self)  # [graph.nested.pure]

    def replace_by_pure_dict(self, values: Tree) -> None:
        """Put other values into the snapshots, states and other leaves at their paths."""
        put_in(nested_places(self, values))  # [graph.nested.replace]


@shows_as("util.FlattedDict")  # [graph.types.shown]
class FlattedDict(Tree, metaclass=Shown):
    """A dictionary from path to leaf."""

    def to_nest(self) -> NestedDict:
        """The tree with these leaves."""
        return NestedDict.from_flat(self)  # [graph.nested.back]

    @classmethod
    def from_nest(cls, tree: Tree) -> t.Self:
        """The leaves of a tree by path."""
        check_tree(tree)
        return cls(leaves_below(tree, ()))  # [graph.nested.back]

    @classmethod
    def merge(cls, *trees: Tree) -> t.Self:
        """A mapping with the leaves of all; of two for one path that of the later one."""
        joined = cls()
        for tree in trees:
            check_tree(tree)
            joined.update(tree.to_flat() if isinstance(tree, NestedDict) else tree)  # [graph.nested.merge]
        return joined

    def split(self, *filters: object) -> "t.Self | tuple[t.Self, ...]":
        """Mappings with the leaves that each of the filters takes; together they take all."""
        groups = deal_all(predicates(filters), self)  # [graph.nested.split]
        return one_or_several([type(self)(group) for group in groups], filters)

    def filter(self, *filters: object) -> "t.Self | tuple[t.Self, ...]":
        """Mappings with the leaves that each of the filters takes."""
        groups, _ = deal(predicates(filters), self)  # [graph.nested.filter]
        return one_or_several([type(self)(group) for group in groups], filters)

    def to_dict_values(self) -> dict[Path, t.Any]:
        """A plain dictionary from path to the values of snapshots and states."""
        return {path: value_of(leaf) for path, leaf in self.items()}  # [graph.flat.values]

    def assign_dict_values(self, values: dict[Path, t.Any]) -> None:
        """Put other values into the snapshots, states and other leaves at their paths."""
        put_in(flat_places(self, values))  # [graph.flat.assign]


def leaves_of(tree: Tree) -> list[tuple[Path, t.Any]]:
    """The leaves of a state tree, nested or flat, with their paths."""
    check_tree(tree)
    if not isinstance(tree, FlattedDict):
        return leaves_below(tree, ())
    pairs: list[tuple[Path, t.Any]] = []
    for path, held in tree.items():
        deeper = isinstance(held, dict) and isinstance(path, tuple)
        pairs += leaves_below(held, path) if deeper else [(path, held)]
    return pairs


def _register(cls: type[Tree]) -> None:
    def flatten(tree: Tree) -> tuple[list[t.Any], tuple[t.Any, ...]]:
        keys = tuple(sorted(tree))  # [graph.nested.pytree]
        return [tree[key] for key in keys], keys

    def flatten_with_keys(tree: Tree) -> tuple[list[tuple[DictKey, t.Any]], tuple[t.Any, ...]]:
        keys = tuple(sorted(tree))
        return [(DictKey(key), tree[key]) for key in keys], keys  # [graph.nested.pytree]

    def unflatten(keys: tuple[t.Any, ...], children: t.Iterable[t.Any]) -> Tree:
        return cls(zip(keys, children))  # [graph.nested.pytree]

    jax.tree_util.register_pytree_with_keys(cls, flatten_with_keys, unflatten, flatten)


_register(NestedDict)
_register(FlattedDict)
