"""What the checks of updating, removing, copying and state trees share: nodes, snapshots, and graphs made by description.

In a description a dictionary is a node, a list a list, `state` a new state, `again` a node or state that was made before,
and anything else a static value.
"""

import pickle
from typing import Any

import jax
from hypothesis import strategies as st

Path = tuple[Any, ...]


def a_node(impl: Any, **attributes: Any) -> Any:
    """A node with these attributes, in this order of definition."""
    node = impl.graph.Node()
    for name, attribute in attributes.items():
        setattr(node, name, attribute)
    return node


def ref(impl: Any, value: Any = None, kind: str = "State", **labels: Any) -> Any:
    """A snapshot of a state with this value."""
    return impl.TreefyState(getattr(impl, kind), value, **labels)


def names(path: Path) -> str:
    """A pattern for a message that names a path, whatever stands between its parts."""
    return "(?s)" + ".*".join(map(str, path))


def leaves_of(tree: Any, path: Path = ()) -> dict[Path, Any]:
    """The leaves of a dictionary of dictionaries at their paths."""
    found: dict[Path, Any] = {}
    for key, inner in tree.items():
        found |= leaves_of(inner, (*path, key)) if isinstance(inner, dict) else {(*path, key): inner}
    return found


def a_tree(impl: Any, sort: str, tree: dict[Any, Any]) -> Any:
    """A plain dictionary of dictionaries as a `NestedDict` or a `FlattedDict`."""
    return getattr(impl.util, sort)(leaves_of(tree) if sort == "FlattedDict" else tree)


def flat_of(impl: Any, tree: Any) -> dict[Path, Any]:
    """The leaves of a `NestedDict` or a `FlattedDict` at their paths."""
    return dict(tree) if isinstance(tree, impl.util.FlattedDict) else leaves_of(tree)


class Backward:
    """A container of a user that JAX takes apart from its last part to its first."""

    def __init__(self, **parts: Any) -> None:
        self.parts = parts


def _keyed(box: Backward) -> tuple[list[tuple[Any, Any]], tuple[str, ...]]:
    names = tuple(sorted(box.parts, reverse=True))
    return [(jax.tree_util.GetAttrKey(name), box.parts[name]) for name in names], names


def _made(names: tuple[str, ...], parts: Any) -> Backward:
    return Backward(**dict(zip(names, parts, strict=True)))


jax.tree_util.register_pytree_with_keys(Backward, _keyed, _made)


def structure_of(tree: Any) -> Any:
    return jax.tree.structure(tree)


def pickled(thing: Any) -> Any:
    return pickle.loads(pickle.dumps(thing))


# Graphs by description

LEAVES = st.sampled_from(["state", "state", "again", 1.5, "text", None])


def _around(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.dictionaries(st.sampled_from("abcdeF"), inner, max_size=4) | st.lists(inner, max_size=12)


descriptions = st.dictionaries(st.sampled_from("abcdeF"), st.recursive(LEAVES, _around, max_leaves=16), min_size=1)


def grown(impl: Any, description: Any, made: list[Any] | None = None) -> Any:
    """The graph of a description; `made` are its nodes and states so far."""
    made = [] if made is None else made
    if isinstance(description, list):
        return [grown(impl, inner, made) for inner in description]
    if isinstance(description, dict):
        made.append(node := impl.graph.Node())
        for name, inner in description.items():
            setattr(node, name, grown(impl, inner, made))
        return node
    if description == "state":
        made.append(state := impl.State(len(made)))
        return state
    return made[len(made) // 2] if description == "again" else description


def places(impl: Any, thing: Any, path: Path = (), seen: set[int] | None = None) -> list[tuple[Path, Any, Any]]:
    """All places of states in the order of the walk: the path, what holds the state, and the state."""
    seen = set() if seen is None else seen
    if id(thing) in seen or not isinstance(thing, (impl.graph.Node, list)):
        return []
    if not isinstance(thing, list):
        seen.add(id(thing))
    found = []
    for part, inner in enumerate(thing) if isinstance(thing, list) else sorted(vars(thing).items()):
        here = [((*path, part), thing, inner)] if isinstance(inner, impl.State) else []
        found += here + places(impl, inner, (*path, part), seen)
    return found


def first_places(impl: Any, root: Any) -> dict[Path, Any]:
    """The states of a graph at their first paths."""
    first: dict[int, tuple[Path, Any]] = {}
    for path, _, state in places(impl, root):
        first.setdefault(id(state), (path, state))
    return dict(first.values())


def shape_of(impl: Any, thing: Any, met: dict[int, int] | None = None) -> Any:
    """A graph as nested tuples, in which nodes and states stand with the number of their first meeting."""
    met = {} if met is None else met
    if isinstance(thing, list):
        return ("list", *(shape_of(impl, inner, met) for inner in thing))
    if not isinstance(thing, (impl.graph.Node, impl.State)):
        return thing
    if id(thing) in met:
        return ("again", met[id(thing)])
    met[id(thing)] = len(met)
    if isinstance(thing, impl.State):
        return (type(thing), met[id(thing)], thing.value)
    return (type(thing), *((name, shape_of(impl, inner, met)) for name, inner in vars(thing).items()))
