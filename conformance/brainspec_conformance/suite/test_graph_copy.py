"""The checks of `spec/20-graph.md`: clones, and roots that are containers."""

import collections
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given

from brainspec_conformance.check import check
from brainspec_conformance.suite.nested_material import (
    Backward,
    a_node,
    descriptions,
    first_places,
    grown,
    leaves_of,
    ref,
    shape_of,
    structure_of,
)
from brainspec_conformance.suite.state_material import NUMBER, subclass

Pair = collections.namedtuple("Pair", ["first", "second"])


@check("graph.clone.apart@1", needs=["graph.merge.again@1"])
def test_a_clone_has_new_nodes_and_states_with_the_same_values(impl: Any) -> None:
    cell = subclass(impl.graph.Node)
    node, value = a_node(impl, w=impl.ParamState([1], name="v", tag="slow", unit="mV"), part=cell()), object()
    node.part.x = impl.State(value)
    again = impl.graph.clone(node)

    assert again is not node
    assert type(again.part) is cell
    assert again.part is not node.part
    assert again.w is not node.w
    assert type(again.w) is impl.ParamState
    assert again.w.value is node.w.value
    assert again.part.x.value is value
    assert (again.w.name, again.w.tag, again.w.unit) == ("v", "slow", "mV")


@check("graph.clone.apart@1", needs=["graph.merge.again@1"])
def test_a_clone_has_the_static_values_themselves_in_new_containers(impl: Any) -> None:
    table, odd = np.ones(2), object()
    node = a_node(impl, rate=0.5, z=table, cells=[odd, (table, {"k": odd})], a=len, none=None)
    again = impl.graph.clone(node)

    assert list(vars(again)) == ["rate", "z", "cells", "a", "none"]
    assert again.z is again.cells[1][0] is table
    assert again.cells[0] is again.cells[1][1]["k"] is odd
    assert again.cells is not node.cells
    assert again.cells[1][1] is not node.cells[1][1]
    assert (again.rate, again.a, again.none) == (0.5, len, None)


@check("graph.clone.apart@1", needs=["graph.merge.sharing@1"])
def test_a_clone_shares_within_itself_what_the_graph_shares(impl: Any) -> None:
    shared, part = impl.State(1), a_node(impl)
    node = a_node(impl, a=shared, list=[shared, part], part=part)
    node.me, part.up, part.w = node, node, shared
    again = impl.graph.clone(node)

    assert again.a is again.list[0] is again.part.w
    assert again.part is again.list[1]
    assert again.me is again.part.up is again
    assert again.a is not shared


@check("graph.clone.apart@1", needs=["graph.merge.containers@1"])
def test_a_clone_has_a_container_for_each_place(impl: Any) -> None:
    node = a_node(impl, a=[1, 2])
    node.b = node.a
    again = impl.graph.clone(node)
    again.a.append(3)

    assert (again.b, node.a) == ([1, 2], [1, 2])


@check("graph.clone.apart@1", needs=["graph.merge.bare@1"])
def test_a_clone_is_made_without_the_constructor(impl: Any) -> None:
    def init(self: Any, size: int) -> None:
        self.w = impl.State(size)

    def setattr_once(self: Any, name: str, value: object) -> None:
        assert name not in calls, "set twice"
        calls.append(name)
        object.__setattr__(self, name, value)

    calls: list[str] = []
    again = impl.graph.clone(subclass(impl.graph.Node, __init__=init, __setattr__=setattr_once)(3))

    assert again.w.value == 3


@check("graph.clone.apart@1", needs=["graph.merge.again@1"])
def test_what_is_done_to_a_clone_does_not_reach_the_graph(impl: Any) -> None:
    node = a_node(impl, w=impl.State(1), part=a_node(impl, rate=0.5))
    again = impl.graph.clone(node)
    again.w.value, again.part.rate, again.more = 2, 0.25, 3
    node.w.name = "v"

    assert (node.w.value, node.part.rate, hasattr(node, "more"), again.w.name) == (1, 0.5, False, None)


@check("graph.clone.apart@1", needs=["graph.merge.born@1"])
def test_a_clone_is_born_where_it_is_made(impl: Any) -> None:
    node = a_node(impl, w=impl.State(1.0))

    def step(x: Any) -> Any:
        again = impl.graph.clone(node)
        again.w.value = x
        return again.w.value

    assert jax.eval_shape(step, jnp.asarray(NUMBER)).shape == ()
    assert node.w.value == 1.0


@check("graph.clone.apart@1", needs=["graph.def.equal@1", "graph.treefy.states@1"])
def test_a_clone_splits_as_the_graph_does(impl: Any) -> None:
    node = a_node(impl, w=impl.ParamState(1.0, tag={"slow"}), parts=[a_node(impl, h=impl.State((2, None)))], rate=0.5)
    node.b = node.w
    again = impl.graph.clone(node)
    before, after = impl.graph.treefy_states(node), impl.graph.treefy_states(again)

    assert impl.graph.graphdef(again) == impl.graph.graphdef(node)
    assert structure_of(after) == structure_of(before)
    assert jax.tree.leaves(after) == jax.tree.leaves(before)


@check("graph.clone.apart@1", needs=["graph.merge.again@1", "graph.merge.sharing@1"])
@given(descriptions)
def test_generated_graphs_are_cloned_place_by_place(impl: Any, description: Any) -> None:
    root = grown(impl, description)
    again = impl.graph.clone(root)
    pairs = zip(first_places(impl, root).values(), first_places(impl, again).values(), strict=True)

    assert shape_of(impl, again) == shape_of(impl, root)
    assert all(state is not made for state, made in pairs)


# Roots

# Each way to put a node and a state into a container.
ROOTS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "list": lambda impl, node, state: [node, state],
    "tuple": lambda impl, node, state: (node, "text", state),
    "dict": lambda impl, node, state: {"a": node, "b": state, "c": 0.5},
    "named tuple": lambda impl, node, state: Pair(node, state),
    "nested": lambda impl, node, state: [None, {"k": (node,)}, state],
    "NestedDict": lambda impl, node, state: impl.util.NestedDict({"a": {"k": node}, "b": state}),
    "users": lambda impl, node, state: Backward(b=node, a=state),
    "snapshot": lambda impl, node, state: ref(impl, [node, state]),
}
sorts = pytest.mark.parametrize("sort", ROOTS)


def a_root(impl: Any, sort: str) -> tuple[Any, Any, Any, list[tuple[Any, ...]]]:
    """A container, the node and the state that it holds, and the first paths of the two states in it."""
    node, state = a_node(impl, w=impl.ParamState([1])), impl.State([2])
    heads: dict[str, tuple[tuple[Any, ...], tuple[Any, ...]]] = {
        "list": ((0,), (1,)),
        "tuple": ((0,), (2,)),
        "dict": (("a",), ("b",)),
        "named tuple": (("first",), ("second",)),
        "nested": ((1, "k", 0), (2,)),
        "NestedDict": (("a", "k"), ("b",)),
        "users": (("b",), ("a",)),
        "snapshot": (("value", 0), ("value", 1)),
    }
    first, second = heads[sort]
    return ROOTS[sort](impl, node, state), node, state, [(*first, "w"), second]


@check("graph.root.container@1")
@sorts
def test_states_and_nodes_of_a_container_are_found(impl: Any, sort: str) -> None:
    root, node, state, paths = a_root(impl, sort)

    assert list(impl.graph.states(root).items()) == list(zip(paths, [node.w, state], strict=True))
    assert list(impl.graph.nodes(root).items()) == [(paths[0][:-1], node)]


@check("graph.root.container@1", needs=["graph.def.of@1", "graph.flatten.pair@1"])
@sorts
def test_a_container_is_split(impl: Any, sort: str) -> None:
    root, node, state, paths = a_root(impl, sort)
    graphdef, params, others = impl.graph.treefy_split(root, impl.ParamState, ...)
    trees = impl.graph.treefy_states(root), impl.graph.flatten(root)[1]
    cells = leaves_of(impl.graph.flatten(root, treefy_state=False)[1])

    assert (list(leaves_of(params)), list(leaves_of(others))) == (paths[:1], paths[1:])
    assert all([leaf.value for leaf in leaves_of(tree).values()] == [[1], [2]] for tree in trees)
    assert cells == dict(zip(paths, [node.w, state], strict=True))
    assert impl.graph.graphdef(root) == graphdef == impl.graph.flatten(root)[0]


@check("graph.root.container@1", needs=["graph.clone.apart@1"])
@sorts
def test_a_container_is_cloned(impl: Any, sort: str) -> None:
    root, node, state, paths = a_root(impl, sort)
    again = impl.graph.clone(root)
    states = impl.graph.states(again)

    assert type(again) is type(root)
    assert again is not root
    assert list(states) == paths
    assert [made.value for made in states.values()] == [[1], [2]]
    assert not any(made is old for made, old in zip(states.values(), [node.w, state], strict=True))


@check("graph.root.container@1", needs=["graph.update.writes@1"])
@sorts
def test_the_states_of_a_container_are_updated(impl: Any, sort: str) -> None:
    root, node, state, paths = a_root(impl, sort)
    impl.graph.update_states(root, impl.util.FlattedDict({paths[1]: ref(impl, 20), paths[0]: ref(impl, 10)}))

    assert (node.w.value, state.value) == (10, 20)


@check("graph.root.container@1", needs=["graph.pop.removes@1"])
@sorts
def test_states_of_the_nodes_in_a_container_are_removed(impl: Any, sort: str) -> None:
    root, node, _, paths = a_root(impl, sort)
    removed = node.w

    assert leaves_of(impl.graph.pop_states(root, impl.ParamState)) == {paths[0]: removed}
    assert vars(node) == {}


@check("graph.root.container@1", needs=["graph.clone.apart@1", "graph.pop.removes@1", "graph.update.writes@1"])
@pytest.mark.parametrize("root", [None, [], (), {}, [None]], ids=repr)
def test_a_container_may_be_empty(impl: Any, root: Any) -> None:
    graph = impl.graph
    graph.update_states(root, {})

    assert graph.states(root) == graph.nodes(root) == graph.treefy_states(root) == graph.pop_states(root, ...) == {}
    assert graph.treefy_split(root) == (graph.graphdef(root), {})
    assert graph.flatten(root, treefy_state=False) == (graph.graphdef(root), {})
    assert graph.clone(root) == root
