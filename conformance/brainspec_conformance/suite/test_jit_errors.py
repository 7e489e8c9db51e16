"""The checks of `spec/30-jit.md`: errors about what goes into a call."""

from typing import Any

import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_counts_material import (
    NO_NUMBERS,
    NO_VALUES,
    Counted,
    Pair,
    a_node,
    busy,
    naming,
    unchanged,
)
from brainspec_conformance.suite.state_material import KINDS, a_state, subclass
from brainspec_conformance.suite.test_state_errors import PLANTED

planted = pytest.mark.parametrize(("plant", "parts"), PLANTED)


def writing(x: Any) -> Any:
    """What an origin may try with a state that it is given."""
    x.value = np.zeros(3)


@check("jit.error.state-argument@1")
@pytest.mark.parametrize("kind", KINDS)
def test_a_state_is_no_argument(impl: Any, kind: str) -> None:
    origin, state = busy(impl, writing)
    f, given = impl.transform.jit(origin), a_state(impl, kind)
    with unchanged(impl, state, given), pytest.raises(ValueError, match=rf"\b{kind}\b"):
        f(given)


@check("jit.error.state-argument@1", needs=["state.kinds.user@1"])
def test_a_state_of_a_users_class_and_a_random_state_are_no_arguments(impl: Any) -> None:
    f = impl.transform.jit(lambda x: None)
    for given in (subclass(impl.ParamState)(1.0), impl.random.RandomState(0)):
        with unchanged(impl, given), pytest.raises(ValueError, match=type(given).__name__):
            f(given)


@check("jit.error.state-argument@1")
@planted
def test_a_tree_with_a_state_is_no_argument(impl: Any, plant: Any, parts: list[str]) -> None:
    f, state = Counted(impl, lambda x, y: x), impl.ParamState(1.0)
    f(1.0, 2.0)
    with unchanged(impl, state), pytest.raises(ValueError, match=naming("ParamState", *parts)):
        f(1.0, plant(state))

    assert f.ran(1.0, 2.0) == 0


@check("jit.error.state-argument@1", needs=["jit.result.keywords@1"])
@pytest.mark.parametrize("static", [None, "needle"])
def test_a_state_is_no_named_argument(impl: Any, static: str | None) -> None:
    f = impl.transform.jit(lambda x, *, needle: x, **({"static_argnames": static} if static else {}))
    for given in (impl.BatchState(1.0), (1, impl.BatchState(1.0))):
        with pytest.raises(ValueError, match=naming("needle", "BatchState")):
            f(1.0, needle=given)


@check("jit.error.state-argument@1", needs=["jit.static.declared@1"])
def test_a_state_is_no_static_argument_nor_in_one(impl: Any) -> None:
    f, state = Counted(impl, lambda x, n: (x, n and writing(n))[0], static_argnums=1), impl.ParamState(1.0)
    f(1.0, None)
    for given in (state, (1, state), Pair(1, (state, "a"))):
        with unchanged(impl, state), pytest.raises(ValueError, match="ParamState"):
            f(1.0, given)


@check("jit.error.state-argument@1", needs=["jit.nest.inside@1"])
def test_a_state_is_no_argument_of_an_inner_function(impl: Any) -> None:
    inner, state = impl.transform.jit(lambda x: x.value), impl.ParamState(1.0)
    with unchanged(impl, state), pytest.raises(ValueError, match="ParamState"):
        impl.transform.jit(lambda x: inner(state) * x)(2.0)


bases = pytest.mark.parametrize("base", ["module", "node"])


@check("jit.error.module-argument@1")
@bases
@planted
def test_a_node_is_no_argument_nor_in_one(impl: Any, base: str, plant: Any, parts: list[str]) -> None:
    node = a_node(impl, base)
    f = Counted(impl, lambda x, y: (y, writing(node.state))[0])
    with unchanged(impl, node.state), pytest.raises(TypeError, match="Cell"):
        f(node, 1.0)
    with unchanged(impl, node.state), pytest.raises(TypeError, match=naming("Cell", *parts)):
        f(plant(node), 1.0)


@check("jit.error.module-argument@1", needs=["jit.static.declared@1", "jit.result.keywords@1"])
@bases
def test_a_node_is_no_static_or_named_argument(impl: Any, base: str) -> None:
    node = a_node(impl, base)
    f = impl.transform.jit(lambda x, n=None, *, needle=None, m=None: x, static_argnums=1, static_argnames="m")
    assert f(1.0) == 1.0

    for given in (node, (1, node), Pair((node,), None)):
        with pytest.raises(TypeError, match="Cell"):
            f(1.0, given)
        with pytest.raises(TypeError, match="Cell"):
            f(1.0, m=given)
        with pytest.raises(TypeError, match=naming("Cell", "needle")):
            f(1.0, needle=given)


no_values = pytest.mark.parametrize(
    "leaf", NO_VALUES, ids=[f"{type(leaf).__name__} {n}" for n, leaf in enumerate(NO_VALUES)]
)


@check("jit.error.argument@1", needs=["jit.result.keywords@1"])
@no_values
def test_what_is_no_value_is_no_argument(impl: Any, leaf: Any) -> None:
    origin, state = busy(impl, lambda x, needle=1.0: needle)
    f, name = Counted(impl, origin), type(leaf).__name__
    f(1.0)
    with unchanged(impl, state):
        with pytest.raises(TypeError, match=name):
            f(leaf)
        with pytest.raises(TypeError, match=naming(name, "needle")):
            f(1.0, needle=leaf)
        for plant, parts in PLANTED:
            with pytest.raises(TypeError, match=naming(name, *parts)):
                f(1.0, plant(leaf))

    assert f.ran(1.0) == 0


@check("jit.error.argument@1")
def test_arrays_of_no_numbers_are_no_arguments(impl: Any) -> None:
    for leaf in NO_NUMBERS:
        with pytest.raises(TypeError, match="needle"):
            impl.transform.jit(lambda x: 1.0)({"needle": leaf})
