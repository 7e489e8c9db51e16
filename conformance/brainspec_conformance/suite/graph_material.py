"""What the checks of `spec/20-graph.md` share: graphs, containers of users, and ways to look at what came out."""

import collections
import dataclasses
import functools
import re
import types
from collections.abc import Callable, Iterable
from typing import Any

import jax
import numpy as np
import pytest

Pair = collections.namedtuple("Pair", ["second", "first"])


class Box:
    """A container that a user registered without names for its places."""

    def __init__(self, *content: Any, label: Any = None) -> None:
        self.content, self.label = content, label


class Keyed:
    """A container that a user registered with names for its places, and in an order of its own."""

    def __init__(self, left: Any, right: Any) -> None:
        self.left, self.right = left, right


@functools.partial(jax.tree_util.register_dataclass, data_fields=["late", "early"], meta_fields=["label"])
@dataclasses.dataclass
class Record:
    early: Any
    late: Any
    label: str = "label"


def _keyed(keyed: Keyed) -> Any:
    name = jax.tree_util.GetAttrKey
    return ((name("right"), keyed.right), (name("left"), keyed.left)), None


def _unkeyed(_: None, content: Any) -> Keyed:
    right, left = content
    return Keyed(left, right)


jax.tree_util.register_pytree_node(Box, lambda box: (box.content, box.label), lambda label, c: Box(*c, label=label))
jax.tree_util.register_pytree_with_keys(Keyed, _keyed, _unkeyed)


class Untruthful:
    """A part of a class of nodes that is equal to everything, has no hash, is false and is empty."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return True

    def __bool__(self) -> bool:
        return False

    def __len__(self) -> int:
        return 0


class Unheard:
    """A value of which neither JAX nor an implementation knows anything."""


def node_class(impl: Any, name: str = "Cell", *more: type, **body: Any) -> Any:
    """A class of nodes that a user defines."""
    bases = (*more, impl.graph.Node)
    return types.new_class(name, bases, {}, lambda namespace: namespace.update(body, __module__=__name__))


Importable: Any = None


def importable_node(impl: Any) -> Any:
    """A class of nodes that a user defines, where `pickle` finds it."""
    global Importable
    Importable = node_class(impl, "Importable")
    return Importable


def node(impl: Any, **attributes: Any) -> Any:
    """A node with these attributes, set in this order."""
    return having(impl.graph.Node(), **attributes)


def having(made: Any, **attributes: Any) -> Any:
    """The node, with these attributes set in this order."""
    for name, value in attributes.items():
        setattr(made, name, value)
    return made


def chain(impl: Any, *path: str, end: Any) -> Any:
    """A node from which a path of attributes leads to an end."""
    for name in reversed(path):
        end = node(impl, **{name: end})
    return end


def merged(impl: Any, root: Any) -> Any:
    """What merging the split of a root gives."""
    return impl.graph.treefy_merge(*impl.graph.treefy_split(root))


def ref(impl: Any, value: Any, kind: str = "State", **words: Any) -> Any:
    """A snapshot."""
    return impl.TreefyState(getattr(impl, kind), value, **words)


def leaves_of(tree: Any, path: tuple[Any, ...] = ()) -> dict[tuple[Any, ...], Any]:
    """The leaves of a tree of dictionaries by path, in its order."""
    if not hasattr(tree, "items"):
        return {path: tree}
    found: dict[tuple[Any, ...], Any] = {}
    for key, inner in tree.items():
        found |= leaves_of(inner, (*path, key))
    return found


def values_of(tree: Any) -> dict[tuple[Any, ...], Any]:
    """What the leaves of a tree hold, by path."""
    return {path: leaf.value for path, leaf in leaves_of(tree).items()}


def nested(leaves: dict[tuple[Any, ...], Any]) -> dict[Any, Any]:
    """A plain dictionary of dictionaries."""
    tree: dict[Any, Any] = {}
    for path, leaf in leaves.items():
        inner = tree
        for key in path[:-1]:
            inner = inner.setdefault(key, {})
        inner[path[-1]] = leaf
    return tree


def as_list(given: Any, filters: tuple[Any, ...]) -> list[Any]:
    """What a function that gives one or several gave, as several."""
    return list(given) if len(filters) > 1 else [given]


# The functions that select among states: from path to state or snapshot, once for each filter.
SELECTING: dict[str, Callable[..., list[Any]]] = {
    "states": lambda impl, root, *asked: as_list(impl.graph.states(root, *asked), asked),
    "treefy_states": lambda impl, root, *asked: flats(as_list(impl.graph.treefy_states(root, *asked), asked)),
    "treefy_split": lambda impl, root, *asked: flats(impl.graph.treefy_split(root, *asked)[1:]),
    "pop_states": lambda impl, root, *asked: flats(as_list(impl.graph.pop_states(root, *asked), asked)),
}


def flats(trees: Iterable[Any]) -> list[Any]:
    return [leaves_of(tree) for tree in trees]


# Every function that takes a root, called with as little else as it needs.
ROOTED: dict[str, Callable[[Any, Any], Any]] = {
    "states": lambda impl, root: impl.graph.states(root),
    "nodes": lambda impl, root: impl.graph.nodes(root),
    "treefy_split": lambda impl, root: impl.graph.treefy_split(root),
    "treefy_states": lambda impl, root: impl.graph.treefy_states(root),
    "flatten": lambda impl, root: impl.graph.flatten(root),
    "flatten to states": lambda impl, root: impl.graph.flatten(root, treefy_state=False),
    "graphdef": lambda impl, root: impl.graph.graphdef(root),
    "clone": lambda impl, root: impl.graph.clone(root),
    "update_states": lambda impl, root: impl.graph.update_states(root, {}),
    "pop_states": lambda impl, root: impl.graph.pop_states(root, ...),
}
# Every function that selects, and so takes filters.
ASKING = ["states", "nodes", "treefy_split", "treefy_states", "pop_states"]


def names(*parts: object) -> str:
    """A pattern for a message that names a path: its parts, whole, in their order."""
    return "(?s)" + ".*".join(rf"(?<!\w){re.escape(str(part))}(?!\w)" for part in parts)


def refused(action: Callable[[], Any], error: type[BaseException], *parts: object) -> None:
    """An action raises an error whose message names a path."""
    with pytest.raises(error, match=names(*parts)):
        action()


def touched(impl: Any, action: Callable[..., Any], *args: Any) -> tuple[list[Any], list[Any]]:
    """The states that an action only reads, and those that it writes."""
    with impl.StateTraceStack() as stack:
        action(*args)
    return list(stack.get_read_states()), list(stack.get_write_states())


def structure_of(tree: Any) -> Any:
    return jax.tree.structure(tree)


def partial(function: Any, *args: Any, **words: Any) -> Any:
    """A container of JAX that can be called."""
    made: Any = jax.tree_util.Partial
    return made(function, *args, **words)


# What stands for an array of two numbers where only its type is known.
SHAPE: Any = jax.eval_shape(lambda x: x, np.zeros(2, np.float32))


def same(found: Iterable[Any], expected: Iterable[Any]) -> bool:
    """Whether two rows consist of the same objects."""
    one, other = list(found), list(expected)
    return len(one) == len(other) and all(a is b for a, b in zip(one, other))
