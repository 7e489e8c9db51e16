"""What JAX is told of a class of dictionaries: the entries by sorted key, as of a plain dictionary."""

from collections.abc import Iterable
from typing import Any

from jax.tree_util import DictKey, register_pytree_with_keys

Keys = tuple[Any, ...]


def register_sorted(kind: type[dict[Any, Any]]) -> None:
    def taken_apart(tree: dict[Any, Any]) -> tuple[Iterable[tuple[DictKey, Any]], Keys]:
        keys = tuple(sorted(tree))  # [graph.nested.pytree]
        return [(DictKey(key), tree[key]) for key in keys], keys

    def put_together(keys: Keys, contents: Iterable[Any]) -> dict[Any, Any]:
        return kind(zip(keys, contents))  # [graph.nested.pytree]

    register_pytree_with_keys(kind, taken_apart, put_together)
