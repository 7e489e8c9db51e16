"""The checks of `spec/20-graph.md`: when two graphs have the same `GraphDef`."""

import collections
import dataclasses
from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.graph_material import (
    Box,
    Keyed,
    Pair,
    Record,
    Unheard,
    Untruthful,
    having,
    merged,
    node,
    node_class,
    touched,
)
from brainspec_conformance.suite.state_material import KINDS, a_state, subclass

Make = Callable[[Any], Any]

NAN, ROW, SET, FUNCTION, UNHEARD = float("nan"), np.ones(2), {1}, len, Unheard()
Other = collections.namedtuple("Other", ["second", "first"])


@dataclasses.dataclass(frozen=True)
class Limit:
    """A static value that equals others of its limit."""

    limit: Any


def state(impl: Any) -> Any:
    return impl.State(0)


def sharing(impl: Any, pattern: str) -> Any:
    """A node with a state for each letter, where equal letters are one state."""
    states = {letter: state(impl) for letter in pattern}
    return node(impl, **{f"a{n}": states[letter] for n, letter in enumerate(pattern)})


def crossing(impl: Any, pattern: str) -> Any:
    """A list of three nodes, each with a link to the one that its letter names."""
    cells = [node(impl) for _ in pattern]
    for cell, letter in zip(cells, pattern):
        cell.link = cells["abc".index(letter)]
    return cells


def twin(impl: Any, shared: bool) -> Any:
    """Two places with a node around one state: one node, or two."""
    one = node(impl, w=state(impl))
    return [one, one if shared else node(impl, w=one.w)]


def same_container(impl: Any, shared: bool) -> Any:
    one = [1, "text"]
    return node(impl, a=one, b=one if shared else [1, "text"])


# What is made twice by one recipe, and what two recipes make that are no different.
_ALIKE: dict[str, Any] = {
    "nothing": lambda impl: node(impl),
    "states": lambda impl: node(impl, a=state(impl), b=[state(impl), (state(impl),)]),
    "static values": lambda impl: node(impl, a="te" * 9, b=10**9 + 1, c=0.5, d=Limit(2), e=frozenset("ab"), f=b"b"),
    "one object": lambda impl: node(impl, a=ROW, b=SET, c=FUNCTION, d=UNHEARD, e=Unheard, f=NAN, g=impl.State),
    "containers": lambda impl: [
        (1, None),
        {"b": [], "a": {}},
        Pair(1, 2),
        Box(1, label="x"),
        Keyed(1, 2),
        Record(1, 2),
    ],
    "numbered": lambda impl: {2: 1, 10: state(impl)},
    "aliases": lambda impl: sharing(impl, "aba"),
    "cycles": lambda impl: crossing(impl, "bca"),
    "odd nodes": lambda impl: [node(impl, a=1), node(impl, a=1)],
    "equal by their own word": (lambda impl: node(impl, a=Limit(1)), lambda impl: node(impl, a=Limit(True))),
    "order of a dictionary": (lambda impl: [{"a": 1, "b": 2}], lambda impl: [{"b": 2, "a": 1}]),
    "a container in two places": (
        lambda impl: same_container(impl, True),
        lambda impl: same_container(impl, False),
    ),
    "a static value in two places": (
        lambda impl: node(impl, a=Limit(1), b=Limit(1)),
        lambda impl: (lambda one: node(impl, a=one, b=one))(Limit(1)),
    ),
}
ALIKE: dict[str, tuple[Make, Make]] = {
    name: made if isinstance(made, tuple) else (made, made) for name, made in _ALIKE.items()
}

# Pairs of graphs that differ.
APART: dict[str, tuple[Make, Make]] = {
    "attribute": (lambda impl: node(impl, a=1), lambda impl: node(impl, b=1)),
    "more attributes": (lambda impl: node(impl, a=1, b=None), lambda impl: node(impl, a=1)),
    "order of definition": (lambda impl: node(impl, a=1, b=2), lambda impl: node(impl, b=2, a=1)),
    "order of states": (
        lambda impl: node(impl, a=state(impl), b=state(impl)),
        lambda impl: node(impl, b=state(impl), a=state(impl)),
    ),
    "order below": (lambda impl: [node(impl, a=1, b=2)], lambda impl: [node(impl, b=2, a=1)]),
    "static value": (lambda impl: node(impl, a=1), lambda impl: node(impl, a=2)),
    "swapped values": (lambda impl: node(impl, a=1, b=2), lambda impl: node(impl, a=2, b=1)),
    "value below": (lambda impl: [{"k": node(impl, a=(1, 2))}], lambda impl: [{"k": node(impl, a=(1, 3))}]),
    "number and boolean": (lambda impl: node(impl, a=1), lambda impl: node(impl, a=True)),
    "integer and float": (lambda impl: [1], lambda impl: [1.0]),
    "zero and false": (lambda impl: [0], lambda impl: [False]),
    "NumPy number": (lambda impl: [1.0], lambda impl: [np.float64(1.0)]),
    "text and bytes": (lambda impl: ["a"], lambda impl: [b"a"]),
    "two arrays": (lambda impl: [np.ones(2)], lambda impl: [np.ones(2)]),
    "two JAX arrays": (lambda impl: [jnp.asarray(ROW)], lambda impl: [jnp.array(ROW)]),
    "two sets": (lambda impl: [{1}], lambda impl: [{1}]),
    "two NaNs": (lambda impl: [float("nan")], lambda impl: [float("nan")]),
    "two objects": (lambda impl: [Unheard()], lambda impl: [Unheard()]),
    "two functions": (lambda impl: [lambda: 1], lambda impl: [lambda: 1]),
    "unhashable and equal": (lambda impl: [Untruthful()], lambda impl: [Untruthful()]),
    "none and nothing": (lambda impl: [None], lambda impl: [()]),
    "none and false": (lambda impl: [None], lambda impl: [False]),
    "list and tuple": (lambda impl: node(impl, a=[1]), lambda impl: node(impl, a=(1,))),
    "list and tuple as roots": (lambda impl: [state(impl)], lambda impl: (state(impl),)),
    "empty containers": (lambda impl: node(impl, a=[]), lambda impl: node(impl, a={})),
    "lengths": (lambda impl: [1, 2], lambda impl: [1]),
    "keys": (lambda impl: {"a": 1}, lambda impl: {"b": 1}),
    "dictionary and ordered": (lambda impl: {"a": 1}, lambda impl: collections.OrderedDict(a=1)),
    "orders": (
        lambda impl: collections.OrderedDict(a=1, b=1),
        lambda impl: collections.OrderedDict([("b", 1), ("a", 1)]),
    ),
    "tuple and named": (lambda impl: [(1, 2)], lambda impl: [Pair(1, 2)]),
    "names of tuples": (lambda impl: [Pair(1, 2)], lambda impl: [Other(1, 2)]),
    "labels of users": (lambda impl: Box(1, label="x"), lambda impl: Box(1, label="y")),
    "containers of users": (lambda impl: Keyed(1, 2), lambda impl: Record(2, 1)),
    "state and value": (lambda impl: node(impl, a=state(impl)), lambda impl: node(impl, a=0)),
    "state and none": (lambda impl: [state(impl)], lambda impl: [None]),
    "state and node": (lambda impl: [state(impl)], lambda impl: [node(impl)]),
    "node and container": (lambda impl: [node(impl)], lambda impl: [{}]),
    "node and root": (lambda impl: node(impl), lambda impl: [node(impl)]),
    "places of states": (lambda impl: [state(impl), 0], lambda impl: [0, state(impl)]),
    "aliases": (lambda impl: sharing(impl, "aa"), lambda impl: sharing(impl, "ab")),
    "other aliases": (lambda impl: sharing(impl, "aab"), lambda impl: sharing(impl, "aba")),
    "last aliases": (lambda impl: sharing(impl, "aba"), lambda impl: sharing(impl, "abb")),
    "pairs of aliases": (lambda impl: sharing(impl, "abab"), lambda impl: sharing(impl, "abba")),
    "shared nodes": (lambda impl: twin(impl, True), lambda impl: twin(impl, False)),
    "cycles": (lambda impl: crossing(impl, "bca"), lambda impl: crossing(impl, "bac")),
    "longer cycles": (lambda impl: crossing(impl, "abc"), lambda impl: crossing(impl, "aaa")),
}


@check("graph.def.equal@1")
@pytest.mark.parametrize("case", ALIKE)
def test_graphs_that_are_alike_have_equal_ones(impl: Any, case: str) -> None:
    one, other = (impl.graph.graphdef(make(impl)) for make in ALIKE[case])

    assert isinstance(one, impl.graph.GraphDef)
    assert (one == other, one != other) == (True, False)
    assert hash(one) == hash(other)


@check("graph.def.equal@1")
@pytest.mark.parametrize("case", APART)
def test_graphs_that_differ_have_others(impl: Any, case: str) -> None:
    one, other = (impl.graph.graphdef(make(impl)) for make in APART[case])

    assert (one == other, one != other) == (False, True)


@check("graph.def.equal@1")
@pytest.mark.parametrize("case", [*ALIKE, *APART])
def test_a_graph_has_one_that_equals_itself_and_has_a_hash(impl: Any, case: str) -> None:
    for make in {**ALIKE, **APART}[case]:
        root = make(impl)
        one, again = impl.graph.graphdef(root), impl.graph.graphdef(root)
        assert one == again
        assert hash(one) == hash(again)
        assert {one: 1}[again] == 1


@check("graph.def.equal@1")
def test_the_classes_of_nodes_count(impl: Any) -> None:
    cells = node_class(impl)
    classes = [impl.graph.Node, cells, node_class(impl), node_class(impl, "Below", cells)]
    found = [impl.graph.graphdef([kind()]) for kind in classes]

    assert [found.index(each) for each in found] == [0, 1, 2, 3]
    assert found == [impl.graph.graphdef([kind()]) for kind in classes]


@check("graph.def.equal@1")
def test_nodes_are_not_asked_whether_they_are_equal(impl: Any) -> None:
    odd = node_class(impl, "Odd", Untruthful)
    of = impl.graph.graphdef

    assert of(having(odd(), a=1)) != of(having(odd(), a=2))
    assert of(having(odd(), a=odd(), b=odd())) == of(having(odd(), a=odd(), b=odd()))
    assert of([one := odd(), one]) != of([odd(), odd()])


@check("graph.def.equal@1", needs=["graph.merge.again@1", "graph.merge.sharing@1", "graph.merge.containers@1"])
@pytest.mark.parametrize("case", [*ALIKE, *APART])
def test_a_merged_graph_has_the_one_that_it_was_made_from(impl: Any, case: str) -> None:
    for make in {**ALIKE, **APART}[case]:
        root = make(impl)
        assert impl.graph.graphdef(merged(impl, root)) == impl.graph.graphdef(root)


@check("graph.def.equal@1")
def test_what_is_done_to_a_graph_later_does_not_reach_it(impl: Any) -> None:
    def make() -> Any:
        return node(impl, w=impl.State(1), table={"k": [1]}, part=node(impl, rate=0.5))

    root = make()
    graphdef = impl.graph.graphdef(root)
    before = hash(graphdef)
    root.part.rate, root.later = 2.0, 1
    root.table["k"].append(2)

    assert graphdef == impl.graph.graphdef(make())
    assert hash(graphdef) == before
    assert graphdef != impl.graph.graphdef(root)


@check("graph.def.of@1", needs=["graph.def.equal@1", "graph.split.trees@1"])
@pytest.mark.parametrize("case", [*ALIKE, *APART])
def test_it_is_the_one_of_a_split(impl: Any, case: str) -> None:
    for make in {**ALIKE, **APART}[case]:
        root = make(impl)
        graphdef = impl.graph.graphdef(root)
        assert isinstance(graphdef, impl.graph.GraphDef)
        assert graphdef == impl.graph.treefy_split(root)[0]
        assert graphdef == impl.graph.treefy_split(root, impl.ParamState, ...)[0]


@check("graph.def.of@1", needs=["state.stack.records@1"])
def test_it_is_found_without_a_touch(impl: Any) -> None:
    root = node(impl, a=[impl.State(1)], h=impl.HiddenState(np.zeros(2)))

    assert touched(impl, impl.graph.graphdef, root) == ([], [])


@check("graph.def.of@1", needs=["graph.merge.again@1"])
def test_it_serves_a_merge(impl: Any) -> None:
    root = node(impl, b=impl.State(1), a=[0.5])
    again = impl.graph.treefy_merge(impl.graph.graphdef(root), impl.graph.treefy_split(root)[1])

    assert (list(vars(again)), again.b.value, again.a) == (["b", "a"], 1, [0.5])


@check("graph.def.kinds@1", needs=["graph.def.equal@1"])
@pytest.mark.parametrize("kind", KINDS)
def test_kinds_values_and_labels_do_not_count(impl: Any, kind: str) -> None:
    of = impl.graph.graphdef
    plain = of(node(impl, w=state(impl), v=[state(impl)]))
    states = [
        a_state(impl, kind),
        a_state(impl, kind, name="v"),
        a_state(impl, kind, tag={"slow"}),
        a_state(impl, kind, unit="mV", bounds=[0]),
        subclass(getattr(impl, kind))(np.ones((2, 3))),
    ]
    for other in states:
        found = of(node(impl, w=other, v=[impl.State({"k": [1, None]})]))
        assert found == plain
        assert hash(found) == hash(plain)


@check("graph.def.kinds@1", needs=["graph.def.equal@1"])
def test_the_history_of_states_does_not_count(impl: Any) -> None:
    root = node(impl, w=impl.ParamState(np.zeros(2)), rng=impl.random.RandomState(0))
    graphdef = impl.graph.graphdef(root)
    before = hash(graphdef)
    root.w.value, root.w.name, root.w.tag, root.w.unit = "text", "v", "slow", "mV"
    root.rng.split_key()
    root.w.copy(), root.w.value

    assert impl.graph.graphdef(root) == graphdef
    assert hash(impl.graph.graphdef(root)) == before
