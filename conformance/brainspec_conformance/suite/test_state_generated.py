"""The checks of `spec/10-state.md` over generated trees."""

import copy
import pickle
from typing import Any

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brainspec_conformance.check import check
from brainspec_conformance.suite.state_material import PLAIN_TRACES, TRACES

WORDS = st.text("abcdefgh", min_size=3, max_size=6)
PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4)
SHAPES = st.lists(st.integers(0, 3), max_size=3).map(tuple)
ARRAYS = st.builds(np.zeros, SHAPES, st.sampled_from([np.int32, np.float32, np.bool_, np.complex64]))


def trees(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    def around(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        members = st.lists(inner, max_size=3)
        return members | members.map(tuple) | st.dictionaries(WORDS, inner, max_size=3)

    return st.recursive(leaves, around, max_leaves=6)


@check("state.value.written@1", needs=["state.value.identity@1"])
@given(st.lists(trees(PLAIN | ARRAYS), min_size=1, max_size=4))
def test_generated_values_come_out_as_they_went_in(impl: Any, values: list[Any]) -> None:
    state = impl.State(values[0])
    for value in values:
        state.value = value
        assert state.value is value


@check("state.copy.deep@1", needs=["state.meta.other@1"])
@given(trees(PLAIN), st.none() | WORDS, st.dictionaries(WORDS, trees(PLAIN), max_size=3))
def test_generated_states_are_copied_deeply(impl: Any, value: Any, name: str | None, words: dict[str, Any]) -> None:
    made = copy.deepcopy(impl.ParamState(value, name=name, **words))

    assert (made.value, made.name, {word: getattr(made, word) for word in words}) == (value, name, words)


@check("state.copy.pickle@1", needs=["state.meta.other@1"])
@given(trees(PLAIN), st.none() | WORDS, st.dictionaries(WORDS, trees(PLAIN), max_size=3))
def test_generated_states_come_back_from_pickle(impl: Any, value: Any, name: str | None, words: dict[str, Any]) -> None:
    made = pickle.loads(pickle.dumps(impl.ParamState(value, name=name, **words)))

    assert (made.value, made.name, {word: getattr(made, word) for word in words}) == (value, name, words)


def text_of(value: Any) -> str:
    """How a value prints."""
    if isinstance(value, np.ndarray):
        return f"ShapedArray({value.dtype}[{','.join(map(str, value.shape))}])"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {text_of(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(text_of, value)) + "]"
    if isinstance(value, tuple):
        return (
            "("
            + "".join(text_of(part) + ", " for part in value[:-1])
            + "".join(map(text_of, value[-1:]))
            + (",)" if len(value) == 1 else ")")
        )
    return repr(value)


@check("state.repr.value@1", needs=["state.repr.form@1"])
@given(trees(PLAIN | ARRAYS))
def test_generated_values_print_as_their_parts(impl: Any, value: Any) -> None:
    assert repr(impl.State(value)) == f"State(\n  value={text_of(value)}\n)"


@check("state.repr.form@1")
@given(st.integers(), st.none() | st.text(), st.none() | st.text() | st.lists(WORDS, max_size=2))
def test_generated_states_print_line_by_line(impl: Any, value: int, name: str | None, tag: Any) -> None:
    lines = [f"  {word}={part!r}" for word, part in (("name", name), ("tag", tag)) if part is not None]

    assert repr(impl.State(value, name=name, tag=tag)) == "State(\n" + ",\n".join([f"  value={value}", *lines]) + "\n)"


PATHS = st.lists(WORDS | st.integers(0, 3), min_size=1, max_size=4)


def planted(path: list[Any], leaf: Any) -> Any:
    """A tree with a leaf at a path."""
    for part in reversed(path):
        leaf = {part: leaf, "other": 1} if isinstance(part, str) else [*[None, 1, {}, ()][:part], leaf]
    return leaf


@check("state.error.nested-state@1")
@given(PATHS)
def test_generated_trees_with_a_state_are_refused(impl: Any, path: list[Any]) -> None:
    state = impl.State(1)
    with pytest.raises(ValueError, match=".*".join(map(str, path))):
        state.value = planted(path, impl.State(2))

    assert state.value == 1


@check("state.error.traced@1")
@given(PATHS, st.sampled_from(PLAIN_TRACES))
def test_generated_trees_with_a_tracer_are_refused(impl: Any, path: list[Any], trace: str) -> None:
    state = impl.State(1)

    def step(x: Any) -> Any:
        with pytest.raises(impl.TraceContextError):
            state.value = planted(path, x)
        return x

    TRACES[trace](step)
    assert state.value == 1


@check("state.bare.born-inside@1", needs=["state.value.written@1"])
@given(st.lists(trees(st.just("traced") | PLAIN), min_size=1, max_size=3))
def test_generated_values_are_written_freely_in_a_trace(impl: Any, values: list[Any]) -> None:
    def step(x: Any) -> Any:
        state = impl.State(x)
        for value in values:
            state.value = tree = jax.tree.map(lambda leaf: x if leaf == "traced" else leaf, value)
            assert state.value is tree
        return x

    TRACES["jit"](step)
