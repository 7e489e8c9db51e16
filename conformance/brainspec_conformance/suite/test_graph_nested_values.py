"""The checks of `spec/20-graph.md`: the values in state trees, given out and put in."""

from typing import Any

import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.graph_material import nested
from brainspec_conformance.suite.nested_material import a_node, a_tree, flat_of, leaves_of, names, ref

sorts = pytest.mark.parametrize("sort", ["NestedDict", "FlattedDict"])


def values_of(tree: Any) -> Any:
    return tree.to_dict_values() if hasattr(tree, "to_dict_values") else leaves_of(tree.to_pure_dict())


def put(impl: Any, tree: Any, values: dict[Any, Any]) -> None:
    """Put values, a plain dictionary of dictionaries, into a tree of either sort."""
    if isinstance(tree, impl.util.FlattedDict):
        tree.assign_dict_values(leaves_of(values))
    else:
        tree.replace_by_pure_dict(values)


@check("graph.nested.pure@1")
def test_a_pure_tree_has_the_values_of_snapshots_and_states(impl: Any) -> None:
    one, two = object(), {"k": [1]}
    others = [[1, ref(impl, 2)], None, np.ones(2), a_node(impl, w=1), 3]
    tree = impl.util.NestedDict(
        {"a": {"w": ref(impl, one), "s": {"h": impl.ParamState(two)}}, "o": dict(enumerate(others))}
    )
    pure = tree.to_pure_dict()

    assert pure["a"]["w"] is one
    assert pure["a"]["s"]["h"] is two
    assert all(pure["o"][i] is other for i, other in enumerate(others))
    assert set(pure) == {"a", "o"}


@check("graph.nested.pure@1")
def test_a_pure_tree_is_made_of_plain_dictionaries(impl: Any) -> None:
    inner = impl.util.NestedDict({"w": ref(impl, 2.0)})
    pure = impl.util.NestedDict({"a": {"b": {"w": ref(impl, 1.0)}}, "c": inner}).to_pure_dict()

    assert pure == {"a": {"b": {"w": 1.0}}, "c": {"w": 2.0}}
    assert type(pure) is type(pure["a"]) is type(pure["a"]["b"]) is type(pure["c"]) is dict
    assert type(impl.util.NestedDict({}).to_pure_dict()) is dict


@check("graph.nested.pure@1")
def test_a_value_of_none_or_an_empty_one_is_a_value(impl: Any) -> None:
    tree = impl.util.NestedDict({"a": ref(impl, None), "b": {"c": impl.State(None), "d": ref(impl, 0)}})

    assert tree.to_pure_dict() == {"a": None, "b": {"c": None, "d": 0}}


@check("graph.nested.pure@1")
def test_a_pure_tree_is_beside_its_tree(impl: Any) -> None:
    one, state = ref(impl, 1.0), impl.State(2.0)
    tree = impl.util.NestedDict({"a": {"w": one, "s": state}})
    tree.to_pure_dict()["a"]["w"] = 3.0

    assert tree["a"]["w"] is one
    assert tree["a"]["s"] is state
    assert (one.value, state.value) == (1.0, 2.0)


@check("graph.flat.values@1")
def test_a_flat_mapping_gives_the_values_at_their_paths(impl: Any) -> None:
    one, two, other = object(), {"k": [1]}, [1, ref(impl, 2)]
    flat = impl.util.FlattedDict({("a", "w"): ref(impl, one), ("s",): impl.State(two), ("o", 0): other, ("n",): None})
    values = flat.to_dict_values()

    assert type(values) is dict
    assert set(values) == {("a", "w"), ("s",), ("o", 0), ("n",)}
    assert values[("a", "w")] is one
    assert values[("s",)] is two
    assert values[("o", 0)] is other
    assert values[("n",)] is None


@check("graph.flat.values@1")
def test_giving_values_leaves_the_flat_mapping_as_it_is(impl: Any) -> None:
    leaf = ref(impl, 1.0)
    flat = impl.util.FlattedDict({("a",): leaf})
    flat.to_dict_values()[("a",)] = 2.0

    assert flat == {("a",): leaf}
    assert flat[("a",)] is leaf


# Putting values in. Each check stands for both sorts of trees, so its body is apart.


def snapshots_are_replaced(impl: Any, sort: str) -> None:
    old, kept, value = ref(impl, 1.0, "ParamState", name="v", tag=["slow"], unit="mV"), ref(impl, 2.0), object()
    tree = a_tree(impl, sort, {"a": {"w": old, "b": kept}})
    put(impl, tree, {"a": {"w": value}})
    new = flat_of(impl, tree)[("a", "w")]

    assert isinstance(new, impl.TreefyState)
    assert new.value is value
    assert (new.type, new.name, new.tag, new.metadata) == (impl.ParamState, "v", ["slow"], {"unit": "mV"})
    assert flat_of(impl, tree)[("a", "b")] is kept
    assert (old.value, kept.value) == (1.0, 2.0)


def states_are_written(impl: Any, sort: str) -> None:
    state, kept, value = impl.ParamState(1.0, name="v", tag="slow", unit="mV"), impl.State(2.0), object()
    tree = a_tree(impl, sort, {"a": {"w": state, "b": kept}})
    with impl.StateTraceStack() as stack:
        put(impl, tree, {"a": {"w": value}})

    assert flat_of(impl, tree)[("a", "w")] is state
    assert state.value is value
    assert (state.name, state.tag, state.unit, kept.value) == ("v", "slow", "mV", 2.0)
    assert stack.get_write_states() == (state,)


def other_leaves_are_replaced(impl: Any, sort: str) -> None:
    leaves = {"a": 1, "b": {"c": None, "d": [1]}, "e": {"f": {"g": "text"}}, "h": (3,)}
    tree, value = a_tree(impl, sort, leaves), [ref(impl, 1)]
    put(impl, tree, {"a": None, "b": {"c": 2}, "e": {"f": {"g": value}}})

    assert flat_of(impl, tree) == {("a",): None, ("b", "c"): 2, ("b", "d"): [1], ("e", "f", "g"): value, ("h",): (3,)}
    assert flat_of(impl, tree)[("e", "f", "g")] is value
    assert type(tree) is getattr(impl.util, sort)


def nothing_is_put_without_values(impl: Any, sort: str) -> None:
    leaf, state = ref(impl, 1.0), impl.State(2.0)
    tree = a_tree(impl, sort, {"a": {"w": leaf}, "s": state})
    put(impl, tree, {})

    assert flat_of(impl, tree) == {("a", "w"): leaf, ("s",): state}
    assert (leaf.value, state.value) == (1.0, 2.0)


def none_is_a_value(impl: Any, sort: str) -> None:
    state = impl.State(2.0)
    tree = a_tree(impl, sort, {"a": {"w": ref(impl, 1.0)}, "s": state})
    put(impl, tree, {"a": {"w": None}, "s": None})

    assert flat_of(impl, tree)[("a", "w")].value is None
    assert state.value is None


def values_come_back(impl: Any, sort: str) -> None:
    tree = a_tree(impl, sort, {"a": {"w": ref(impl, 1.0), "s": impl.State([2])}, "o": "text"})
    before = values_of(tree)
    put(impl, tree, {"a": {"w": 10.0, "s": [20]}, "o": 30})
    assert values_of(tree) == {("a", "w"): 10.0, ("a", "s"): [20], ("o",): 30}

    put(impl, tree, {"a": {"w": before[("a", "w")], "s": before[("a", "s")]}, "o": before[("o",)]})
    assert values_of(tree) == before


PUT = {
    "snapshots": snapshots_are_replaced,
    "states": states_are_written,
    "others": other_leaves_are_replaced,
    "nothing": nothing_is_put_without_values,
    "none": none_is_a_value,
}


@check("graph.nested.replace@1")
@pytest.mark.parametrize("what", PUT)
def test_values_are_put_into_a_tree(impl: Any, what: str) -> None:
    PUT[what](impl, "NestedDict")


@check("graph.flat.assign@1")
@pytest.mark.parametrize("what", PUT)
def test_values_are_put_into_a_flat_mapping(impl: Any, what: str) -> None:
    PUT[what](impl, "FlattedDict")


@check("graph.nested.replace@1", needs=["graph.nested.pure@1"])
def test_the_values_of_a_tree_come_back_into_it(impl: Any) -> None:
    values_come_back(impl, "NestedDict")


@check("graph.flat.assign@1", needs=["graph.flat.values@1"])
def test_the_values_of_a_flat_mapping_come_back_into_it(impl: Any) -> None:
    values_come_back(impl, "FlattedDict")


@check("graph.flat.assign@1")
def test_a_value_at_a_path_may_be_a_dictionary(impl: Any) -> None:
    state = impl.State(1)
    flat = impl.util.FlattedDict({("a",): state, ("b",): ref(impl, {"k": 1})})
    flat.assign_dict_values({("a",): {"k": 2}, ("b",): {"k": 3, "l": {}}})

    assert state.value == {"k": 2}
    assert flat[("b",)].value == {"k": 3, "l": {}}


BAD: dict[str, tuple[Any, ...]] = {
    "other": ("other",),
    "other below": ("a", "other"),
    "a dictionary": ("a",),
    "nowhere": ("other", "deep"),
}


@check("graph.error.values@1", needs=["graph.nested.replace@1", "graph.flat.assign@1"])
@pytest.mark.parametrize("path", BAD.values(), ids=list(BAD))
@pytest.mark.parametrize("first", [True, False])
@sorts
def test_a_value_at_a_path_without_a_leaf_changes_nothing(impl: Any, sort: str, path: Any, first: bool) -> None:
    leaf, state = ref(impl, 1.0), impl.State(2.0)
    tree = a_tree(impl, sort, {"a": {"w": leaf}, "b": leaf, "o": 3, "s": state, "z": {"y": state}})
    good, bad = {"b": 10.0, "o": 30, "z": {"y": 20.0}}, nested({path: 5.0})
    with pytest.raises(ValueError, match=names(path)):
        put(impl, tree, {**good, **bad} if first else {**bad, **good})

    assert flat_of(impl, tree) == {("a", "w"): leaf, ("b",): leaf, ("o",): 3, ("s",): state, ("z", "y"): state}
    assert (leaf.value, state.value) == (1.0, 2.0)


@check("graph.error.values@1", needs=["graph.flat.assign@1"])
@pytest.mark.parametrize(
    "key", ["needle", ("needle",), ("b", "needle"), ("a", "w", "needle"), ("needle", ("a", "w"))], ids=str
)
def test_a_key_that_is_no_path_of_the_flat_mapping_changes_nothing(impl: Any, key: Any) -> None:
    flat = impl.util.FlattedDict({("a", "w"): 1, ("b",): 2})
    with pytest.raises(ValueError, match="needle"):
        flat.assign_dict_values({("b",): 20, key: 3, ("a", "w"): 10})

    assert flat == {("a", "w"): 1, ("b",): 2}
