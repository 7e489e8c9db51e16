"""The checks of `spec/20-graph.md`: state trees and flat mappings that are divided and joined."""

from typing import Any

import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.nested_material import a_node, a_tree, flat_of, names, ref

FLAT = {("a", "x"): 1, ("a", "y"): 2.0, ("b",): "text", ("c", "d", 0): 3}
NESTED: dict[str, Any] = {"a": {"x": 1, "y": 2.0}, "b": "text", "c": {"d": {0: 3}}}
sorts = pytest.mark.parametrize("sort", ["NestedDict", "FlattedDict"])


@check("graph.nested.split@1")
@sorts
def test_a_split_gives_each_leaf_to_one_tree(impl: Any, sort: str) -> None:
    parts = a_tree(impl, sort, NESTED).split(
        int, lambda path, leaf: path == ("b",), impl.util.filter.PathContains("q"), ...
    )

    assert isinstance(parts, tuple)
    assert [flat_of(impl, part) for part in parts] == [
        {("a", "x"): 1, ("c", "d", 0): 3},
        {("b",): "text"},
        {},
        {("a", "y"): 2.0},
    ]
    assert all(type(part) is getattr(impl.util, sort) for part in parts)


@check("graph.nested.split@1", "graph.nested.filter@1")
@sorts
def test_no_filter_or_one_gives_one_tree(impl: Any, sort: str) -> None:
    tree = a_tree(impl, sort, NESTED)
    for part in (tree.split(), tree.split(...), tree.split([str, int, float]), tree.filter(), tree.filter(True)):
        assert type(part) is type(tree)
        assert flat_of(impl, part) == FLAT


@check("graph.nested.split@1", needs=["graph.filters.first@1"])
@sorts
def test_a_leaf_that_two_filters_accept_goes_to_the_first_alone(impl: Any, sort: str) -> None:
    in_a, rest = a_tree(impl, sort, NESTED).split(impl.util.filter.PathContains("a"), True)
    ints, others, none = a_tree(impl, sort, NESTED).split(int, [str, float], ...)

    assert (list(flat_of(impl, in_a)), list(flat_of(impl, rest))) == ([("a", "x"), ("a", "y")], [("b",), ("c", "d", 0)])
    assert (list(flat_of(impl, ints)), list(flat_of(impl, others)), flat_of(impl, none)) == (
        [("a", "x"), ("c", "d", 0)],
        [("a", "y"), ("b",)],
        {},
    )


@check("graph.nested.split@1", "graph.nested.filter@1")
@sorts
def test_filters_are_asked_with_the_path_and_the_leaf_itself(impl: Any, sort: str) -> None:
    one, other = object(), [1]
    tree, expected = a_tree(impl, sort, {"a": {0: one}, "b": other}), {("a", 0): one, ("b",): other}
    for divide in (tree.split, tree.filter):
        asked: list[Any] = []
        divide(lambda *args, asked=asked: [asked.append(args)])
        assert {path for path, _ in asked} == set(expected)
        assert all(type(path) is tuple and leaf is expected[path] for path, leaf in asked)


@check("graph.nested.split@1", needs=["graph.snapshot.made@1"])
@sorts
def test_snapshots_and_states_are_picked_by_class_and_tag(impl: Any, sort: str) -> None:
    w, h = ref(impl, 1.0, "ParamState", tag="slow"), ref(impl, 2.0, "HiddenState")
    s = impl.ParamState(3.0, tag=["slow"])
    tree = a_tree(impl, sort, {"a": {"w": w, "h": h}, "s": s})
    params, others = tree.split(impl.LongTermState, impl.ShortTermState)

    assert flat_of(impl, params) == {("a", "w"): w, ("s",): s}
    assert flat_of(impl, others) == {("a", "h"): h}
    assert flat_of(impl, tree.filter("slow")) == flat_of(impl, params)


@check("graph.nested.split@1", "graph.nested.filter@1")
@sorts
def test_a_division_leaves_the_tree_as_it_is(impl: Any, sort: str) -> None:
    tree = a_tree(impl, sort, NESTED)
    tree.split(int, ...), tree.filter(str), tree.filter(int, str)

    assert tree == a_tree(impl, sort, NESTED)


@check("graph.nested.split@1", "graph.nested.filter@1")
def test_branches_without_a_leaf_are_not_there(impl: Any) -> None:
    tree = impl.util.NestedDict({**NESTED, "e": {}})
    ints, rest = tree.split(int, ...)

    assert (ints, rest) == ({"a": {"x": 1}, "c": {"d": {0: 3}}}, {"a": {"y": 2.0}, "b": "text"})
    assert tree.filter(str) == {"b": "text"}


@check("graph.nested.filter@1")
@sorts
def test_filtering_leaves_out_what_no_filter_accepts(impl: Any, sort: str) -> None:
    tree = a_tree(impl, sort, NESTED)
    one, (strings, others) = tree.filter(float), tree.filter(str, impl.util.filter.PathContains("c"))

    assert flat_of(impl, one) == {("a", "y"): 2.0}
    assert (flat_of(impl, strings), flat_of(impl, others)) == ({("b",): "text"}, {("c", "d", 0): 3})
    assert type(one) is type(strings) is type(others) is getattr(impl.util, sort)
    assert flat_of(impl, tree.filter(None)) == flat_of(impl, tree.filter(bytes)) == {}


@check("graph.nested.filter@1", needs=["graph.filters.first@1"])
@sorts
def test_filtering_gives_a_leaf_to_the_first_filter_alone(impl: Any, sort: str) -> None:
    in_a, ints = a_tree(impl, sort, NESTED).filter(impl.util.filter.PathContains("a"), int)

    assert (list(flat_of(impl, in_a)), list(flat_of(impl, ints))) == ([("a", "x"), ("a", "y")], [("c", "d", 0)])


# What cannot be divided


@check("graph.error.not-covered@1", needs=["graph.nested.split@1"])
@sorts
@pytest.mark.parametrize(
    ("filters", "path"),
    [([int, float], ("b",)), ([[str, int]], ("a", "y")), ([float, str, lambda path, leaf: leaf == 1], ("c", "d", 0))],
)
def test_a_leaf_that_no_filter_of_a_split_accepts_is_an_error(impl: Any, sort: str, filters: Any, path: Any) -> None:
    with pytest.raises(ValueError, match=names(path)):
        a_tree(impl, sort, NESTED).split(*filters)


@check("graph.error.not-covered@1", needs=["graph.nested.split@1"])
@sorts
def test_one_filter_that_accepts_nothing_covers_only_an_empty_tree(impl: Any, sort: str) -> None:
    with pytest.raises(ValueError):
        a_tree(impl, sort, NESTED).split(None)

    assert getattr(impl.util, sort)({}).split(None) == {}
    assert impl.util.NestedDict({"e": {"f": {}}}).split(int) == {}


@check("graph.error.rest-last@1", needs=["graph.nested.split@1", "graph.nested.filter@1"])
@sorts
@pytest.mark.parametrize("filters", [(..., int), (True, int), (int, ..., str), (..., ...), (True, None)], ids=str)
def test_everything_before_another_filter_divides_nothing(impl: Any, sort: str, filters: Any) -> None:
    tree = a_tree(impl, sort, NESTED)
    for divide in (tree.split, tree.filter):
        with pytest.raises(ValueError):
            divide(*filters)


@check("graph.error.literal@1", needs=["graph.nested.split@1", "graph.nested.filter@1"])
@sorts
def test_what_is_no_filter_divides_nothing(impl: Any, sort: str) -> None:
    asked: list[Any] = []
    tree = a_tree(impl, sort, NESTED)
    for divide in (tree.split, tree.filter):
        with pytest.raises(TypeError, match="42"):
            divide(lambda path, leaf: asked.append(path), 42)

    assert asked == []


# Joining


@check("graph.nested.merge@1")
def test_the_last_tree_that_has_a_path_wins(impl: Any) -> None:
    one = {"a": {"x": 1, "y": 2}, "b": 3}
    two = impl.util.NestedDict({"a": {"y": 20, "z": 40}})
    three = {"a": {"z": None}, "c": {"d": {"e": [5]}}}
    merged = impl.util.NestedDict.merge(one, two, three)

    assert merged == {"a": {"x": 1, "y": 20, "z": None}, "b": 3, "c": {"d": {"e": [5]}}}
    assert type(merged) is impl.util.NestedDict
    assert merged["c"]["d"]["e"] is three["c"]["d"]["e"]  # type: ignore[index]
    assert impl.util.NestedDict.merge(three, two, one)["a"] == {"x": 1, "y": 2, "z": 40}


@check("graph.nested.merge@1")
def test_the_last_flat_mapping_that_has_a_path_wins(impl: Any) -> None:
    flat = impl.util.FlattedDict
    one, two = flat({("a", "x"): 1, ("b",): 2}), flat({("b",): 20, ("a", "y"): 3})
    merged = flat.merge(one, two, flat({("c",): None}))

    assert merged == {("a", "x"): 1, ("b",): 20, ("a", "y"): 3, ("c",): None}
    assert type(merged) is flat
    assert flat.merge(two, one)[("b",)] == 2


@check("graph.nested.merge@1")
def test_a_merge_leaves_its_trees_as_they_are(impl: Any) -> None:
    nested, flat = impl.util.NestedDict, impl.util.FlattedDict
    one, two = nested({"a": {"x": 1}, "b": 2}), {"a": {"x": 10, "y": 3}, "c": 4}
    flats = [flat({("a",): 1}), flat({("a",): 2, ("b",): 3})]
    nested.merge(one, two), flat.merge(*flats)

    assert (one, two) == ({"a": {"x": 1}, "b": 2}, {"a": {"x": 10, "y": 3}, "c": 4})
    assert flats == [{("a",): 1}, {("a",): 2, ("b",): 3}]


@check("graph.nested.merge@1")
@pytest.mark.parametrize("count", [0, 1])
@sorts
def test_one_tree_or_none_is_merged_into_a_new_one(impl: Any, sort: str, count: int) -> None:
    tree = a_tree(impl, sort, NESTED)
    merged = getattr(impl.util, sort).merge(*[tree][:count])

    assert merged is not tree
    assert type(merged) is getattr(impl.util, sort)
    assert merged == (tree if count else {})


@check("graph.nested.merge@1")
def test_snapshots_states_and_containers_are_merged_as_leaves(impl: Any) -> None:
    leaves = [ref(impl, {"k": 1}), impl.State({"k": 1}), a_node(impl, k=1), [{"k": 1}], np.ones(2), None]
    trees: list[Any] = [{"a": {"w": 0}}, *({"a": {"w": leaf}} for leaf in leaves)]
    for count, leaf in enumerate(leaves, 2):
        assert impl.util.NestedDict.merge(*trees[:count])["a"]["w"] is leaf


@check("graph.nested.merge@1", needs=["graph.nested.split@1"])
@sorts
def test_what_was_divided_is_merged_again(impl: Any, sort: str) -> None:
    tree = a_tree(impl, sort, NESTED)

    assert type(tree).merge(*tree.split(int, str, ...)) == tree
    assert type(tree).merge(*reversed(tree.split(int, str, ...))) == tree
