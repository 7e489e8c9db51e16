"""The checks of `spec/10-state.md`: taking over another state, and what copying touches."""

from typing import Any

import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.state_material import KINDS, PROMISED, a_state, subclass


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


@check("state.copy.from@1", needs=["state.value.written@1"])
def test_copy_from_drops_metadata_that_the_other_lacks(impl: Any) -> None:
    state, other = impl.State(1, unit="nA", bounds=[0]), impl.State(2, unit="mV")
    state.later = "set later"
    state.copy_from(other)

    assert state.unit == "mV"
    assert not hasattr(state, "bounds")
    assert not hasattr(state, "later")


@check("state.copy.from@1", needs=["state.value.written@1"])
def test_copy_from_takes_over_metadata_that_were_set_later(impl: Any) -> None:
    state, other = impl.State(1), impl.State(2, unit="nA")
    other.unit, other.later = "mV", [1]
    state.copy_from(other)

    assert state.unit == "mV"
    assert state.later is other.later


@check("state.copy.from@1", needs=["state.value.written@1"])
def test_metadata_that_were_taken_over_belong_to_each_alone(impl: Any) -> None:
    state, other = impl.State(1), impl.State(2, unit="mV")
    state.copy_from(other)
    state.unit, other.later = "nA", 1

    assert other.unit == "mV"
    assert not hasattr(state, "later")


@check("state.copy.from@1", needs=["state.value.written@1"])
def test_a_state_that_takes_over_itself_stays_as_it_is(impl: Any) -> None:
    state = impl.State([1], name="v", tag="slow", unit="mV")
    before = state.value
    state.copy_from(state)

    assert state.value is before
    assert (state.name, state.tag, state.unit) == ("v", "slow", "mV")


@check("state.copy.from@1", needs=["state.kinds.user@1"])
def test_a_state_of_a_users_class_takes_over_another(impl: Any) -> None:
    users = subclass(impl.ParamState, decay=3)
    state, other = users(1, unit="nA"), users(2, name="w")
    state.copy_from(other)

    assert (state.value, state.name, state.decay, hasattr(state, "unit")) == (2, "w", 3, False)


@check("state.copy.touches@1", needs=["state.stack.writes@1", "state.stack.nested@1"])
@pytest.mark.parametrize("make", PROMISED)
def test_copying_reads_the_state(impl: Any, make: str) -> None:
    state = impl.State([1], name="v", unit="mV")
    with impl.StateTraceStack() as outer, impl.StateTraceStack() as inner:
        made = PROMISED[make](state)

    assert made.value == [1]
    assert outer.states == inner.states == [state]
    assert outer.been_writen == inner.been_writen == [False]


@check("state.copy.touches@1", needs=["state.stack.writes@1", "state.stack.newborn@1"])
@pytest.mark.parametrize("make", ["deepcopy", "pickle"])
def test_copying_a_tree_reads_every_state_in_it(impl: Any, make: str) -> None:
    one, other = impl.State(1), impl.ParamState(2)
    with impl.StateTraceStack() as stack:
        PROMISED[make]({"a": one, "b": [other, impl.State(3), one]})

    assert (stack.states, stack.been_writen) == ([one, other], [False, False])


@check("state.copy.touches@1", needs=["state.stack.writes@1", "state.stack.nested@1"])
def test_copy_from_reads_the_other_and_writes_the_state(impl: Any) -> None:
    state, other = impl.State(1), impl.State(2, unit="mV")
    with impl.StateTraceStack() as outer, impl.StateTraceStack() as inner:
        state.copy_from(other)

    for stack in (outer, inner):
        assert (stack.get_read_states(), stack.get_write_states()) == ((other,), (state,))


@check("state.copy.touches@1", needs=["state.stack.writes@1"])
def test_copy_from_itself_writes_the_state(impl: Any) -> None:
    state = impl.State(1)
    with impl.StateTraceStack() as stack:
        state.copy_from(state)

    assert (stack.states, stack.been_writen) == ([state], [True])


@check("state.copy.touches@1", needs=["state.stack.recover@1"])
def test_what_copy_from_wrote_is_taken_back(impl: Any) -> None:
    state, other = impl.State(1), impl.State(2)
    with impl.StateTraceStack() as stack:
        state.copy_from(other)
    other.value = 3
    stack.recovery_original_values()

    assert (state.value, other.value) == (1, 2)
