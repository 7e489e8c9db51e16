"""The checks of `spec/36-grad.md`: errors about the arguments of a call."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_counts_material import a_node, busy, naming, unchanged
from brainspec_conformance.suite.state_material import KINDS, a_state

# What no gradient is asked by, and what is said of its type.
NO_FLOATS: dict[str, tuple[Callable[[], Any], str]] = {
    "a Python integer": (lambda: 3, "int"),
    "a truth": (lambda: True, "bool"),
    "an integer": (lambda: jnp.int32(3), "int32"),
    "an integer array": (lambda: jnp.arange(3), "int32"),
    "a NumPy array of bytes": (lambda: np.zeros(2, np.uint8), "uint8"),
    "an array of truths": (lambda: jnp.array([True]), "bool"),
    "a key": (lambda: jax.random.key(0), "key"),
    "a text": (lambda: "text", "str"),
}
PLANTS: dict[str, tuple[Callable[[Any], Any], list[str]]] = {
    "alone": (lambda leaf: leaf, []),
    "in a dictionary": (lambda leaf: {"a": 1.0, "needle": leaf}, ["needle"]),
    "in a tree": (lambda leaf: {"b": [1.0, (np.float32(2), {"needle": leaf})], "a": 1.0}, ["b", "1", "needle"]),
}


@check("grad.error.argument-dtype@1", needs=["grad.result.argument@1"])
@pytest.mark.parametrize("plant", PLANTS)
@pytest.mark.parametrize("name", NO_FLOATS)
def test_a_leaf_of_an_asked_argument_is_float_or_complex(impl: Any, name: str, plant: str) -> None:
    (make, said), (planted, parts) = NO_FLOATS[name], PLANTS[plant]
    origin, state = busy(impl, lambda x, y: jnp.float32(0))
    for argnums, args in ((0, (planted(make()), 1.0)), ((0, 1), (1.0, planted(make()))), (-1, (1, planted(make())))):
        made = impl.transform.grad(origin, argnums=argnums)
        with unchanged(impl, state), pytest.raises(TypeError, match=naming(said, *parts)):
            made(*args)
        assert state.value == 0.0
    made = impl.transform.grad(origin, argnums=1)
    assert made(planted(make()), 1.0) == 0.0
    assert state.value == 1.0


@check("grad.error.argument-dtype@1", needs=["grad.result.both@1"])
def test_so_it_is_beside_asked_states(impl: Any) -> None:
    w = impl.ParamState(2.0)
    made = impl.transform.grad(lambda x, n: w.value * x * n, w, argnums=(0, 1))
    with unchanged(impl, w), pytest.raises(TypeError, match="int"):
        made(1.0, 3)
    assert made(1.0, 3.0) == (3.0, (6.0, 2.0))


@check("grad.error.argument-dtype@1", needs=["grad.nest.jit@1", "grad.nest.grad@1"])
def test_so_it_is_inside_other_transforms(impl: Any) -> None:
    inner = impl.transform.grad(lambda x, n: x * n, argnums=1)
    for outer in (impl.transform.jit(lambda x: inner(x, 3)), impl.transform.grad(lambda x: inner(x, 3))):
        with pytest.raises(TypeError, match="int"):
            outer(1.0)
    assert impl.transform.grad(lambda x: inner(x, 3.0))(1.0) == 1.0


# Calls of a function of `x`, `y` and `named` with something in an argument, and the parts that say where it is.
PLACES: dict[str, tuple[Callable[[Any, Any], Any], list[str]]] = {
    "asked": (lambda made, it: made(it, 1.0), []),
    "not asked": (lambda made, it: made(1.0, it), []),
    "by name": (lambda made, it: made(1.0, named=it), ["named"]),
    "in the asked one": (lambda made, it: made({"needle": it, "a": 1.0}, 1.0), ["needle"]),
    "in one that is not asked": (lambda made, it: made(1.0, [1.0, {"needle": it}]), ["1", "needle"]),
    "in one by name": (lambda made, it: made(1.0, named=("text", {"needle": it})), ["named", "1", "needle"]),
}


@check("grad.error.state-argument@1")
@pytest.mark.parametrize("place", PLACES)
def test_a_state_is_no_argument_and_in_none(impl: Any, place: str) -> None:
    call, parts = PLACES[place]
    origin, state = busy(impl, lambda x, y=1.0, *, named=None: jnp.float32(0))
    given = impl.ParamState(1.0)
    for options in ({}, {"grad_states": state}, {"grad_states": [state], "argnums": 0}):
        made = impl.transform.grad(origin, **options)
        with unchanged(impl, state, given), pytest.raises(ValueError, match=naming("ParamState", *parts)):
            call(made, given)
    impl.transform.grad(origin)(1.0)
    assert state.value == 1.0


@check("grad.error.state-argument@1")
@pytest.mark.parametrize("kind", KINDS)
def test_a_state_of_any_kind_is_no_argument(impl: Any, kind: str) -> None:
    made = impl.transform.grad(lambda x, s: x)
    with pytest.raises(ValueError, match=rf"\b{kind}\b"):
        made(1.0, a_state(impl, kind))


@check("grad.error.state-argument@1", needs=["grad.result.states@1"])
def test_an_asked_state_is_no_argument_too(impl: Any) -> None:
    w = impl.ParamState(1.0)
    made = impl.transform.grad(lambda *args: w.value * 2, w)
    with unchanged(impl, w), pytest.raises(ValueError, match="ParamState"):
        made(w)
    assert made() == 2.0


@check("grad.error.module-argument@1")
@pytest.mark.parametrize("base", ["module", "node"])
@pytest.mark.parametrize("place", PLACES)
def test_a_node_is_no_argument_and_in_none(impl: Any, place: str, base: str) -> None:
    call, parts = PLACES[place]
    origin, state = busy(impl, lambda x, y=1.0, *, named=None: jnp.float32(0))
    node = a_node(impl, base)
    for options in ({}, {"grad_states": [node.state, state], "check_states": False}):
        made = impl.transform.grad(origin, **options)
        with unchanged(impl, state, node.state), pytest.raises(TypeError, match=naming("Cell", *parts)):
            call(made, node)
    impl.transform.grad(origin)(1.0)
    assert state.value == 1.0


@check("grad.error.module-argument@1", needs=["grad.form.method@1"])
def test_a_node_is_no_argument_of_a_method(impl: Any) -> None:
    made = type("Users", (impl.nn.Module,), {"loss": impl.transform.grad(lambda self, x, other=None: x * 2)})()
    with pytest.raises(TypeError, match="Users"):
        made.loss(1.0, made)
    assert made.loss(1.0) == 2.0
