"""The checks of `spec/10-state.md`: leaving new states out by a filter literal."""

from collections.abc import Callable
from typing import Any

import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.state_material import has_tag

Born = dict[str, Any]


def born(impl: Any) -> Born:
    return {"state": impl.State(1), "weight": impl.ParamState(2.0, tag="slow"), "batch": impl.BatchState(3)}


LITERALS: list[tuple[str, Callable[[Any], Any], list[str]]] = [
    ("class", lambda impl: impl.ParamState, ["weight"]),
    ("class above", lambda impl: impl.LongTermState, ["weight", "batch"]),
    ("string", lambda impl: "slow", ["weight"]),
    ("true", lambda impl: True, ["state", "weight", "batch"]),
    ("false", lambda impl: False, []),
    ("ellipsis", lambda impl: ..., ["state", "weight", "batch"]),
    ("none", lambda impl: None, []),
    ("predicate", lambda impl: lambda path, state: path == () and state.value == 3, ["batch"]),
    ("something true", lambda impl: lambda path, state: state.tag, ["weight"]),
    ("list", lambda impl: ["slow", impl.BatchState], ["weight", "batch"]),
    ("tuple", lambda impl: ([impl.ParamState], lambda path, state: state.value == 1), ["state", "weight"]),
    ("empty", lambda impl: [], []),
    ("filter", lambda impl: impl.util.filter.Not("slow"), ["state", "batch"]),
]


@check("state.catch.exclude@1", needs=["state.catch.catches@1"])
@pytest.mark.parametrize(("literal", "left_out"), [case[1:] for case in LITERALS], ids=[case[0] for case in LITERALS])
def test_a_literal_of_every_form_leaves_states_out(
    impl: Any, literal: Callable[[Any], Any], left_out: list[str]
) -> None:
    with impl.catch_new_states(state_to_exclude=literal(impl)) as caught:
        states = born(impl)

    assert list(caught) == [state for name, state in states.items() if name not in left_out]


@check("state.catch.exclude@1", needs=["state.catch.tag@1"])
def test_what_is_left_out_keeps_its_tag(impl: Any) -> None:
    with impl.catch_new_states(state_tag="fresh", state_to_exclude=impl.LongTermState) as caught:
        states = born(impl)

    assert list(caught) == [states["state"]]
    assert (states["weight"].tag, states["batch"].tag) == ("slow", None)
    assert has_tag(impl, states["state"], "fresh")


@check("state.catch.exclude@1", needs=["state.catch.tag@1"])
def test_the_tag_of_the_block_itself_excludes_nothing(impl: Any) -> None:
    with impl.catch_new_states(state_tag="fresh", state_to_exclude="fresh") as caught:
        states = born(impl)

    assert list(caught) == list(states.values())


@check("state.catch.exclude@1", needs=["state.catch.catches@1"])
def test_a_predicate_is_asked_about_the_state_at_the_root(impl: Any) -> None:
    asked: list[tuple[object, ...]] = []
    with impl.catch_new_states(state_to_exclude=lambda *args: asked.append(args)):
        state = impl.State(1)

    assert asked[0] == ((), state)
    assert asked[0][1] is state


@check("state.catch.exclude@1", needs=["state.catch.nested@1"])
def test_a_state_that_one_block_leaves_out_is_caught_by_the_others(impl: Any) -> None:
    block = impl.catch_new_states
    with block() as outer, block(state_to_exclude=...) as middle, block() as inner:
        state = impl.State(1)

    assert (list(outer), list(middle), list(inner)) == ([state], [], [state])
