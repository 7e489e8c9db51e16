"""The checks of `spec/32-mapping.md`: states that an origin reaches in roundabout ways."""

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import assert_arrays
from brainspec_conformance.suite.mapping_material import adding, assert_holds, filled, mapped, told

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
