"""The checks of `spec/10-state.md`: copies of every sort."""

import copy
import pickle
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.state_material import COPIES, KINDS, a_state, importable, subclass


@check("state.copy.new@1", needs=["state.value.identity@1", "state.meta.other@1"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_copy_has_all_that_the_state_has(impl: Any, kind: str) -> None:
    state = a_state(impl, kind, name="w", tag=["slow"], unit="mV", bounds=[0])
    made = state.copy()

    assert made is not state
    assert made != state
    assert type(made) is type(state)
    assert made.value is state.value
    assert made.bounds is state.bounds
    assert (made.name, made.tag, made.unit) == ("w", ["slow"], "mV")


@check("state.copy.new@1")
@pytest.mark.parametrize("value", [None, 1.5, "text", [1, [2]]], ids=repr)
def test_a_copy_holds_the_same_object(impl: Any, value: object) -> None:
    state = impl.State(value)

    assert state.copy().value is value


@check("state.copy.new@1", needs=["state.value.written@1"])
def test_a_copy_holds_what_was_written_last(impl: Any) -> None:
    state = impl.State(1, name="v")
    state.value, state.name, state.tag = 2, "w", "slow"
    made = state.copy()

    assert (made.value, made.name, made.tag) == (2, "w", "slow")


@check("state.copy.new@1", needs=["state.kinds.user@1"])
def test_a_copy_of_a_users_state_is_of_the_users_class(impl: Any) -> None:
    def init(self: Any, size: int) -> None:
        impl.State.__init__(self, np.zeros(size), unit="mV")

    users = subclass(impl.State, __init__=init)
    made = users(3).copy()

    assert type(made) is users
    assert made.value.shape == (3,)
    assert made.unit == "mV"


@check("state.copy.new@1", needs=["state.value.written@1"])
def test_what_is_done_to_a_copy_does_not_reach_the_state(impl: Any) -> None:
    state = impl.State(1, name="v", tag="slow", unit="mV")
    made = state.copy()
    made.value, made.name, made.tag, made.unit = 2, "w", "fast", "nA"

    assert (state.value, state.name, state.tag, state.unit) == (1, "v", "slow", "mV")


@check("state.copy.apart@1", needs=["state.value.written@1"])
@pytest.mark.parametrize("make", COPIES)
def test_a_write_does_not_reach_a_copy(impl: Any, make: str) -> None:
    state = impl.State(1)
    made = COPIES[make](state)
    state.value = 2
    state.value += 1

    assert made.value == 1


@check("state.copy.apart@1", needs=["state.copy.new@1", "state.value.written@1"])
def test_a_write_does_not_reach_a_copy_of_a_copy(impl: Any) -> None:
    state = impl.State(1)
    middle = state.copy()
    last = middle.copy()
    state.value, middle.value = 2, 3

    assert (state.value, middle.value, last.value) == (2, 3, 1)


@check("state.copy.from@1", needs=["state.value.written@1"])
@pytest.mark.parametrize("kind", KINDS)
def test_copy_from_takes_over_all_that_the_other_has(impl: Any, kind: str) -> None:
    state = a_state(impl, kind, name="v", tag="fast", unit="nA")
    other = a_state(impl, kind, name="w", tag=["slow"], unit="mV", bounds=[0])
    state.copy_from(other)

    assert state.value is other.value
    assert state != other
    assert (state.name, state.tag, state.unit, state.bounds) == ("w", ["slow"], "mV", [0])


@check("state.copy.from@1", needs=["state.value.written@1"])
def test_copy_from_takes_over_that_there_is_no_name_and_no_tag(impl: Any) -> None:
    state = impl.State(1, name="v", tag="slow")
    state.copy_from(impl.State(2))

    assert (state.value, state.name, state.tag) == (2, None, None)


@check("state.copy.from@1", needs=["state.value.written@1"])
def test_copy_from_leaves_the_other_as_it_was(impl: Any) -> None:
    state, other = impl.State(1, name="v", unit="nA"), impl.State(2, name="w", tag="slow")
    state.copy_from(other)
    state.value, state.name = 3, "u"

    assert (other.value, other.name, other.tag, hasattr(other, "unit")) == (2, "w", "slow", False)


@check("state.copy.from@1", needs=["state.value.written@1"])
def test_copy_from_shares_no_later_write(impl: Any) -> None:
    state, other = impl.State(1), impl.State(2)
    state.copy_from(other)
    other.value, other.name = 3, "w"

    assert (state.value, state.name) == (2, None)


@check("state.copy.from@1", needs=["state.stack.writes@1"])
def test_copy_from_is_a_write(impl: Any) -> None:
    state, other = impl.State(1), impl.State(2)
    with impl.StateTraceStack() as stack:
        state.copy_from(other)

    assert stack.get_write_states() == (state,)


@check("state.copy.deep@1", needs=["state.meta.other@1"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_deep_copy_has_copies_of_all_that_the_state_has(impl: Any, kind: str) -> None:
    state = a_state(impl, kind, name="w", tag=["slow"], bounds=[0, [1]])
    made = copy.deepcopy(state)

    assert made is not state
    assert type(made) is type(state)
    assert made.value is not state.value
    assert made.value.tolist() == [0, 0]
    assert (made.name, made.tag) == ("w", ["slow"])
    assert made.bounds == [0, [1]]
    assert made.bounds[1] is not state.bounds[1]


@check("state.copy.deep@1", needs=["state.kinds.user@1"])
def test_a_deep_copy_of_a_users_state_is_of_the_users_class(impl: Any) -> None:
    users = subclass(impl.ParamState)

    assert type(copy.deepcopy(users(1.0))) is users


@check("state.copy.deep@1")
def test_a_deep_copy_keeps_what_two_states_share(impl: Any) -> None:
    shared = [1]
    states = [impl.State(shared), impl.State({"a": shared}, bounds=shared)]
    one, other = copy.deepcopy(states)

    assert one.value is other.value["a"] is other.bounds
    assert one.value is not shared


@check("state.copy.deep@1")
def test_a_deep_copy_keeps_a_state_that_is_met_at_two_depths(impl: Any) -> None:
    state = impl.State(1)
    made = copy.deepcopy({"a": state, "b": [state, impl.State(1)]})

    assert made["a"] is made["b"][0]
    assert made["a"] is not made["b"][1]
    assert made["a"] is not state


@check("state.copy.deep@1", needs=["state.meta.other@1"])
def test_a_deep_copy_keeps_a_state_that_its_metadata_lead_back_to(impl: Any) -> None:
    friends: list[Any] = []
    state = impl.State(1, friends=friends)
    friends.append(state)
    made = copy.deepcopy(state)

    assert made.friends[0] is made
    assert made is not state


@check("state.copy.deep@1", needs=["state.value.written@1"])
def test_a_change_inside_a_deep_copy_does_not_reach_the_state(impl: Any) -> None:
    state = impl.State({"a": [1]}, bounds=[0])
    made = copy.deepcopy(state)
    made.value["a"].append(2)
    made.bounds.append(1)

    assert state.value == {"a": [1]}
    assert state.bounds == [0]


@check("state.copy.pickle@1", needs=["state.meta.other@1"])
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("kind", KINDS)
def test_a_state_comes_back_from_pickle(impl: Any, kind: str, protocol: int) -> None:
    state = a_state(impl, kind, name="w", tag=["slow"], unit="mV", bounds=(0, None))
    made = pickle.loads(pickle.dumps(state, protocol))

    assert type(made) is type(state)
    assert made != state
    assert made.value.tolist() == [0, 0]
    assert (made.name, made.tag, made.unit, made.bounds) == ("w", ["slow"], "mV", (0, None))


@check("state.copy.pickle@1")
@pytest.mark.parametrize("tag", ["slow", ("b", "a"), {"a", "b"}, None], ids=["string", "tuple", "set", "none"])
def test_a_tag_comes_back_from_pickle_as_it_was(impl: Any, tag: object) -> None:
    made = pickle.loads(pickle.dumps(impl.State(1, tag=tag)))

    assert type(made.tag) is type(tag)
    assert made.tag == tag


@check("state.copy.pickle@1")
def test_a_jax_array_comes_back_from_pickle(impl: Any) -> None:
    made = pickle.loads(pickle.dumps(impl.HiddenState(jnp.arange(3))))

    assert made.value.tolist() == [0, 1, 2]
    assert made.varshape == (3,)


@check("state.copy.pickle@1", needs=["state.kinds.user@1"])
def test_a_state_of_a_users_class_comes_back_from_pickle(impl: Any) -> None:
    users = importable(impl.ParamState)
    made = pickle.loads(pickle.dumps(users([1], name="w", unit="mV")))

    assert type(made) is users
    assert (made.value, made.name, made.unit) == ([1], "w", "mV")


@check("state.copy.pickle@1", needs=["state.value.written@1", "state.stack.records@1"])
def test_a_state_from_pickle_lives_on(impl: Any) -> None:
    made = pickle.loads(pickle.dumps(impl.State(1, unit="mV")))
    with impl.StateTraceStack() as stack:
        made.value += 1

    assert made.value == 2
    assert stack.states == [made]
    assert made in {made}
    assert made.copy().unit == "mV"


@check("state.copy.pickle@1")
def test_a_state_that_is_pickled_twice_in_a_tree_comes_back_as_one(impl: Any) -> None:
    state = impl.State(1)
    one, other = pickle.loads(pickle.dumps([state, state]))

    assert one is other
