"""The checks of `spec/36-grad.md`: errors about how gradient functions are made, and positions that a call does not have."""

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.grad_material import differentiated
from brainspec_conformance.suite.jit_counts_material import a_node, unchanged


class Thing:
    """Something that is no function, no number and no state."""


NO_FUNCTIONS: list[Any] = [3, 2.5, "text", (len,), [abs], {"f": len}, np.ones(2), Thing()]


@check("grad.error.callable@1")
@pytest.mark.parametrize("given", NO_FUNCTIONS, ids=lambda given: type(given).__name__)
def test_what_cannot_be_called_is_refused_when_it_is_given(impl: Any, given: Any) -> None:
    grad, name = impl.transform.grad, type(given).__name__
    makes: list[Callable[[], object]] = [
        lambda: grad(given),
        lambda: grad(f=given),
        lambda: grad(given, argnums=1, has_aux=True),
        lambda: grad()(given),
        lambda: grad(argnums=0, return_value=True)(given),
    ]
    for make in makes:
        with pytest.raises(TypeError, match=name):
            make()


@check("grad.error.callable@1")
def test_a_state_and_a_node_cannot_be_called(impl: Any) -> None:
    with pytest.raises(TypeError, match="ParamState"):
        impl.transform.grad(impl.ParamState(1.0))
    with pytest.raises(TypeError, match="Cell"):
        impl.transform.grad(a_node(impl, "node"))


OPTIONS = ["states", "argnum", "holomorphic", "allow_int", "reduce_axes", "static_argnums", "argnames", "unused"]


@check("grad.error.option@1")
@pytest.mark.parametrize("name", OPTIONS)
def test_an_option_that_it_does_not_have_is_named(impl: Any, name: str) -> None:
    for value in (None, 0, True):
        with pytest.raises(TypeError, match=name):
            impl.transform.grad(lambda x: x, **{name: value})
        with pytest.raises(TypeError, match=name):
            impl.transform.grad(lambda x: x, argnums=0, has_aux=True, **{name: value})
        with pytest.raises(TypeError, match=name):
            impl.transform.grad(**{name: value})(lambda x: x)


@check("grad.error.argnums@1")
@pytest.mark.parametrize("given", ["x", 1.0, 1j, Thing(), len, {0: 1}, b"a"], ids=lambda given: type(given).__name__)
def test_numbers_of_arguments_are_integers(impl: Any, given: Any) -> None:
    w, name = impl.ParamState(1.0), type(given).__name__
    for argnums in (given, (0, given), [given]):
        for states in (None, [w]):
            with pytest.raises(TypeError, match=name):
                impl.transform.grad(lambda *xs: 1.0, states, argnums=argnums)
            with pytest.raises(TypeError, match=name):
                impl.transform.grad(argnums=argnums, grad_states=states)(lambda *xs: 1.0)


# Numbers that two arguments by position do not have, and the one of them that is named.
NOWHERE: list[tuple[Any, str]] = [
    (2, "2"),
    (17, "17"),
    (-3, "-3"),
    ((0, 4), "4"),
    ([-5, 1], "-5"),
    ((1, 9, 0), "9"),
]


@check("grad.error.argnums@1", needs=["grad.result.argument@1"])
@pytest.mark.parametrize(("argnums", "said"), NOWHERE, ids=repr)
@pytest.mark.parametrize("with_states", [False, True], ids=["alone", "with states"])
def test_a_number_of_no_argument_is_refused_when_it_is_called(
    impl: Any, argnums: Any, said: str, with_states: bool
) -> None:
    s = impl.State(2.0)

    def f(*xs: Any) -> Any:
        s.value = s.value * 2
        return sum(xs) * s.value

    made = impl.transform.grad(f, [s] if with_states else None, argnums=argnums)
    with unchanged(impl, s), pytest.raises(ValueError, match=said):
        made(1.0, 3.0)
    # It works where there are arguments enough.
    found = made(*[1.0] * 20)
    assert (found[1] if with_states else found) == ((4.0,) * len(argnums) if not isinstance(argnums, int) else 4.0)
    assert s.value == 4.0


@check("grad.error.argnums@1", needs=["grad.result.argument@1"])
def test_an_argument_by_name_and_a_default_have_no_number(impl: Any) -> None:
    first = impl.transform.grad(lambda x, y=3.0: x * y)
    second = impl.transform.grad(lambda x, y=3.0: x * y, argnums=1)

    with pytest.raises(ValueError, match="0"):
        first(x=2.0)
    for named in ({}, {"y": 5.0}):
        with pytest.raises(ValueError, match="1"):
            second(2.0, **named)
    assert (first(2.0), second(2.0, 5.0)) == (3.0, 2.0)
    last = impl.transform.grad(lambda x, y=3.0: x * y, argnums=-1)
    assert (last(2.0), last(2.0, 5.0), last(2.0, y=5.0)) == (3.0, 2.0, 5.0)


NO_STATES: dict[str, Any] = {
    "a float": 1.0,
    "a text": "text",
    "an array": np.ones(2),
    "a JAX array": jnp.ones(2),
    "a function": len,
    "a thing": Thing(),
    "a type": int,
}
AROUND: dict[str, Callable[[Any, Any], Any]] = {
    "alone": lambda leaf, state: leaf,
    "in a list": lambda leaf, state: [state, leaf],
    "in a tree": lambda leaf, state: {"a": [state], "b": (state, {"c": leaf})},
}


@check("grad.error.grad-states@1")
@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("name", NO_STATES)
def test_a_leaf_that_is_no_state_is_refused_when_it_is_made(impl: Any, name: str, around: str) -> None:
    leaf = NO_STATES[name]
    asked, said = AROUND[around](leaf, impl.ParamState(1.0)), type(leaf).__name__
    makes: list[Callable[[], object]] = [
        lambda: impl.transform.grad(lambda x: x, asked),
        lambda: impl.transform.grad(lambda x: x, asked, argnums=0),
        lambda: impl.transform.grad(grad_states=asked, check_states=False)(lambda x: x),
    ]
    for make in makes:
        with pytest.raises(TypeError, match=said):
            make()


@check("grad.error.grad-states@1")
@pytest.mark.parametrize("base", ["module", "node"])
def test_a_node_is_no_tree_of_states(impl: Any, base: str) -> None:
    for asked in (a_node(impl, base), [a_node(impl, base)]):
        with pytest.raises(TypeError, match="Cell"):
            impl.transform.grad(lambda x: x, asked)


@check("grad.error.grad-states@1")
def test_what_a_state_holds_is_no_state(impl: Any) -> None:
    state = impl.ParamState(np.ones(2))
    with pytest.raises(TypeError, match="ndarray"):
        impl.transform.grad(lambda x: x, {"w": state.value})


EMPTY: dict[str, dict[str, Any]] = {
    "a list of states": {"grad_states": []},
    "a tuple of states": {"grad_states": ()},
    "a dictionary of states": {"grad_states": {}},
    "a tree of states": {"grad_states": [[], {"a": ()}]},
    "a tuple of arguments": {"argnums": ()},
    "a list of arguments": {"argnums": []},
    "both": {"grad_states": {}, "argnums": ()},
}


@check("grad.error.nothing@1")
@pytest.mark.parametrize("name", EMPTY)
def test_nothing_is_refused_when_it_is_made(impl: Any, name: str) -> None:
    for more in ({}, {"has_aux": True, "return_value": True, "check_states": False}):
        with pytest.raises(ValueError):
            impl.transform.grad(lambda x: x, **EMPTY[name], **more)
        with pytest.raises(ValueError):
            differentiated(impl, **EMPTY[name], **more)(lambda x: x)
