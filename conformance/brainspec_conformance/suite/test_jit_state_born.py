"""The checks of `spec/30-jit.md`: states that are born while an origin is traced and stay there, or go on."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import assert_arrays, born_in, is_traced, jitted
from brainspec_conformance.suite.state_material import KINDS


@check("jit.state.local@1", needs=["jit.result.same@1"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_local_state_acts_as_in_plain_python(impl: Any, kind: str) -> None:
    @jitted(impl)
    def f(x: Any) -> Any:
        state = getattr(impl, kind)(x)
        for n in range(3):
            state.value = state.value * 2 + n
        return state.value

    assert [f(jnp.float32(x)) for x in (1.0, 3.0, 1.0)] == [12.0, 28.0, 12.0]
    assert f(jnp.ones(2)).tolist() == [12, 12]


@check("jit.state.local@1", needs=["jit.result.same@1"])
def test_a_local_state_changes_its_type_and_structure(impl: Any) -> None:
    @jitted(impl)
    def f(x: Any) -> Any:
        state = impl.State(None)
        state.value = {"a": x}
        state.value = [state.value["a"], jnp.ones(2)]
        return state.value

    for x in (1, 2.0, jnp.ones(3)):
        assert_arrays(f(x), [jnp.asarray(x), jnp.ones(2)])


@check("jit.state.local@1", needs=["jit.result.same@1"])
def test_a_local_state_gives_the_object_that_was_put_into_it(impl: Any) -> None:
    same = []

    @jitted(impl)
    def f(x: Any) -> Any:
        state, tree = impl.State(x), {"a": x}
        same.append(state.value is x)
        state.value = tree
        same.append(state.value is tree)
        state.value = mode = ["text", None]
        same.append(state.value is mode)
        return x * len(state.value)

    assert f(2.0) == 4.0
    assert same == [True, True, True]


@check("jit.state.local@1", needs=["random.draw.rule@1"])
def test_a_local_random_state_draws_alike_in_each_call(impl: Any) -> None:
    def origin(key: Any) -> Any:
        state = impl.random.RandomState(key)
        return state.random((2,)), state.random((2,))

    f = impl.transform.jit(origin)
    for seed in (1, 2, 1):
        assert_arrays(f(jax.random.key(seed)), origin(jax.random.key(seed)))


@check("jit.state.local@1", needs=["module.call.update@1"])
def test_a_module_is_built_and_used_in_an_origin(impl: Any) -> None:
    class Scale(impl.nn.Module):  # type: ignore[misc]
        def __init__(self, w: Any) -> None:
            super().__init__()
            self.w, self.calls = impl.ParamState(w), impl.State(0)

        def update(self, x: Any) -> Any:
            self.calls.value += 1
            return self.w.value * x + self.calls.value

    @jitted(impl)
    def f(w: Any, x: Any) -> Any:
        module = Scale(w)
        module(x)
        return module(x)

    assert (f(2.0, 3.0), f(5.0, 1.0)) == (8.0, 7.0)


@check("jit.state.local@1", needs=["jit.nest.inside@1"])
def test_an_inner_function_uses_a_state_of_its_caller(impl: Any) -> None:
    @jitted(impl)
    def outer(x: Any) -> Any:
        state = impl.State(x)

        @jitted(impl)
        def inner(y: Any) -> Any:
            state.value = state.value * 2 + y
            return state.value

        first = inner(1.0)
        return first, inner(2.0), state.value

    for x in (1.0, 3.0):
        assert outer(x) == (2 * x + 1, 4 * x + 4, 4 * x + 4)


CONCRETE: dict[str, Callable[[], Any]] = {
    "number": lambda: 1.5,
    "NumPy array": lambda: np.ones(2),
    "JAX array of before": lambda: jnp.arange(3.0),
    "tree": lambda: {"a": [jnp.arange(3.0), 1], "b": None},
    "text": lambda: "text",
    "none": lambda: None,
}


@check("jit.state.survivor@1")
@pytest.mark.parametrize("make", CONCRETE.values(), ids=CONCRETE)
def test_a_state_with_a_concrete_value_holds_it_after_the_trace(impl: Any, make: Any) -> None:
    value = make()
    states = born_in(impl, lambda x: x, lambda x: value)

    assert states[1].value is value
    assert states[1].copy().value is value


@check("jit.state.survivor@1")
def test_the_value_when_the_trace_ends_counts(impl: Any) -> None:
    found, value = [], np.ones(2)

    @jitted(impl)
    def f(x: Any) -> Any:
        state = impl.State(x)
        found.append(state)
        out = state.value * 2
        state.value = value
        return out

    assert f(1.0) == 2.0
    assert found[0].value is value


@check("jit.state.survivor@1", needs=["jit.state.written@1", "jit.state.touched@1"])
def test_a_survivor_goes_on_as_any_other(impl: Any) -> None:
    (state,) = born_in(impl, lambda x: np.float32(2))

    @jitted(impl)
    def f(x: Any) -> Any:
        state.value = state.value * x
        return state.value

    with impl.StateTraceStack() as stack:
        outs = [f(3.0), f(3.0)]
    assert outs == [6.0, 18.0]
    assert (stack.states, stack.been_writen) == ([state], [True])
    state.value += 1
    assert f(2.0) == 38.0


@check("jit.state.survivor@1", needs=["jit.state.current@1"])
def test_a_state_that_a_first_call_made_serves_later_traces(impl: Any) -> None:
    found: list[Any] = []

    @jitted(impl)
    def f(x: Any) -> Any:
        if not found:
            found.append(impl.State(np.float32(2)))
            return x
        assert is_traced(found[0].value)
        return x * found[0].value

    assert f(1.0) == 1.0
    assert f(jnp.ones(2)).tolist() == [2, 2]
    found[0].value = np.float32(5)
    assert f(jnp.ones(2)).tolist() == [5, 5]
    assert f(jnp.ones(3)).tolist() == [5, 5, 5]
