"""The checks of `spec/10-state.md`: trace stacks that are closed or opened wrongly, and what they leave out."""

from collections.abc import Callable
from typing import Any

import jax
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.state_material import in_a_thread, read, states_of, write


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


@check("state.error.stack-order@1")
def test_a_stack_that_was_never_opened_is_not_closed(impl: Any) -> None:
    with pytest.raises(RuntimeError):
        impl.StateTraceStack().__exit__(None, None, None)


@check("state.error.stack-order@1", needs=["state.stack.nested@1"])
def test_what_is_open_stays_open_when_another_is_not_closed(impl: Any) -> None:
    state = impl.State(1)
    with impl.StateTraceStack() as closed:
        pass
    with impl.StateTraceStack() as outer, impl.StateTraceStack() as inner:
        for stack in (closed, impl.StateTraceStack(), outer):
            with pytest.raises(RuntimeError):
                stack.__exit__(None, None, None)
        with pytest.raises(RuntimeError):
            in_a_thread(lambda: inner.__exit__(None, None, None))
        write(state)

    assert outer.states == inner.states == [state]


@check("state.error.stack-order@1", needs=["state.stack.closed@1"])
def test_another_thread_that_fails_to_close_keeps_its_own_open(impl: Any) -> None:
    state, mine = impl.State(1), impl.StateTraceStack()

    def theirs() -> Any:
        with impl.StateTraceStack() as stack:
            with pytest.raises(RuntimeError):
                mine.__exit__(None, None, None)
            read(state)
        return stack

    with mine:
        found = in_a_thread(theirs)

    assert (mine.states, found.states) == ([], [state])


@check("state.error.stack-again@1")
def test_a_stack_that_is_open_is_not_opened_again(impl: Any) -> None:
    one, other = states_of(impl, 2)
    with impl.StateTraceStack() as outer, impl.StateTraceStack() as inner:
        write(one)
        for stack in (inner, outer, inner):
            with pytest.raises(RuntimeError):
                stack.__enter__()
        read(other)
    write(other)

    for stack in (outer, inner):
        assert (stack.states, stack.been_writen) == ([one, other], [True, False])


@check("state.error.stack-again@1")
def test_a_stack_that_was_closed_is_not_opened_again(impl: Any) -> None:
    one, other = states_of(impl, 2)
    with impl.StateTraceStack() as stack:
        write(one)
    with impl.StateTraceStack() as outer:
        with pytest.raises(RuntimeError):
            stack.__enter__()
        read(other)
    write(other)

    assert (stack.states, stack.been_writen) == ([one], [True])
    assert outer.states == [other]
    stack.recovery_original_values()
    assert one.value == 0


@check("state.error.stack-again@1")
def test_a_stack_that_met_nothing_is_not_opened_again(impl: Any) -> None:
    with impl.StateTraceStack() as stack:
        pass
    with pytest.raises(RuntimeError), stack:
        pytest.fail("the stack was opened again")


@check("state.error.stack-again@1")
def test_a_stack_is_not_opened_again_by_another_thread(impl: Any) -> None:
    state = impl.State(1)

    def again() -> None:
        with pytest.raises(RuntimeError):
            stack.__enter__()
        read(state)

    with impl.StateTraceStack() as stack:
        in_a_thread(again)
    in_a_thread(again)

    assert stack.states == []


def traced(state: Any) -> None:
    jax.jit(lambda x: setattr(state, "value", [x]))(2.0)


REFUSED: dict[str, Callable[[Any, Any], Any]] = {
    "state": lambda impl, state: setattr(state, "value", impl.State(2)),
    "itself": lambda impl, state: setattr(state, "value", state),
    "tree": lambda impl, state: setattr(state, "value", {"a": [impl.State(2)]}),
    "tracer": lambda impl, state: traced(state),
    "another kind": lambda impl, state: state.copy_from(impl.ParamState(2)),
    "no state": lambda impl, state: state.copy_from(2),
}


@check("state.stack.refused@1", needs=["state.stack.records@1", "state.stack.newborn@1"])
@pytest.mark.parametrize("refuse", REFUSED)
def test_a_write_that_raises_is_not_recorded(impl: Any, refuse: str) -> None:
    state = impl.State(1)
    refusals = (ValueError, TypeError, impl.TraceContextError)
    with impl.StateTraceStack() as outer, impl.StateTraceStack() as inner, pytest.raises(refusals):
        REFUSED[refuse](impl, state)

    assert outer.states == inner.states == []


@check("state.stack.refused@1", needs=["state.stack.writes@1", "state.stack.newborn@1"])
@pytest.mark.parametrize("refuse", REFUSED)
def test_a_write_that_raises_changes_no_record(impl: Any, refuse: str) -> None:
    one, other = states_of(impl, 2)
    with impl.StateTraceStack() as stack:
        read(one), write(other)
        for state in (one, other):
            with pytest.raises((ValueError, TypeError, impl.TraceContextError)):
                REFUSED[refuse](impl, state)

    assert (stack.states, stack.been_writen) == ([one, other], [False, True])
    stack.recovery_original_values()
    assert (one.value, other.value) == (0, 0)


@check("state.stack.refused@1", needs=["state.stack.writes@1", "state.copy.from@1"])
def test_a_tracer_that_is_not_taken_over_is_not_recorded(impl: Any) -> None:
    state = impl.State(1)
    with impl.StateTraceStack() as stack, pytest.raises(impl.TraceContextError):
        jax.jit(lambda x: state.copy_from(impl.State(x)))(2.0)

    assert stack.states == []


@check("state.stack.recover-silent@1", needs=["state.stack.nested@1", "state.stack.recover@1"])
def test_recovering_is_not_recorded_by_the_stacks_that_are_open(impl: Any) -> None:
    one, other = states_of(impl, 2)
    with impl.StateTraceStack() as stack:
        read(one), write(other)
    with impl.StateTraceStack() as outer, impl.StateTraceStack() as inner:
        stack.recovery_original_values()

    assert outer.states == inner.states == []
    assert (stack.states, stack.been_writen) == ([one, other], [False, True])


@check("state.stack.recover-silent@1", needs=["state.stack.nested@1", "state.stack.recover@1"])
def test_recovering_is_not_recorded_by_the_stack_itself(impl: Any) -> None:
    one, other = states_of(impl, 2)
    with impl.StateTraceStack() as outer, impl.StateTraceStack() as stack:
        read(one), write(other)
        stack.recovery_original_values()

    for found in (outer, stack):
        assert (found.states, found.been_writen) == ([one, other], [False, True])
    assert (one.value, other.value) == (0, 0)


@check("state.stack.recover-silent@1", needs=["state.stack.recover@1"])
def test_a_stack_still_meets_first_what_was_recovered_before(impl: Any) -> None:
    state = impl.State(1)
    with impl.StateTraceStack() as stack:
        state.value = 2
    with impl.StateTraceStack() as later:
        stack.recovery_original_values()
        state.value = 3
    later.recovery_original_values()

    assert state.value == 1
