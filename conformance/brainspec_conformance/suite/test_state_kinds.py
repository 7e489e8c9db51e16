"""The checks of `spec/10-state.md`: the kinds, and what tells one state from another."""

import operator
import sys
import types
from typing import Any, Generic, TypeVar

import jax
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.state_material import ABOVE, KINDS, a_state, subclass

T = TypeVar("T")
GENERIC: Any = Generic


def line_of(kind: str | None) -> list[str]:
    """A kind and all kinds above it."""
    return [kind, *line_of(ABOVE[kind])] if kind else []


@check("state.kinds.tree@1")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("other", KINDS)
def test_a_kind_stands_below_the_kinds_of_its_line_only(impl: Any, kind: str, other: str) -> None:
    assert issubclass(getattr(impl, kind), getattr(impl, other)) == (other in line_of(kind))


@check("state.kinds.tree@1")
@pytest.mark.parametrize("kind", KINDS)
def test_a_state_is_an_instance_of_its_kind(impl: Any, kind: str) -> None:
    assert type(a_state(impl, kind)) is getattr(impl, kind)


@check("state.kinds.shown@1")
@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_shows_as_its_place_in_the_surface(impl: Any, kind: str) -> None:
    assert repr(getattr(impl, kind)) == f"<class 'brainstate.{kind}'>"
    assert f"{getattr(impl, kind)}" == f"<class 'brainstate.{kind}'>"


@check("state.kinds.shown@1")
@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_found_where_its_module_says(impl: Any, kind: str) -> None:
    found = getattr(impl, kind)

    assert operator.attrgetter(found.__qualname__)(sys.modules[found.__module__]) is found


@check("state.kinds.shown@1")
def test_the_kinds_show_in_a_list_of_classes(impl: Any) -> None:
    assert repr([impl.State, impl.BatchState]) == "[<class 'brainstate.State'>, <class 'brainstate.BatchState'>]"


@check("state.kinds.user@1")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["Trace", "State"])
def test_a_users_class_shows_as_python_shows_it(impl: Any, kind: str, name: str) -> None:
    users = subclass(getattr(impl, kind), name)

    assert repr(users) == type.__repr__(users)
    assert users.__module__ in repr(users)


@check("state.kinds.user@1")
def test_a_class_below_a_users_class_shows_as_python_shows_it(impl: Any) -> None:
    users = subclass(subclass(impl.ParamState, "Upper"), "Lower")

    assert repr(users) == type.__repr__(users)


@check("state.kinds.user@1", needs=["state.kinds.shown@1"])
def test_a_users_class_leaves_the_kind_above_as_it_shows(impl: Any) -> None:
    subclass(impl.ParamState)

    assert repr(impl.ParamState) == "<class 'brainstate.ParamState'>"


@check("state.kinds.user@1", needs=["state.value.written@1"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_state_of_a_users_class_is_read_and_written(impl: Any, kind: str) -> None:
    state = subclass(getattr(impl, kind))(np.zeros(2), name="v", tag="slow", unit="mV")
    state.value = put = np.ones(3)

    assert state.value is put
    assert isinstance(state, getattr(impl, kind))
    assert (state.name, state.tag, state.unit) == ("v", "slow", "mV")


@check("state.kinds.user@1")
def test_a_state_of_a_users_class_is_watched(impl: Any) -> None:
    with impl.catch_new_states() as caught:
        state = subclass(impl.State)(1)
    with impl.StateTraceStack() as stack:
        state.value = 2

    assert list(caught) == [state]
    assert stack.get_write_states() == (state,)


@check("state.kinds.user@1")
def test_a_users_class_adds_methods_that_use_the_value(impl: Any) -> None:
    def decay(self: Any) -> Any:
        self.value = self.value / 2
        return self.value

    assert subclass(impl.ShortTermState, decay=decay)(3.0).decay() == 1.5


@check("state.kinds.user@1")
def test_a_users_class_may_have_a_constructor_of_its_own(impl: Any) -> None:
    def init(self: Any, size: int) -> None:
        impl.State.__init__(self, np.zeros(size), name="made", unit="mV")

    state = subclass(impl.State, __init__=init)(3)

    assert state.value.shape == (3,)
    assert (state.name, state.unit) == ("made", "mV")


@check("state.kinds.user@1")
def test_a_users_class_may_have_parameters_of_type(impl: Any) -> None:
    bases: tuple[Any, ...] = (impl.State, GENERIC[T])
    users = types.new_class("Users", bases)

    assert users(1).value == 1


@check("state.identity.equal@1")
@pytest.mark.parametrize("other", [1, True, 1.0, "1", None, (1,), [1]])
def test_a_state_is_not_equal_to_its_value(impl: Any, other: object) -> None:
    state = impl.State(other)

    assert (state == other) is False
    assert (state != other) is True
    assert (other == state) is False


@check("state.identity.equal@1")
@pytest.mark.parametrize("kind", KINDS)
def test_two_states_with_one_value_are_two(impl: Any, kind: str) -> None:
    value = np.zeros(2)
    one, two = getattr(impl, kind)(value, name="v"), getattr(impl, kind)(value, name="v")

    assert (one == two) is False
    assert (one != two) is True
    assert (one == one) is True
    assert len({one, two}) == 2
    assert [two, one].index(one) == 1


@check("state.identity.equal@1", needs=["state.value.written@1"])
@pytest.mark.parametrize("value", [2, [3], {"a": 1}, np.zeros(2)], ids=repr)
def test_a_state_is_found_again_after_a_write(impl: Any, value: object) -> None:
    state = impl.State(1)
    table = {state: "here"}
    state.value, state.name, state.tag = value, "w", "slow"

    assert table[state] == "here"


@check("state.identity.equal@1")
@pytest.mark.parametrize("value", [[1], {"a": 1}, {1}, np.zeros(2)], ids=repr)
def test_a_state_has_a_hash_where_its_value_has_none(impl: Any, value: object) -> None:
    state = impl.State(value)

    assert hash(state) == hash(state)
    assert state in {state}


@check("state.identity.leaf@1")
@pytest.mark.parametrize("kind", KINDS)
def test_a_state_of_any_kind_is_a_leaf(impl: Any, kind: str) -> None:
    state, users = a_state(impl, kind), subclass(getattr(impl, kind))(np.zeros(2))

    assert jax.tree.leaves({"a": [state, None], "b": users}) == [state, users]


@check("state.identity.leaf@1")
@pytest.mark.parametrize("value", [None, (), [1, 2], {"a": 1}], ids=repr)
def test_a_state_is_a_leaf_whatever_it_holds(impl: Any, value: object) -> None:
    state = impl.State(value)

    assert jax.tree.leaves(state) == [state]


@check("state.identity.leaf@1")
def test_mapping_over_a_tree_meets_the_very_states(impl: Any) -> None:
    tree = {"a": impl.State(1), "b": (impl.ParamState(2.0),)}

    assert jax.tree.map(lambda leaf: leaf, tree) == tree
    assert jax.tree.map(lambda leaf: leaf.value, tree) == {"a": 1, "b": (2.0,)}
