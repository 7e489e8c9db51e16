"""The checks of `spec/10-state.md`: trace stacks."""

from collections.abc import Callable
from typing import Any

import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.state_material import COPIES, KINDS, a_state, read, states_of, write


@check("state.stack.records@1")
@pytest.mark.parametrize("touch", [read, write])
@pytest.mark.parametrize("kind", KINDS)
def test_a_state_of_any_kind_is_recorded(impl: Any, kind: str, touch: Callable[[Any], Any]) -> None:
    state = a_state(impl, kind)
    with impl.StateTraceStack() as stack:
        touch(state)

    assert stack.states == [state]


@check("state.stack.records@1")
def test_states_stand_in_the_order_of_their_first_touch(impl: Any) -> None:
    states = states_of(impl, 20)
    order = [7 * n % 20 for n in range(20)]
    with impl.StateTraceStack() as stack:
        for n in [*order, *range(20)]:
            (read if n % 3 else write)(states[n])

    assert stack.states == [states[n] for n in order]


@check("state.stack.records@1", needs=["state.identity.equal@1"])
def test_states_with_one_value_are_recorded_apart(impl: Any) -> None:
    one, other = states_of(impl, 2)
    with impl.StateTraceStack() as stack:
        read(other), read(one), read(other)

    assert stack.states == [other, one]


@check("state.stack.records@1")
def test_what_is_not_touched_is_not_recorded(impl: Any) -> None:
    state, _ = states_of(impl, 2)
    with impl.StateTraceStack() as stack:
        read(state)
        assert stack.states == [state]

    assert stack.states == [state]


@check("state.stack.records@1")
def test_each_stack_records_for_itself(impl: Any) -> None:
    one, other = states_of(impl, 2)
    with impl.StateTraceStack() as first:
        read(one)
    with impl.StateTraceStack() as second:
        read(other)

    assert (first.states, second.states) == ([one], [other])


@check("state.stack.writes@1", needs=["state.stack.records@1"])
@pytest.mark.parametrize(
    ("touches", "written"),
    [([read], False), ([read, read], False), ([write], True), ([read, write], True), ([write, read], True)],
)
def test_a_state_counts_as_written_from_its_first_write_on(
    impl: Any, touches: list[Callable[[Any], Any]], written: bool
) -> None:
    state = impl.State(0)
    with impl.StateTraceStack() as stack:
        for touch in touches:
            touch(state)

    assert stack.been_writen == [written]


@check("state.stack.writes@1", needs=["state.stack.records@1"])
def test_putting_back_the_same_object_is_a_write(impl: Any) -> None:
    state = impl.State("text")
    with impl.StateTraceStack() as stack:
        state.value = state.value

    assert stack.been_writen == [True]


@check("state.stack.writes@1", needs=["state.stack.records@1"])
def test_writes_stand_in_the_order_of_the_states(impl: Any) -> None:
    states = states_of(impl, 4)
    with impl.StateTraceStack() as stack:
        read(states[3]), write(states[1]), read(states[0]), read(states[2])
        write(states[2])

    assert stack.states == [states[3], states[1], states[0], states[2]]
    assert stack.been_writen == [False, True, False, True]


@check("state.stack.parts@1", needs=["state.stack.writes@1"])
def test_read_and_written_states_stand_in_the_order_of_the_states(impl: Any) -> None:
    states = states_of(impl, 6)
    with impl.StateTraceStack() as stack:
        for n in (5, 0, 3, 1, 4, 2):
            (write if n % 2 else read)(states[n])
        read(states[1])

    assert stack.get_read_states() == (states[0], states[4], states[2])
    assert stack.get_write_states() == (states[5], states[3], states[1])


@check("state.stack.parts@1", needs=["state.stack.writes@1"])
def test_a_state_that_is_read_and_then_written_is_a_written_one(impl: Any) -> None:
    state = impl.State(0)
    with impl.StateTraceStack() as stack:
        read(state), write(state), read(state)

    assert stack.get_read_states() == ()
    assert stack.get_write_states() == (state,)


@check("state.stack.parts@1")
def test_a_stack_that_met_nothing_has_no_parts(impl: Any) -> None:
    with impl.StateTraceStack() as stack:
        pass

    assert (stack.get_read_states(), stack.get_write_states(), stack.states, stack.been_writen) == ((), (), [], [])


@check("state.stack.nested@1", needs=["state.stack.writes@1"])
def test_every_open_stack_records_a_touch(impl: Any) -> None:
    one, other = states_of(impl, 2)
    with impl.StateTraceStack() as outer, impl.StateTraceStack() as middle, impl.StateTraceStack() as inner:
        read(other), write(one)

    assert outer.states == middle.states == inner.states == [other, one]
    assert outer.been_writen == middle.been_writen == inner.been_writen == [False, True]


@check("state.stack.nested@1", needs=["state.stack.writes@1"])
def test_each_stack_records_what_happens_while_it_is_open(impl: Any) -> None:
    before, within, after = states_of(impl, 3)
    with impl.StateTraceStack() as outer:
        read(before)
        with impl.StateTraceStack() as inner:
            read(within), write(before)
        write(after), write(within)

    assert (outer.states, outer.been_writen) == ([before, within, after], [True, True, True])
    assert (inner.states, inner.been_writen) == ([within, before], [False, True])


@check("state.stack.newborn@1", needs=["state.stack.records@1"])
@pytest.mark.parametrize("touch", [read, write])
@pytest.mark.parametrize("kind", KINDS)
def test_a_state_that_was_born_inside_is_not_recorded(impl: Any, kind: str, touch: Callable[[Any], Any]) -> None:
    old = a_state(impl, kind)
    with impl.StateTraceStack() as stack:
        touch(a_state(impl, kind)), touch(old)

    assert stack.states == [old]


@check("state.stack.newborn@1", needs=["state.stack.nested@1"])
def test_a_state_is_new_to_the_stacks_that_were_open_only(impl: Any) -> None:
    with impl.StateTraceStack() as outer:
        state = impl.State(0)
        with impl.StateTraceStack() as inner:
            write(state)

    assert (outer.states, inner.states) == ([], [state])


@check("state.stack.newborn@1", needs=["state.stack.nested@1"])
def test_a_state_that_was_born_in_an_inner_block_stays_new_to_the_outer(impl: Any) -> None:
    with impl.StateTraceStack() as outer:
        with impl.StateTraceStack() as inner:
            state = impl.State(0)
        read(state)
    with impl.StateTraceStack() as later:
        read(state)

    assert (outer.states, inner.states, later.states) == ([], [], [state])


@check("state.stack.newborn@1", needs=["state.stack.records@1"])
@pytest.mark.parametrize("make", COPIES)
def test_a_copy_that_was_made_inside_is_not_recorded(impl: Any, make: str) -> None:
    state = impl.State(0)
    with impl.StateTraceStack() as stack:
        read(state)
        write(COPIES[make](state))

    assert (stack.states, stack.been_writen) == ([state], [False])
