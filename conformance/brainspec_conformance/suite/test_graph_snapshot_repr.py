"""The checks of `spec/20-graph.md`: how a snapshot prints."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.graph_material import node, ref
from brainspec_conformance.suite.state_material import KINDS, subclass


class Lines:
    """A value whose text has several lines."""

    def __repr__(self) -> str:
        return "Lines(\n  1,\n    2\n)"


def text(*lines: str, kind: str = "State") -> str:
    return "TreefyState(\n" + ",\n".join([f"  type=<class 'brainstate.{kind}'>", *lines]) + "\n)"


@check("graph.snapshot.repr@1", needs=["graph.snapshot.made@1", "state.kinds.shown@1"])
@pytest.mark.parametrize("kind", KINDS)
def test_type_value_and_tag_are_printed(impl: Any, kind: str) -> None:
    assert repr(ref(impl, 1.5, kind)) == text("  value=1.5", "  tag=None", kind=kind)


@check("graph.snapshot.repr@1", needs=["graph.snapshot.made@1", "state.kinds.shown@1"])
@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ({"name": "v"}, ["  name='v'", "  tag=None"]),
        ({"name": "", "tag": ""}, ["  name=''", "  tag=''"]),
        ({"tag": "slow", "name": "it's"}, ['  name="it\'s"', "  tag='slow'"]),
        ({"tag": ["b", "a"]}, ["  tag=['b', 'a']"]),
        ({"tag": ("slow",)}, ["  tag=('slow',)"]),
        ({"tag": []}, ["  tag=[]"]),
        ({"tag": "a\nb", "name": "c\nd"}, ["  name='c\\nd'", "  tag='a\\nb'"]),
    ],
    ids=repr,
)
def test_a_name_is_printed_where_there_is_one(impl: Any, words: dict[str, Any], lines: list[str]) -> None:
    assert repr(ref(impl, 1, **words)) == text("  value=1", *lines)


@check("graph.snapshot.repr@1", needs=["graph.snapshot.made@1", "state.kinds.shown@1"])
@pytest.mark.parametrize(
    ("words", "printed"),
    [
        (["slow"], "{'slow'}"),
        (["c", "a", "b"], "{'a', 'b', 'c'}"),
        ([f"w{n}" for n in range(20)], str(sorted(f"w{n}" for n in range(20))).replace("[", "{").replace("]", "}")),
        ([], "set()"),
    ],
    ids=["one", "three", "many", "empty"],
)
def test_a_set_of_tags_prints_sorted(impl: Any, words: list[str], printed: str) -> None:
    for sort in (set, frozenset):
        assert repr(ref(impl, 1, tag=sort(words))) == text("  value=1", f"  tag={printed}")


@check("graph.snapshot.repr@1", needs=["graph.snapshot.made@1", "state.kinds.shown@1"])
@pytest.mark.parametrize(
    "value", [None, "te\nxt", True, -2.5, [1, "a"], {"b": (1,), "a": []}, np.float32(1.5), int], ids=repr
)
def test_a_value_prints_as_itself(impl: Any, value: Any) -> None:
    assert repr(ref(impl, value)) == text(f"  value={value!r}", "  tag=None")


@check("graph.snapshot.repr@1", needs=["graph.snapshot.made@1", "state.kinds.shown@1"])
@pytest.mark.parametrize("make", [jnp.asarray, np.asarray, lambda row: [row]], ids=["jax", "numpy", "list"])
def test_an_array_prints_with_its_numbers(impl: Any, make: Any) -> None:
    value = make(np.array([1.0, -2.0], np.float32))

    assert repr(ref(impl, value)) == text(f"  value={value!r}", "  tag=None")


@check("graph.snapshot.repr@1", needs=["graph.snapshot.made@1", "state.kinds.shown@1"])
def test_further_lines_are_indented_by_two_more(impl: Any) -> None:
    lines = "  value=Lines(\n    1,\n      2\n  )"
    table = np.array([[1.0, 2.0], [3.0, 4.0]])

    assert repr(ref(impl, Lines(), name="v")) == text(lines, "  name='v'", "  tag=None")
    assert repr(ref(impl, table)) == text("  value=array([[1., 2.],\n         [3., 4.]])", "  tag=None")


@check("graph.snapshot.repr@1", needs=["graph.snapshot.made@1", "state.kinds.shown@1"])
def test_a_snapshot_in_a_snapshot_is_indented(impl: Any) -> None:
    inner = "TreefyState(\n    type=<class 'brainstate.ParamState'>,\n    value=1,\n    tag=None\n  )"

    assert repr(ref(impl, ref(impl, 1, "ParamState"))) == text(f"  value={inner}", "  tag=None")


@check("graph.snapshot.repr@1", needs=["graph.snapshot.made@1", "state.kinds.user@1"])
def test_a_users_class_prints_as_python_prints_it(impl: Any) -> None:
    users = subclass(impl.ParamState)
    expected = f"TreefyState(\n  type={users!r},\n  value=1,\n  tag=None\n)"

    assert repr(impl.TreefyState(users, 1)) == expected


@check("graph.snapshot.repr@1", needs=["graph.snapshot.made@1", "state.kinds.shown@1"])
def test_metadata_are_not_printed(impl: Any) -> None:
    assert repr(ref(impl, 1, unit="mV", type=2)) == text("  value=1", "  tag=None")


@check("graph.snapshot.repr@1", needs=["graph.snapshot.made@1", "state.kinds.shown@1", "graph.treefy.states@1"])
def test_a_snapshot_of_a_state_prints_alike(impl: Any) -> None:
    root = node(impl, w=impl.ParamState(1.5, name="v", tag="slow", unit="mV"))
    expected = text("  value=1.5", "  name='v'", "  tag='slow'", kind="ParamState")

    assert repr(impl.graph.treefy_states(root)["w"]) == expected


@check("graph.snapshot.repr@1", needs=["graph.snapshot.made@1", "state.kinds.shown@1", "graph.snapshot.pytree@1"])
def test_a_snapshot_prints_what_stands_for_its_value(impl: Any) -> None:
    printed: list[str] = []

    def step(snapshot: Any) -> Any:
        printed.extend([repr(snapshot), text(f"  value={snapshot.value!r}", "  tag=None")])
        return snapshot

    jax.eval_shape(step, ref(impl, 1.0))
    assert printed[0] == printed[1]
