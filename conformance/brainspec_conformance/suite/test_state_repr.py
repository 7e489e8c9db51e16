"""The checks of `spec/10-state.md`: how a state prints."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.state_material import KINDS, subclass


class Odd:
    """A value with a text of its own, and an array where no tree reaches."""

    array = np.zeros(2, np.float32)

    def __repr__(self) -> str:
        return "odd, and (proud) of it"


def text_of(value: str) -> str:
    return f"State(\n  value={value}\n)"


@check("state.repr.form@1")
@pytest.mark.parametrize("kind", KINDS)
def test_the_kinds_name_comes_first(impl: Any, kind: str) -> None:
    state = getattr(impl, kind)(np.zeros(2, np.int32))

    assert repr(state) == f"{kind}(\n  value=ShapedArray(int32[2])\n)"


@check("state.repr.form@1")
def test_a_users_class_prints_its_own_name(impl: Any) -> None:
    assert repr(subclass(impl.ParamState, "Weight")(1)) == "Weight(\n  value=1\n)"


@check("state.repr.form@1")
@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ({"name": "v"}, "  value=1,\n  name='v'\n"),
        ({"tag": "slow"}, "  value=1,\n  tag='slow'\n"),
        ({"tag": "slow", "name": "v"}, "  value=1,\n  name='v',\n  tag='slow'\n"),
        ({"tag": ["b", "a"]}, "  value=1,\n  tag=['b', 'a']\n"),
        ({"tag": ("slow",)}, "  value=1,\n  tag=('slow',)\n"),
        ({"name": "it's"}, '  value=1,\n  name="it\'s"\n'),
        ({"name": None, "tag": None}, "  value=1\n"),
    ],
)
def test_name_and_tag_have_lines_where_they_are_given(impl: Any, words: dict[str, Any], lines: str) -> None:
    assert repr(impl.State(1, **words)) == f"State(\n{lines})"


@check("state.repr.form@1")
def test_an_empty_name_and_an_empty_tag_are_printed(impl: Any) -> None:
    assert repr(impl.State(1, name="", tag=[])) == "State(\n  value=1,\n  name='',\n  tag=[]\n)"


@check("state.repr.form@1")
def test_a_value_of_none_is_printed(impl: Any) -> None:
    assert repr(impl.State(None)) == text_of("None")


@check("state.repr.form@1")
def test_metadata_are_not_printed(impl: Any) -> None:
    assert repr(impl.State(1, unit="mV")) == text_of("1")


@check("state.repr.form@1", needs=["state.value.written@1"])
def test_what_was_set_last_is_printed(impl: Any) -> None:
    state = impl.State(1)
    state.value, state.name = "text", "v"

    assert repr(state) == "State(\n  value='text',\n  name='v'\n)"


@check("state.repr.form@1")
def test_a_state_is_printed_by_str_as_by_repr(impl: Any) -> None:
    assert str(impl.State(1, name="v")) == repr(impl.State(1, name="v")) == "State(\n  value=1,\n  name='v'\n)"


ARRAYS: list[tuple[Callable[[], Any], str]] = [
    (lambda: jnp.asarray(np.ones((2, 4), np.float32)), "float32[2,4]"),
    (lambda: jnp.asarray(np.zeros((), np.int32)), "int32[]"),
    (lambda: jnp.asarray(np.zeros((1, 0), jnp.bfloat16)), "bfloat16[1,0]"),
    (lambda: jnp.asarray(np.zeros(2, bool)), "bool[2]"),
    (lambda: jax.random.key(0), "key<fry>[]"),
    (lambda: jax.random.wrap_key_data(jnp.asarray(np.zeros((3, 2), np.uint32))), "key<fry>[3]"),
    (lambda: np.zeros((2, 3), np.float32), "float32[2,3]"),
    (lambda: np.zeros((), np.float16), "float16[]"),
    (lambda: jnp.asarray(1.0), "float32[]"),
    (lambda: np.zeros(2, ">f4"), "float32[2]"),
    (lambda: np.array([None]), "object[1]"),
]


@check("state.repr.value@1", needs=["state.repr.form@1"])
@pytest.mark.parametrize(("make", "short"), ARRAYS, ids=[short for _, short in ARRAYS])
def test_an_array_prints_as_its_type(impl: Any, make: Callable[[], Any], short: str) -> None:
    assert repr(impl.State(make())) == text_of(f"ShapedArray({short})")


@check("state.repr.value@1", needs=["state.repr.form@1"])
def test_arrays_in_a_tree_print_as_their_types(impl: Any) -> None:
    expected = ", ".join(f"ShapedArray({short})" for _, short in ARRAYS)

    assert repr(impl.State({"a": [make() for make, _ in ARRAYS]})) == text_of(f"{{'a': [{expected}]}}")


def inner() -> np.ndarray[Any, Any]:
    return np.zeros(2, np.int32)


@check("state.repr.value@1", needs=["state.repr.form@1"])
@pytest.mark.parametrize(
    ("value", "text"),
    [
        ((inner(),), "(ShapedArray(int32[2]),)"),
        ([], "[]"),
        ([inner(), [inner(), None]], "[ShapedArray(int32[2]), [ShapedArray(int32[2]), None]]"),
        ({"b": inner(), "a": ("text", 1.5)}, "{'b': ShapedArray(int32[2]), 'a': ('text', 1.5)}"),
        ({1: {2: inner()}}, "{1: {2: ShapedArray(int32[2])}}"),
    ],
    ids=repr,
)
def test_containers_print_as_they_do_with_types_for_arrays(impl: Any, value: object, text: str) -> None:
    assert repr(impl.State(value)) == text_of(text)


@check("state.repr.value@1", needs=["state.repr.form@1"])
@pytest.mark.parametrize(
    "value",
    [1, -2.5, True, "te\nxt", b"bytes", 1j, Odd(), int, np.float32(1.5)],
    ids=repr,
)
def test_everything_else_prints_as_itself(impl: Any, value: object) -> None:
    assert repr(impl.State(value)) == text_of(repr(value))


@check("state.repr.value@1", needs=["state.repr.form@1"])
def test_a_traced_array_prints_as_its_type(impl: Any) -> None:
    def lane(x: Any) -> Any:
        assert repr(impl.State({"a": x})) == text_of("{'a': ShapedArray(float32[3])}")
        return x

    jax.jit(lane)(jnp.zeros(3))
    jax.vmap(lane)(jnp.zeros((2, 3)))


@check("state.repr.value@1", needs=["state.repr.form@1"])
def test_a_weak_type_does_not_show_in_a_trace(impl: Any) -> None:
    def step(x: Any) -> Any:
        assert repr(impl.State(x)) == text_of("ShapedArray(float32[])")
        return x

    jax.jit(step)(1.0)


@check("state.repr.value@1", needs=["state.repr.form@1"])
def test_a_state_prints_alike_before_and_after_a_step(impl: Any) -> None:
    state = impl.ShortTermState({"v": jnp.zeros(2), "n": [jnp.array(0)]}, name="v")
    before = repr(state)
    state.value = {"v": jnp.ones(2), "n": [jnp.array(1)]}

    assert repr(state) == before


@check("state.repr.tag@1", needs=["state.repr.form@1"])
@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["slow"], "{'slow'}"),
        (["c", "a", "b"], "{'a', 'b', 'c'}"),
        ([f"w{n}" for n in range(20)], str(sorted(f"w{n}" for n in range(20))).replace("[", "{").replace("]", "}")),
        (["it's", "B", "a"], "{'B', 'a', \"it's\"}"),
        ([], "set()"),
    ],
    ids=["one", "three", "many", "quoted", "empty"],
)
def test_a_set_of_tags_prints_sorted(impl: Any, words: list[str], text: str) -> None:
    for sort in (set, frozenset):
        assert repr(impl.State(1, tag=sort(words))) == f"State(\n  value=1,\n  tag={text}\n)"


@check("state.repr.tag@1", needs=["state.repr.form@1"])
def test_a_set_of_tags_that_is_set_later_prints_sorted(impl: Any) -> None:
    state = impl.ParamState(1, name="v", tag="slow")
    state.tag = frozenset({"c", "a", "b"})

    assert repr(state) == "ParamState(\n  value=1,\n  name='v',\n  tag={'a', 'b', 'c'}\n)"


@check("state.repr.no-touch@1", needs=["state.stack.records@1"])
@pytest.mark.parametrize("kind", KINDS)
def test_printing_touches_nothing(impl: Any, kind: str) -> None:
    state = getattr(impl, kind)(np.zeros(2), name="v", tag={"slow"}, unit="mV")
    with impl.StateTraceStack() as outer, impl.StateTraceStack() as inner:
        repr(state), str(state), f"{state}", repr([state, {"a": state}])

    assert outer.states == inner.states == []


@check("state.repr.no-touch@1", needs=["state.stack.records@1"])
def test_reading_name_tag_and_metadata_touches_nothing(impl: Any) -> None:
    state = impl.ParamState(1, name="v", tag=["slow"], unit="mV")
    state.later = 1
    with impl.StateTraceStack() as stack:
        assert (state.name, state.tag, state.unit, state.later) == ("v", ["slow"], "mV", 1)

    assert (stack.states, stack.been_writen) == ([], [])


@check("state.repr.no-touch@1", needs=["state.stack.writes@1"])
def test_printing_after_a_touch_leaves_what_was_recorded(impl: Any) -> None:
    one, other = impl.State(1), impl.State(2)
    with impl.StateTraceStack() as stack:
        other.value = 3
        repr(one), repr(other)
        one.value  # noqa: B018

    assert (stack.states, stack.been_writen) == ([other, one], [True, False])
