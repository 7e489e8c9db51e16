"""The checks of `spec/20-graph.md`: what filters are asked, and who gets what several accept."""

from typing import Any

import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.graph_material import SELECTING, Box, node, touched


def model(impl: Any) -> Any:
    cell = node(impl, w=impl.ParamState(1.0, tag="slow"), h=impl.HiddenState(np.zeros(2), tag=["slow", "fast"]))
    return node(impl, cell=cell, again=[cell], more={"k": impl.BatchState(2.0), "j": Box(impl.State(3, name="v"))})


# The functions that leave the graph as it is.
KEEPING = [name for name in SELECTING if name != "pop_states"]
WALKED = [("again", 0, "h"), ("again", 0, "w"), ("more", "j", 0), ("more", "k")]


@check("graph.filters.first@1")
@pytest.mark.parametrize("name", KEEPING)
def test_a_state_goes_to_the_first_filter_alone(impl: Any, name: str) -> None:
    select, root = SELECTING[name], model(impl)
    slow, params, long, rest = select(impl, root, "slow", impl.ParamState, impl.LongTermState, ...)

    assert [list(found) for found in (slow, params, long, rest)] == [WALKED[:2], [], [WALKED[3]], [WALKED[2]]]


@check("graph.filters.first@1")
@pytest.mark.parametrize("name", KEEPING)
def test_the_order_of_the_filters_decides(impl: Any, name: str) -> None:
    select, root = SELECTING[name], model(impl)
    some = lambda path, state: "h" in path  # noqa: E731

    assert [list(found) for found in select(impl, root, some, ...)] == [WALKED[:1], WALKED[1:]]
    assert [list(found) for found in select(impl, root, "slow", some, ...)] == [WALKED[:2], [], WALKED[2:]]
    assert [list(found) for found in select(impl, root, impl.State, some, "slow")] == [WALKED, [], []]


@check("graph.filters.first@1")
def test_a_node_goes_to_the_first_filter_alone(impl: Any) -> None:
    root = node(impl, a=node(impl, tag="slow"), b=node(impl))
    whole = impl.graph.Node

    assert [list(found) for found in impl.graph.nodes(root, "slow", whole)] == [[("a",)], [("b",), ()]]
    assert [list(found) for found in impl.graph.nodes(root, whole, "slow")] == [[("a",), ("b",), ()], []]


@check("graph.filters.asked@1")
@pytest.mark.parametrize("name", SELECTING)
def test_filters_are_asked_with_first_path_and_state(impl: Any, name: str) -> None:
    root, asked = model(impl), []
    states = [root.cell.h, root.cell.w, root.more["j"].content[0], root.more["k"]]

    def predicate(path: Any, state: Any) -> bool:
        asked.append((path, state))
        return name in KEEPING

    SELECTING[name](impl, root, predicate)

    assert {type(path) for path, _ in asked} == {tuple}
    assert dict(asked) == dict(zip(WALKED, states))


@check("graph.filters.asked@1")
@pytest.mark.parametrize("name", SELECTING)
def test_filters_are_not_asked_about_other_paths(impl: Any, name: str) -> None:
    root = node(impl, a=impl.State(1))
    root.c = root.b = root.a
    asked: list[Any] = []
    SELECTING[name](impl, root, lambda path, state: not asked.append(path))  # type: ignore[func-returns-value]

    assert set(asked) == {("a",)}


@check("graph.filters.asked@1")
@pytest.mark.parametrize("name", SELECTING)
def test_parts_of_the_paths_that_filters_see_are_bare(impl: Any, name: str) -> None:
    root, asked = node(impl, a={7: node(impl, w=impl.State(1))}), []
    SELECTING[name](impl, root, lambda path, state: asked.append(path) or True)  # type: ignore[func-returns-value]

    assert {tuple(map(type, path)) for path in asked} == {(str, int, str)}
    assert set(asked) == {("a", 7, "w")}


@check("graph.filters.asked@1")
def test_filters_are_asked_with_first_path_and_node(impl: Any) -> None:
    root, asked = node(impl, b=[node(impl)]), []
    root.c = root.b[0]

    def predicate(path: Any, found: Any) -> bool:
        asked.append((path, found))
        return False

    impl.graph.nodes(root, predicate, ...)

    assert {type(path) for path, _ in asked} == {tuple}
    assert {path: id(found) for path, found in asked} == {("b", 0): id(root.b[0]), (): id(root)}


@check("graph.filters.asked@1")
@pytest.mark.parametrize("name", SELECTING)
def test_a_filter_sees_what_a_state_carries(impl: Any, name: str) -> None:
    root = node(impl, a=impl.State(1, unit="mV"), b=impl.State(2, unit="nA"), c=impl.State(3))
    found = SELECTING[name](impl, root, lambda path, state: getattr(state, "unit", None) == "nA", ...)

    assert [list(part) for part in found] == [[("b",)], [("a",), ("c",)]]


@check("graph.filters.untouched@1", needs=["state.stack.records@1"])
def test_finding_states_touches_none(impl: Any) -> None:
    root, found = model(impl), impl.util.filter
    literals: list[tuple[Any, ...]] = [
        (),
        (...,),
        (impl.HiddenState, ...),
        ("slow", "fast"),
        (found.PathContains("w"), found.Not(impl.ParamState)),
        ([found.All("slow", impl.ParamState), None], lambda path, state: len(path) == 2 and state.name is None),
    ]
    for asked in literals:
        assert touched(impl, impl.graph.states, root, *asked) == ([], [])


@check("graph.filters.untouched@1", needs=["state.stack.records@1"])
def test_finding_nodes_touches_no_state(impl: Any) -> None:
    root = model(impl)
    for asked in ([], [...], ["slow"], [impl.graph.Node, "slow"]):
        assert touched(impl, impl.graph.nodes, root, *asked) == ([], [])


@check("graph.filters.untouched@1", needs=["graph.treefy.states@1"])
def test_asking_about_a_state_does_not_read_it(impl: Any) -> None:
    root, found = model(impl), impl.util.filter
    for literal in (impl.BatchState, found.PathContains("k"), found.All(impl.LongTermState, found.Not("slow"))):
        assert touched(impl, impl.graph.treefy_states, root, literal) == ([root.more["k"]], [])
