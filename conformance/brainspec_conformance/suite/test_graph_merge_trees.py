"""The checks of `spec/20-graph.md`: the trees of a merge, and the states that it makes of them."""

import itertools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.graph_material import Box, leaves_of, merged, nested, node, ref, touched
from brainspec_conformance.suite.state_material import KINDS, NUMBER, a_state, subclass


@check("graph.merge.born@1", needs=["graph.split.trees@1", "graph.merge.again@1"])
@pytest.mark.parametrize("kind", KINDS)
def test_merged_states_have_all_that_their_snapshots_have(impl: Any, kind: str) -> None:
    bounds = [0]
    root = node(impl, w=a_state(impl, kind, name="v", tag=["slow"], unit="mV", bounds=bounds))
    again = merged(impl, root)

    assert type(again.w) is getattr(impl, kind)
    assert again.w is not root.w
    assert again.w.value is root.w.value
    assert (again.w.name, again.w.tag, again.w.unit) == ("v", ["slow"], "mV")
    assert again.w.bounds is bounds


@check("graph.merge.born@1", needs=["graph.split.trees@1", "graph.merge.again@1"])
@pytest.mark.parametrize("value", [None, 1.5, "text", [1, [2]], {"b": 1, "a": ()}, np.ones(2)], ids=repr)
def test_merged_states_hold_the_objects(impl: Any, value: Any) -> None:
    assert merged(impl, node(impl, w=impl.State(value))).w.value is value


@check("graph.merge.born@1", needs=["graph.split.trees@1", "graph.merge.again@1"])
def test_merged_states_live_on_alone(impl: Any) -> None:
    root = node(impl, w=impl.ParamState(1.0, name="v", unit="mV"))
    split = impl.graph.treefy_split(root)
    one, other = impl.graph.treefy_merge(*split), impl.graph.treefy_merge(*split)
    one.w.value, one.w.name, one.w.unit = 2.0, "w", "nA"

    for state in (root.w, other.w):
        assert (state.value, state.name, state.unit) == (1.0, "v", "mV")


@check("graph.merge.born@1", needs=["graph.split.trees@1", "graph.merge.again@1"])
def test_merged_states_are_what_the_snapshots_say(impl: Any) -> None:
    users = subclass(impl.ParamState, __init__=lambda self, a, b: 1 / 0)
    graphdef = impl.graph.graphdef(node(impl, w=impl.State(1, name="v", tag="slow", unit="mV")))
    state = impl.graph.treefy_merge(graphdef, {"w": impl.TreefyState(users, None, tag="fast", bounds=2)}).w

    assert type(state) is users
    assert (state.value, state.name, state.tag, state.bounds) == (None, None, "fast", 2)
    assert not hasattr(state, "unit")


@check("graph.merge.born@1", needs=["graph.split.trees@1", "graph.merge.again@1", "graph.snapshot.pytree@1"])
def test_a_merge_takes_what_stands_for_values(impl: Any) -> None:
    graphdef, tree = impl.graph.treefy_split(node(impl, h=impl.HiddenState(np.zeros(2)), w=impl.ParamState(1.0)))
    shapes = impl.graph.treefy_merge(graphdef, jax.eval_shape(lambda tree: tree, tree))
    words = impl.graph.treefy_merge(graphdef, jax.tree.map(lambda x: "text", tree))

    assert (type(shapes.h), shapes.h.value.shape) == (impl.HiddenState, (2,))
    assert (type(words.h), words.h.value, words.w.value) == (impl.HiddenState, "text", "text")


@check(
    "graph.merge.born@1",
    needs=["graph.split.trees@1", "graph.merge.again@1", "state.catch.catches@1", "state.stack.newborn@1"],
)
def test_merged_states_are_newly_born_once_each(impl: Any) -> None:
    state = impl.State(1)
    root = node(impl, a=state, b=[state, impl.State(2)], c=node(impl, w=impl.ParamState(3.0), v=state))
    split = impl.graph.treefy_split(root)
    with impl.catch_new_states() as caught:
        again = impl.graph.treefy_merge(*split)

    assert len(caught) == 3
    assert set(caught) == {again.a, again.b[1], again.c.w}

    def act() -> None:
        made = impl.graph.treefy_merge(*split)
        made.a.value += made.c.w.value

    assert touched(impl, act) == ([], [])


@check("graph.merge.born@1", needs=["graph.split.trees@1", "graph.merge.again@1", "state.bare.born-inside@1"])
def test_states_that_are_merged_in_a_trace_are_written_in_it(impl: Any) -> None:
    graphdef, tree = impl.graph.treefy_split(node(impl, h=impl.HiddenState(jnp.zeros(2)), part=[impl.State(1.0)]))

    def step(tree: Any, x: Any) -> Any:
        again = impl.graph.treefy_merge(graphdef, tree)
        again.h.value += x
        again.part[0].value = again.h.value * again.part[0].value
        return again.part[0].value.sum()

    assert jax.jit(step)(tree, 3.0) == 6.0
    assert jax.vmap(step, in_axes=(None, 0))(tree, jnp.arange(3.0)).tolist() == [0, 2, 4]
    assert jax.grad(step, argnums=1)(tree, 3.0) == 2.0
    gradients = jax.grad(step)(tree, 3.0)
    assert impl.graph.treefy_merge(graphdef, gradients).h.value.tolist() == [1, 1]


@check("graph.merge.born@1", needs=["graph.split.trees@1", "graph.merge.again@1", "state.error.traced@1"])
def test_states_that_are_merged_outside_are_not_written_in_a_trace(impl: Any) -> None:
    again = merged(impl, node(impl, w=impl.State(1.0)))

    def step(x: Any) -> Any:
        again.w.value = x
        return x

    with pytest.raises(impl.TraceContextError):
        jax.jit(step).lower(NUMBER)
    assert again.w.value == 1.0


@check("graph.merge.born@1", needs=["graph.split.trees@1", "graph.merge.again@1", "random.draw.rule@1"])
def test_a_random_state_draws_on_in_a_merged_graph(impl: Any) -> None:
    root = node(impl, rng=impl.random.RandomState(3))
    again = merged(impl, root)

    assert type(again.rng) is impl.random.RandomState
    assert again.rng.uniform() == root.rng.uniform()


def model(impl: Any) -> Any:
    cell = node(impl, w=impl.ParamState(1.0), h=impl.HiddenState(np.array(2.0)))
    return node(impl, cell=cell, more=[impl.ParamState(3.0), impl.State(4.0)], pair={(0, 1): Box(impl.State(5.0))})


def held(again: Any) -> list[float]:
    box = again.pair[0, 1].content[0]
    return [float(state.value) for state in (again.cell.w, again.cell.h, *again.more, box)]


WHOLE = [1.0, 2.0, 3.0, 4.0, 5.0]


@check("graph.merge.trees@1", needs=["graph.split.trees@1", "graph.merge.again@1"])
@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_trees_are_taken_in_any_order(impl: Any, order: tuple[int, ...]) -> None:
    graphdef, *trees = impl.graph.treefy_split(model(impl), impl.HiddenState, impl.ParamState, ...)

    assert held(impl.graph.treefy_merge(graphdef, *(trees[n] for n in order))) == WHOLE


@check("graph.merge.trees@1", needs=["graph.split.trees@1", "graph.merge.again@1"])
def test_trees_of_any_number_are_taken_together(impl: Any) -> None:
    graphdef, tree = impl.graph.treefy_split(model(impl))
    leaves = leaves_of(tree)
    alone = [nested({path: leaf}) for path, leaf in leaves.items()]

    assert len(leaves) == 5
    assert held(impl.graph.treefy_merge(graphdef, *alone)) == WHOLE
    assert held(impl.graph.treefy_merge(graphdef, *reversed(alone))) == WHOLE
    assert held(impl.graph.treefy_merge(graphdef, tree)) == WHOLE


@check("graph.merge.trees@1", needs=["graph.split.trees@1", "graph.merge.again@1"])
def test_empty_trees_are_taken(impl: Any) -> None:
    graphdef, *trees = impl.graph.treefy_split(model(impl), None, "slow", ...)
    empty: list[Any] = [{}, impl.util.NestedDict(), impl.util.FlattedDict(), {"cell": {}}, {"other": {"k": {}}}]

    assert held(impl.graph.treefy_merge(graphdef, *empty, *trees, *empty)) == WHOLE


@check("graph.merge.trees@1", needs=["graph.split.trees@1", "graph.merge.again@1"])
def test_a_graph_without_states_is_merged_without_leaves(impl: Any) -> None:
    graphdef = impl.graph.graphdef(node(impl, rate=0.5, part=[node(impl)]))
    several: list[list[Any]] = [[], [{}], [{}, impl.util.NestedDict()]]
    for trees in several:
        assert impl.graph.treefy_merge(graphdef, *trees).rate == 0.5


@check("graph.merge.trees@1", needs=["graph.split.trees@1", "graph.merge.again@1"])
def test_state_trees_of_every_sort_are_taken(impl: Any) -> None:
    graphdef, tree = impl.graph.treefy_split(model(impl))
    leaves = leaves_of(tree)
    backwards = dict(reversed(leaves.items()))
    for made in (
        nested(leaves),
        nested(backwards),
        impl.util.NestedDict(nested(backwards)),
        impl.util.FlattedDict(leaves),
        impl.util.FlattedDict(backwards),
    ):
        assert held(impl.graph.treefy_merge(graphdef, made)) == WHOLE


@check("graph.merge.trees@1", needs=["graph.split.trees@1", "graph.merge.again@1"])
def test_trees_of_several_sorts_are_taken_together(impl: Any) -> None:
    graphdef, hidden, params, others = impl.graph.treefy_split(model(impl), impl.HiddenState, impl.ParamState, ...)
    flat = impl.util.FlattedDict(leaves_of(params))

    assert held(impl.graph.treefy_merge(graphdef, flat, others, nested(leaves_of(hidden)))) == WHOLE


@check("graph.merge.trees@1", needs=["graph.split.trees@1", "graph.merge.again@1"])
def test_trees_are_left_as_they_are(impl: Any) -> None:
    graphdef, params, others = impl.graph.treefy_split(model(impl), impl.ParamState, ...)
    flat = impl.util.FlattedDict(leaves_of(others))
    flat["cell", "h"] = flat.pop(("cell", "h"))  # now the last, though not in the walk
    before = [leaves_of(params), dict(flat)]
    again = impl.graph.treefy_merge(graphdef, params, flat)
    again.cell.w.value = again.cell.h.value = None

    assert [list(leaves_of(params).items()), list(flat.items())] == [list(kept.items()) for kept in before]
    assert [list(params), list(params["cell"])] == [["cell", "more"], ["w"]]
    assert held(impl.graph.treefy_merge(graphdef, params, flat)) == WHOLE


@check("graph.merge.states@1", needs=["graph.split.trees@1", "graph.merge.again@1"])
def test_states_in_a_tree_become_part_of_the_graph(impl: Any) -> None:
    state, other = impl.HiddenState(np.zeros(2), name="v"), impl.State(1)
    graphdef = impl.graph.graphdef(node(impl, a=impl.State(0), b=[impl.State(0)], c=impl.State(0)))
    for tree in (
        {"a": state, "b": {0: other}, "c": ref(impl, 3)},
        impl.util.FlattedDict({("c",): ref(impl, 3), ("b", 0): other, ("a",): state}),
    ):
        again = impl.graph.treefy_merge(graphdef, tree)
        assert again.a is state
        assert again.b[0] is other
        assert again.c.value == 3


@check("graph.merge.states@1", needs=["graph.split.trees@1", "graph.merge.again@1"])
def test_a_state_in_a_tree_is_in_all_its_places(impl: Any) -> None:
    root = node(impl, b=impl.State(1), a=node(impl))
    root.a.w, root.c = root.b, [root.b, root.a]
    state = impl.State(2)
    again = impl.graph.treefy_merge(impl.graph.graphdef(root), {"a": {"w": state}})

    assert again.a.w is again.b is again.c[0] is state
    assert again.c[1] is again.a is not root.a


@check("graph.merge.states@1", needs=["graph.split.trees@1", "graph.merge.again@1", "graph.flatten.pair@1"])
def test_two_graphs_around_the_same_states(impl: Any) -> None:
    root = model(impl)
    with impl.catch_new_states() as caught:
        again = impl.graph.treefy_merge(*impl.graph.flatten(root, treefy_state=False))
    again.cell.w.value = 6.0

    assert again.cell is not root.cell
    assert again.cell.w is root.cell.w
    assert root.cell.w.value == 6.0
    assert list(caught) == []


@check("graph.unflatten.merge@1", needs=["graph.flatten.pair@1", "graph.merge.again@1", "graph.merge.sharing@1"])
def test_unflattening_builds_the_graph(impl: Any) -> None:
    root = model(impl)
    root.again = [root.cell, root, root.cell.w]
    again = impl.graph.unflatten(*impl.graph.flatten(root))

    assert list(vars(again)) == list(vars(root))
    assert held(again) == WHOLE
    assert again.again[0] is again.cell is not root.cell
    assert (again.again[1] is again, again.again[2] is again.cell.w) == (True, True)
    assert again.cell.w is not root.cell.w


@check("graph.unflatten.merge@1", needs=["graph.flatten.pair@1", "graph.merge.states@1"])
def test_unflattening_takes_states_too(impl: Any) -> None:
    root = model(impl)
    again = impl.graph.unflatten(*impl.graph.flatten(root, treefy_state=False))

    assert again is not root
    assert again.cell.h is root.cell.h
    assert again.pair[0, 1].content[0] is root.pair[0, 1].content[0]


@check("graph.unflatten.merge@1", needs=["graph.split.trees@1", "graph.merge.again@1", "graph.merge.trees@1"])
def test_unflattening_takes_a_tree_of_every_sort(impl: Any) -> None:
    graphdef, tree = impl.graph.treefy_split(model(impl))
    for made in (tree, nested(leaves_of(tree)), impl.util.FlattedDict(leaves_of(tree))):
        assert held(impl.graph.unflatten(graphdef, made)) == WHOLE


@check("graph.unflatten.merge@1", needs=["graph.error.missing@1", "graph.error.extra@1", "graph.error.tree@1"])
def test_unflattening_refuses_what_merging_refuses(impl: Any) -> None:
    graphdef, tree = impl.graph.treefy_split(node(impl, weight=impl.State(1)))
    for bad in ({}, {**tree, "other": ref(impl, 1)}, {"weight": 1}):
        with pytest.raises(ValueError):
            impl.graph.unflatten(graphdef, bad)
    with pytest.raises(TypeError):
        impl.graph.unflatten(graphdef, 42)
    with pytest.raises(TypeError):
        impl.graph.unflatten(tree, tree)
