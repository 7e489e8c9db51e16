"""The checks of `spec/32-mapping.md`: errors about the arguments of a call, and about its size."""

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_counts_material import NO_NUMBERS, NO_VALUES, Pair, a_node, naming
from brainspec_conformance.suite.mapping_material import changes_nothing, filled, restless, shown
from brainspec_conformance.suite.state_material import KINDS, a_state, subclass
from brainspec_conformance.suite.test_state_errors import PLANTED

TWO, THREE = np.arange(2.0, dtype=np.float32), np.arange(3.0, dtype=np.float32)
planted = pytest.mark.parametrize(("plant", "parts"), PLANTED)
bases = pytest.mark.parametrize("base", ["module", "node"])
Call = Callable[[Any], Any]


class Refusing:
    """A mapping, and the states that no failure of it may change."""

    def __init__(self, impl: Any, give: Callable[..., Any], **options: Any) -> None:
        origin, self.states = restless(impl, give)
        self.impl, self.mapping = impl, impl.transform.StatefulMapping(origin, **options)

    def refuses(self, call: Call, error: type[Exception], pattern: str | None = None) -> None:
        """A call raises this, and changes nothing, each time."""
        for _ in range(2):
            with changes_nothing(self.impl, *self.states), pytest.raises(error, match=pattern):
                call(self.mapping)

    def works(self, call: Call) -> None:
        """A call runs the program."""
        before = int(self.states[0].value)
        call(self.mapping)
        assert self.states[0].value == before + 1


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
    "in a tree by name": (None, (TWO,), {"needle": {"leaf": jnp.array(1)}}, ["needle", "leaf"], (), 0),
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
