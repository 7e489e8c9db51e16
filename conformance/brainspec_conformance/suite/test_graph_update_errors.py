"""The checks of `spec/20-graph.md`: updates that are refused, and what they leave."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.nested_material import a_node, names, ref
from brainspec_conformance.suite.state_material import NUMBER


def a_model(impl: Any) -> Any:
    """A node with states in all sorts of places; `shared` is met first as `alone`."""
    node = a_node(impl, alone=impl.State([1]), rate=0.5, cells=[impl.State(2), "text"])
    node.shared, node.part = node.alone, a_node(impl, weight=impl.State(3))
    return node


def values_of(node: Any) -> list[Any]:
    return [node.alone.value, node.cells[0].value, node.part.weight.value]


# Paths without a state, or that are no first path.
EXTRA: dict[str, tuple[Any, ...]] = {
    "misspelt": ("weigth",),
    "misspelt below": ("part", "weigth"),
    "an alias": ("shared",),
    "a static value": ("rate",),
    "a static value in a list": ("cells", 1),
    "past the end of a list": ("cells", 2),
    "a position as text": ("cells", "0"),
    "a node": ("part",),
    "a list": ("cells",),
    "below a state": ("alone", "value"),
    "a part too many": ("part", "weight", "value"),
    "too short": ("weight",),
}


def tree_with(path: tuple[Any, ...], leaf: Any) -> Any:
    for part in reversed(path):
        leaf = {part: leaf}
    return leaf


@check("graph.error.extra@1")
@pytest.mark.parametrize("path", EXTRA.values(), ids=list(EXTRA))
def test_an_update_at_a_path_without_a_state_is_refused(impl: Any, path: tuple[Any, ...]) -> None:
    node = a_model(impl)
    for tree in (tree_with(path, ref(impl, 4)), impl.util.FlattedDict({path: ref(impl, 4)})):
        with pytest.raises(ValueError, match=names(path)):
            impl.graph.update_states(node, tree)


@check("graph.error.extra@1")
@pytest.mark.parametrize("path", list(EXTRA.values())[:3], ids=list(EXTRA)[:3])
def test_a_state_at_a_path_without_a_state_is_refused(impl: Any, path: tuple[Any, ...]) -> None:
    with pytest.raises(ValueError, match=names(path)):
        impl.graph.update_states(a_model(impl), {}, tree_with(path, impl.State(4)))


@check("graph.error.extra@1")
def test_an_update_does_not_let_a_node_grow(impl: Any) -> None:
    node = a_node(impl)
    with pytest.raises(ValueError, match="weight"):
        impl.graph.update_states(node, {"weight": ref(impl, 1)})

    assert vars(node) == {}


@check("graph.error.extra@1")
def test_an_alias_is_refused_beside_the_first_path(impl: Any) -> None:
    with pytest.raises(ValueError, match="shared"):
        impl.graph.update_states(a_model(impl), {"alone": ref(impl, 4), "shared": ref(impl, 4)})


@check("graph.error.twice@1")
def test_a_path_in_two_trees_of_an_update_is_refused(impl: Any) -> None:
    leaf = ref(impl, 4)
    tree, flat = {"part": {"weight": leaf}}, impl.util.FlattedDict({("part", "weight"): leaf})
    other = {"alone": ref(impl, 5)}
    for trees in ([tree, tree], [tree, flat], [flat, other, tree], [other, tree, impl.util.NestedDict(tree)]):
        with pytest.raises(ValueError, match=names(("part", "weight"))):
            impl.graph.update_states(a_model(impl), *trees)


@check("graph.error.twice@1")
def test_a_path_in_two_trees_is_refused_also_with_the_same_value(impl: Any) -> None:
    node = a_model(impl)
    with pytest.raises(ValueError, match="alone"):
        impl.graph.update_states(node, {"alone": node.alone}, {"alone": node.alone})


@check("graph.error.leaf@1")
@pytest.mark.parametrize(
    "leaf",
    [2.0, 0, None, "text", np.ones(2), (1, 2), [], object, range(3)],
    ids=lambda leaf: type(leaf).__name__,
)
def test_an_update_with_a_leaf_that_is_no_snapshot_is_refused(impl: Any, leaf: object) -> None:
    pattern = rf"(?s)(?=.*part.*weight).*\b{type(leaf).__name__}\b"
    for tree in ({"part": {"weight": leaf}}, impl.util.FlattedDict({("part", "weight"): leaf})):
        with pytest.raises(ValueError, match=pattern):
            impl.graph.update_states(a_model(impl), {"alone": ref(impl, 4)}, tree)


@check("graph.error.leaf@1")
def test_a_list_of_snapshots_is_a_leaf_that_is_refused(impl: Any) -> None:
    with pytest.raises(ValueError, match=r"(?s)(?=.*cells).*\blist\b"):
        impl.graph.update_states(a_model(impl), {"cells": [ref(impl, 4)]})


@check("graph.error.leaf@1")
def test_a_node_is_a_leaf_that_is_refused(impl: Any) -> None:
    node = a_model(impl)
    with pytest.raises(ValueError, match=r"(?s)(?=.*part).*\bNode\b"):
        impl.graph.update_states(node, {"part": node.part})


@check("graph.error.tree@1")
@pytest.mark.parametrize("tree", [42, None, [], "text"], ids=repr)
def test_an_update_from_what_is_no_tree_is_refused(impl: Any, tree: object) -> None:
    node = a_model(impl)
    for trees in ([tree], [{"alone": ref(impl, 4)}, tree]):
        with pytest.raises(TypeError, match=rf"\b{type(tree).__name__}\b"):
            impl.graph.update_states(node, *trees)


# What is left

BAD: dict[str, Callable[[Any], list[Any]]] = {
    "extra": lambda impl: [{"other": ref(impl)}],
    "extra below": lambda impl: [{"part": {"other": ref(impl)}}],
    "alias": lambda impl: [{"shared": ref(impl)}],
    "twice": lambda impl: [{"cells": {0: ref(impl, 5)}}],
    "leaf": lambda impl: [{"part": {"weight": 4.0}}],
    "tree": lambda impl: [42],
    "late": lambda impl: [{"part": {"weight": ref(impl, 6)}}, {"other": ref(impl)}],
}


@check("graph.error.update-whole@1", needs=["graph.update.writes@1"])
@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("first", [True, False])
def test_an_update_that_is_refused_leaves_every_state(impl: Any, bad: str, first: bool) -> None:
    node, good = a_model(impl), [{"alone": ref(impl, 4)}, {"cells": {0: ref(impl, 5)}}]
    before = values_of(node)
    with pytest.raises(Exception):  # noqa: B017
        impl.graph.update_states(node, *(good + BAD[bad](impl) if first else BAD[bad](impl) + good))

    assert all(value is old for value, old in zip(values_of(node), before, strict=True))


@check("graph.error.update-whole@1", needs=["graph.update.writes@1"])
def test_a_refused_write_takes_those_before_it_back(impl: Any) -> None:
    node = a_node(impl, m=impl.random.RandomState(0), z=impl.State([26]))
    node.a, node.b = impl.State([1]), [impl.State({"k": 2})]
    states = [node.a, node.b[0], node.m, node.z]
    before = [state.value for state in states]
    refs = {"a": ref(impl, 3), "b": {0: ref(impl, 4)}, "m": ref(impl, "no key"), "z": ref(impl, 5)}
    with pytest.raises(Exception):  # noqa: B017
        impl.graph.update_states(node, refs)

    assert all(state.value is old for state, old in zip(states, before, strict=True))


@check("graph.error.update-whole@1", needs=["graph.update.writes@1", "state.error.traced@1"])
def test_a_refused_tracer_takes_the_writes_before_it_back(impl: Any) -> None:
    node = a_node(impl, a=impl.State([1]), b=impl.State(2.0))
    before = node.a.value

    def step(x: Any) -> Any:
        with pytest.raises(impl.TraceContextError):
            impl.graph.update_states(node, {"a": ref(impl, 3), "b": ref(impl, x)})
        return x

    jax.eval_shape(step, jnp.asarray(NUMBER))
    assert node.a.value is before
    assert node.b.value == 2.0


@check("graph.error.update-whole@1", needs=["graph.update.writes@1", "state.bare.born-inside@1"])
def test_a_refused_write_in_a_trace_takes_tracers_back(impl: Any) -> None:
    def step(x: Any) -> Any:
        node = a_node(impl, a=impl.State(x), b=impl.random.RandomState(0))
        with pytest.raises(Exception):  # noqa: B017
            impl.graph.update_states(node, {"a": ref(impl, 3), "b": ref(impl, "no key")})
        assert node.a.value is x
        return x

    jax.eval_shape(step, jnp.asarray(NUMBER))


@check("graph.error.update-whole@1", needs=["graph.update.writes@1"])
def test_a_graph_can_be_updated_after_a_refused_update(impl: Any) -> None:
    node = a_node(impl, a=impl.State(1), b=impl.random.RandomState(0))
    with pytest.raises(Exception):  # noqa: B017
        impl.graph.update_states(node, {"a": ref(impl, 2), "b": ref(impl, "no key")})
    assert node.a.value == 1

    impl.graph.update_states(node, {"a": ref(impl, 3)})
    assert node.a.value == 3
