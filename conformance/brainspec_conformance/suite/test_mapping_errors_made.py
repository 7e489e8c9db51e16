"""The checks of `spec/32-mapping.md`: errors when a mapping is made."""

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check

Make = Callable[..., Any]
# The ways to make a mapping with options.
MAKES: dict[str, Callable[[Any], Make]] = {
    "called": lambda impl: impl.transform.vmap2,
    "decorating": lambda impl: lambda f, **options: impl.transform.vmap2(**options)(f),
    "direct": lambda impl: impl.transform.StatefulMapping,
}
makes = pytest.mark.parametrize("way", MAKES.values(), ids=MAKES)


def origin(x: Any) -> Any:
    return x * 2


@check("mapping.error.callable@1")
@pytest.mark.parametrize("thing", [3, 1.5, "text", [len], {"f": len}, (), np.zeros(2), ...], ids=repr)
def test_what_cannot_be_called_is_not_mapped(impl: Any, thing: Any) -> None:
    name = type(thing).__name__
    for make in (impl.transform.vmap2, impl.transform.StatefulMapping, impl.transform.vmap_new_states):
        for options in ({}, {"in_axes": 0, "axis_size": 2}):
            with pytest.raises(TypeError, match=name):
                make(thing, **options)
    with pytest.raises(TypeError, match=name):
        impl.transform.vmap2(in_axes=0)(thing)


@check("mapping.error.callable@1")
def test_a_state_is_not_mapped(impl: Any) -> None:
    for make in (impl.transform.vmap2, impl.transform.StatefulMapping):
        with pytest.raises(TypeError, match="ParamState"):
            make(impl.ParamState(1.0))


@check("mapping.error.option@1")
@makes
@pytest.mark.parametrize("option", ["state_axes", "in_axis", "axes", "size", "colour", "state_tag", "unexpected"])
def test_an_option_that_there_is_not_is_not_taken(impl: Any, way: Any, option: str) -> None:
    with pytest.raises(TypeError, match=rf"\b{option}\b"):
        way(impl)(origin, **{option: 0})


# Axes that are none, and what their type is called.
NO_AXES: dict[str, tuple[Any, str]] = {
    "text": ("a", "str"),
    "a fraction": (1.0, "float"),
    "in a tuple": ((0, 1.5), "float"),
    "in a list": ([None, "a"], "str"),
    "in a tree": (({"a": 0, "b": [None, "b"]},), "str"),
    "bytes": ((b"a",), "bytes"),
    "a set": (({1},), "set"),
    "everything": ((0, ...), "ellipsis"),
    "complex": (1j, "complex"),
    "a function": ((0, len), "builtin"),
}
no_axes = pytest.mark.parametrize(("given", "name"), NO_AXES.values(), ids=NO_AXES)


@check("mapping.error.axes@1")
@makes
@pytest.mark.parametrize("option", ["in_axes", "out_axes"])
@no_axes
def test_what_is_no_axis_is_not_taken_for_one(impl: Any, way: Any, option: str, given: Any, name: str) -> None:
    with pytest.raises(TypeError, match=name):
        way(impl)(origin, **{option: given})


@check("mapping.error.axes@1")
@makes
def test_axes_of_arguments_are_no_dictionary(impl: Any, way: Any) -> None:
    with pytest.raises(TypeError, match="dict"):
        way(impl)(origin, in_axes={"x": 0})
    assert way(impl)(lambda x: {"x": x}, out_axes={"x": 0})(jnp.arange(2))["x"].tolist() == [0, 1]


@check("mapping.error.axes@1")
@makes
@pytest.mark.parametrize(
    "given", [None, 3, -2, (), [], (None,), [0, (1, {"a": None})], ({"a": [0, None]}, 5), (None, (), {})], ids=str
)
def test_trees_of_axes_are_taken(impl: Any, way: Any, given: Any) -> None:
    for option in ("in_axes", "out_axes"):
        assert isinstance(way(impl)(origin, **{option: given}), impl.transform.StatefulMapping)


@check("mapping.error.axis-size@1")
@makes
@pytest.mark.parametrize("size", [2.5, 3.0, "three", (3,), [4], 1j, b"5"], ids=repr)
def test_a_size_is_an_integer(impl: Any, way: Any, size: Any) -> None:
    with pytest.raises(TypeError) as raised:
        way(impl)(origin, axis_size=size)
    assert str(size) in str(raised.value)


@check("mapping.error.axis-size@1")
@makes
@pytest.mark.parametrize("size", [-1, -17])
def test_a_size_is_not_negative(impl: Any, way: Any, size: int) -> None:
    with pytest.raises(ValueError, match=rf"{size}\b"):
        way(impl)(origin, axis_size=size)
    assert way(impl)(origin, axis_size=0).axis_size == 0


@check("mapping.error.policy@1")
@makes
@pytest.mark.parametrize("policy", ["auto", "Raise", "error", "warning", "ignored", "raise,warn"])
def test_a_policy_that_there_is_not_is_not_taken(impl: Any, way: Any, policy: str) -> None:
    with pytest.raises(ValueError, match=policy):
        way(impl)(origin, unexpected_out_state_mapping=policy)


STATE_AXES = ["state_in_axes", "state_out_axes"]
state_axes = pytest.mark.parametrize("option", STATE_AXES)


@check("mapping.error.state-axes@1")
@makes
@state_axes
@pytest.mark.parametrize("key", ["a", 1.0, (0,), b"0", ..., 1j, frozenset()], ids=repr)
def test_axes_of_states_are_integers_or_none(impl: Any, way: Any, option: str, key: Any) -> None:
    for given in ({key: ...}, {0: impl.State, key: impl.ParamState}, {None: ..., key: []}):
        with pytest.raises(TypeError, match=type(key).__name__):
            way(impl)(origin, **{option: given})


# Axes under which one state, or another, is named.
TWICE: dict[str, Callable[[Any, Any], Any]] = {
    "two integers": lambda a, b: {0: a, 1: a},
    "none and an integer": lambda a, b: {None: a, 0: a},
    "in a list": lambda a, b: {0: a, 1: [b, a]},
    "in two lists": lambda a, b: {0: [b, a], -1: (a,)},
    "in lists of lists": lambda a, b: {0: [[b], (a, ...)], 2: ["slow", [a]]},
    "among others": lambda a, b: {0: b, 1: ..., 2: a, None: [a]},
    "integers of one axis": lambda a, b: {1: a, -1: a},
}
ONCE: dict[str, Callable[[Any, Any], Any]] = {
    "each its own": lambda a, b: {0: a, 1: b},
    "and everything": lambda a, b: {0: a, 1: ...},
    "and its kind": lambda a, b: {0: [a], 1: [type(a)], None: type(a)},
    "twice under one axis": lambda a, b: {0: [a, [a]], 1: b},
}


@check("mapping.error.state-twice@1")
@makes
@state_axes
@pytest.mark.parametrize("given", TWICE.values(), ids=TWICE)
def test_a_state_has_one_axis(impl: Any, way: Any, option: str, given: Any) -> None:
    a, b = impl.ParamState(jnp.ones((2, 2))), impl.BatchState(jnp.ones((2, 2)))
    with pytest.raises(ValueError, match="ParamState"):
        way(impl)(origin, **{option: given(a, b)})


@check("mapping.error.state-twice@1")
@makes
@pytest.mark.parametrize("given", ONCE.values(), ids=ONCE)
def test_a_state_that_several_filters_accept_is_not_named_twice(impl: Any, way: Any, given: Any) -> None:
    a, b = impl.ParamState(jnp.ones((2, 2))), impl.BatchState(jnp.ones((2, 2)))
    for options in ({"state_in_axes": given(a, b)}, {"state_in_axes": {0: a}, "state_out_axes": given(a, b)}):
        assert way(impl)(origin, **options)(jnp.arange(2)).tolist() == [0, 2]
