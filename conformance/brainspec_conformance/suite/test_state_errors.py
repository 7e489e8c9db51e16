"""The checks of `spec/10-state.md`: errors, but those of traces."""

import re
from typing import Any

import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.state_material import KINDS, a_state, held_by, subclass


def state_with_all(impl: Any) -> Any:
    return impl.State(1, name="v", tag=["slow"])


@check("state.error.value-is-state@1")
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "HiddenState"])
@pytest.mark.parametrize("other", KINDS)
def test_a_state_is_not_made_from_a_state(impl: Any, kind: str, other: str) -> None:
    inner = a_state(impl, other, name="w")
    before = held_by(inner)
    with pytest.raises(ValueError):
        getattr(impl, kind)(inner)

    assert held_by(inner) == before


@check("state.error.value-is-state@1")
@pytest.mark.parametrize("other", KINDS)
def test_a_state_is_not_assigned_to_a_state(impl: Any, other: str) -> None:
    state = state_with_all(impl)
    with pytest.raises(ValueError):
        state.value = a_state(impl, other)

    assert held_by(state) == (1, "v", ["slow"])


@check("state.error.value-is-state@1")
def test_a_state_is_not_assigned_to_itself(impl: Any) -> None:
    state = state_with_all(impl)
    with pytest.raises(ValueError):
        state.value = state

    assert held_by(state) == (1, "v", ["slow"])


@check("state.error.value-is-state@1", needs=["state.kinds.user@1"])
def test_a_state_of_a_users_class_is_not_assigned(impl: Any) -> None:
    state = state_with_all(impl)
    with pytest.raises(ValueError):
        state.value = subclass(impl.ParamState)(1)

    assert held_by(state) == (1, "v", ["slow"])


# Trees around a state, and the parts of the path to it.
PLANTED: list[tuple[Any, list[str]]] = [
    (lambda state: {"needle": state}, ["needle"]),
    (lambda state: {"outer": {"needle": state}, "other": 1}, ["outer", "needle"]),
    (lambda state: [0, 1, 2, 3, 4, 5, 6, state], ["7"]),
    (lambda state: (None, {"a": 1}, {"needle": [0, state]}), ["2", "needle", "1"]),
]


@check("state.error.nested-state@1")
@pytest.mark.parametrize(("plant", "parts"), PLANTED)
def test_a_tree_with_a_state_is_not_assigned(impl: Any, plant: Any, parts: list[str]) -> None:
    state = state_with_all(impl)
    with pytest.raises(ValueError, match=".*".join(parts)):
        state.value = plant(impl.State(2))

    assert held_by(state) == (1, "v", ["slow"])


@check("state.error.nested-state@1")
@pytest.mark.parametrize(("plant", "parts"), PLANTED)
def test_a_state_is_not_made_from_a_tree_with_a_state(impl: Any, plant: Any, parts: list[str]) -> None:
    inner = impl.State(2)
    with pytest.raises(ValueError, match=".*".join(parts)):
        impl.ParamState(plant(inner))

    assert inner.value == 2


@check("state.error.hidden@1")
@pytest.mark.parametrize(
    "value",
    [1, 1.0, 1j, True, "text", b"bytes", None, [1.0], (1.0,), {"a": 1.0}, [np.ones(2)], slice(2), np.float32],
    ids=repr,
)
def test_what_is_no_array_is_not_hidden(impl: Any, value: object) -> None:
    with pytest.raises(TypeError, match=type(value).__name__):
        impl.HiddenState(value)


@check("state.error.hidden@1", needs=["state.kinds.user@1"])
def test_what_is_no_array_is_not_hidden_in_a_users_class(impl: Any) -> None:
    with pytest.raises(TypeError, match="float"):
        subclass(impl.HiddenState)(1.0)


NAMES: list[Any] = [42, 1.5, True, b"v", ["v"], ("v",), {"v"}, object, ...]


@check("state.error.name@1")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", NAMES, ids=repr)
def test_a_name_that_is_no_string_is_not_taken(impl: Any, kind: str, name: object) -> None:
    with pytest.raises(TypeError, match=re.escape(repr(name))):
        a_state(impl, kind, name=name)


@check("state.error.name@1", needs=["state.meta.name@1"])
@pytest.mark.parametrize("name", NAMES, ids=repr)
def test_a_name_that_is_no_string_is_not_set(impl: Any, name: object) -> None:
    state = state_with_all(impl)
    with pytest.raises(TypeError, match=re.escape(repr(name))):
        state.name = name

    assert held_by(state) == (1, "v", ["slow"])


NO_TAGS: list[Any] = [
    42,
    True,
    b"slow",
    int,
    ...,
    ["slow", 42],
    ("slow", None),
    {42},
    frozenset({b"slow"}),
    [["slow"]],
    {"slow": 1},
    range(2),
]


@check("state.error.tag@1")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tag", NO_TAGS, ids=repr)
def test_what_is_no_tag_is_not_taken(impl: Any, kind: str, tag: object) -> None:
    with pytest.raises(TypeError, match=re.escape(repr(tag))):
        a_state(impl, kind, tag=tag)


@check("state.error.tag@1", needs=["state.meta.tag@1"])
@pytest.mark.parametrize("tag", NO_TAGS, ids=repr)
def test_what_is_no_tag_is_not_set(impl: Any, tag: object) -> None:
    state = state_with_all(impl)
    with pytest.raises(TypeError, match=re.escape(repr(tag))):
        state.tag = tag

    assert held_by(state) == (1, "v", ["slow"])


@check("state.error.tag@1", needs=["state.catch.tag@1"])
@pytest.mark.parametrize("tag", NO_TAGS, ids=repr)
def test_what_is_no_tag_is_not_given_to_new_states(impl: Any, tag: object) -> None:
    with pytest.raises(TypeError, match=re.escape(repr(tag))), impl.catch_new_states(state_tag=tag):
        impl.State(1)


@check("state.error.reserved@1")
@pytest.mark.parametrize("word", ["copy", "copy_from", "value", "__class__", "__repr__", "__hash__"])
@pytest.mark.parametrize("kind", KINDS)
def test_metadata_do_not_hide_what_the_class_has(impl: Any, kind: str, word: str) -> None:
    with pytest.raises(TypeError, match=word):
        a_state(impl, kind, **{word: 1})


@check("state.error.reserved@1", needs=["state.kinds.user@1"])
@pytest.mark.parametrize("body", [len, 3, None], ids=repr)
def test_metadata_do_not_hide_what_a_users_class_adds(impl: Any, body: object) -> None:
    users = subclass(impl.ParamState, decay=body)
    with pytest.raises(TypeError, match="decay"):
        users(1, decay=2)

    assert impl.ParamState(1, decay=2).decay == 2


@check("state.error.reserved@1")
def test_metadata_do_not_hide_varshape(impl: Any) -> None:
    with pytest.raises(TypeError, match="varshape"):
        impl.HiddenState(np.ones(2), varshape=(2,))


@check("state.error.copy-kind@1", needs=["state.copy.from@1"])
@pytest.mark.parametrize(
    ("kind", "other"),
    [
        ("ParamState", "HiddenState"),
        ("ParamState", "LongTermState"),
        ("LongTermState", "ParamState"),
        ("ParamState", "BatchState"),
        ("State", "ShortTermState"),
    ],
)
def test_a_state_of_another_kind_is_not_copied_from(impl: Any, kind: str, other: str) -> None:
    state, source = a_state(impl, kind, name="v"), a_state(impl, other, name="w", tag="slow", unit="mV")
    before = held_by(state)
    with pytest.raises(TypeError, match=f"(?s)(?=.*\\b{kind}\\b).*\\b{other}\\b"):
        state.copy_from(source)

    assert held_by(state) == before
    assert not hasattr(state, "unit")


@check("state.error.copy-kind@1", needs=["state.copy.from@1"])
@pytest.mark.parametrize("source", [1.0, None, "text", {"value": 1}, np.ones(2)], ids=repr)
def test_what_is_no_state_is_not_copied_from(impl: Any, source: object) -> None:
    state = state_with_all(impl)
    with pytest.raises(TypeError, match=f"(?s)(?=.*\\bState\\b).*{type(source).__name__}"):
        state.copy_from(source)

    assert held_by(state) == (1, "v", ["slow"])


@check("state.error.copy-kind@1", needs=["state.copy.from@1", "state.kinds.user@1"])
def test_a_users_class_is_another_kind_than_the_one_above(impl: Any) -> None:
    state, users = impl.ParamState(1), subclass(impl.ParamState)(2)
    for target, source in [(state, users), (users, state)]:
        with pytest.raises(TypeError, match=r"(?s)(?=.*ParamState).*Users"):
            target.copy_from(source)

    assert (state.value, users.value) == (1, 2)
