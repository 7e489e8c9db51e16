"""The checks of `spec/30-jit.md`: states that are born while an origin is traced."""

import copy
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import assert_arrays, is_traced, jitted
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


def born_in(impl: Any, *values: Callable[[Any], Any]) -> list[Any]:
    """States that were born while an origin was traced, with these values of its argument, and are still there."""
    found: list[Any] = []

    @jitted(impl)
    def f(x: Any) -> Any:
        found.extend(impl.State(value(x)) for value in values)
        return x

    assert f(1.0) == 1.0
    return found


TRACED: dict[str, Callable[[Any], Any]] = {
    "the argument": lambda x: x,
    "computed": lambda x: x + 1,
    "in a tree": lambda x: {"a": 1, "b": [np.ones(2), x]},
}
READS: dict[str, Callable[[Any], Any]] = {
    "value": lambda state: state.value,
    "copy": lambda state: state.copy(),
    "deepcopy": copy.deepcopy,
}


@check("jit.state.dead@1", needs=["state.copy.touches@1"])
@pytest.mark.parametrize("read", READS.values(), ids=READS)
@pytest.mark.parametrize("value", TRACED.values(), ids=TRACED)
def test_a_state_that_outlives_its_trace_cannot_be_read(impl: Any, value: Any, read: Any) -> None:
    (state,) = born_in(impl, value)
    for _ in range(2):
        with pytest.raises(impl.TraceContextError):
            read(state)


@check("jit.state.dead@1")
def test_the_error_names_where_the_state_was_born(impl: Any) -> None:
    found: list[Any] = []

    @jitted(impl)
    def f(x: Any) -> Any:
        found.append((impl.State(x), sys._getframe().f_lineno))
        found.append((impl.ParamState([x]), sys._getframe().f_lineno))
        return x

    f(1.0)
    assert len({line for _, line in found}) == 2
    for state, line in found:
        with pytest.raises(impl.TraceContextError) as raised:
            state.value  # noqa: B018
        assert Path(__file__).name in str(raised.value)
        assert re.search(rf"\b{line}\b", str(raised.value))


@check("jit.state.dead@1")
def test_a_state_that_got_its_value_later_cannot_be_read(impl: Any) -> None:
    found = []

    @jitted(impl)
    def f(x: Any) -> Any:
        state = impl.State(np.ones(2))
        state.value = state.value * x
        found.append(state)
        return state.value

    assert f(2.0).tolist() == [2, 2]
    assert f(3.0).tolist() == [3, 3]
    with pytest.raises(impl.TraceContextError):
        found[0].value  # noqa: B018


@check("jit.state.dead@1")
def test_a_dead_state_is_read_neither_by_augmenting_nor_in_a_jitted_function(impl: Any) -> None:
    (state,) = born_in(impl, lambda x: x)
    with pytest.raises(impl.TraceContextError):
        state.value += 1
    with pytest.raises(impl.TraceContextError):
        impl.transform.jit(lambda x: x + state.value)(1.0)
    with pytest.raises(impl.TraceContextError):
        state.value  # noqa: B018


@check("jit.state.dead@1", needs=["random.draw.rule@1"])
def test_a_random_state_of_a_trace_does_not_draw_after_it(impl: Any) -> None:
    found = []

    @jitted(impl)
    def f(key: Any) -> Any:
        found.append(impl.random.RandomState(key))
        return found[0].random()

    f(jax.random.key(0))
    for act in (found[0].random, found[0].split_key, lambda: found[0].value):
        with pytest.raises(impl.TraceContextError):
            act()


@check("jit.state.dead@1", needs=["jit.nest.inside@1"])
def test_a_state_of_an_inner_function_is_dead_when_all_is_over(impl: Any) -> None:
    found = []

    @jitted(impl)
    def inner(x: Any) -> Any:
        found.append(impl.State(x))
        return x

    impl.transform.jit(lambda x: inner(x * 2))(1.0)
    assert len(found) == 1
    with pytest.raises(impl.TraceContextError):
        found[0].value  # noqa: B018


REVIVING: dict[str, Callable[[Any, Any], None]] = {
    "assigned": lambda state, value: setattr(state, "value", value),
    "taken over": lambda state, value: state.copy_from(type(state)(value)),
}


@check("jit.state.revived@1", needs=["jit.state.dead@1", "state.copy.from@1"])
@pytest.mark.parametrize("way", REVIVING.values(), ids=REVIVING)
def test_a_dead_state_lives_again_when_it_gets_a_value(impl: Any, way: Any) -> None:
    for value in (2.0, jnp.ones(2), {"a": np.ones(2)}, None):
        (state,) = born_in(impl, lambda x: x)
        way(state, value)
        assert state.value is value
        assert state.copy().value is value
        state.value = [value]
        assert state.value[0] is value


@check("jit.state.revived@1", needs=["jit.state.dead@1", "state.stack.writes@1"])
def test_reviving_is_recorded_as_a_write(impl: Any) -> None:
    (state,) = born_in(impl, lambda x: x)
    with impl.StateTraceStack() as stack:
        state.value = 2.0

    assert (stack.states, stack.been_writen) == ([state], [True])


@check("jit.state.revived@1", needs=["jit.state.dead@1", "jit.state.written@1"])
def test_a_revived_state_is_read_and_written_by_jitted_functions(impl: Any) -> None:
    (state,) = born_in(impl, lambda x: x)
    state.value = 2.0

    @jitted(impl)
    def f(x: Any) -> Any:
        state.value = state.value * x
        return state.value

    assert (f(3.0), f(3.0)) == (6.0, 18.0)
    assert state.value == 18.0


@check("jit.state.revived@1", needs=["jit.state.dead@1", "random.set.seed@1"])
def test_a_dead_random_state_lives_again_by_a_seed(impl: Any) -> None:
    found = []
    impl.transform.jit(lambda key: found.append(impl.random.RandomState(key)))(jax.random.key(0))
    found[0].seed(5)

    assert found[0].random() == impl.random.RandomState(5).random()


ARRAY = jnp.arange(3.0)
CONCRETE: dict[str, Any] = {
    "number": 1.5,
    "NumPy array": np.ones(2),
    "JAX array of before": ARRAY,
    "tree": {"a": [ARRAY, 1], "b": None},
    "text": "text",
    "none": None,
}


@check("jit.state.survivor@1")
@pytest.mark.parametrize("value", CONCRETE.values(), ids=CONCRETE)
def test_a_state_with_a_concrete_value_holds_it_after_the_trace(impl: Any, value: Any) -> None:
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
