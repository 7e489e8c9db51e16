"""The checks of `spec/32-mapping.md`: states that an origin reaches in roundabout ways, or makes itself, or that are replaced."""

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

# Ways to call a function of one argument from an origin.
THROUGH: dict[str, Callable[[Any, Any], Any]] = {
    "a function": lambda impl, f: lambda x: f(x),
    "jit": lambda impl, f: impl.transform.jit(f),
    "jit in an origin": lambda impl, f: lambda x: impl.transform.jit(f)(x),
    "two jits": lambda impl, f: impl.transform.jit(lambda x: impl.transform.jit(f)(x)),
    "a stateful function": lambda impl, f: impl.transform.StatefulFunction(f),
    "another mapping": lambda impl, f: lambda x: impl.transform.vmap2(f, in_axes=None, axis_size=1, out_axes=None)(x),
}
through = pytest.mark.parametrize("way", THROUGH.values(), ids=THROUGH)


@check("mapping.state.through@1", needs=["mapping.state.sliced@1", "mapping.state.stays@1", "mapping.state.unmapped@1"])
@pytest.mark.parametrize("way", [way for name, way in THROUGH.items() if "mapping" not in name], ids=list(THROUGH)[:-1])
def test_states_that_an_inner_function_touches_are_mapped_as_declared(impl: Any, way: Any) -> None:
    sliced, moved, whole, count = (
        impl.State(filled(2, 3)),
        impl.ShortTermState(filled(3, 2)),
        impl.ParamState(filled(2)),
        impl.BatchState(jnp.array(0)),
    )

    def inner(x: Any) -> Any:
        sliced.value = sliced.value + whole.value * x
        moved.value = moved.value * 2
        count.value = count.value + 1
        return sliced.value.sum()

    f = way(impl, inner)
    mapping = impl.transform.vmap2(
        lambda x: f(x) + 1,
        state_in_axes={1: sliced, 0: moved},
        state_out_axes={1: moved},
        unexpected_out_state_mapping="raise",
    )
    out = mapping(X)

    wanted = filled(2, 3) + filled(2)[:, None] * X
    assert_holds(sliced, wanted)
    assert_holds(moved, filled(3, 2).T * 2)
    assert_holds(count, jnp.array(1))
    assert_arrays(out, wanted.sum(0) + 1)


@check("mapping.state.through@1", needs=["mapping.state.whole@1"])
@through
def test_states_that_an_inner_function_reads_are_whole(impl: Any, way: Any) -> None:
    state = impl.State(filled(2, 2))
    f = way(impl, lambda x: (state.value @ jnp.ones(2)).sum() * x)
    mapping = impl.transform.vmap2(lambda x: f(x))

    for n in (1, 2):
        assert_arrays(mapping(X), 6.0 * n * X)
        state.value = state.value * 2


@check("mapping.state.through@1", needs=["mapping.state.stays@1"])
def test_an_inner_function_that_was_called_before_is_no_different(impl: Any) -> None:
    state = impl.State(jnp.zeros(()))
    inner = impl.transform.jit(adding(state))
    inner(jnp.float32(1)), inner(jnp.float32(1))
    mapping = impl.transform.vmap2(lambda x: inner(x), state_in_axes={0: state})
    for n in (1, 2):
        state.value = jnp.zeros(3)
        assert_arrays(mapping(X), jnp.asarray(X))
        assert_holds(state, X)
        state.value = jnp.array(5.0 * n)
        inner(jnp.float32(1))
        assert state.value == 5.0 * n + 1


@check("mapping.state.through@1", needs=["mapping.state.stays@1"])
def test_an_inner_function_sees_what_was_written_before_it_and_is_seen_after_it(impl: Any) -> None:
    state = impl.State(jnp.zeros(3))
    inner = impl.transform.jit(lambda x: adding(state)(x))

    @mapped(impl, state_in_axes={0: state})
    def f(x: Any) -> Any:
        state.value = state.value + 10
        first = inner(x)
        state.value = state.value * 2
        second = inner(x)
        return first, second, state.value

    first, second, last = f(X)
    assert [first.tolist(), second.tolist(), last.tolist()] == [[11, 12, 14], [23, 26, 32], [23, 26, 32]]
    assert state.value.tolist() == [23, 26, 32]


@check("mapping.state.through@1", needs=["mapping.state.undeclared@1"])
@pytest.mark.parametrize("name", ["a function", "jit", "two jits", "a stateful function"])
def test_a_state_that_an_inner_function_writes_grows(impl: Any, name: str) -> None:
    state = impl.State(jnp.array(0.0))
    f = THROUGH[name](impl, adding(state))
    mapping = impl.transform.vmap2(lambda x: f(x))
    with told():
        for _ in range(2):
            state.value = jnp.array(0.0)
            mapping(X)
            assert_holds(state, X)


@check("mapping.state.through@1", needs=["mapping.state.sliced@1", "mapping.state.stays@1"])
def test_methods_of_modules_in_modules_touch_their_states(impl: Any) -> None:
    class Layer(impl.nn.Module):  # type: ignore[misc]
        def __init__(self, size: int) -> None:
            self.w, self.h = impl.ParamState(filled(size, 2)), impl.HiddenState(jnp.zeros((3, size)))

        def update(self, x: Any) -> Any:
            self.h.value = self.h.value + self.w.value @ x
            return self.h.value

    class Net(impl.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            self.layers = [Layer(2), Layer(4)]

        def update(self, x: Any) -> Any:
            for layer in self.layers:
                x = layer(x)
                x = x[:2]
            return x

    net = Net()
    mapping = impl.transform.vmap2(net, state_in_axes={0: impl.HiddenState})
    x, w = filled(3, 2), filled(2, 2)
    out = mapping(x)

    assert_arrays(net.layers[0].h.value, x @ w.T)
    assert_arrays(net.layers[1].h.value, x @ w.T @ filled(4, 2).T)
    assert_arrays(out, net.layers[1].h.value[:, :2])
    mapping(x)
    assert_arrays(net.layers[0].h.value, 2 * (x @ w.T))


@check("mapping.state.aliases@1", needs=["mapping.state.sliced@1", "mapping.state.stays@1"])
@pytest.mark.parametrize("axis", [0, 1])
def test_a_state_of_several_names_is_one(impl: Any, axis: int) -> None:
    state = impl.State(filled(3, 3))
    names = {"a": state, "b": [state, impl.State(filled(3, 3))]}
    asked = []

    def mine(path: Any, value: Any) -> bool:
        asked.append(value)
        return True

    @mapped(impl, state_in_axes={axis: mine})
    def f(x: Any) -> Any:
        names["a"].value = names["a"].value + x
        names["b"][0].value = names["b"][0].value * 2
        return names["a"].value, names["b"][1].value

    wanted = filled(3, 3)
    for _ in range(2):
        out, other = f(X)
        wanted = (wanted + (X if axis else X[:, None])) * 2
        assert_arrays(out, jnp.moveaxis(wanted, axis, 0))
        assert_arrays(other, jnp.moveaxis(filled(3, 3), axis, 0))
        assert_holds(state, wanted)


@check("mapping.state.aliases@1", needs=["mapping.state.undeclared@1"])
def test_a_state_that_grows_under_two_names_grows_once(impl: Any) -> None:
    class Pair(impl.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            self.a = self.b = impl.State(jnp.array(0.0))

        def update(self, x: Any) -> Any:
            self.a.value = self.b.value + x
            self.b.value = self.a.value * 10
            return self.a.value - self.b.value

    pair = Pair()
    with told():
        out = impl.transform.vmap2(pair)(X)
    assert out.tolist() == [0, 0, 0]
    assert_holds(pair.b, X * 10)


@check("mapping.state.aliases@1", needs=["mapping.state.stays@1", "mapping.state.through@1"])
def test_a_state_that_is_reached_from_inside_and_outside_is_one(impl: Any) -> None:
    state = impl.State(jnp.zeros(3))
    inner = impl.transform.jit(adding(state))

    @mapped(impl, state_in_axes={0: ...})
    def f(x: Any) -> Any:
        inner(x)
        adding(state)(x * 10)
        return state.value

    assert f(X).tolist() == [11, 22, 44]
    assert state.value.tolist() == [11, 22, 44]


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
