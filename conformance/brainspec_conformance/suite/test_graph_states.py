"""The checks of `spec/20-graph.md`: the states and nodes of a graph, in order."""

from typing import Any

import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.graph_material import Box, having, node, node_class
from brainspec_conformance.suite.state_material import subclass


@check("graph.states.all@1")
def test_states_are_given_themselves_in_a_flatted_dict(impl: Any) -> None:
    root = node(impl, a=impl.State(1), b=[impl.ParamState(2.0)], c=node(impl, h=impl.HiddenState(np.zeros(2))))
    found = impl.graph.states(root)

    assert type(found) is impl.util.FlattedDict
    assert list(found.items()) == [(("a",), root.a), (("b", 0), root.b[0]), (("c", "h"), root.c.h)]


@check("graph.states.all@1")
@pytest.mark.parametrize("make", [lambda impl: node(impl), lambda impl: node(impl, a=1, b=node(impl), c=[None, ()])])
def test_a_graph_without_states_gives_an_empty_one(impl: Any, make: Any) -> None:
    found = impl.graph.states(make(impl))

    assert type(found) is impl.util.FlattedDict
    assert list(found) == []


@check("graph.states.all@1")
def test_states_of_all_kinds_are_found(impl: Any) -> None:
    kinds = [impl.State, impl.ShortTermState, impl.LongTermState, impl.ParamState, impl.BatchState, impl.HiddenState]
    made = [kind(np.zeros(2)) for kind in [*kinds, subclass(impl.ParamState)]]
    made.append(impl.random.RandomState(0))

    assert list(impl.graph.states(node(impl, part=made)).values()) == made


@check("graph.states.all@1", needs=["state.meta.other@1"])
def test_what_a_state_carries_is_not_walked(impl: Any) -> None:
    friend = impl.State(1)
    root = node(impl, a=impl.State({"k": [1, 2]}, friend=friend, friends=[friend]))

    assert list(impl.graph.states(root)) == [("a",)]


@check("graph.states.all@1")
def test_what_a_static_value_refers_to_is_not_walked(impl: Any) -> None:
    state, cell = impl.State(1), node(impl, w=impl.State(2))
    held = np.array([state, None], dtype=object)
    root = node(impl, a=lambda: state, b=cell.__eq__, c={cell}, d=held, e=node_class(impl, w=state), f=iter([state]))

    assert list(impl.graph.states(root)) == []


@check("graph.states.filters@1")
def test_one_filter_gives_one_and_several_give_as_many(impl: Any) -> None:
    root = node(impl, a=impl.State(1), b=impl.ParamState(2.0))
    one = impl.graph.states(root, impl.ParamState)
    two = impl.graph.states(root, impl.ParamState, ...)
    three = impl.graph.states(root, "slow", impl.ParamState, None)

    assert [type(found) for found in (one, *two, *three)] == [impl.util.FlattedDict] * 6
    assert (type(two), type(three)) == (tuple, tuple)
    assert list(one.items()) == [(("b",), root.b)]
    assert [list(found.items()) for found in two] == [[(("b",), root.b)], [(("a",), root.a)]]
    assert [list(found.items()) for found in three] == [[], [(("b",), root.b)], []]


@check("graph.states.filters@1")
def test_what_no_filter_accepts_is_left_out(impl: Any) -> None:
    root = node(impl, a=impl.State(1), b=[impl.State(2)])

    assert list(impl.graph.states(root, None)) == []
    assert [list(found) for found in impl.graph.states(root, impl.ParamState, lambda path, state: False)] == [[], []]


@check("graph.states.filters@1")
def test_every_sort_of_literal_selects(impl: Any) -> None:
    root = node(impl, a=impl.State(1, tag="slow"), b=impl.ParamState(2.0, tag={"slow", "fast"}), c=[impl.State(3)])
    found = impl.util.filter
    cases: list[tuple[Any, list[Any]]] = [
        ("slow", [("a",), ("b",)]),
        ("fast", [("b",)]),
        (impl.ParamState, [("b",)]),
        (impl.State, [("a",), ("b",), ("c", 0)]),
        (..., [("a",), ("b",), ("c", 0)]),
        (True, [("a",), ("b",), ("c", 0)]),
        (False, []),
        (None, []),
        (lambda path, state: path[0] != "b", [("a",), ("c", 0)]),
        (["fast", lambda path, state: 0 in path], [("b",), ("c", 0)]),
        (found.PathContains("c"), [("c", 0)]),
        (found.Not(found.All("slow", impl.ParamState)), [("a",), ("c", 0)]),
    ]
    for literal, expected in cases:
        assert list(impl.graph.states(root, literal)) == expected


@check("graph.states.filters@1", needs=["graph.states.all@1"])
def test_each_selection_is_in_the_order_of_the_walk(impl: Any) -> None:
    kinds = [impl.ParamState, impl.State]
    root = node(impl, part=[kinds[n % 2](n) for n in range(12)], a=kinds[0](0), z=kinds[1](1))
    params, others = impl.graph.states(root, impl.ParamState, ...)

    assert list(params) == [("a",), *(("part", n) for n in range(0, 12, 2))]
    assert list(others) == [*(("part", n) for n in range(1, 12, 2)), ("z",)]


@check("graph.nodes.order@1")
def test_nodes_come_after_what_is_below_them(impl: Any) -> None:
    root = node(impl, d=node(impl), b=[node(impl, y=node(impl), x=node(impl))], a=node(impl, c=node(impl)))
    found = impl.graph.nodes(root)

    assert type(found) is impl.util.FlattedDict
    assert list(found) == [("a", "c"), ("a",), ("b", 0, "x"), ("b", 0, "y"), ("b", 0), ("d",), ()]
    assert found[("a", "c")] is root.a.c
    assert found[("b", 0)] is root.b[0]
    assert found[()] is root


@check("graph.nodes.order@1")
def test_a_container_is_no_node_of_its_graph(impl: Any) -> None:
    cell = node(impl, w=impl.State(1))

    assert list(impl.graph.nodes([cell, {"k": node(impl)}, Box(node(impl))])) == [(0,), (1, "k"), (2, 0)]
    assert list(impl.graph.nodes([impl.State(1)])) == []
    assert list(impl.graph.nodes(())) == []


@check("graph.nodes.order@1")
def test_a_node_alone_is_its_graph(impl: Any) -> None:
    root = node(impl, w=impl.State(1), part=[1, "text"])

    assert [(path, found is root) for path, found in impl.graph.nodes(root).items()] == [((), True)]


@check("graph.nodes.order@1")
def test_a_node_comes_after_those_that_the_walk_met_below_it(impl: Any) -> None:
    a, b, c = node(impl), node(impl), node(impl)
    having(a, b=b), having(b, a=a, c=c), having(c, b=b)

    assert list(impl.graph.nodes(a)) == [("b", "c"), ("b",), ()]
    assert list(impl.graph.nodes(b)) == [("a",), ("c",), ()]
    assert list(impl.graph.nodes(node(impl, x=c, y=a, z=b))) == [("x", "b", "a"), ("x", "b"), ("x",), ()]


@check("graph.nodes.filters@1", needs=["graph.nodes.order@1"])
def test_nodes_are_selected_by_class_and_path(impl: Any) -> None:
    cells = node_class(impl)
    below = node_class(impl, "Below", cells)
    root = node(impl, c=cells(), b=[below(), node(impl)], a=having(cells(), p=below()))
    contains = impl.util.filter.PathContains

    assert list(impl.graph.nodes(root, cells)) == [("a", "p"), ("a",), ("b", 0), ("c",)]
    assert list(impl.graph.nodes(root, below)) == [("a", "p"), ("b", 0)]
    assert list(impl.graph.nodes(root, contains("b"))) == [("b", 0), ("b", 1)]
    assert list(impl.graph.nodes(root, lambda path, found: found is root)) == [()]
    assert list(impl.graph.nodes(root, None)) == []


@check("graph.nodes.filters@1", needs=["graph.nodes.order@1"])
def test_nodes_are_given_to_as_many_filters(impl: Any) -> None:
    cells = node_class(impl)
    root = node(impl, a=cells(), b=node(impl), c=cells())
    one = impl.graph.nodes(root, cells)
    several = impl.graph.nodes(root, "slow", cells, ...)

    assert type(several) is tuple
    assert [type(found) for found in (one, *several)] == [impl.util.FlattedDict] * 4
    assert list(one) == [("a",), ("c",)]
    assert [list(found) for found in several] == [[], [("a",), ("c",)], [("b",), ()]]
    assert several[2][("b",)] is root.b


@check("graph.nodes.filters@1")
def test_nodes_are_selected_by_what_they_carry(impl: Any) -> None:
    root = node(impl, a=node(impl, tag="slow"), b=node(impl, tag=["slow", "fast"]), c=node(impl))

    assert list(impl.graph.nodes(root, "fast")) == [("b",)]
    assert [list(found) for found in impl.graph.nodes(root, "slow", None)] == [[("a",), ("b",)], []]
