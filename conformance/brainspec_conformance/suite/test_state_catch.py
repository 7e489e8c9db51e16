"""The checks of `spec/10-state.md`: catching states at birth."""

import gc
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.state_material import COPIES, KINDS, a_state, broken_off, has_tag, in_a_thread


@check("state.catch.catches@1")
def test_states_of_every_kind_are_caught_in_order(impl: Any) -> None:
    with impl.catch_new_states() as caught:
        born = [a_state(impl, kind) for kind in [*KINDS, *KINDS]]

    assert list(caught) == born


@check("state.catch.catches@1")
def test_what_is_caught_is_a_sequence(impl: Any) -> None:
    with impl.catch_new_states() as caught:
        one, other = impl.State(1), impl.State(1)
    stranger = impl.State(1)

    assert [caught[0], caught[1], caught[-1], len(caught)] == [one, other, other, 2]
    assert [state in caught for state in (one, other, stranger)] == [True, True, False]
    assert [*caught] == [*caught] == [one, other]
    with pytest.raises(IndexError):
        caught[2]


@check("state.catch.catches@1")
def test_what_is_caught_is_there_at_once(impl: Any) -> None:
    with impl.catch_new_states() as caught:
        assert len(caught) == 0
        state = impl.State(1)
        assert list(caught) == [state]


@check("state.catch.catches@1")
def test_states_that_nobody_keeps_are_caught(impl: Any) -> None:
    with impl.catch_new_states() as caught:
        for value in range(3):
            impl.State(value)
    gc.collect()

    assert [state.value for state in caught] == [0, 1, 2]


@check("state.catch.catches@1")
def test_states_from_before_and_after_are_not_caught(impl: Any) -> None:
    before = impl.State(1)
    with impl.catch_new_states() as caught:
        before.value += 1
    impl.State(2)

    assert list(caught) == []


@check("state.catch.catches@1")
@pytest.mark.parametrize("make", COPIES)
def test_a_copy_that_is_made_inside_is_caught(impl: Any, make: str) -> None:
    state = impl.State(1)
    with impl.catch_new_states() as caught:
        made = COPIES[make](state)

    assert list(caught) == [made]


@check("state.catch.catches@1")
@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_exception_ends_the_catching_and_goes_on(impl: Any, error: type[BaseException]) -> None:
    states: list[Any] = []
    caught = broken_off(impl.catch_new_states(), lambda: states.append(impl.State(1)), error)
    impl.State(2)

    assert list(caught) == states


@check("state.catch.catches@1")
def test_births_in_another_thread_are_not_caught(impl: Any) -> None:
    with impl.catch_new_states(state_tag="fresh") as caught:
        theirs = in_a_thread(lambda: impl.State(1))
        mine = impl.State(2)

    assert (list(caught), theirs.tag) == ([mine], None)


@check("state.catch.catches@1")
def test_two_threads_catch_each_their_own(impl: Any) -> None:
    outer, other = impl.catch_new_states(), impl.catch_new_states()
    with ThreadPoolExecutor(1) as pool:
        with outer as mine:
            theirs = pool.submit(other.__enter__).result()
            born = [impl.State(1), pool.submit(impl.State, 2).result()]
        pool.submit(other.__exit__, None, None, None).result()

    assert (list(mine), list(theirs)) == (born[:1], born[1:])


@check("state.catch.nested@1", needs=["state.catch.catches@1"])
def test_each_block_catches_what_is_born_while_it_is_open(impl: Any) -> None:
    with impl.catch_new_states() as outer:
        first = impl.State(1)
        with impl.catch_new_states() as middle, impl.catch_new_states() as inner:
            second = impl.State(2)
        third = impl.State(3)

    assert list(outer) == [first, second, third]
    assert list(middle) == list(inner) == [second]


@check("state.catch.nested@1", needs=["state.catch.catches@1"])
def test_an_exception_in_an_inner_block_leaves_the_outer_catching(impl: Any) -> None:
    with impl.catch_new_states() as outer:
        inner = broken_off(impl.catch_new_states(), lambda: impl.State(1))
        state = impl.State(2)

    assert list(outer) == [*inner, state]
    assert len(inner) == 1


GIVEN: list[tuple[Any, list[str]]] = [
    (None, []),
    ("slow", ["slow"]),
    (["slow", "plastic"], ["slow", "plastic"]),
    (("slow", "plastic"), ["slow", "plastic"]),
    ({"slow"}, ["slow"]),
    (frozenset({"slow"}), ["slow"]),
    ([], []),
    ("", [""]),
    (["fresh"], ["fresh"]),
]


@check("state.catch.tag@1", needs=["state.catch.catches@1", "filters.tag.contains@1"])
@pytest.mark.parametrize(("tag", "words"), GIVEN, ids=repr)
def test_the_tag_is_added_to_every_sort_of_tag(impl: Any, tag: Any, words: list[str]) -> None:
    with impl.catch_new_states(state_tag="fresh"):
        state = impl.State(1, tag=tag)

    assert all(has_tag(impl, state, word) for word in [*words, "fresh"])
    assert not any(has_tag(impl, state, word) for word in ("s", "fres", "None"))


@check("state.catch.tag@1", needs=["state.catch.catches@1"])
@pytest.mark.parametrize("tag", [["slow"], {"slow"}], ids=repr)
def test_the_users_own_collection_is_left_as_it_was(impl: Any, tag: Any) -> None:
    before = type(tag)(tag)
    with impl.catch_new_states(state_tag="fresh"):
        states = [impl.State(1, tag=tag), impl.State(2, tag=tag)]

    assert tag == before
    assert all(has_tag(impl, state, word) for state in states for word in ("slow", "fresh"))


@check("state.catch.tag@1", needs=["state.catch.catches@1"])
@pytest.mark.parametrize(("tag", "words"), GIVEN, ids=repr)
def test_without_a_tag_to_give_a_tag_stays_as_it_is(impl: Any, tag: Any, words: list[str]) -> None:
    with impl.catch_new_states():
        state = impl.State(1, tag=tag)

    assert state.tag == tag
    assert type(state.tag) is type(tag)


@check("state.catch.tag@1", needs=["state.catch.nested@1", "filters.tag.contains@1"])
def test_nested_blocks_add_each_their_tag(impl: Any) -> None:
    with impl.catch_new_states(state_tag="outer"):
        early = impl.State(1)
        with impl.catch_new_states(state_tag="inner"):
            state = impl.State(1, tag="slow")

    assert all(has_tag(impl, state, word) for word in ("outer", "inner", "slow"))
    assert (has_tag(impl, early, "outer"), has_tag(impl, early, "inner")) == (True, False)


@check("state.catch.tag@1", needs=["state.catch.catches@1", "filters.tag.contains@1"])
def test_a_tag_of_several_words_is_added_word_by_word(impl: Any) -> None:
    with impl.catch_new_states(state_tag=["fresh", "new"]):
        state = impl.State(1, tag="slow")

    assert all(has_tag(impl, state, word) for word in ("slow", "fresh", "new"))


@check("state.catch.tag@1", needs=["state.catch.catches@1"])
def test_a_tag_that_was_added_can_be_set_again(impl: Any) -> None:
    with impl.catch_new_states(state_tag="fresh"):
        state = impl.State(1)
    state.tag = "old"

    assert state.tag == "old"
