"""The checks of `spec/10-state.md`: reading and writing, also by several threads."""

import operator
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.state_material import KINDS, a_state, in_a_thread


class Noted:
    """A value that notes what is asked of it."""

    def __init__(self) -> None:
        self.asked: list[object] = []

    def __repr__(self) -> str:
        return "Noted()"

    def __add__(self, other: object) -> str:
        self.asked.append(other)
        return "added"

    def __imatmul__(self, other: object) -> "Noted":
        self.asked.append(other)
        return self


VALUES: list[Any] = [
    3,
    2.5,
    True,
    1j,
    10**40,
    "text",
    b"bytes",
    None,
    [1, None],
    (1, [2]),
    {"b": 1, "a": {"c": 2.0}},
    {1, 2},
    np.float64(1.5),
    np.arange(3),
    np.array(["text"]),
    Noted(),
    len,
    int,
]


@check("state.value.identity@1")
@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_the_object_that_was_put_in_comes_out(impl: Any, value: object) -> None:
    state = impl.State(value)

    assert state.value is value
    assert state.value is value


@check("state.value.identity@1")
@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_the_object_that_was_assigned_comes_out(impl: Any, value: object) -> None:
    state = impl.State(0)
    state.value = value

    assert state.value is value


@check("state.value.identity@1")
@pytest.mark.parametrize("make", [lambda: jnp.ones(3), lambda: jax.random.key(0), lambda: {"a": jnp.zeros(())}])
def test_jax_arrays_come_out_as_they_went_in(impl: Any, make: Callable[[], object]) -> None:
    value = make()
    state = impl.State(value)

    assert state.value is value


@check("state.value.identity@1")
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_gives_back_the_object(impl: Any, kind: str) -> None:
    value = np.arange(4)

    assert getattr(impl, kind)(value).value is value


@check("state.value.identity@1")
def test_the_parts_of_a_tree_are_the_same_objects(impl: Any) -> None:
    tree = {"a": [np.zeros(2)], "b": (1.5,)}
    array = tree["a"][0]

    assert impl.State(tree).value["a"][0] is array


@check("state.value.identity@1")
def test_every_name_of_a_state_sees_a_write(impl: Any) -> None:
    state = impl.State(1)
    alias = [state][0]
    alias.value = 2

    assert state.value == 2


@check("state.value.written@1", needs=["state.value.identity@1"])
@pytest.mark.parametrize("after", [1, "text", None, [1, 2], {"other": "structure"}, (np.zeros(3), 1)], ids=repr)
@pytest.mark.parametrize("before", [None, {"a": 1}, np.zeros(2)], ids=repr)
def test_a_write_replaces_a_value_of_any_structure(impl: Any, before: object, after: object) -> None:
    state = impl.State(before)
    state.value = after

    assert state.value is after


@check("state.value.written@1", needs=["state.value.identity@1"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("after", [np.zeros(3, np.float32), np.zeros(2, np.int32), np.zeros((2, 2), bool)], ids=repr)
def test_a_write_replaces_an_array_of_any_type(impl: Any, kind: str, after: object) -> None:
    state = a_state(impl, kind)
    state.value = after

    assert state.value is after


@check("state.value.written@1", needs=["state.value.identity@1"])
def test_the_last_of_many_writes_is_held(impl: Any) -> None:
    state = impl.State(0)
    for value in range(10):
        state.value = value

    assert state.value == 9


@check("state.value.written@1", needs=["state.meta.name@1", "state.meta.tag@1"])
def test_a_write_leaves_name_tag_and_metadata(impl: Any) -> None:
    state = impl.State(0, name="v", tag=["slow"], unit="mV")
    state.value = {"name": "w", "tag": "fast"}

    assert (state.name, state.tag, state.unit) == ("v", ["slow"], "mV")


@check("state.value.written@1", needs=["state.value.identity@1"])
def test_a_write_leaves_other_states(impl: Any) -> None:
    one, other = impl.State(1), impl.State(1)
    one.value = 2

    assert other.value == 1


OPERATORS: dict[str, Callable[[int, int], object]] = {
    "+=": operator.add,
    "-=": operator.sub,
    "*=": operator.mul,
    "/=": operator.truediv,
    "//=": operator.floordiv,
    "%=": operator.mod,
    "**=": operator.pow,
    "<<=": operator.lshift,
    "|=": operator.or_,
}


@check("state.value.augmented@1", needs=["state.value.written@1"])
@pytest.mark.parametrize("sign", OPERATORS)
def test_an_augmented_assignment_puts_in_what_the_operator_gives(impl: Any, sign: str) -> None:
    state, expected = impl.State(7), OPERATORS[sign](7, 2)
    exec(f"state.value {sign} 2", {"state": state})

    assert (state.value, type(state.value)) == (expected, type(expected))


@check("state.value.augmented@1", needs=["state.value.written@1"])
def test_an_augmented_assignment_asks_the_value_once(impl: Any) -> None:
    value = Noted()
    state = impl.State(value)
    state.value += 5

    assert value.asked == [5]
    assert state.value == "added"


@check("state.value.augmented@1", needs=["state.value.written@1"])
def test_an_operator_in_place_is_asked_of_the_very_value(impl: Any) -> None:
    value = Noted()
    state = impl.State(value)
    state.value @= 5

    assert value.asked == [5]
    assert state.value is value


@check("state.value.augmented@1", needs=["state.stack.writes@1", "state.stack.recover@1"])
def test_an_augmented_assignment_is_one_read_and_one_write(impl: Any) -> None:
    state = impl.State(1)
    with impl.StateTraceStack() as stack:
        state.value += 1
    assert state.value == 2
    assert stack.states == [state]
    assert stack.been_writen == [True]

    stack.recovery_original_values()
    assert state.value == 1


@check("state.value.augmented@1", needs=["state.value.written@1"])
def test_an_augmented_assignment_leaves_the_array_that_was_held(impl: Any) -> None:
    before = jnp.ones(2)
    state = impl.ParamState(before)
    state.value *= 3

    assert before.tolist() == [1, 1]
    assert state.value.tolist() == [3, 3]


@check("state.threads.last@1", needs=["state.value.written@1"])
def test_a_write_in_one_thread_is_read_in_another(impl: Any) -> None:
    state = impl.State("here")
    in_a_thread(lambda: setattr(state, "value", "there"))
    assert state.value == "there"

    state.value = "here again"
    assert in_a_thread(lambda: state.value) == "here again"


@check("state.threads.last@1", needs=["state.value.written@1"])
def test_threads_that_write_at_once_leave_one_value_whole(impl: Any) -> None:
    state = impl.State(None)
    written = [[(thread, step) for step in range(200)] for thread in range(4)]

    def assign_all(values: list[Any]) -> None:
        for value in values:
            state.value = value

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(assign_all, written))

    assert any(state.value is values[-1] for values in written)


@check("state.threads.last@1", needs=["state.value.written@1"])
def test_each_thread_writes_states_of_its_own_undisturbed(impl: Any) -> None:
    states = [impl.State(0) for _ in range(4)]

    def count(state: Any) -> None:
        for _ in range(200):
            state.value += 1

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count, states))
    assert [state.value for state in states] == [200] * 4
