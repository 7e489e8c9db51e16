"""The checks of `spec/20-graph.md`: updating states from trees."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brainspec_conformance.check import check
from brainspec_conformance.suite.graph_material import nested
from brainspec_conformance.suite.nested_material import Backward, a_node, descriptions, first_places, grown, ref
from brainspec_conformance.suite.state_material import NUMBER


@check("graph.update.writes@1")
def test_an_update_writes_the_objects_of_the_leaves_wherever_the_states_are(impl: Any) -> None:
    one, two, three, four = (impl.State(i) for i in range(4))
    node = a_node(impl, one=one, part=a_node(impl, two=two), cells=[None, three], table={"k": (four,)})
    put = [object(), {"a": [1]}, np.ones(2), None]
    refs = [ref(impl, value) for value in put]
    impl.graph.update_states(
        node, {"one": refs[0], "part": {"two": refs[1]}, "cells": {1: refs[2]}, "table": {"k": {0: refs[3]}}}
    )

    assert all(state.value is value for state, value in zip((one, two, three, four), put, strict=True))


@check("graph.update.writes@1", needs=["state.stack.parts@1"])
def test_an_update_writes_also_a_value_that_is_equal_to_the_old_one(impl: Any) -> None:
    state, value = impl.State([1]), [1]
    with impl.StateTraceStack() as stack:
        impl.graph.update_states([state], {0: ref(impl, value)})

    assert state.value is value
    assert stack.get_write_states() == (state,)


@check("graph.update.writes@1")
def test_an_update_takes_several_trees_and_empty_ones(impl: Any) -> None:
    node = a_node(impl, a=impl.State(1), b=impl.State(2), part=a_node(impl, c=impl.State(3), d=impl.State(4)))
    trees = [{"part": {"d": ref(impl, 40)}}, {}, {"b": ref(impl, 20)}, {"part": {"c": ref(impl, 30)}, "a": {}}]
    impl.graph.update_states(node, *trees)

    assert (node.a.value, node.b.value, node.part.c.value, node.part.d.value) == (1, 20, 30, 40)


@check("graph.update.writes@1")
def test_an_update_takes_over_no_kind_and_no_label(impl: Any) -> None:
    state = impl.ParamState(1.0, name="v", tag="slow", unit="mV")
    node = a_node(impl, w=state)
    impl.graph.update_states(node, {"w": ref(impl, 2.0, "HiddenState", name="other", tag=["fast"], unit="nA", more=1)})

    assert node.w is state
    assert type(state) is impl.ParamState
    assert (state.value, state.name, state.tag, state.unit) == (2.0, "v", "slow", "mV")
    assert not hasattr(state, "more")


@check("graph.update.writes@1", needs=["state.stack.parts@1"])
def test_an_update_touches_no_other_state(impl: Any) -> None:
    node = a_node(impl, a=impl.State(1), b=impl.State(2), cells=[impl.State(3), impl.State(4)])
    with impl.StateTraceStack() as stack:
        impl.graph.update_states(node, {"b": ref(impl, 20)}, {"cells": {0: ref(impl, 30)}})

    assert stack.get_write_states() == (node.b, node.cells[0])
    assert stack.get_read_states() == ()


@check("graph.update.writes@1")
def test_an_update_leaves_the_attributes_as_they_are(impl: Any) -> None:
    cells: list[Any] = [impl.State(1), "text"]
    node = a_node(impl, w=impl.State(2), rate=0.5, cells=cells, me=None)
    node.me = node
    before = dict(vars(node))
    impl.graph.update_states(node, {"w": ref(impl, 3), "cells": {0: ref(impl, 4)}})

    assert list(vars(node)) == list(before)
    assert all(vars(node)[name] is attribute for name, attribute in before.items())
    assert cells[1] == "text"


@check("graph.update.writes@1")
@pytest.mark.parametrize("sort", ["plain", "NestedDict", "FlattedDict", "below"])
def test_an_update_takes_every_sort_of_state_tree(impl: Any, sort: str) -> None:
    node = a_node(impl, a=impl.State(1), part=a_node(impl, b=impl.State(2)))
    one, other = ref(impl, 10), ref(impl, 20)
    trees: dict[str, Any] = {
        "plain": {"a": one, "part": {"b": other}},
        "NestedDict": impl.util.NestedDict({"part": {"b": other}, "a": one}),
        "FlattedDict": impl.util.FlattedDict({("part", "b"): other, ("a",): one}),
        "below": {"a": one, "part": impl.util.NestedDict({"b": other})},
    }
    impl.graph.update_states(node, trees[sort])

    assert (node.a.value, node.part.b.value) == (10, 20)


@check("graph.update.writes@1")
def test_an_update_takes_trees_of_several_sorts_at_once(impl: Any) -> None:
    node = a_node(impl, a=impl.State(1), b=impl.State(2), c=impl.State(3))
    flat, tree = impl.util.FlattedDict({("a",): ref(impl, 10)}), impl.util.NestedDict({"c": ref(impl, 30)})
    impl.graph.update_states(node, flat, {"b": ref(impl, 20)}, tree)

    assert (node.a.value, node.b.value, node.c.value) == (10, 20, 30)


@check("graph.update.writes@1", needs=["state.stack.writes@1"])
def test_a_leaf_that_is_a_state_gives_its_value(impl: Any) -> None:
    state, source = impl.State(1, name="v"), impl.ParamState([2], name="w")
    node = a_node(impl, a=state)
    with impl.StateTraceStack() as stack:
        impl.graph.update_states(node, {"a": source})

    assert node.a is state
    assert (state.value, state.name, source.value) == ([2], "v", [2])
    assert state.value is source.value
    assert stack.get_write_states() == (state,)


@check("graph.update.writes@1", needs=["graph.states.all@1"])
def test_the_states_of_one_graph_update_another(impl: Any) -> None:
    one, other = (a_node(impl, w=impl.State(i), parts=[a_node(impl, b=impl.State(i))]) for i in (1, 2))
    impl.graph.update_states(one, impl.graph.states(other))

    assert (one.w.value, one.parts[0].b.value) == (2, 2)
    assert one.w is not other.w


@check("graph.update.writes@1")
def test_an_update_reaches_a_shared_state_through_a_cycle_at_its_first_path(impl: Any) -> None:
    shared = impl.State(1)
    node = a_node(impl, z=shared, part=a_node(impl, w=shared))
    node.part.up = node
    impl.graph.update_states(node, {"part": {"w": ref(impl, 2)}})

    assert node.z is node.part.w is shared
    assert shared.value == 2


@check("graph.update.writes@1")
def test_an_update_leaves_its_trees_as_they_are(impl: Any) -> None:
    node = a_node(impl, a=impl.State(1), part=a_node(impl, b=impl.State(2)))
    one, other = ref(impl, [10]), ref(impl, 20)
    first, second = impl.util.NestedDict({"a": one}), {"part": {"b": other}, "empty": {}}
    impl.graph.update_states(node, first, second)

    assert first == {"a": one}
    assert second == {"part": {"b": other}, "empty": {}}
    assert (one.value, other.value) == ([10], 20)


@check("graph.update.writes@1", needs=["graph.treefy.states@1", "graph.nested.pytree@1"])
def test_a_tree_that_passed_through_jax_updates_its_graph(impl: Any) -> None:
    node = a_node(impl, cells=[impl.State(float(i)) for i in range(12)], bias=impl.ParamState(0.5))
    doubled = jax.tree.map(lambda x: 2 * x, impl.graph.treefy_states(node))
    impl.graph.update_states(node, doubled)

    assert [cell.value for cell in node.cells] == [2.0 * i for i in range(12)]
    assert node.bias.value == 1.0


@check("graph.update.writes@1", needs=["state.bare.born-inside@1"])
def test_an_update_writes_tracers_to_states_of_the_trace(impl: Any) -> None:
    def step(x: Any) -> Any:
        node = a_node(impl, w=impl.State(1.0))
        impl.graph.update_states(node, {"w": ref(impl, x)})
        assert node.w.value is x
        return node.w.value

    assert jax.eval_shape(step, jnp.asarray(NUMBER)).shape == ()


# The order


@check("graph.update.order@1", needs=["state.stack.records@1", "graph.update.writes@1"])
@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)], ids=str)
def test_attributes_are_written_by_name_and_depth_first(impl: Any, order: tuple[int, ...]) -> None:
    inner = a_node(impl, z=impl.State(1), y=impl.State(2))
    node = a_node(impl, c=impl.State(3), b=inner, Z=impl.State(4))
    paths: list[tuple[str, ...]] = [("Z",), ("b", "y"), ("b", "z"), ("c",)]
    flat = {paths[i]: ref(impl, i) for i in order}
    for trees in ([nested({path: leaf}) for path, leaf in flat.items()], [nested(flat)], [impl.util.FlattedDict(flat)]):
        with impl.StateTraceStack() as stack:
            impl.graph.update_states(node, *trees)
        assert stack.states == [node.Z, inner.y, inner.z, node.c]


@check("graph.update.order@1", needs=["state.stack.records@1", "graph.update.writes@1"])
def test_the_parts_of_a_list_are_written_by_position(impl: Any) -> None:
    node = a_node(impl, cells=[impl.State(i) for i in range(12)])
    for order in (range(12), range(11, -1, -1), (10, 1, 11, 2, 0, 9, 3, 4, 5, 6, 7, 8)):
        with impl.StateTraceStack() as stack:
            impl.graph.update_states(node, {"cells": {i: ref(impl, i) for i in order}})
        assert stack.states == node.cells


@check("graph.update.order@1", needs=["state.stack.records@1", "graph.update.writes@1"])
def test_the_parts_of_a_users_container_are_written_in_its_order(impl: Any) -> None:
    one, other = impl.State(1), impl.State(2)
    node = a_node(impl, box=Backward(a=one, b=other))
    with impl.StateTraceStack() as stack:
        impl.graph.update_states(node, {"box": {"a": ref(impl, 3), "b": ref(impl, 4)}})

    assert stack.states == [other, one]


@check("graph.update.order@1", needs=["state.stack.records@1", "graph.update.writes@1"])
def test_a_shared_state_is_written_where_the_walk_meets_it_first(impl: Any) -> None:
    shared, other = impl.State(1), impl.State(2)
    node = a_node(impl, z=shared, m=other, part=[shared], b=[a_node(impl, late=shared)])
    with impl.StateTraceStack() as stack:
        impl.graph.update_states(node, {"m": ref(impl, 3)}, {"b": {0: {"late": ref(impl, 4)}}})

    assert stack.states == [shared, other]


def a_game(impl: Any, description: Any, random: Any) -> tuple[Any, dict[Any, Any], list[dict[Any, Any]]]:
    """A graph, its states at their first paths, and three trees in which some of them get new values."""
    root = grown(impl, description)
    states = first_places(impl, root)
    trees: list[dict[Any, Any]] = [{}, {}, {}]
    for path in random.sample(list(states), len(states)):
        if random.random() < 0.7:
            random.choice(trees)[path] = ref(impl, ("new", path))
    return root, states, trees


def update(impl: Any, root: Any, trees: list[dict[Any, Any]]) -> None:
    impl.graph.update_states(root, nested(trees[0]), impl.util.FlattedDict(trees[1]), nested(trees[2]))


@check("graph.update.writes@1")
@given(descriptions, st.randoms(use_true_random=False))
def test_generated_graphs_are_updated_state_by_state(impl: Any, description: Any, random: Any) -> None:
    root, states, trees = a_game(impl, description, random)
    before = {path: state.value for path, state in states.items()}
    update(impl, root, trees)
    news = {path: leaf.value for tree in trees for path, leaf in tree.items()}

    assert {path: state.value for path, state in states.items()} == {**before, **news}
    assert first_places(impl, root) == states


@check("graph.update.order@1", needs=["state.stack.records@1", "graph.update.writes@1"])
@given(descriptions, st.randoms(use_true_random=False))
def test_generated_graphs_are_updated_in_the_order_of_the_walk(impl: Any, description: Any, random: Any) -> None:
    root, states, trees = a_game(impl, description, random)
    with impl.StateTraceStack() as stack:
        update(impl, root, trees)

    assert stack.states == [state for path, state in states.items() if any(path in tree for tree in trees)]
