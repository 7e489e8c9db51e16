"""The checks of `spec/10-state.md`: what trace stacks do not see, how they close and what they put back."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.state_material import broken_off, in_a_thread, read, states_of, write


@check("state.stack.closed@1", needs=["state.stack.records@1"])
def test_touches_before_and_after_are_not_recorded(impl: Any) -> None:
    early, late = states_of(impl, 2)
    stack = impl.StateTraceStack()
    write(early)
    with stack:
        read(late)
    read(early), write(late)

    assert (stack.states, stack.been_writen) == ([late], [False])


@check("state.stack.closed@1", needs=["state.stack.records@1"])
@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_exception_closes_the_stack_and_goes_on(impl: Any, error: type[BaseException]) -> None:
    one, other = states_of(impl, 2)
    stack = broken_off(impl.StateTraceStack(), lambda: read(one), error)
    read(other), write(one)

    assert (stack.states, stack.been_writen) == ([one], [False])


@check("state.stack.closed@1", needs=["state.stack.records@1"])
def test_an_exception_in_an_inner_block_leaves_the_outer_open(impl: Any) -> None:
    one, other = states_of(impl, 2)
    with impl.StateTraceStack() as outer:
        inner = broken_off(impl.StateTraceStack(), lambda: read(one))
        read(other)

    assert (outer.states, inner.states) == ([one, other], [one])


@check("state.stack.closed@1", needs=["state.stack.records@1"])
def test_touches_in_another_thread_are_not_recorded(impl: Any) -> None:
    mine, theirs = states_of(impl, 2)
    with impl.StateTraceStack() as stack:
        in_a_thread(lambda: (read(theirs), write(mine)))
        read(mine)

    assert (stack.states, stack.been_writen) == ([mine], [False])


@check("state.stack.closed@1", needs=["state.stack.records@1"])
def test_two_threads_have_stacks_of_their_own(impl: Any) -> None:
    mine, theirs = states_of(impl, 2)
    stack, other = impl.StateTraceStack(), impl.StateTraceStack()
    with ThreadPoolExecutor(1) as pool:
        with stack:
            pool.submit(other.__enter__).result()
            read(mine), pool.submit(read, theirs).result()
        pool.submit(other.__exit__, None, None, None).result()

    assert (stack.states, other.states) == ([mine], [theirs])


@check("state.stack.recover@1", needs=["state.stack.records@1", "state.value.written@1"])
@pytest.mark.parametrize("touches", [[write], [read, write], [write, read, write, write], [read], []])
def test_recovering_puts_back_the_very_object(impl: Any, touches: list[Callable[[Any], Any]]) -> None:
    before = {"a": [1]}
    state = impl.State(before)
    with impl.StateTraceStack() as stack:
        for touch in touches:
            touch(state)
    stack.recovery_original_values()

    assert state.value is before


@check("state.stack.recover@1", needs=["state.stack.records@1", "state.value.written@1"])
def test_recovering_reaches_states_that_were_only_read(impl: Any) -> None:
    state, untouched = states_of(impl, 2)
    with impl.StateTraceStack() as stack:
        read(state)
    state.value, untouched.value = 5, 5
    stack.recovery_original_values()

    assert (state.value, untouched.value) == (0, 5)


@check("state.stack.recover@1", needs=["state.stack.nested@1", "state.value.written@1"])
def test_each_stack_recovers_what_it_met_first(impl: Any) -> None:
    state = impl.State(1)
    with impl.StateTraceStack() as outer:
        state.value = 2
        with impl.StateTraceStack() as inner:
            state.value = 3
    inner.recovery_original_values()
    assert state.value == 2
    outer.recovery_original_values()
    assert state.value == 1


@check("state.stack.recover@1", needs=["state.stack.closed@1", "state.value.written@1"])
def test_recovering_works_after_an_exception(impl: Any) -> None:
    one, other = states_of(impl, 2)
    stack = broken_off(impl.StateTraceStack(), lambda: (write(one), write(other)))
    stack.recovery_original_values()

    assert (one.value, other.value) == (0, 0)


@check("state.error.stack-order@1")
def test_an_outer_stack_is_not_closed_before_an_inner_one(impl: Any) -> None:
    stacks = [impl.StateTraceStack().__enter__() for _ in range(3)]
    for stack in stacks[:2]:
        with pytest.raises(RuntimeError):
            stack.__exit__(None, None, None)
    for stack in reversed(stacks):
        stack.__exit__(None, None, None)


@check("state.error.stack-order@1", needs=["state.stack.nested@1"])
def test_stacks_that_are_closed_in_a_wrong_order_stay_open(impl: Any) -> None:
    state, outer, inner = impl.State(1), impl.StateTraceStack(), impl.StateTraceStack()
    outer.__enter__(), inner.__enter__()
    with pytest.raises(RuntimeError):
        outer.__exit__(None, None, None)
    state.value = 2
    inner.__exit__(None, None, None), outer.__exit__(None, None, None)

    assert outer.states == inner.states == [state]


@check("state.error.stack-order@1")
def test_a_stack_is_closed_once(impl: Any) -> None:
    with impl.StateTraceStack() as stack:
        pass
    with pytest.raises(RuntimeError):
        stack.__exit__(None, None, None)


@check("state.error.stack-order@1")
def test_a_stack_is_not_closed_by_another_thread(impl: Any) -> None:
    with impl.StateTraceStack() as stack, pytest.raises(RuntimeError):
        in_a_thread(lambda: stack.__exit__(None, None, None))
