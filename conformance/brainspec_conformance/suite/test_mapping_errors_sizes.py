"""The checks of `spec/32-mapping.md`: errors about the size of a call."""

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_counts_material import naming
from brainspec_conformance.suite.mapping_material import Refusing

TWO = np.arange(2.0, dtype=np.float32)
Call = Callable[[Any], Any]


def sizes(one: int, other: int) -> str:
    return rf"(?s)(?=.*\b{one}\b)(?=.*\b{other}\b)"


# Options, and calls whose sizes do not agree.
DISAGREEING: dict[str, tuple[dict[str, Any], Call]] = {
    "two arguments": ({}, lambda f: f(np.zeros(13), np.zeros(17))),
    "on other axes": ({"in_axes": (1, -1)}, lambda f: f(np.zeros((17, 13)), np.zeros((13, 17)))),
    "in a tree": ({}, lambda f: f([np.zeros(13), {"a": np.zeros((17, 13))}])),
    "by name": ({}, lambda f: f(np.zeros(13), z=np.zeros(17))),
    "names alone": ({"in_axes": None}, lambda f: f(z=[np.zeros((13, 2)), np.zeros((17, 2))])),
    "the size": ({"axis_size": 13}, lambda f: f(np.zeros(17))),
    "the size and a name": ({"axis_size": 17, "in_axes": None}, lambda f: f(1.0, z=np.zeros(13))),
}


@check("mapping.error.sizes@1", needs=["mapping.size.given@1"])
@pytest.mark.parametrize(("options", "call"), DISAGREEING.values(), ids=DISAGREEING)
def test_arguments_and_the_size_agree(impl: Any, options: Any, call: Call) -> None:
    f = Refusing(impl, lambda *args, **named: 1.0, **options)
    f.refuses(call, ValueError, sizes(13, 17))


@check("mapping.error.sizes@1", needs=["mapping.size.given@1"])
@pytest.mark.parametrize(("one", "other"), [(0, 17), (1, 17), (17, 1)])
def test_nothing_is_broadcast_to_a_size(impl: Any, one: int, other: int) -> None:
    f = Refusing(impl, lambda x, y: x + y)
    f.refuses(lambda f: f(np.zeros(one), np.zeros(other)), ValueError, sizes(one, other))
    f.works(lambda f: f(np.zeros(17), np.zeros(17)))


@check("mapping.error.sizes@1", needs=["mapping.size.given@1", "mapping.size.states@1"])
@pytest.mark.parametrize("against", ["argument", "axis_size", "state", "name"])
@pytest.mark.parametrize("touch", ["read", "write"])
def test_states_agree_with_the_size(impl: Any, against: str, touch: str) -> None:
    state, other = impl.ParamState({"a": np.zeros((17, 2)), "b": [np.zeros(17)]}), impl.BatchState(np.zeros(13))

    def give(x: Any, z: Any = 0.0) -> Any:
        if against == "state":
            other.value  # noqa: B018
        if touch == "read":
            return state.value["a"]
        state.value = {"a": 1.0, "b": [x]}
        return x

    f = Refusing(
        impl,
        give,
        in_axes=0 if against == "argument" else None,
        axis_size=13 if against == "axis_size" else None,
        state_in_axes={0: [state, other]},
    )
    f.states += [state, other]
    named = {"z": np.zeros(13)} if against == "name" else {}
    kind = "(?=.*(?:ParamState|BatchState))" if against == "state" else "(?=.*ParamState)"
    f.refuses(lambda f: f(np.zeros(13), **named), ValueError, sizes(13, 17) + kind)
    state.value = {"a": np.zeros((13, 2)), "b": [np.zeros(13)]}
    f.works(lambda f: f(np.zeros(13), **named))


@check("mapping.error.sizes@1", needs=["mapping.size.given@1", "mapping.size.states@1"])
def test_leaves_of_a_state_agree_with_each_other(impl: Any) -> None:
    state = impl.ParamState({"a": np.zeros(17), "b": np.zeros((2, 13))})
    f = Refusing(impl, lambda: state.value["a"], state_in_axes={-1: state})
    f.states.append(state)
    f.refuses(lambda f: f(), ValueError, naming("ParamState") + sizes(13, 17)[4:])


# Calls in which nothing says the size.
NO_SIZE: dict[str, tuple[dict[str, Any], Call]] = {
    "nothing": ({}, lambda f: f()),
    "axes without arguments": ({"in_axes": ()}, lambda f: f()),
    "whole arguments": ({"in_axes": None}, lambda f: f(TWO, {"a": TWO})),
    "whole arguments in a tuple": ({"in_axes": (None, {"a": None})}, lambda f: f(TWO, {"a": TWO})),
    "arguments without leaves": ({}, lambda f: f(None, {"a": ()}, z=[])),
    "names without leaves": ({"in_axes": None}, lambda f: f(TWO, z=None)),
}


@check("mapping.error.no-size@1", needs=["mapping.size.given@1"])
@pytest.mark.parametrize(("options", "call"), NO_SIZE.values(), ids=NO_SIZE)
def test_something_says_the_size(impl: Any, options: Any, call: Call) -> None:
    f = Refusing(impl, lambda *args, **named: 1.0, **options)
    f.refuses(call, ValueError, "axis_size")


@check("mapping.error.no-size@1", needs=["mapping.size.given@1", "mapping.size.states@1"])
def test_states_that_are_whole_or_not_touched_do_not_say_the_size(impl: Any) -> None:
    whole, idle, out = impl.State(jnp.zeros(3)), impl.ParamState(jnp.zeros(3)), impl.BatchState(jnp.zeros(3))
    touched: list[Any] = [whole, out]

    def give() -> Any:
        for state in touched:
            state.value = state.value + 1

    f = Refusing(impl, give, state_in_axes={None: whole, 0: idle}, state_out_axes={0: out})
    f.states += [whole, idle, out]
    f.refuses(lambda f: f(), ValueError, "axis_size")
    touched.append(idle)
    f.works(lambda f: f())
