"""Graphs that Hypothesis makes, and what `spec/20-graph.md` says of them, computed without a shortcut.

A recipe is a list of nodes, each a dictionary of its attributes, and a root. A place is written as a tuple: a word, then what
it needs. States and nodes are named by number, so that they are shared and may lead in circles; containers hold places.
"""

import collections
from collections.abc import Iterator
from typing import Any

import numpy as np
from hypothesis import strategies as st

from brainspec_conformance.suite.graph_material import Box, Pair, node_class

KINDS = ("State", "ParamState", "BatchState", "ShortTermState", "State")
NAMES = ("b", "a", "_c", "B", "w10", "w9")
OBJECT, ARRAY = object(), np.ones(2)
STATICS = (1, True, 1.0, "text", 0.5, OBJECT, ARRAY, len)

SEQUENCES: dict[str, Any] = {"list": list, "tuple": tuple, "box": lambda made: Box(*made), "named": Pair._make}

Recipe = tuple[list[dict[str, Any]], Any]


def around(places: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    few = st.lists(places, max_size=3)
    keyed = st.dictionaries(st.sampled_from(NAMES), places, max_size=3)
    return (
        st.tuples(st.sampled_from(("list", "tuple", "box")), few)
        | st.tuples(st.just("named"), st.lists(places, min_size=2, max_size=2))
        | st.tuples(st.sampled_from(("dict", "ordered")), keyed.map(lambda made: list(made.items())))
        | st.tuples(st.just("dict"), few.map(lambda made: [(11 - n, place) for n, place in enumerate(made)]))
    )


LEAVES = (
    st.tuples(st.just("state"), st.integers(0, len(KINDS) - 1))
    | st.tuples(st.just("node"), st.integers(0, 3))
    | st.tuples(st.just("static"), st.sampled_from(range(len(STATICS))))
    | st.just(("none", 0))
)
PLACES = st.recursive(LEAVES, around, max_leaves=5)
NODES = st.lists(st.dictionaries(st.sampled_from(NAMES), PLACES, max_size=4), min_size=4, max_size=4)
RECIPES = st.tuples(NODES, st.just(("node", 0)) | around(PLACES))
SMALL_LEAVES = st.sampled_from([("state", 0), ("state", 1), ("static", 0), ("static", 1), ("node", 0), ("node", 1)])
SMALL_PLACES = SMALL_LEAVES | st.tuples(st.sampled_from(("list", "tuple")), st.lists(SMALL_LEAVES, max_size=2))
SMALL_NODES = st.lists(st.dictionaries(st.sampled_from(("b", "a")), SMALL_PLACES, max_size=2), min_size=2, max_size=2)
SMALL = st.tuples(SMALL_NODES, st.just(("node", 0)))


def _changed(recipe: Recipe, number: int, name: str, place: Any) -> tuple[Recipe, Recipe]:
    nodes, root = recipe
    other = [{**made, name: place} if n == number else made for n, made in enumerate(nodes)]
    return recipe, (other, root)


# Two recipes that differ in one place, if at all.
PAIRS = st.builds(_changed, SMALL, st.integers(0, 1), st.sampled_from(("b", "a")), SMALL_PLACES)


def build(impl: Any, recipe: Recipe) -> Any:
    """The graph of a recipe."""
    attributes, root = recipe
    states = [getattr(impl, kind)(float(n), name=f"s{n}", tag=["slow"][:n], unit=n) for n, kind in enumerate(KINDS)]
    users = _class_of(impl)
    nodes = [(impl.graph.Node if n % 2 else users)() for n in range(len(attributes))]
    for node, made in zip(nodes, attributes):
        for name, place in made.items():
            setattr(node, name, _placed(place, states, nodes))
    return _placed(root, states, nodes)


CLASSES: dict[int, Any] = {}


def _class_of(impl: Any) -> Any:
    """One class of nodes for all graphs of an implementation."""
    return CLASSES.setdefault(id(impl), node_class(impl, "Users"))


def _placed(place: Any, states: list[Any], nodes: list[Any]) -> Any:
    word, content = place
    match word:
        case "state":
            return states[content]
        case "node":
            return nodes[content]
        case "static" | "none":
            return STATICS[content] if word == "static" else None
        case "dict" | "ordered":
            made = [(key, _placed(inner, states, nodes)) for key, inner in content]
            return dict(made) if word == "dict" else collections.OrderedDict(made)
    inside = [_placed(inner, states, nodes) for inner in content]
    return SEQUENCES[word](inside)


def parts(impl: Any, found: Any) -> list[tuple[Any, Any]] | None:
    """The places of a node or container in the order of the walk; None of what is neither."""
    if isinstance(found, impl.graph.Node):
        return sorted(vars(found).items())
    if found is None:
        return []
    if isinstance(found, Box):
        return list(enumerate(found.content))
    if isinstance(found, Pair):
        return list(found._asdict().items())
    if isinstance(found, dict):
        items = list(found.items())
        return items if isinstance(found, collections.OrderedDict) else sorted(items, key=lambda item: item[0])
    return list(enumerate(found)) if isinstance(found, (list, tuple)) else None


def walk(impl: Any, found: Any, path: tuple[Any, ...] = (), seen: set[int] | None = None) -> Iterator[tuple[Any, Any]]:
    """Paths and what stands there: each state where it is met, each node when the walk leaves it."""
    seen = set() if seen is None else seen
    single = isinstance(found, (impl.State, impl.graph.Node))
    if single and id(found) in seen:
        return
    seen |= {id(found)} if single else set()
    if isinstance(found, impl.State):
        yield path, found
    for part, inner in parts(impl, found) or []:
        yield from walk(impl, inner, (*path, part), seen)
    if isinstance(found, impl.graph.Node):
        yield path, found


def states_in(impl: Any, root: Any) -> dict[Any, Any]:
    return {path: found for path, found in walk(impl, root) if isinstance(found, impl.State)}


def nodes_in(impl: Any, root: Any) -> dict[Any, Any]:
    return {path: found for path, found in walk(impl, root) if isinstance(found, impl.graph.Node)}


def picture(impl: Any, found: Any, numbers: dict[int, int] | None = None) -> Any:
    """All that the page says of a graph without its states' values and labels, as a tree that `==` compares."""
    numbers = {} if numbers is None else numbers
    if isinstance(found, (impl.State, impl.graph.Node)):
        if id(found) in numbers:
            return ("again", numbers[id(found)])
        numbers[id(found)] = len(numbers)
    if isinstance(found, impl.State):
        return ("state", numbers[id(found)])
    inner = parts(impl, found)
    if inner is None:
        return ("static", type(found), id(found) if found is ARRAY else found)
    drawn = [(part, picture(impl, content, numbers)) for part, content in inner]
    order = tuple(vars(found)) if isinstance(found, impl.graph.Node) else ()
    return (type(found), order, drawn)


LITERALS = st.lists(
    st.sampled_from(["State", "ParamState", "LongTermState", "slow", "a", 0, None]), min_size=1, max_size=3
)


def predicates(impl: Any, literals: list[Any]) -> list[Any]:
    """Filters: kinds by name, tags and parts of paths."""
    contains = impl.util.filter.PathContains
    return [getattr(impl, str(each), "slow" if each == "slow" else contains(each)) for each in literals]


def keys_of(tree: Any) -> Any:
    """The keys of a tree of dictionaries at every level, in order."""
    return [(key, keys_of(inner)) for key, inner in tree.items()] if hasattr(tree, "items") else None
