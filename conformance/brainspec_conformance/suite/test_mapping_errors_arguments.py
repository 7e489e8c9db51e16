"""The checks of `spec/32-mapping.md`: errors about the arguments of a call."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_counts_material import NO_NUMBERS, NO_VALUES, Pair, a_node, naming
from brainspec_conformance.suite.mapping_material import Refusing, filled, shown
from brainspec_conformance.suite.state_material import KINDS, a_state, subclass
from brainspec_conformance.suite.test_state_errors import PLANTED

TWO, THREE = np.arange(2.0, dtype=np.float32), np.arange(3.0, dtype=np.float32)
planted = pytest.mark.parametrize(("plant", "parts"), PLANTED)
bases = pytest.mark.parametrize("base", ["module", "node"])
Call = Callable[[Any], Any]


# Axes of arguments, calls that do not match them, and one that does.
UNMATCHED: dict[str, tuple[Any, Call, Call]] = {
    "too few entries": ((0,), lambda f: f(TWO, TWO), lambda f: f(TWO)),
    "too many entries": ((0, None), lambda f: f(TWO), lambda f: f(TWO, 1.0)),
    "a list": ([0, 0], lambda f: f(TWO), lambda f: f(TWO, TWO)),
    "no entries": ((), lambda f: f(TWO, z=TWO), lambda f: f(z=TWO)),
    "by name": ((0, 0), lambda f: f(TWO, y=TWO), lambda f: f(TWO, TWO)),
    "another key": (({"a": 0},), lambda f: f({"b": TWO}), lambda f: f({"a": TWO})),
    "a key more": (({"a": 0},), lambda f: f({"a": TWO, "b": TWO}), lambda f: f({"a": TWO})),
    "an array for a tree": ((0, (0, None)), lambda f: f(TWO, TWO), lambda f: f(TWO, (TWO, 1.0))),
    "a longer tuple": (((0, 0),), lambda f: f((TWO, TWO, TWO)), lambda f: f((TWO, TWO))),
    "a list for a tuple": (((0, 0),), lambda f: f([TWO, TWO]), lambda f: f((TWO, TWO))),
}


@check("mapping.error.axes-match@1", needs=["mapping.result.in-axes@1"])
@pytest.mark.parametrize(("in_axes", "wrong", "right"), UNMATCHED.values(), ids=UNMATCHED)
def test_arguments_match_their_axes(impl: Any, in_axes: Any, wrong: Call, right: Call) -> None:
    f = Refusing(impl, lambda *args, **named: args, in_axes=in_axes)
    f.refuses(wrong, ValueError, "in_axes")
    f.works(right)
    f.refuses(wrong, ValueError, "in_axes")


# Axes of results, a result of a lane that does not match them and one that does.
UNMATCHED_RESULTS: dict[str, tuple[Any, Callable[[Any], Any], Callable[[Any], Any]]] = {
    "one for two": ((0, 0), lambda x: x, lambda x: (x, x)),
    "two for three": ((0, None), lambda x: (x, 1, x), lambda x: (x, 1)),
    "another key": ({"a": 0}, lambda x: {"b": x}, lambda x: {"a": x}),
    "a list for a tuple": ((0, 0), lambda x: [x, x], lambda x: (x, x)),
    "deeper": ({"a": (0, 0)}, lambda x: {"a": x}, lambda x: {"a": (x, x)}),
    "nothing": ((0, 0), lambda x: None, lambda x: (None, x)),
}


@check("mapping.error.axes-match@1", needs=["mapping.result.out-axes@1"])
@pytest.mark.parametrize(("out_axes", "wrong", "right"), UNMATCHED_RESULTS.values(), ids=UNMATCHED_RESULTS)
def test_results_match_their_axes(impl: Any, out_axes: Any, wrong: Any, right: Any) -> None:
    gives = [wrong]
    f = Refusing(impl, lambda x: gives[0](x), out_axes=out_axes)
    f.refuses(lambda f: f(TWO), ValueError, "out_axes")
    gives[0] = right
    f.works(lambda f: f(TWO))


# Axes, what has none of them, where it is, its shape and the axis.
NO_SUCH_AXIS: dict[str, tuple[Any, tuple[Any, ...], dict[str, Any], list[str], tuple[int, ...], int]] = {
    "too large": (2, (filled(3, 4),), {}, [], (3, 4), 2),
    "too small": (-3, (filled(3, 4),), {}, [], (3, 4), -3),
    "a number": (0, (1.0,), {}, [], (), 0),
    "an array without axes": ((None, 0), (TWO, np.float32(1)), {}, [], (), 0),
    "in a tree": ((0, 1), (TWO, {"needle": filled(5, 2), "hay": [filled(2)]}), {}, ["hay"], (2,), 1),
    "beside others": (({"needle": 4, "hay": 0},), ({"needle": filled(5, 7), "hay": TWO},), {}, ["needle"], (5, 7), 4),
    "by name": (None, (TWO,), {"needle": 2.5}, ["needle"], (), 0),
    "in a tree by name": (None, (TWO,), {"needle": {"leaf": np.int32(1)}}, ["needle", "leaf"], (), 0),
}


@check("mapping.error.argument-axis@1", needs=["mapping.result.in-axes@1", "mapping.result.keywords@1"])
@pytest.mark.parametrize(
    ("in_axes", "args", "named", "parts", "shape", "axis"), NO_SUCH_AXIS.values(), ids=NO_SUCH_AXIS
)
def test_mapped_arguments_have_their_axes(
    impl: Any, in_axes: Any, args: Any, named: Any, parts: Any, shape: Any, axis: int
) -> None:
    f = Refusing(impl, lambda *args, **named: 1.0, in_axes=in_axes, axis_size=2)
    pattern = naming(*parts) + rf"(?=.*(?:{shown(*shape)}))(?=.*(?<![\d-]){axis}\b)"
    f.refuses(lambda f: f(*args, **named), ValueError, pattern)


@check("mapping.error.argument-axis@1")
def test_a_call_whose_arguments_have_their_axes_goes_on(impl: Any) -> None:
    f = Refusing(impl, lambda x: x.sum(), in_axes=1)
    f.works(lambda f: f(filled(2, 3)))
    f.refuses(lambda f: f(THREE), ValueError, r"(?s)(?=.*3)(?=.*1)")
    f.works(lambda f: f(filled(2, 3)))
    f.works(lambda f: f(filled(2, 4)))


@check("mapping.error.state-argument@1")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("in_axes", [0, None, (0, None), (None, 0)], ids=str)
def test_a_state_is_no_argument(impl: Any, kind: str, in_axes: Any) -> None:
    state = a_state(impl, kind)
    f = Refusing(impl, lambda x, y: x, in_axes=in_axes, axis_size=2)
    f.states.append(state)
    f.refuses(lambda f: f(state, TWO), ValueError, rf"\b{kind}\b")
    f.refuses(lambda f: f(TWO, state), ValueError, rf"\b{kind}\b")
    f.works(lambda f: f(TWO, TWO))


@check("mapping.error.state-argument@1")
@planted
def test_a_tree_with_a_state_is_no_argument(impl: Any, plant: Any, parts: list[str]) -> None:
    state = impl.ParamState(TWO)
    f = Refusing(impl, lambda x, y=None, *, word=None: x, in_axes=0, axis_size=2)
    f.works(lambda f: f(TWO))
    f.refuses(lambda f: f(plant(state)), ValueError, naming("ParamState", *parts))
    f.refuses(lambda f: f(TWO, plant(state)), ValueError, naming("ParamState", *parts))
    f.refuses(lambda f: f(TWO, word=plant(state)), ValueError, naming("ParamState", "word", *parts))
    f.works(lambda f: f(TWO))


@check("mapping.error.state-argument@1")
def test_a_state_of_a_user_and_a_random_state_are_no_arguments(impl: Any) -> None:
    f = Refusing(impl, lambda x: None, axis_size=2)
    for state in (subclass(impl.ParamState)(TWO), impl.random.RandomState(0)):
        f.refuses(lambda f: f({"needle": state}), ValueError, naming("needle", type(state).__name__))  # noqa: B023


@check("mapping.error.state-argument@1", needs=["mapping.form.static@1"])
def test_a_state_is_no_static_argument_nor_in_one(impl: Any) -> None:
    f, state = Refusing(impl, lambda x, n: x, static_argnums=1), impl.ParamState(1.0)
    for given in (state, (1, state), Pair(1, (state, "a"))):
        f.refuses(lambda f: f(TWO, given), ValueError, "ParamState")  # noqa: B023


@check("mapping.error.module-argument@1")
@bases
@planted
@pytest.mark.parametrize("in_axes", [0, None], ids=str)
def test_a_node_is_no_argument_nor_in_one(impl: Any, base: str, plant: Any, parts: list[str], in_axes: Any) -> None:
    node = a_node(impl, base)
    f = Refusing(impl, lambda x, y=None, *, word=None: 1.0, in_axes=in_axes, axis_size=2)
    f.states.append(node.state)
    f.refuses(lambda f: f(node, TWO), TypeError, "Cell")
    f.refuses(lambda f: f(TWO, plant(node)), TypeError, naming("Cell", *parts))
    f.refuses(lambda f: f(TWO, word=plant(node)), TypeError, naming("Cell", "word", *parts))
    f.works(lambda f: f(TWO))


@check("mapping.error.module-argument@1", needs=["mapping.form.static@1"])
@bases
def test_a_node_is_no_static_argument(impl: Any, base: str) -> None:
    node, f = a_node(impl, base), Refusing(impl, lambda x, n: x, static_argnums=1)
    for given in (node, (1, node)):
        f.refuses(lambda f: f(TWO, given), TypeError, "Cell")  # noqa: B023


@check("mapping.error.argument@1")
@pytest.mark.parametrize("leaf", NO_VALUES, ids=[f"{type(leaf).__name__} {n}" for n, leaf in enumerate(NO_VALUES)])
def test_what_is_no_value_is_no_argument(impl: Any, leaf: Any) -> None:
    name = type(leaf).__name__
    for in_axes in (0, None, (0, None)):
        f = Refusing(impl, lambda x, y=1.0, *, word=None: 1.0, in_axes=in_axes, axis_size=2)
        f.refuses(lambda f: f(TWO, leaf), TypeError, name)
        f.refuses(lambda f: f(TWO, 1.0, word=leaf), TypeError, naming(name, "word"))
        for plant, parts in PLANTED:
            f.refuses(lambda f: f(TWO, plant(leaf)), TypeError, naming(name, *parts))  # noqa: B023
    f.works(lambda f: f(TWO, 1.0))


@check("mapping.error.argument@1")
def test_arrays_of_no_numbers_are_no_arguments(impl: Any) -> None:
    f = Refusing(impl, lambda x: None, in_axes=None, axis_size=2)
    for leaf in NO_NUMBERS:
        f.refuses(lambda f: f({"needle": leaf}), TypeError, "needle")  # noqa: B023
