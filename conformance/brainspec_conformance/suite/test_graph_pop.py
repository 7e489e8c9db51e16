"""The checks of `spec/20-graph.md`: removing states."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brainspec_conformance.check import check
from brainspec_conformance.suite.nested_material import (
    Backward,
    a_node,
    descriptions,
    first_places,
    grown,
    leaves_of,
    names,
    places,
)
from brainspec_conformance.suite.state_material import subclass


@check("graph.pop.removes@1")
def test_a_removed_state_is_gone_from_every_attribute(impl: Any) -> None:
    shared, kept = impl.State(1), impl.State(2)
    part = a_node(impl, deep=a_node(impl, w=shared), b=kept)
    node = a_node(impl, z=shared, parts=[part], a=shared)
    popped = impl.graph.pop_states(node, lambda path, state: state is shared)

    assert vars(node) == {"parts": [part]}
    assert (vars(part.deep), part.b) == ({}, kept)
    assert list(popped) == ["a"]
    assert popped["a"] is shared


@check("graph.pop.removes@1")
def test_the_removed_states_come_as_themselves_at_their_first_paths(impl: Any) -> None:
    one, other = impl.ParamState([1], name="v", tag="slow"), impl.State(2)
    node = a_node(impl, part=a_node(impl, w=one), parts=({"k": a_node(impl, again=one, b=other)},))
    popped = impl.graph.pop_states(node, ...)

    assert popped == {"part": {"w": one}, "parts": {0: {"k": {"b": other}}}}
    assert type(popped) is impl.util.NestedDict
    assert (one.value, one.name, one.tag) == ([1], "v", "slow")
    assert (vars(node.part), vars(node.parts[0]["k"])) == ({}, {})


@check("graph.pop.removes@1")
def test_the_other_attributes_stay_as_they_are(impl: Any) -> None:
    kept, cells, table = impl.State(1), [impl.State(2)], np.ones(2)
    node = a_node(
        impl, z=kept, w=impl.ParamState(1.0), cells=cells, none=None, a=table, me=None, b=impl.ParamState(2.0)
    )
    node.me = node
    impl.graph.pop_states(node, impl.ParamState)

    assert list(vars(node)) == ["z", "cells", "none", "a", "me"]
    assert node.z is kept
    assert node.cells is cells
    assert node.a is table
    assert node.me is node


@check("graph.pop.removes@1")
def test_several_filters_give_several_trees(impl: Any) -> None:
    w, h, x = impl.ParamState(1.0), impl.HiddenState(np.zeros(2)), impl.State(3)
    node = a_node(impl, w=w, part=a_node(impl, h=h), x=x)
    given = impl.graph.pop_states(node, impl.ShortTermState, impl.BatchState, impl.LongTermState)

    assert isinstance(given, tuple)
    assert given == ({"part": {"h": h}}, {}, {"w": w})
    assert all(type(tree) is impl.util.NestedDict for tree in given)
    assert vars(node) == {"part": node.part, "x": x}


@check("graph.pop.removes@1")
def test_one_filter_gives_no_tuple_and_may_remove_nothing(impl: Any) -> None:
    node = a_node(impl, w=impl.State(1))
    popped = impl.graph.pop_states(node, impl.ParamState)

    assert type(popped) is impl.util.NestedDict
    assert popped == {}
    assert list(vars(node)) == ["w"]


@check("graph.pop.removes@1", needs=["graph.filters.first@1"])
def test_a_state_that_two_filters_accept_is_in_the_first_tree_alone(impl: Any) -> None:
    state = impl.ParamState(1.0)
    node = a_node(impl, w=state, same=state)

    assert impl.graph.pop_states(node, impl.LongTermState, impl.ParamState) == ({"same": state}, {})
    assert vars(node) == {}


@check("graph.pop.removes@1", needs=["graph.filters.asked@1"])
def test_the_first_path_decides_over_all_places_of_a_state(impl: Any) -> None:
    state = impl.State(1)
    node = a_node(impl, z=state, part=a_node(impl, w=state))

    assert impl.graph.pop_states(node, lambda path, state: path == ("z",)) == {}
    assert node.z is state
    assert impl.graph.pop_states(node, impl.util.filter.PathContains("part")) == {"part": {"w": state}}
    assert vars(node) == {"part": node.part}


@check("graph.pop.removes@1")
def test_states_are_removed_from_a_cycle_and_from_a_node_in_several_places(impl: Any) -> None:
    part = a_node(impl, w=impl.State(1))
    node = a_node(impl, b=[part, part], a=part, w=impl.State(2))
    part.up = node
    states = [part.w, node.w]

    assert impl.graph.pop_states(node, ...) == {"a": {"w": states[0]}, "w": states[1]}
    assert (vars(part), list(vars(node))) == ({"up": node}, ["b", "a"])


@check("graph.pop.removes@1")
def test_states_under_every_name_and_of_every_class_are_removed(impl: Any) -> None:
    users, node = subclass(impl.ParamState), subclass(impl.graph.Node)()
    node._hidden, node.rng, node.w = impl.State(1), impl.random.RandomState(0), users(1.0)
    before = dict(vars(node))

    assert impl.graph.pop_states(node, ...) == before
    assert vars(node) == {}


@check("graph.trees.order@1", needs=["graph.pop.removes@1"])
def test_the_removed_states_stand_in_the_order_of_the_walk(impl: Any) -> None:
    part = a_node(impl, y=impl.State(1), x=impl.State(2))
    node = a_node(impl, c=part, b=[a_node(impl, w=impl.State(i)) for i in range(12)], a=impl.State(3))
    popped = impl.graph.pop_states(node, ...)

    assert (list(popped), list(popped["b"]), list(popped["c"])) == (["a", "b", "c"], list(range(12)), ["x", "y"])
    assert type(popped["b"]) is type(popped["c"]) is dict


@check("graph.pop.untouched@1", needs=["state.stack.records@1", "graph.pop.removes@1"])
@pytest.mark.parametrize("filters", [[...], ["slow", ...], ["path"]], ids=str)
def test_removing_touches_no_state(impl: Any, filters: list[Any]) -> None:
    node = a_node(impl, w=impl.ParamState(1.0, tag="slow"), cells=[a_node(impl, w=impl.HiddenState(np.zeros(2)))])
    with impl.StateTraceStack() as stack:
        impl.graph.pop_states(node, *([lambda path, state: "w" in path] if filters == ["path"] else filters))

    assert stack.states == []
    assert "w" not in vars(node)


@check("graph.pop.removes@1", needs=["graph.filters.asked@1"])
@given(descriptions, st.sets(st.integers(0, 20)))
def test_generated_graphs_lose_exactly_the_chosen_states(impl: Any, description: Any, chosen: set[int]) -> None:
    root = grown(impl, description)
    found, first = places(impl, root), first_places(impl, root)
    in_lists = {id(state) for _, holder, state in found if isinstance(holder, list)}
    picked = {path: state for path, state in first.items() if state.value in chosen and id(state) not in in_lists}
    left = [(path, state) for path, _, state in found if not any(state is gone for gone in picked.values())]
    popped = impl.graph.pop_states(root, lambda path, state: path in picked)

    assert leaves_of(popped) == picked
    assert [(path, state) for path, _, state in places(impl, root)] == left


# What is refused


def refused(impl: Any, root: Any, *filters: Any, message: str | None = None) -> None:
    """Removing raises a ValueError with this message, and every place holds what it held."""
    before = places(impl, root)
    attributes = [list(vars(node)) for node in impl.graph.nodes(root).values()]
    with pytest.raises(ValueError, match=message):
        impl.graph.pop_states(root, *filters)
    after = places(impl, root)
    assert len(after) == len(before)
    assert all(new[2] is old[2] for new, old in zip(after, before, strict=True))
    assert [list(vars(node)) for node in impl.graph.nodes(root).values()] == attributes


@check("graph.error.pop-none@1", needs=["graph.nodes.order@1"])
def test_removing_without_a_filter_is_refused(impl: Any) -> None:
    for root in (a_node(impl, w=impl.State(1), part=a_node(impl, w=impl.State(2))), a_node(impl), [a_node(impl)], []):
        refused(impl, root)


@check("graph.error.pop-container@1", needs=["graph.pop.removes@1", "graph.nodes.order@1"])
@pytest.mark.parametrize("sort", ["list", "tuple", "dict", "deep", "NestedDict", "users"])
def test_a_state_in_a_container_is_not_removed(impl: Any, sort: str) -> None:
    inner, path = impl.State(1), ("part", "needle")
    holders: dict[str, tuple[Any, tuple[Any, ...]]] = {
        "list": ([0, 1, 2, 3, 4, 5, 6, inner], (7,)),
        "tuple": ((0, 1, 2, 3, 4, 5, 6, inner), (7,)),
        "dict": ({"key": inner}, ("key",)),
        "deep": ([{"key": ("text", [inner])}], (0, "key", 1, 0)),
        "NestedDict": (impl.util.NestedDict({"key": inner}), ("key",)),
        "users": (Backward(key=inner, other=1), ("key",)),
    }
    holder, parts = holders[sort]
    node = a_node(impl, a=impl.State(2), part=a_node(impl, needle=holder, w=impl.State(3)), z=impl.State(4))
    message = names((*path, *parts))
    refused(impl, node, ..., message=message)
    refused(impl, node, impl.ParamState, ..., message=message)
    refused(impl, node, lambda path, state: state is inner, message=message)


@check("graph.error.pop-container@1", needs=["graph.pop.removes@1", "graph.nodes.order@1"])
@pytest.mark.parametrize("attribute", ["a", "z"])
def test_a_state_that_a_container_holds_too_is_not_removed_from_an_attribute(impl: Any, attribute: str) -> None:
    shared = impl.State(1)
    node = a_node(impl, first=shared, needle=[0, {"key": shared}], w=impl.State(2))
    setattr(node, attribute, shared)
    refused(impl, node, ..., message=names(("needle", 1, "key")))


@check("graph.error.pop-container@1", needs=["graph.pop.removes@1", "graph.nodes.order@1"])
def test_a_state_that_the_root_holds_is_not_removed(impl: Any) -> None:
    for holder in ([a_node(impl, w=impl.State(1)), 3, impl.State(2)], {2: impl.State(1)}):
        refused(impl, holder, ..., message=r"\b2\b")
    root = {"needle": a_node(impl, w=impl.State(1), cells=(impl.State(2),))}
    refused(impl, root, ..., message=names(("needle", "cells", 0)))


@check("graph.pop.removes@1")
def test_states_in_containers_may_stay_where_they_are(impl: Any) -> None:
    cells = [impl.State(1), a_node(impl, w=impl.ParamState(1.0))]
    node, w = a_node(impl, cells=cells, b=impl.ParamState(2.0)), cells[1].w
    b = node.b

    assert impl.graph.pop_states(node, impl.ParamState) == {"b": b, "cells": {1: {"w": w}}}
    assert vars(node) == {"cells": cells}
    assert vars(cells[1]) == {}


@check("graph.error.rest-last@1", needs=["graph.pop.removes@1", "graph.nodes.order@1"])
@pytest.mark.parametrize("rest", [..., True], ids=str)
def test_removing_all_before_another_filter_is_refused(impl: Any, rest: object) -> None:
    node = a_node(impl, w=impl.ParamState(1.0), part=a_node(impl, h=impl.State(1)))
    refused(impl, node, rest, impl.ParamState)
    refused(impl, node, impl.ParamState, rest, ...)


@check("graph.error.literal@1", needs=["graph.pop.removes@1"])
def test_removing_with_what_is_no_filter_is_refused(impl: Any) -> None:
    node = a_node(impl, w=impl.ParamState(1.0), part=a_node(impl, h=impl.State(1)))
    with pytest.raises(TypeError, match="42"):
        impl.graph.pop_states(node, impl.ParamState, 42)

    assert (list(vars(node)), list(vars(node.part))) == (["w", "part"], ["h"])
