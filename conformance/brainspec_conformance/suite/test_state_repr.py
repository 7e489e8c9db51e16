"""The checks of `spec/10-state.md`: how a state prints."""

import collections
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.state_material import KINDS, subclass


class Pair(NamedTuple):
    first: object
    second: object


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
        ({"tag": {"slow"}}, "  value=1,\n  tag={'slow'}\n"),
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
    (lambda: jnp.ones((2, 4)), "float32[2,4]"),
    (lambda: jnp.zeros((), jnp.int32), "int32[]"),
    (lambda: jnp.zeros(3, bool), "bool[3]"),
    (lambda: jnp.zeros((1, 0), jnp.bfloat16), "bfloat16[1,0]"),
    (lambda: jnp.zeros(2, jnp.complex64), "complex64[2]"),
    (lambda: jnp.zeros(2, jnp.uint8), "uint8[2]"),
    (lambda: jax.random.key(0), "key<fry>[]"),
    (lambda: jax.random.split(jax.random.key(0), 3), "key<fry>[3]"),
    (lambda: np.zeros((2, 3), np.float32), "float32[2,3]"),
    (lambda: np.zeros((), np.int32), "int32[]"),
    (lambda: np.zeros(4, np.float16), "float16[4]"),
]


@check("state.repr.value@1", needs=["state.repr.form@1"])
@pytest.mark.parametrize(("make", "short"), ARRAYS, ids=[short for _, short in ARRAYS])
def test_an_array_prints_as_its_type(impl: Any, make: Callable[[], Any], short: str) -> None:
    assert repr(impl.State(make())) == text_of(f"ShapedArray({short})")


@check("state.repr.value@1", needs=["state.repr.form@1"])
@pytest.mark.parametrize(("make", "short"), ARRAYS, ids=[short for _, short in ARRAYS])
def test_an_array_in_a_tree_prints_as_its_type(impl: Any, make: Callable[[], Any], short: str) -> None:
    expected = f"{{'a': [ShapedArray({short}), 1]}}"

    assert repr(impl.State({"a": [make(), 1]})) == text_of(expected)


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
        (Pair(inner(), True), "Pair(first=ShapedArray(int32[2]), second=True)"),
    ],
    ids=repr,
)
def test_containers_print_as_they_do_with_types_for_arrays(impl: Any, value: object, text: str) -> None:
    assert repr(impl.State(value)) == text_of(text)


@check("state.repr.value@1", needs=["state.repr.form@1"])
@pytest.mark.parametrize(
    "value",
    [1, -2.5, True, "te\nxt", b"bytes", 1j, Odd(), {3}, int, np.float32(1.5), collections.Counter("a")],
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
def test_a_state_prints_alike_before_and_after_a_step(impl: Any) -> None:
    state = impl.ShortTermState({"v": jnp.zeros(2), "n": [jnp.array(0)]}, name="v")
    before = repr(state)
    state.value = {"v": jnp.ones(2), "n": [jnp.array(1)]}

    assert repr(state) == before
