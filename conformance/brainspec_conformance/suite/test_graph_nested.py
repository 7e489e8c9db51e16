"""The checks of `spec/20-graph.md`: state trees and flat mappings, between each other and as pytrees."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.tree_util import DictKey

from brainspec_conformance.check import check
from brainspec_conformance.suite.nested_material import a_node, names, ref, structure_of


def all_dicts(tree: Any) -> list[Any]:
    """The dictionaries below the top of a tree."""
    below = [inner for inner in tree.values() if isinstance(inner, dict)]
    return [*below, *(deeper for inner in below for deeper in all_dicts(inner))]


@check("graph.nested.flat@1")
def test_what_is_no_dictionary_is_a_leaf_itself(impl: Any) -> None:
    leaves = [[1, {"k": 2}], (3,), None, np.ones(2), impl.State({"a": 1}), ref(impl, {"a": 1}), a_node(impl, a=1), {4}]
    tree = impl.util.NestedDict({"a": {f"leaf{i}": leaf for i, leaf in enumerate(leaves)}})
    flat = tree.to_flat()

    assert list(flat) == [("a", f"leaf{i}") for i in range(len(leaves))]
    assert all(found is leaf for found, leaf in zip(flat.values(), leaves, strict=True))
    assert type(flat) is impl.util.FlattedDict


@check("graph.nested.flat@1")
def test_paths_have_all_keys_from_the_outside_in(impl: Any) -> None:
    tree = impl.util.NestedDict({"a": {"b": {"c": 1, "d": {0: 2}}, "e": 3}, "f": 4})

    assert tree.to_flat() == {("a", "b", "c"): 1, ("a", "b", "d", 0): 2, ("a", "e"): 3, ("f",): 4}


@check("graph.nested.flat@1")
def test_a_branch_is_finished_before_the_next_one(impl: Any) -> None:
    tree = impl.util.NestedDict({"a": {"x": {"y": 1}, "z": 2}, "b": 3, "c": {"w": 4}})

    assert list(tree.to_flat()) == [("a", "x", "y"), ("a", "z"), ("b",), ("c", "w")]


@check("graph.nested.flat@1")
def test_numbers_stay_numbers_and_in_order(impl: Any) -> None:
    tree = impl.util.NestedDict({"cells": {i: -i for i in range(12)}})

    assert list(tree.to_flat().items()) == [(("cells", i), -i) for i in range(12)]


@check("graph.nested.flat@1")
@pytest.mark.parametrize("tree", [{}, {"a": {}}, {"a": {"b": {}, "c": {"d": {}}}}], ids=repr)
def test_empty_dictionaries_vanish_at_every_depth(impl: Any, tree: Any) -> None:
    full = impl.util.NestedDict({**tree, "z": {"y": 1, "x": tree}})

    assert impl.util.NestedDict(tree).to_flat() == {}
    assert full.to_flat() == {("z", "y"): 1}


@check("graph.nested.flat@1")
def test_a_tree_inside_a_tree_is_a_dictionary(impl: Any) -> None:
    tree = impl.util.NestedDict({"a": impl.util.NestedDict({"b": 1}), "c": {"d": impl.util.NestedDict({"e": 2})}})

    assert tree.to_flat() == {("a", "b"): 1, ("c", "d", "e"): 2}


@check("graph.nested.flat@1")
def test_flattening_leaves_the_tree_as_it_is(impl: Any) -> None:
    inner: dict[str, Any] = {"b": 1, "e": {}}
    tree = impl.util.NestedDict({"a": inner})
    tree.to_flat()

    assert tree == {"a": {"b": 1, "e": {}}}
    assert inner == {"b": 1, "e": {}}


FLAT: dict[tuple[Any, ...], Any] = {
    ("c",): [1],
    ("a", "y", 0): (2,),
    ("a", "x"): None,
    ("a", "y", 1): "text",
    ("b", "a"): 3,
}
NESTED = {"c": [1], "a": {"y": {0: (2,), 1: "text"}, "x": None}, "b": {"a": 3}}


@check("graph.nested.back@1")
def test_a_flat_mapping_is_nested_with_its_leaves_themselves(impl: Any) -> None:
    flat = impl.util.FlattedDict(FLAT)
    from_flat = impl.util.NestedDict.from_flat
    for tree in (flat.to_nest(), from_flat(flat), from_flat(FLAT), from_flat(dict(reversed(FLAT.items())))):
        assert tree == NESTED
        assert type(tree) is impl.util.NestedDict
        assert [type(inner) for inner in all_dicts(tree)] == [dict] * 3
        assert tree["c"] is FLAT[("c",)]
        assert tree["a"]["y"][0] is FLAT[("a", "y", 0)]


@check("graph.nested.back@1", needs=["graph.nested.flat@1"])
def test_nesting_is_undone_by_flattening(impl: Any) -> None:
    for tree in (impl.util.FlattedDict(FLAT).to_nest(), impl.util.NestedDict.from_flat(FLAT)):
        assert tree.to_flat() == FLAT
    for flat in ({}, {("a",): 1}, {(0, 0): 1, (0, 1): 2}, {("a", "b"): {1}, ("ab",): 2, ("b", "a"): 3}):
        assert impl.util.NestedDict.from_flat(flat).to_flat() == flat


@check("graph.nested.back@1")
def test_snapshots_states_and_nodes_are_nested_as_leaves(impl: Any) -> None:
    leaves = [ref(impl, {"k": 1}), impl.State({"k": 1}), a_node(impl, k=1)]
    tree = impl.util.FlattedDict({("a", i): leaf for i, leaf in enumerate(leaves)}).to_nest()

    assert all(tree["a"][i] is leaf for i, leaf in enumerate(leaves))


@check("graph.nested.back@1", needs=["graph.nested.flat@1"])
def test_from_nest_flattens_plain_dictionaries_and_trees(impl: Any) -> None:
    for tree in (NESTED, impl.util.NestedDict(NESTED), {**NESTED, "e": {"f": {}}}):
        flat = impl.util.FlattedDict.from_nest(tree)
        assert flat == FLAT
        assert type(flat) is impl.util.FlattedDict
        assert flat[("c",)] is NESTED["c"]


@check("graph.nested.back@1")
def test_nesting_leaves_the_flat_mapping_as_it_is(impl: Any) -> None:
    plain, flat = dict(FLAT), impl.util.FlattedDict(FLAT)
    trees = [flat.to_nest(), impl.util.NestedDict.from_flat(plain), impl.util.NestedDict.from_flat(flat)]
    for tree in trees:
        tree["a"]["x"] = tree["b"]["new"] = 4

    assert plain == flat == FLAT


# Pytrees


def keys_of(tree: Any) -> list[tuple[Any, ...]]:
    return [path for path, _ in jax.tree_util.tree_leaves_with_path(tree)]


@check("graph.nested.pytree@1")
def test_a_tree_is_taken_apart_by_sorted_keys(impl: Any) -> None:
    tree = impl.util.NestedDict({"b": {"d": 1.0, "c": 2.0}, "a": 3.0, "B": {10: 4.0, 2: 5.0}})

    assert jax.tree.leaves(tree) == [5.0, 4.0, 3.0, 2.0, 1.0]
    assert keys_of(tree) == [
        (DictKey("B"), DictKey(2)),
        (DictKey("B"), DictKey(10)),
        (DictKey("a"),),
        (DictKey("b"), DictKey("c")),
        (DictKey("b"), DictKey("d")),
    ]


@check("graph.nested.pytree@1")
def test_a_flat_mapping_is_taken_apart_by_sorted_paths(impl: Any) -> None:
    paths = [("b", 10), ("b", 2), ("a", "z"), ("a",), ("B", "x")]
    flat = impl.util.FlattedDict({path: float(i) for i, path in enumerate(paths)})

    assert jax.tree.leaves(flat) == [4.0, 3.0, 2.0, 1.0, 0.0]
    assert keys_of(flat) == [(DictKey(path),) for path in reversed(paths)]


@check("graph.nested.pytree@1")
def test_trees_come_back_as_what_they_were_in_sorted_order(impl: Any) -> None:
    tree = impl.util.NestedDict({"b": {"d": 1, "c": {"f": 2, "e": 3}}, "a": 4})
    flat = impl.util.FlattedDict({("b", "d"): 1, ("a",): 4, ("b", "c", "f"): 2})
    back, flat_back = jax.tree.map(lambda x: -x, (tree, flat))

    assert (type(back), type(flat_back)) == (impl.util.NestedDict, impl.util.FlattedDict)
    assert back == {"a": -4, "b": {"c": {"e": -3, "f": -2}, "d": -1}}
    assert [type(inner) for inner in all_dicts(back)] == [dict, dict]
    assert (list(back), list(back["b"]), list(back["b"]["c"])) == (["a", "b"], ["c", "d"], ["e", "f"])
    assert list(flat_back.items()) == [(("a",), -4), (("b", "c", "f"), -2), (("b", "d"), -1)]


@check("graph.nested.pytree@1")
def test_the_order_of_definition_is_no_part_of_the_structure(impl: Any) -> None:
    for made, pairs in (
        (impl.util.NestedDict, [("a", 1), ("b", {"c": 2, "d": 3})]),
        (impl.util.FlattedDict, [(("a",), 1), (("b", "c"), 2)]),
    ):
        one, other = (structure_of(made(dict(order))) for order in (pairs, reversed(pairs)))
        assert one == other
        assert hash(one) == hash(other)
        summed = jax.tree.map(lambda x, y: x + y, made(dict(pairs)), made(dict(reversed(pairs))))
        assert jax.tree.leaves(summed) == [2 * leaf for leaf in jax.tree.leaves(made(dict(pairs)))]


@check("graph.nested.pytree@1")
def test_keys_are_part_of_the_structure(impl: Any) -> None:
    nested, flat = impl.util.NestedDict, impl.util.FlattedDict
    trees = [
        nested({"a": 1}),
        nested({"b": 1}),
        {"a": 1},
        flat({("a",): 1}),
        flat({("b",): 1}),
        nested({"a": {"b": 1}}),
    ]
    structures = [structure_of(tree) for tree in trees]

    assert all((one == other) == (i == j) for i, one in enumerate(structures) for j, other in enumerate(structures))


@check("graph.nested.pytree@1")
def test_leaves_of_a_tree_are_taken_apart_further_or_kept_as_they_are(impl: Any) -> None:
    state, leaf = impl.State(1), object()
    tree = impl.util.NestedDict({"d": state, "a": None, "c": {"k": (leaf, [2])}, "b": {}})
    leaves, structure = jax.tree.flatten(tree)
    back = jax.tree.unflatten(structure, leaves)

    assert leaves == [leaf, 2, state]
    assert list(back.items()) == [("a", None), ("b", {}), ("c", {"k": (leaf, [2])}), ("d", state)]


@check("graph.nested.pytree@1", needs=["graph.snapshot.pytree@1"])
def test_trees_pass_through_a_trace(impl: Any) -> None:
    def step(tree: Any, flat: Any) -> Any:
        assert type(tree) is impl.util.NestedDict
        assert type(flat) is impl.util.FlattedDict
        return flat, jax.tree.map(lambda x: x + 1, tree)

    tree = impl.util.NestedDict({"b": {"w": ref(impl, jnp.zeros(2), "ParamState", tag="slow")}, "a": jnp.ones(3)})
    flat, back = jax.eval_shape(step, tree, impl.util.FlattedDict({("b", "w"): jnp.zeros(4)}))

    assert (type(back), type(flat), list(back)) == (impl.util.NestedDict, impl.util.FlattedDict, ["a", "b"])
    assert (back["a"].shape, back["b"]["w"].value.shape, flat[("b", "w")].shape) == ((3,), (2,), (4,))
    assert (back["b"]["w"].type, back["b"]["w"].tag) == (impl.ParamState, "slow")


# What cannot be nested


@check("graph.error.prefix@1", needs=["graph.nested.back@1"])
@pytest.mark.parametrize(
    ("short", "long"),
    [(("pin",), ("pin", "needle")), (("a", "pin"), ("a", "pin", 0, "needle")), ((0, "pin"), (0, "pin", "needle"))],
    ids=str,
)
@pytest.mark.parametrize("leaf", [1, None, {}, {"other": 1}, {"needle": {}}, ()], ids=repr)
def test_a_path_that_begins_with_another_is_not_nested(impl: Any, short: Any, long: Any, leaf: object) -> None:
    pairs = [(("b", "x"), 0), (short, leaf), (("a", "y"), 0), (long, 2), (("b", "z"), 0)]
    for mapping in (dict(pairs), dict(reversed(pairs))):
        for act in (impl.util.FlattedDict(mapping).to_nest, lambda flat=mapping: impl.util.NestedDict.from_flat(flat)):
            with pytest.raises(ValueError, match=names(long)) as raised:
                act()
            assert str(raised.value).count("pin") > 1


@check("graph.nested.back@1", needs=["graph.nested.flat@1"])
def test_paths_that_begin_alike_are_nested(impl: Any) -> None:
    flat = {("a", "b"): 1, ("ab",): 2, ("a", "c", "a"): 3, ("b", "a"): 4, ("c", "a", "b"): 5, ("c", "ab"): 6}

    assert impl.util.NestedDict.from_flat(flat).to_flat() == flat


@check("graph.error.path@1", needs=["graph.nested.back@1"])
@pytest.mark.parametrize("key", ["alone", "", 7, (), None, 1.5, frozenset({"alone"}), b"alone"], ids=repr)
def test_a_key_that_is_no_path_is_not_nested(impl: Any, key: object) -> None:
    for mapping in ({key: 1}, {("a",): 0, key: 1, ("b", "c"): 2}):
        for act in (impl.util.FlattedDict(mapping).to_nest, lambda flat=mapping: impl.util.NestedDict.from_flat(flat)):
            with pytest.raises(ValueError) as raised:
                act()
            assert repr(key) in str(raised.value)
