"""The checks of `spec/32-mapping.md`: states that an origin makes itself, and that are replaced."""

import copy
import gc
from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import assert_arrays
from brainspec_conformance.suite.mapping_material import adding, assert_holds, bare, filled, mapped, told
from brainspec_conformance.suite.state_material import KINDS

X = np.array([1.0, 2.0, 4.0], np.float32)

# Axes that accept every state; they are not about those that are born in the lane.
CATCHING: list[dict[str, Any]] = [
    {},
    {"unexpected_out_state_mapping": "raise"},
    {"unexpected_out_state_mapping": "warn"},
    {"state_in_axes": {0: ...}},
    {"state_in_axes": {1: ...}, "state_out_axes": {0: ...}},
    {"state_out_axes": {None: ...}},
]


@check("mapping.state.local@1", needs=["mapping.result.lanes@1"])
@pytest.mark.parametrize("options", CATCHING, ids=str)
@pytest.mark.parametrize("kind", ["State", "HiddenState", "ParamState"])
def test_a_state_of_the_origin_acts_as_in_plain_python(impl: Any, kind: str, options: Any) -> None:
    def origin(x: Any) -> Any:
        mine, other = getattr(impl, kind)(x), impl.State({"a": 1.0, "b": (jnp.zeros(2), None)})
        mine.value = mine.value * 2
        other.value = {"a": mine.value, "b": (other.value["b"][0] + mine.value, None)}
        alias = [other]
        alias[0].value = {**other.value, "a": other.value["a"] + 1}
        return mine.value, other.value

    mapping = impl.transform.vmap2(origin, **options)
    with told() as found:
        for scale in (1, 2):
            assert_arrays(
                mapping(X * scale),
                bare(lambda x: (x * 2, {"a": x * 2 + 1, "b": (jnp.zeros(2) + x * 2, None)}))(X * scale),
            )
    assert [one for one in found if "State" in str(one.message)] == []


@check("mapping.state.local@1", needs=["mapping.state.sliced@1", "mapping.state.stays@1"])
def test_states_of_the_origin_stand_beside_those_from_outside(impl: Any) -> None:
    outside = impl.State(filled(3, 2))

    @mapped(impl, state_in_axes={0: ...}, state_out_axes={0: ...})
    def f(x: Any) -> Any:
        inside = impl.State(outside.value)
        inside.value = inside.value + x
        outside.value = inside.value
        inside.value = inside.value * 0
        return copy.deepcopy(inside).value

    for n in (1, 2):
        assert f(X).tolist() == [[0, 0]] * 3
        assert_holds(outside, filled(3, 2) + n * X[:, None])


@check("mapping.state.local@1", needs=["mapping.state.through@1"])
def test_an_inner_function_may_touch_a_state_of_the_origin(impl: Any) -> None:
    @mapped(impl, unexpected_out_state_mapping="raise")
    def f(x: Any) -> Any:
        mine = impl.State(x)
        inner = impl.transform.jit(adding(mine))
        inner(x), inner(10.0)
        return mine.value

    assert f(X).tolist() == [12, 14, 18]


# What a state may hold that has no numbers when the trace is over.
TRACED: dict[str, Callable[[Any, Any], Any]] = {
    "the argument": lambda x, whole: x,
    "computed": lambda x, whole: x + 1,
    "a whole state": lambda x, whole: whole * 2,
    "in a tree": lambda x, whole: {"a": 1, "b": [np.ones(2), x]},
}


@check("mapping.state.dead@1", needs=["jit.state.dead@1"])
@pytest.mark.parametrize("value", TRACED.values(), ids=TRACED)
def test_a_state_that_outlives_its_trace_cannot_be_read(impl: Any, value: Any) -> None:
    kept, whole = [], impl.State(jnp.ones(2))

    @mapped(impl)
    def f(x: Any) -> Any:
        kept.append(impl.State(value(x, whole.value)))
        return x

    f(X)
    for state in kept:
        for read in (lambda: state.value, state.copy):  # noqa: B023
            with pytest.raises(impl.TraceContextError):
                read()
    assert kept


@check("mapping.state.dead@1", needs=["jit.state.dead@1"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_state_that_got_its_value_later_cannot_be_read(impl: Any, kind: str) -> None:
    kept = []

    @mapped(impl, state_in_axes={0: ...}, state_out_axes={0: ...})
    def f(x: Any) -> Any:
        state = getattr(impl, kind)(np.ones(2))
        state.value = state.value * x
        kept.append(state)
        return state.value

    assert f(X).tolist() == [[1, 1], [2, 2], [4, 4]]
    for state in kept:
        with pytest.raises(impl.TraceContextError):
            state.value  # noqa: B018
        state.value = np.ones(2)
        assert state.value.tolist() == [1, 1]
    assert kept


class Net:
    """What holds a state by name."""

    s: Any


REPLACED: dict[str, tuple[Callable[[Any, int], Any], Callable[[Any, int], Any]]] = {
    "of the same type": (lambda impl, n: impl.State(filled(3)), lambda impl, n: impl.State(filled(3) + n)),
    "of another shape": (lambda impl, n: impl.State(filled(3)), lambda impl, n: impl.State(filled(3, n + 1))),
    "of another kind": (lambda impl, n: impl.ParamState(filled(3)), lambda impl, n: impl.HiddenState(filled(3) * n)),
}


@check("mapping.state.replaced@1", needs=["mapping.state.sliced@1"])
@pytest.mark.parametrize(("first", "later"), REPLACED.values(), ids=REPLACED)
def test_another_state_under_the_same_name_is_read(impl: Any, first: Any, later: Any) -> None:
    net = Net()
    net.s = first(impl, 0)
    mapping = impl.transform.vmap2(lambda x: net.s.value * x, state_in_axes={0: ...})
    mapping(X)
    for n in (1, 2):
        net.s = later(impl, n)
        gc.collect()
        value = net.s.value
        for _ in range(2):
            assert mapping(X).tolist() == (value * X.reshape(3, *[1] * (value.ndim - 1))).tolist()


@check("mapping.state.replaced@1", needs=["mapping.state.stays@1", "mapping.state.unmapped@1"])
@pytest.mark.parametrize("inner", [False, True], ids=["itself", "through jit"])
def test_another_state_under_the_same_name_is_written(impl: Any, inner: bool) -> None:
    net, count = Net(), impl.State(0)

    def origin(x: Any) -> None:
        count.value = count.value + 1
        net.s.value = net.s.value + x

    mapping = impl.transform.vmap2(
        impl.transform.jit(origin) if inner else origin, state_in_axes={0: impl.ShortTermState}
    )
    for n in range(1, 4):
        net.s = impl.ShortTermState(jnp.zeros(3))
        gc.collect()
        mapping(X), mapping(X)
        assert net.s.value.tolist() == (2 * X).tolist()
        assert count.value == 2 * n


@check("mapping.state.replaced@1", needs=["mapping.state.sliced@1"])
def test_a_state_that_has_ceased_to_exist_is_not_missed_by_other_programs(impl: Any) -> None:
    kept, net = impl.ParamState(jnp.ones(3)), Net()
    net.s = impl.State(jnp.ones(3))
    mapping = impl.transform.vmap2(lambda x: net.s.value + kept.value * x, state_in_axes={0: ...})
    mapping(X), mapping(jnp.ones(3, int))
    net.s = None
    gc.collect()
    net.s = impl.State(jnp.zeros(3))

    assert mapping(X).tolist() == X.tolist()
    assert mapping(jnp.ones(3, int)).tolist() == [1, 1, 1]
