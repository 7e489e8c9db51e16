"""The checks of `spec/20-graph.md`: taking a graph apart, into a `GraphDef` and trees."""

import collections
from typing import Any

import jax
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.graph_material import (
    Box,
    Pair,
    Untruthful,
    as_list,
    having,
    leaves_of,
    node,
    node_class,
    same,
    structure_of,
    touched,
    values_of,
)


def model(impl: Any) -> Any:
    cell = node(impl, w=impl.ParamState(1.0, tag="slow"), h=impl.HiddenState(np.zeros(2)))
    return node(impl, cell=cell, again=[cell], more={"k": impl.BatchState(2.0), "j": Box(impl.State(3, name="v"))})


WALKED = [("again", 0, "h"), ("again", 0, "w"), ("more", "j", 0), ("more", "k")]


def states_of(root: Any) -> list[Any]:
    """The states of the model, as it is walked."""
    return [root.cell.h, root.cell.w, root.more["j"].content[0], root.more["k"]]


def assert_taken(impl: Any, tree: Any, root: Any) -> None:
    """The tree has snapshots of all states of the model."""
    assert list(leaves_of(tree)) == WALKED
    for snapshot, state in zip(leaves_of(tree).values(), states_of(root)):
        assert type(snapshot) is impl.TreefyState
        assert snapshot.value is state.value
        assert (snapshot.type, snapshot.name, snapshot.tag) == (type(state), state.name, state.tag)


@check("graph.split.trees@1")
def test_a_split_without_filters_has_one_tree(impl: Any) -> None:
    root = model(impl)
    split = impl.graph.treefy_split(root)

    assert isinstance(split, tuple)
    assert isinstance(split[0], impl.graph.GraphDef)
    assert [type(part) for part in split[1:]] == [impl.util.NestedDict]
    assert_taken(impl, split[1], root)


@check("graph.split.trees@1")
def test_a_split_has_a_tree_for_each_filter(impl: Any) -> None:
    root = model(impl)
    for asked, expected in [
        ([...], [WALKED]),
        ([impl.State], [WALKED]),
        (["slow", ...], [[WALKED[1]], [WALKED[0], *WALKED[2:]]]),
        ([None, impl.BatchState, ..., impl.ParamState][:3], [[], [WALKED[3]], WALKED[:3]]),
        ([impl.State, None, "fast", ...], [WALKED, [], [], []]),
    ]:
        graphdef, *trees = impl.graph.treefy_split(root, *asked)
        assert isinstance(graphdef, impl.graph.GraphDef)
        assert [type(tree) for tree in trees] == [impl.util.NestedDict] * len(asked)
        assert [list(leaves_of(tree)) for tree in trees] == expected


@check("graph.split.trees@1")
def test_a_graph_without_states_gives_empty_trees(impl: Any) -> None:
    root = node(impl, a=node(impl, rate=0.5), b=[None, 1])
    graphdef, tree = impl.graph.treefy_split(root)
    _, *several = impl.graph.treefy_split(root, impl.ParamState, "slow")

    assert isinstance(graphdef, impl.graph.GraphDef)
    assert [type(each) for each in (tree, *several)] == [impl.util.NestedDict] * 3
    assert [dict(each) for each in (tree, *several)] == [{}, {}, {}]


@check("graph.split.trees@1")
def test_the_keys_of_the_trees_are_bare_parts(impl: Any) -> None:
    root = node(
        impl, a=[impl.State(1)], b=Pair(impl.State(2), 3), c={(0, 1): impl.State(4), (1, 0): Box(impl.State(5))}
    )
    tree = impl.graph.treefy_split(root)[1]

    assert values_of(tree) == {("a", 0): 1, ("b", "second"): 2, ("c", (0, 1)): 4, ("c", (1, 0), 0): 5}
    assert [type(key) for key in (*tree["a"], *tree["b"], *tree["c"])] == [int, str, tuple, tuple]


@check("graph.split.untouched@1", needs=["graph.split.trees@1", "state.stack.parts@1"])
@pytest.mark.parametrize("asked", [(), (...,), ("slow", ...), ("HiddenState", "BatchState", "State")], ids=repr)
def test_splitting_reads_each_state_and_writes_none(impl: Any, asked: tuple[Any, ...]) -> None:
    root = model(impl)
    filters = [getattr(impl, str(word), word) for word in asked]
    reads, writes = touched(impl, impl.graph.treefy_split, root, *filters)

    assert set(reads) == set(states_of(root))
    assert writes == []


@check("graph.split.untouched@1")
def test_splitting_leaves_all_as_it_was(impl: Any) -> None:
    root, bounds = model(impl), [0]
    root.more["k"].bounds, root.table = bounds, np.ones(2)
    before = [list(vars(each).items()) for each in (root, root.cell)]
    states, content = states_of(root), [root.again, root.more, root.more["j"]]
    held = [(state.value, state.name, state.tag) for state in states]
    impl.graph.treefy_split(root), impl.graph.treefy_split(root, "slow", ...)

    assert [list(vars(each)) for each in (root, root.cell)] == [[name for name, _ in each] for each in before]
    for each, kept in zip((root, root.cell), before):
        assert same(vars(each).values(), [value for _, value in kept])
    assert same([root.again, root.more, root.more["j"]], content)
    assert same(states_of(root), states)
    for state, (value, name, tag) in zip(states, held):
        assert state.value is value
        assert (state.name, state.tag) == (name, tag)
    assert states[3].bounds is bounds


@check("graph.split.untouched@1")
def test_the_model_goes_on_beside_its_trees(impl: Any) -> None:
    root = model(impl)
    tree = impl.graph.treefy_split(root)[1]
    jax.tree.map(lambda x: x + 1, tree)
    values = [state.value for state in states_of(root)]
    root.cell.w.value = 5.0

    assert values[1:] == [1.0, 3, 2.0]
    assert tree["again"][0]["w"].value == 1.0


@check("graph.treefy.states@1")
def test_snapshots_of_all_states_are_given_in_one_tree(impl: Any) -> None:
    root = model(impl)
    tree = impl.graph.treefy_states(root)

    assert type(tree) is impl.util.NestedDict
    assert_taken(impl, tree, root)


@check("graph.treefy.states@1")
def test_snapshots_are_given_to_as_many_filters(impl: Any) -> None:
    root = model(impl)
    for asked, expected in [
        ([impl.ParamState], [[WALKED[1]]]),
        ([None], [[]]),
        (["slow", impl.LongTermState], [[WALKED[1]], [WALKED[3]]]),
        (["fast", impl.HiddenState, impl.State], [[], [WALKED[0]], WALKED[1:]]),
    ]:
        given = impl.graph.treefy_states(root, *asked)
        assert type(given) is (impl.util.NestedDict if len(asked) == 1 else tuple)
        trees = as_list(given, tuple(asked))
        assert [type(tree) for tree in trees] == [impl.util.NestedDict] * len(asked)
        assert [list(leaves_of(tree)) for tree in trees] == expected


@check("graph.treefy.states@1", needs=["state.stack.parts@1"])
def test_only_states_that_are_selected_are_read(impl: Any) -> None:
    root = model(impl)
    states = states_of(root)
    for asked, expected in [
        ([], states),
        ([impl.ParamState], [states[1]]),
        (["slow", impl.BatchState], [states[1], states[3]]),
        ([None, "fast"], []),
        ([lambda path, state: path == ("more", "j", 0)], [states[2]]),
    ]:
        reads, writes = touched(impl, impl.graph.treefy_states, root, *asked)
        assert set(reads) == set(expected)
        assert writes == []


def ordered(impl: Any) -> Any:
    """A graph whose walk is neither in the order of setting nor that of text."""
    root = node(impl, z=node(impl, y=impl.State(0), x=[impl.State(n) for n in range(12)]))
    root.b = collections.OrderedDict(q=impl.State(1), p=collections.OrderedDict(n=impl.State(2), m=root.z))
    return having(root, a=Box(*(impl.State(n) for n in range(11))), c=Pair(impl.State(3), impl.State(4)))


TREES = {
    "treefy_split": lambda impl, root: impl.graph.treefy_split(root)[1],
    "treefy_split in two": lambda impl, root: impl.graph.treefy_split(root, impl.ParamState, ...)[2],
    "treefy_states": lambda impl, root: impl.graph.treefy_states(root),
    "treefy_states in two": lambda impl, root: impl.graph.treefy_states(root, impl.State, None)[0],
    "flatten": lambda impl, root: impl.graph.flatten(root)[1],
    "flatten to states": lambda impl, root: impl.graph.flatten(root, treefy_state=False)[1],
}


@check("graph.trees.order@1")
@pytest.mark.parametrize("name", TREES)
def test_entries_are_in_the_order_of_the_walk(impl: Any, name: str) -> None:
    tree = TREES[name](impl, ordered(impl))

    assert list(tree) == ["a", "b", "c"]
    assert list(tree["a"]) == list(range(11))
    assert list(tree["b"]) == ["q", "p"]
    assert list(tree["b"]["p"]) == ["n", "m"]
    assert list(tree["b"]["p"]["m"]) == ["x", "y"]
    assert list(tree["b"]["p"]["m"]["x"]) == list(range(12))
    assert list(tree["c"]) == ["second", "first"]


@check("graph.trees.order@1")
@pytest.mark.parametrize("name", TREES)
def test_dictionaries_below_the_top_are_plain(impl: Any, name: str) -> None:
    tree = TREES[name](impl, ordered(impl))
    inner = [tree["a"], tree["b"], tree["c"], tree["b"]["p"], tree["b"]["p"]["m"], tree["b"]["p"]["m"]["x"]]

    assert [type(each) for each in (tree, *inner)] == [impl.util.NestedDict, *[dict] * 6]


@check("graph.trees.order@1")
@pytest.mark.parametrize("name", TREES)
def test_entries_of_a_container_are_in_its_order(impl: Any, name: str) -> None:
    root = collections.OrderedDict(z=impl.State(1), w10=impl.State(2), w9=node(impl, b=impl.State(3), a=impl.State(4)))
    tree = TREES[name](impl, root)

    assert list(tree) == ["z", "w10", "w9"]
    assert list(tree["w9"]) == ["a", "b"]


@check("graph.trees.order@1")
def test_what_is_removed_is_in_the_order_of_the_walk(impl: Any) -> None:
    root = node(
        impl, z=impl.State(1), c=[node(impl, n=impl.State(2)) for _ in range(11)], b=node(impl, y=impl.State(3))
    )
    root.b.x, root.a = impl.State(4), impl.State(5)
    tree = impl.graph.pop_states(root, ...)

    assert (list(tree), list(tree["b"]), list(tree["c"])) == (["a", "b", "c", "z"], ["x", "y"], list(range(11)))
    assert [type(each) for each in (tree, tree["b"], tree["c"], tree["c"][0])] == [
        impl.util.NestedDict,
        dict,
        dict,
        dict,
    ]


@check("graph.flatten.pair@1", needs=["graph.split.trees@1", "graph.def.equal@1"])
def test_flattening_gives_what_splitting_gives(impl: Any) -> None:
    root = model(impl)
    flat, split = impl.graph.flatten(root), impl.graph.treefy_split(root)

    assert isinstance(flat, tuple)
    assert [type(part) for part in flat[1:]] == [impl.util.NestedDict]
    assert flat[0] == split[0]
    assert list(leaves_of(flat[1])) == WALKED
    for one, other in zip(leaves_of(flat[1]).values(), leaves_of(split[1]).values()):
        assert type(one) is impl.TreefyState
        assert one.value is other.value
        assert structure_of(one) == structure_of(other)


@check("graph.flatten.pair@1", needs=["graph.split.trees@1", "graph.def.equal@1"])
def test_flattening_gives_the_states_themselves_if_asked(impl: Any) -> None:
    root = model(impl)
    graphdef, tree = impl.graph.flatten(root, treefy_state=False)

    assert graphdef == impl.graph.treefy_split(root)[0]
    assert type(tree) is impl.util.NestedDict
    assert list(leaves_of(tree).items()) == list(zip(WALKED, states_of(root)))
    assert list(leaves_of(impl.graph.flatten(root, treefy_state=True)[1]).values()) != states_of(root)


@check("graph.flatten.pair@1", needs=["state.stack.parts@1"])
def test_flattening_to_states_touches_none(impl: Any) -> None:
    root = model(impl)
    assert touched(impl, lambda: impl.graph.flatten(root, treefy_state=False)) == ([], [])

    reads, writes = touched(impl, impl.graph.flatten, root)
    assert set(reads) == set(states_of(root))
    assert writes == []


@check("graph.walk.identity@1", needs=["graph.split.trees@1"])
def test_nodes_that_are_false_and_empty_are_split(impl: Any) -> None:
    odd = node_class(impl, "Odd", Untruthful)
    root = having(odd(), a=having(odd(), w=impl.State(1)), b=[having(odd(), w=impl.State(2))])

    assert values_of(impl.graph.treefy_split(root)[1]) == {("a", "w"): 1, ("b", 0, "w"): 2}
