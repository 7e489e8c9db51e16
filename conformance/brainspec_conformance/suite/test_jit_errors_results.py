"""The checks of `spec/30-jit.md`: errors about what comes out of a call, and what stands in states."""

from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_counts_material import (
    NO_NUMBERS,
    NO_VALUES,
    Boxed,
    Counted,
    Pair,
    a_node,
    busy,
    naming,
    unchanged,
)
from brainspec_conformance.suite.state_material import KINDS, a_state
from brainspec_conformance.suite.test_state_errors import PLANTED

planted = pytest.mark.parametrize(("plant", "parts"), PLANTED)
bases = pytest.mark.parametrize("base", ["module", "node"])
no_values = pytest.mark.parametrize(
    "leaf", NO_VALUES, ids=[f"{type(leaf).__name__} {n}" for n, leaf in enumerate(NO_VALUES)]
)


@check("jit.error.state-result@1")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("born", [False, True], ids=["before", "inside"])
def test_a_state_is_no_result(impl: Any, kind: str, born: bool) -> None:
    given = None if born else a_state(impl, kind)
    origin, state = busy(impl, lambda: a_state(impl, kind) if born else given)
    with unchanged(impl, state), pytest.raises(ValueError, match=rf"\b{kind}\b"):
        impl.transform.jit(origin)()


def assert_refused(impl: Any, result: Any, error: type[Exception], pattern: str) -> None:
    """An origin that gives this is refused each time, and leaves nothing behind."""
    gives = [result, result]
    origin, state = busy(impl, lambda x: gives[0] if gives else x)
    f = Counted(impl, origin)
    for _ in range(2):
        with unchanged(impl, state), pytest.raises(error, match=pattern):
            f(1.0)
        del gives[0]
    assert [f.ran(1.0), f.ran(1.0), f.runs] == [1, 0, 3], "it was remembered"
    assert state.value == 2.0


@check("jit.error.state-result@1", needs=["jit.trace.once@1"])
@planted
def test_a_tree_with_a_state_is_no_result(impl: Any, plant: Any, parts: list[str]) -> None:
    assert_refused(impl, plant(impl.ParamState(1.0)), ValueError, naming("ParamState", *parts))


@check("jit.error.result@1", needs=["jit.trace.once@1"])
@planted
def test_a_tree_with_what_is_no_value_is_no_result(impl: Any, plant: Any, parts: list[str]) -> None:
    assert_refused(impl, plant("text"), TypeError, naming("str", *parts))


@check("jit.error.state-result@1", needs=["jit.nest.inside@1"])
def test_a_state_is_no_result_of_an_inner_function(impl: Any) -> None:
    state = impl.ParamState(1.0)
    inner = impl.transform.jit(lambda x: state)
    with unchanged(impl, state), pytest.raises(ValueError, match="ParamState"):
        impl.transform.jit(lambda x: inner(x).value)(2.0)


@check("jit.error.result@1")
@no_values
def test_what_is_no_value_is_no_result(impl: Any, leaf: Any) -> None:
    origin, state = busy(impl, lambda x: leaf)
    with unchanged(impl, state), pytest.raises(TypeError, match=type(leaf).__name__):
        impl.transform.jit(origin)(1.0)


@check("jit.error.result@1")
def test_arrays_of_no_numbers_are_no_results(impl: Any) -> None:
    for leaf in NO_NUMBERS:
        with pytest.raises(TypeError, match="needle"):
            impl.transform.jit(lambda: {"needle": leaf})()  # noqa: B023


@check("jit.error.result@1", needs=["jit.static.declared@1"])
@bases
def test_a_node_is_no_result(impl: Any, base: str) -> None:
    node = a_node(impl, base)
    f = impl.transform.jit(lambda x, n: {"needle": [node, n]}, static_argnums=1)
    with pytest.raises(TypeError, match=naming("needle", "Cell")):
        f(1.0, 2)


@check("jit.error.result@1", needs=["jit.static.declared@1"])
def test_a_static_argument_is_a_result_if_it_is_a_value(impl: Any) -> None:
    f = impl.transform.jit(lambda x, n: (x, n), static_argnums=1)

    assert f(1.0, (2, None))[1] == (2, None)
    with pytest.raises(TypeError, match="str"):
        f(1.0, (2, "text"))
    assert f(1.0, 3)[1] == 3


VALUE_KINDS = [kind for kind in KINDS if kind != "HiddenState"]


@check("jit.error.state-value@1")
@no_values
def test_a_state_that_holds_no_value_is_not_read(impl: Any, leaf: Any) -> None:
    state = impl.ShortTermState(leaf)
    origin, other = busy(impl, lambda x: (state.value, x)[1])
    f = Counted(impl, origin)
    for value in (leaf, {"a": [1.0, leaf]}):
        state.value = value
        with (
            unchanged(impl, state, other),
            pytest.raises(TypeError, match=naming("ShortTermState", type(leaf).__name__)),
        ):
            f(1.0)

    state.value = 2.0
    assert [f.ran(1.0), f.ran(1.0)] == [1, 0]


@check("jit.error.state-value@1")
@pytest.mark.parametrize("kind", VALUE_KINDS)
def test_a_state_that_holds_no_value_is_not_written(impl: Any, kind: str) -> None:
    state = getattr(impl, kind)("text")

    def origin(x: Any) -> None:
        state.value = x

    origin, other = busy(impl, origin)
    with unchanged(impl, state, other), pytest.raises(TypeError, match=naming(kind, "str")):
        impl.transform.jit(origin)(1.0)


@check("jit.error.state-value@1", needs=["jit.trace.once@1"])
@pytest.mark.parametrize("kind", VALUE_KINDS)
def test_a_state_is_not_left_with_what_is_no_value(impl: Any, kind: str) -> None:
    state, leaves = getattr(impl, kind)(1.0), ["text", len, 2.0]

    def give(x: Any) -> None:
        state.value = leaves[0]

    origin, other = busy(impl, give)
    f = Counted(impl, origin)
    for name in ("str", "builtin"):
        with unchanged(impl, state, other), pytest.raises(TypeError, match=naming(kind, name)):
            f(1.0)
        del leaves[0]

    assert [f.ran(1.0), f.ran(1.0), f.runs] == [1, 0, 3]
    assert (state.value, other.value) == (2.0, 2.0)


@check("jit.error.state-value@1", needs=["jit.trace.states@1"])
def test_a_remembered_program_does_not_find_what_is_no_value(impl: Any) -> None:
    read, written = impl.ParamState(1.0), impl.ShortTermState(1.0)

    def origin(x: Any) -> Any:
        written.value = x
        return read.value * x

    f = Counted(impl, origin)
    f(1.0)
    for state in (read, written):
        before, state.value = state.value, "text"
        with unchanged(impl, read, written), pytest.raises(TypeError, match=naming(type(state).__name__, "str")):
            f(2.0)
        state.value = before

    assert f.ran(3.0) == 0
    assert (f(4.0), written.value) == (4.0, 4.0)


@check("jit.state.written@1")
def test_a_state_may_hold_anything_on_the_way(impl: Any) -> None:
    state = impl.State(1.0)

    def origin(x: Any) -> Any:
        before, state.value = state.value, "on the way"
        assert state.value == "on the way"
        state.value = before + x

    f = impl.transform.jit(origin)
    f(1.0), f(2.0)
    assert state.value == 4.0


@check("jit.state.local@1")
def test_a_state_of_the_origin_may_hold_anything(impl: Any) -> None:
    def origin(x: Any) -> Any:
        mode, value = impl.State("double"), impl.State(x)
        if mode.value == "double":
            value.value = {"twice": value.value * 2}
        mode.value = None
        return value.value["twice"]

    f = impl.transform.jit(origin)
    assert (f(1.0), f(2.0)) == (2.0, 4.0)


OTHER_STRUCTURES: dict[str, tuple[Any, Any, list[str]]] = {
    "another key": ({"ab": 1.0}, {"cd": 2.0}, ["ab", "cd"]),
    "one key more": ({"ab": 1.0}, {"ab": 2.0, "cd": 3.0}, ["ab", "cd"]),
    "deeper": ({"ab": 1.0}, {"ab": {"cd": 2.0}}, ["ab", "cd"]),
    "a tuple": ([1.0], (2.0,), []),
    "a longer list": ([1.0], [2.0, 3.0], []),
    "a list": (1.0, [2.0], []),
    "a leaf": ({"ab": 1.0}, 2.0, ["ab"]),
    "nothing": (1.0, None, []),
    "something": (None, 1.0, []),
    "a named tuple": ((1.0, 2.0), Pair(1.0, 2.0), []),
    "another unit": (Boxed(1.0, "mV"), Boxed(1.0, "nA"), []),
}


@check("jit.error.structure@1", needs=["jit.trace.once@1"])
@pytest.mark.parametrize(("before", "after", "parts"), OTHER_STRUCTURES.values(), ids=OTHER_STRUCTURES)
def test_a_state_keeps_its_structure(impl: Any, before: Any, after: Any, parts: list[str]) -> None:
    state, gives = impl.LongTermState(before), [after, after]

    def give(x: Any) -> None:
        if len(gives) == 1:
            state.value  # noqa: B018
        state.value = gives[0] if gives else before

    origin, other = busy(impl, give)
    f = Counted(impl, origin)
    for _ in range(2):
        with unchanged(impl, state, other), pytest.raises(ValueError, match=naming("LongTermState", *parts)):
            f(1.0)
        del gives[0]

    assert [f.ran(1.0), f.runs] == [1, 3]
    assert other.value == 1.0


@check("jit.error.structure@1", needs=["jit.nest.inside@1"])
def test_an_inner_function_keeps_the_structure_of_a_state(impl: Any) -> None:
    state = impl.ParamState({"ab": 1.0})

    def inner(x: Any) -> None:
        state.value = {"cd": x}

    jitted = impl.transform.jit(inner)
    with unchanged(impl, state), pytest.raises(ValueError, match=naming("ParamState", "ab", "cd")):
        impl.transform.jit(lambda x: jitted(x))(2.0)


@check("jit.error.structure@1", needs=["jit.state.retyped@1"])
def test_leaves_of_a_state_may_change_where_its_structure_does_not(impl: Any) -> None:
    state = impl.ParamState({"ab": 1.0, "cd": (np.zeros(2), None)})

    def origin() -> None:
        state.value = {"cd": (jnp.zeros(3, np.int32), None), "ab": jnp.ones((2, 2))}

    impl.transform.jit(origin)()
    assert state.value["ab"].shape == (2, 2)
    assert (state.value["cd"][0].shape, state.value["cd"][1]) == ((3,), None)


FAULTS: dict[str, Any] = {
    "a state is given": lambda impl, state, x: state,
    "text is given": lambda impl, state, x: "text",
    "text is written": lambda impl, state, x: setattr(state, "value", "text"),
    "another structure is written": lambda impl, state, x: setattr(state, "value", [x]),
    "a number is asked for": lambda impl, state, x: float(x),
    "a state is passed on": lambda impl, state, x: impl.transform.jit(lambda s: s.value)(state),
    "text is passed on": lambda impl, state, x: impl.transform.jit(lambda text: 1.0)("text"),
}


@check("jit.failure.unchanged@1")
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_of_the_origin_leaves_keys_and_states(impl: Any, fault: Any) -> None:
    state, other, stream = impl.State(1.0), impl.State(2.0), impl.random.RandomState(0)

    def origin(x: Any) -> Any:
        other.value, state.value = state.value, x
        impl.random.split_key(), stream.split_key()
        return fault(impl, state, x)

    f = impl.transform.jit(origin)
    for _ in range(2):
        with unchanged(impl, state, other, stream), pytest.raises((TypeError, ValueError)):
            f(3.0)
