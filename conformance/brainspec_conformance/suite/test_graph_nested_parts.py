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


@check("graph.nested.filter@1")
@sorts
def test_filtering_leaves_out_what_no_filter_accepts(impl: Any, sort: str) -> None:
    tree = a_tree(impl, sort, NESTED)
    one, (strings, others) = tree.filter(float), tree.filter(str, impl.util.filter.PathContains("c"))

    assert flat_of(impl, one) == {("a", "y"): 2.0}
    assert (flat_of(impl, strings), flat_of(impl, others)) == ({("b",): "text"}, {("c", "d", 0): 3})
    assert type(one) is type(strings) is type(others) is getattr(impl.util, sort)
    assert flat_of(impl, tree.filter(None)) == flat_of(impl, tree.filter(bytes)) == {}


# What both do. Each check stands for `split` and for `filter`, so its body is apart.


def one_is_given(impl: Any, sort: str, how: str) -> None:
    divide = getattr(a_tree(impl, sort, NESTED), how)
    for part in (divide(), divide(...), divide(True), divide([str, int, float])):
        assert type(part) is getattr(impl.util, sort)
        assert flat_of(impl, part) == FLAT


def the_first_filter_takes(impl: Any, sort: str, how: str) -> None:
    divide = getattr(a_tree(impl, sort, NESTED), how)
    in_a, rest = divide(impl.util.filter.PathContains("a"), [int, str])
    strings, all_numbers, none = divide(str, (int, float), ...)

    assert flat_of(impl, in_a) == {("a", "x"): 1, ("a", "y"): 2.0}
    assert flat_of(impl, rest) == {("b",): "text", ("c", "d", 0): 3}
    assert (flat_of(impl, strings), flat_of(impl, none)) == ({("b",): "text"}, {})
    assert flat_of(impl, all_numbers) == {("a", "x"): 1, ("a", "y"): 2.0, ("c", "d", 0): 3}


def paths_and_leaves_are_asked(impl: Any, sort: str, how: str) -> None:
    one, other = object(), [1]
    tree, expected = a_tree(impl, sort, {"a": {0: one}, "b": other}), {("a", 0): one, ("b",): other}
    asked: list[Any] = []

    def listens(*args: Any) -> bool:
        asked.append(args)
        return True

    getattr(tree, how)(listens)
    assert {path for path, _ in asked} == set(expected)
    assert all(type(path) is tuple and leaf is expected[path] for path, leaf in asked)


def snapshots_are_asked_as_themselves(impl: Any, sort: str, how: str) -> None:
    w, h = ref(impl, 1.0, "ParamState", tag="slow"), ref(impl, 2.0, "HiddenState")
    s = impl.ParamState(3.0, tag=["slow"])
    divide = getattr(a_tree(impl, sort, {"a": {"w": w, "h": h}, "s": s}), how)
    for literals in ((impl.LongTermState, impl.ShortTermState), ("slow", ...), (lambda path, leaf: leaf is not h, ...)):
        params, others = divide(*literals)
        assert flat_of(impl, params) == {("a", "w"): w, ("s",): s}
        assert flat_of(impl, others) == {("a", "h"): h}


def the_tree_is_left(impl: Any, sort: str, how: str) -> None:
    tree = a_tree(impl, sort, NESTED)
    getattr(tree, how)(int, ...)
    getattr(tree, how)()

    assert tree == a_tree(impl, sort, NESTED)


DIVIDED = {
    "one": one_is_given,
    "first": the_first_filter_takes,
    "asked": paths_and_leaves_are_asked,
    "snapshots": snapshots_are_asked_as_themselves,
    "left": the_tree_is_left,
}


@check("graph.nested.split@1", needs=["graph.filters.first@1", "graph.snapshot.made@1"])
@sorts
@pytest.mark.parametrize("what", DIVIDED)
def test_a_tree_is_split(impl: Any, sort: str, what: str) -> None:
    DIVIDED[what](impl, sort, "split")


@check("graph.nested.filter@1", needs=["graph.filters.first@1", "graph.snapshot.made@1"])
@sorts
@pytest.mark.parametrize("what", DIVIDED)
def test_a_tree_is_filtered(impl: Any, sort: str, what: str) -> None:
    DIVIDED[what](impl, sort, "filter")


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
    assert flat_of(impl, impl.util.NestedDict({"e": {"f": {}}}).split(int)) == {}


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

    for parts in (tree.split(int, str, ...), reversed(tree.split(int, str, ...))):
        assert flat_of(impl, type(tree).merge(*parts)) == FLAT
