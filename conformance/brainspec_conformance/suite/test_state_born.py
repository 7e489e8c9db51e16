"""The checks of `spec/10-state.md`: when and where a state is born, for trace stacks and for those who catch it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.state_material import (
    COPIES,
    KINDS,
    a_state,
    has_tag,
    in_a_thread,
    read,
    subclass,
    write,
)


@check("state.stack.newborn@1", needs=["state.stack.records@1"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_state_that_was_born_inside_is_not_recorded(impl: Any, kind: str) -> None:
    old = a_state(impl, kind)
    with impl.StateTraceStack() as stack:
        read(a_state(impl, kind)), write(a_state(impl, kind)), read(old)

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


@check("state.stack.newborn@1", needs=["state.stack.records@1"])
@pytest.mark.parametrize("make", COPIES)
def test_a_state_that_was_born_in_another_thread_is_not_recorded(impl: Any, make: str) -> None:
    old = impl.State(0)
    with impl.StateTraceStack() as stack:
        new, copied = in_a_thread(lambda: (impl.State(0), COPIES[make](old)))
        read(new), write(copied), write(old)

    assert stack.states == [old]


@check("state.stack.newborn@1", needs=["state.stack.closed@1"])
def test_a_state_is_new_to_the_stacks_of_other_threads_too(impl: Any) -> None:
    other = impl.StateTraceStack()
    with ThreadPoolExecutor(1) as pool:
        before = impl.State(0)
        pool.submit(other.__enter__).result()
        born = impl.State(0)
        pool.submit(lambda: (read(born), read(before))).result()
        pool.submit(other.__exit__, None, None, None).result()

    assert other.states == [before]


@check("state.stack.newborn@1", "state.stack.records@1")
def test_a_state_that_was_born_in_another_thread_before_is_recorded(impl: Any) -> None:
    with impl.StateTraceStack():
        state = in_a_thread(lambda: impl.State(0))
        with impl.StateTraceStack() as stack:
            read(state)

    assert stack.states == [state]


def with_init(impl: Any, then: Any) -> Any:
    """A user's class whose constructor goes on after that of the kind."""

    def init(self: Any, value: Any, **words: Any) -> None:
        impl.State.__init__(self, value, **words)
        then(self)

    return subclass(impl.State, __init__=init)


@check("state.stack.newborn@1", needs=["state.kinds.user@1"])
def test_what_a_constructor_does_to_its_state_is_not_recorded(impl: Any) -> None:
    users = with_init(impl, lambda self: (read(self), write(self)))
    with impl.StateTraceStack() as stack:
        read(users(0))

    assert stack.states == []


@check("state.stack.newborn@1", "state.stack.records@1", needs=["state.kinds.user@1"])
def test_what_a_constructor_does_to_other_states_is_recorded(impl: Any) -> None:
    other = impl.State(0)
    users = with_init(impl, lambda self: write(other))
    with impl.StateTraceStack() as stack:
        users(0)

    assert stack.states == [other]


@check("state.catch.catches@1", needs=["state.kinds.user@1"])
def test_a_state_whose_constructor_breaks_off_is_not_caught(impl: Any) -> None:
    def fail(self: Any) -> None:
        raise KeyError("mine")

    with impl.catch_new_states() as caught:
        with pytest.raises(KeyError):
            with_init(impl, fail)(0)
        with pytest.raises(TypeError):
            impl.State(0, name=42)
        with pytest.raises(ValueError):
            impl.State([impl.State(0)])
        state = impl.State(1)

    assert [found.value for found in caught] == [0, 1]
    assert caught[1] is state


@check("state.catch.catches@1", needs=["state.kinds.user@1"])
def test_a_state_that_a_constructor_makes_is_born_before_its_own(impl: Any) -> None:
    parts: list[Any] = []
    users = with_init(impl, lambda self: parts.append(impl.State(1)))
    with impl.catch_new_states() as caught:
        state = users(0)

    assert list(caught) == [*parts, state]


@check("state.catch.tag@1", needs=["state.kinds.user@1", "state.catch.catches@1"])
def test_a_tag_is_added_to_the_one_that_a_constructor_sets(impl: Any) -> None:
    users = with_init(impl, lambda self: setattr(self, "tag", "own"))
    with impl.catch_new_states(state_tag="fresh"):
        state = users(0)

    assert [has_tag(impl, state, word) for word in ("own", "fresh")] == [True, True]


@check("state.catch.exclude@1", needs=["state.kinds.user@1", "state.catch.catches@1"])
def test_what_is_left_out_is_told_by_the_finished_state(impl: Any) -> None:
    users = with_init(impl, lambda self: setattr(self, "tag", "own"))
    with impl.catch_new_states(state_to_exclude="own") as caught:
        users(0, tag="first")
    with impl.catch_new_states(state_to_exclude="first") as other:
        state = users(0, tag="first")

    assert (list(caught), list(other)) == ([], [state])
