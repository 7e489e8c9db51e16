"""The checks of `spec/20-graph.md`: errors about the trees of a merge or an update."""

import functools
from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.graph_material import Unheard, leaves_of, nested, node, ref, refused

Act = Callable[..., Callable[[], Any]]

# The ways to use trees: of a root, with these trees.
MERGING: dict[str, Act] = {
    "treefy_merge": lambda impl, root, *trees: lambda: impl.graph.treefy_merge(impl.graph.graphdef(root), *trees),
    "unflatten": lambda impl, root, tree: lambda: impl.graph.unflatten(impl.graph.graphdef(root), tree),
}
UPDATING: dict[str, Act] = {
    "update_states": lambda impl, root, *trees: lambda: impl.graph.update_states(root, *trees),
}
ALL = {**MERGING, **UPDATING}
SEVERAL = {name: ALL[name] for name in ("treefy_merge", "update_states")}


def model(impl: Any) -> Any:
    cell = node(impl, weight=impl.ParamState(1.0), rate=0.5)
    root = node(impl, bias=impl.State(2.0), cell=cell, thread=[*range(7), impl.State(3.0)], empty={})
    root.zebra = root.bias
    return root


def leaves(impl: Any, root: Any) -> dict[Any, Any]:
    return leaves_of(impl.graph.treefy_split(root)[1])


def forms(impl: Any, made: dict[Any, Any]) -> list[Any]:
    """A state tree in each of its forms."""
    return [nested(made), impl.util.NestedDict(nested(made)), impl.util.FlattedDict(made)]


@check("graph.error.missing@1", needs=["graph.split.trees@1"])
@pytest.mark.parametrize("name", MERGING)
@pytest.mark.parametrize("path", [("bias",), ("cell", "weight"), ("thread", 7)], ids=str)
def test_a_state_without_a_leaf_is_named(impl: Any, name: str, path: tuple[Any, ...]) -> None:
    root = model(impl)
    made = leaves(impl, root)
    del made[path]
    for tree in forms(impl, made):
        refused(MERGING[name](impl, root, tree), ValueError, *path)


@check("graph.error.missing@1", needs=["graph.split.trees@1"])
def test_a_state_is_missing_where_there_are_no_trees(impl: Any) -> None:
    root = node(impl, zebra=[impl.State(1)])
    root.needle = root.zebra[0]
    several: list[list[Any]] = [[], [{}], [{}, {}], [impl.util.FlattedDict()]]
    for trees in several:
        refused(MERGING["treefy_merge"](impl, root, *trees), ValueError, "needle")


@check("graph.error.missing@1", needs=["graph.split.trees@1"])
def test_a_state_is_missing_in_all_trees(impl: Any) -> None:
    root = model(impl)
    graphdef, params, others = impl.graph.treefy_split(root, impl.ParamState, ...)

    refused(lambda: impl.graph.treefy_merge(graphdef, others, {}), ValueError, "cell", "weight")
    del params["cell"]["weight"], others["thread"]
    refused(
        lambda: impl.graph.treefy_merge(graphdef, others, {"cell": {"weight": ref(impl, 1)}}), ValueError, "thread", 7
    )


# Paths at which the model has no state, or no first path.
STRANGE = {
    "unknown": ("other",),
    "below a node": ("cell", "other"),
    "in a list": ("thread", 77),
    "in an empty dictionary": ("empty", "other"),
    "of a static value": ("cell", "rate"),
    "of an alias": ("zebra",),
    "of a static value in a list": ("thread", 5),
}


@check("graph.error.extra@1", needs=["graph.split.trees@1"])
@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("case", STRANGE)
def test_a_leaf_where_there_is_no_state_is_named(impl: Any, name: str, case: str) -> None:
    root, path = model(impl), STRANGE[case]
    for leaf in (ref(impl, 1), impl.State(1)):
        for tree in forms(impl, {**leaves(impl, root), path: leaf}):
            refused(ALL[name](impl, root, tree), ValueError, *path)


@check("graph.error.extra@1", needs=["graph.split.trees@1"])
@pytest.mark.parametrize("name", SEVERAL)
@pytest.mark.parametrize("case", STRANGE)
def test_a_leaf_where_there_is_no_state_is_named_in_any_tree(impl: Any, name: str, case: str) -> None:
    root, path = model(impl), STRANGE[case]
    whole, extra = nested(leaves(impl, root)), nested({path: ref(impl, 1)})
    for trees in [(whole, extra), (extra, whole), (whole, {}, extra)]:
        refused(SEVERAL[name](impl, root, *trees), ValueError, *path)


@check("graph.error.extra@1")
@pytest.mark.parametrize("name", UPDATING)
def test_a_leaf_where_there_is_a_node_or_container_is_named(impl: Any, name: str) -> None:
    root = model(impl)
    for path in [("cell",), ("thread",), ("empty",), ("bias", "value"), ("cell", "weight", "other")]:
        for tree in forms(impl, {path: ref(impl, 1)}):
            refused(UPDATING[name](impl, root, tree), ValueError, *path)


@check("graph.error.extra@1")
@pytest.mark.parametrize("name", UPDATING)
def test_a_leaf_too_many_does_not_grow_the_graph(impl: Any, name: str) -> None:
    root = model(impl)
    before = dict(vars(root))
    refused(UPDATING[name](impl, root, {"other": ref(impl, 1)}), ValueError, "other")

    assert list(vars(root).items()) == list(before.items())


@check("graph.error.extra@1")
@pytest.mark.parametrize("name", UPDATING)
def test_a_position_is_no_word(impl: Any, name: str) -> None:
    root = node(impl, thread=[*range(7), impl.State(1)])
    for tree in forms(impl, {("thread", "7"): ref(impl, 2)}):
        refused(UPDATING[name](impl, root, tree), ValueError, "thread", "7")

    assert root.thread[7].value == 1


@check("graph.error.twice@1", needs=["graph.split.trees@1"])
@pytest.mark.parametrize("name", SEVERAL)
@pytest.mark.parametrize("path", [("bias",), ("cell", "weight"), ("thread", 7)], ids=str)
def test_a_path_in_two_trees_is_named(impl: Any, name: str, path: tuple[Any, ...]) -> None:
    root = model(impl)
    whole = leaves(impl, root)
    for again in (whole[path], ref(impl, 5), impl.State(6)):
        for one, other in zip(forms(impl, whole), reversed(forms(impl, {path: again}))):
            for trees in [(one, other), (other, one), (one, {}, other)]:
                refused(SEVERAL[name](impl, root, *trees), ValueError, *path)


@check("graph.error.twice@1", needs=["graph.split.trees@1"])
@pytest.mark.parametrize("name", SEVERAL)
def test_one_tree_is_not_taken_twice(impl: Any, name: str) -> None:
    root = node(impl, needle=impl.State(1))
    tree = impl.graph.treefy_split(root)[1]

    refused(SEVERAL[name](impl, root, tree, tree), ValueError, "needle")


NO_LEAVES: list[Any] = [2.0, None, "text", (), np.ones(2), Unheard(), len, int]


@check("graph.error.leaf@1", needs=["graph.split.trees@1"])
@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("leaf", NO_LEAVES, ids=lambda leaf: type(leaf).__name__)
def test_a_leaf_of_another_type_is_named(impl: Any, name: str, leaf: Any) -> None:
    root = model(impl)
    for path in [("bias",), ("cell", "weight"), ("thread", 7)]:
        for tree in forms(impl, {**leaves(impl, root), path: leaf}):
            refused(ALL[name](impl, root, tree), ValueError, *path)
            refused(ALL[name](impl, root, tree), ValueError, type(leaf).__name__)


@check("graph.error.leaf@1", needs=["graph.split.trees@1"])
@pytest.mark.parametrize("name", SEVERAL)
def test_a_leaf_of_another_type_is_named_in_any_tree(impl: Any, name: str) -> None:
    root = model(impl)
    whole, bad = leaves(impl, root), {("cell", "weight"): jnp.ones(2)}
    del whole["cell", "weight"]
    for trees in [(nested(whole), nested(bad)), (nested(bad), nested(whole))]:
        refused(SEVERAL[name](impl, root, *trees), ValueError, "cell", "weight")


@check("graph.error.leaf@1", needs=["graph.split.trees@1"])
@pytest.mark.parametrize("name", ALL)
def test_a_container_of_snapshots_is_no_leaf(impl: Any, name: str) -> None:
    root = node(impl, needle=[impl.State(1)])
    for leaf in ([ref(impl, 1)], (ref(impl, 1),)):
        refused(ALL[name](impl, root, {"needle": leaf}), ValueError, "needle")
        refused(ALL[name](impl, root, {"needle": leaf}), ValueError, type(leaf).__name__)


@check("graph.error.leaf@1", needs=["graph.split.trees@1"])
@pytest.mark.parametrize("name", ALL)
def test_a_node_is_no_leaf(impl: Any, name: str) -> None:
    root = node(impl, needle=impl.State(1))

    refused(ALL[name](impl, root, {"needle": node(impl)}), ValueError, "needle")
    refused(ALL[name](impl, root, {"needle": node(impl)}), ValueError, "Node")


NO_TREES: list[Any] = [42, None, "text", [], (), [{}], np.ones(2), Unheard(), {1}]


@check("graph.error.tree@1", needs=["graph.split.trees@1"])
@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("tree", NO_TREES, ids=lambda tree: type(tree).__name__)
def test_what_is_no_dictionary_is_no_tree(impl: Any, name: str, tree: Any) -> None:
    for root in (node(impl), model(impl)):
        refused(ALL[name](impl, root, tree), TypeError, type(tree).__name__)


@check("graph.error.tree@1", needs=["graph.split.trees@1"])
@pytest.mark.parametrize("name", SEVERAL)
def test_a_tree_among_others_is_looked_at(impl: Any, name: str) -> None:
    root = model(impl)
    whole = impl.graph.treefy_split(root)[1]
    several: list[list[Any]] = [[whole, 42], [whole, {}, 42]]
    for trees in several:
        refused(SEVERAL[name](impl, root, *trees), TypeError, "int")


@check("graph.error.tree@1", needs=["graph.split.trees@1"])
@pytest.mark.parametrize("name", ALL)
def test_a_snapshot_a_state_and_a_node_are_no_trees(impl: Any, name: str) -> None:
    root = model(impl)
    for tree, word in [(ref(impl, 1), "TreefyState"), (impl.State(1), "State"), (root, "Node")]:
        refused(ALL[name](impl, root, tree), TypeError, word)


@check("graph.error.tree@1", needs=["graph.split.trees@1"])
@pytest.mark.parametrize("function", ["treefy_merge", "unflatten"])
@pytest.mark.parametrize("graphdef", [42, None, "text", {}, (), Unheard()], ids=lambda given: type(given).__name__)
def test_what_is_no_graphdef_is_refused(impl: Any, function: str, graphdef: Any) -> None:
    merge, trees = getattr(impl.graph, function), [{}, impl.graph.treefy_split(model(impl))[1]]
    for tree in trees:
        refused(functools.partial(merge, graphdef, tree), TypeError, type(graphdef).__name__)


@check("graph.error.tree@1", needs=["graph.split.trees@1"])
@pytest.mark.parametrize("function", ["treefy_merge", "unflatten"])
def test_graphdef_and_tree_are_not_swapped(impl: Any, function: str) -> None:
    graphdef, tree = impl.graph.treefy_split(model(impl))
    merge = getattr(impl.graph, function)

    with pytest.raises(TypeError, match=r"NestedDict|GraphDef"):
        merge(tree, graphdef)
    refused(lambda: merge(graphdef, graphdef), TypeError, "GraphDef")
    refused(lambda: merge(model(impl), tree), TypeError, "Node")
    refused(lambda: merge((graphdef, tree), {}), TypeError, "tuple")
