"""The checks of `spec/30-jit.md`: states that outlive the trace in which they were born, and how they live again."""

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
from brainspec_conformance.suite.jit_material import born_in, jitted

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
