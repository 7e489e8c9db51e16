"""The checks of `spec/36-grad.md`: what trace stacks around a call record, and states that are born in it."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import jitted
from brainspec_conformance.suite.random_material import kept
from brainspec_conformance.suite.shared_material import (
    TOUCHES,
    assert_every_stack_records,
    read_then_written,
    read_write,
    three,
    watched,
    written_first,
)


@check("grad.state.touched@1", needs=["state.stack.records@1", "state.stack.writes@1"])
@pytest.mark.parametrize("asked", ["", "a", "cba", "bc"], ids=["none", "one", "all, backwards", "two"])
@pytest.mark.parametrize("name", TOUCHES)
def test_what_the_origin_touches_is_recorded_in_its_order(impl: Any, name: str, asked: str) -> None:
    origin, order, written = TOUCHES[name]
    states = three(impl)
    made = impl.transform.grad(
        lambda x: origin(**states, x=x), [states[a] for a in asked] or None, argnums=0, check_states=False
    )
    for _ in range(2):
        stack = watched(impl, lambda: made(2.0))
        assert stack.states == [states[letter] for letter in order]
        assert stack.been_writen == written


@check("grad.state.touched@1", needs=["state.stack.nested@1"])
def test_every_open_stack_records_and_adds_to_what_it_has(impl: Any) -> None:
    a, b, c = three(impl).values()
    made = impl.transform.grad(lambda x: read_then_written(a, b, c, x))
    assert_every_stack_records(impl, lambda: made(2.0), a, b, c)


@check("grad.state.touched@1", needs=["state.stack.recover@1"])
def test_what_a_call_wrote_can_be_taken_back(impl: Any) -> None:
    a, b, c = three(impl).values()
    before = [state.value for state in (a, b, c)]
    stack = watched(impl, lambda: impl.transform.grad(lambda x: read_then_written(a, b, c, x), [b])(2.0))
    assert (a.value, b.value) == (6.0, 6.0)
    stack.recovery_original_values()

    assert [state.value is value for state, value in zip((a, b, c), before)] == [True, True, True]


@check("grad.state.touched@1", needs=["random.draw.touches@1"])
def test_a_draw_is_recorded_as_a_write(impl: Any) -> None:
    state, mine = impl.State(1.0), impl.random.RandomState(0)
    made = impl.transform.grad(lambda x: x * state.value * mine.random() * impl.random.random())
    with kept(impl):
        stack = watched(impl, lambda: made(1.0))
        assert stack.states == [state, mine, impl.random.default_rng()]
        assert stack.been_writen == [False, True, True]


@check("grad.state.touched@1", needs=["state.stack.newborn@1"])
def test_states_that_are_born_in_the_origin_are_not_recorded(impl: Any) -> None:
    outside = impl.State(3.0)

    def f(x: Any) -> Any:
        inside = impl.State(x)
        inside.value = inside.value * outside.value
        return inside.value

    stack = watched(impl, lambda: impl.transform.grad(f)(2.0))
    assert (stack.states, stack.been_writen) == ([outside], [False])


@check("grad.state.touched@1", needs=["grad.nest.grad@1", "grad.nest.jit@1"])
@pytest.mark.parametrize("around", ["grad", "jit", "grad of jit"])
def test_what_an_inner_function_touches_its_caller_touches(impl: Any, around: str) -> None:
    a, b, c = three(impl).values()
    grad, jit = impl.transform.grad, impl.transform.jit

    def outer(x: Any) -> Any:
        return grad(lambda y: read_write(a, b, c, y))(x) * x + b.value

    made = {"grad": grad, "jit": jit, "grad of jit": lambda f: grad(jit(f))}[around](outer)
    for _ in range(2):
        stack = watched(impl, lambda: made(2.0))
        assert (stack.states, stack.been_writen) == ([a, c, b], [False, True, False])


@check("grad.state.touched@1", needs=["grad.nest.grad@1"])
def test_a_stack_in_an_origin_records_inner_calls(impl: Any) -> None:
    a, b, c = three(impl).values()
    stacks = []

    def outer(x: Any) -> Any:
        stacks.append(watched(impl, lambda: impl.transform.grad(lambda y: written_first(a, b, c, y))(x)))
        return x

    impl.transform.grad(outer)(2.0)
    assert (stacks[0].states, stacks[0].been_writen) == ([b, c, a], [True, False, True])


BORN: dict[str, Callable[[Any], Any]] = {
    "the argument": lambda x: x,
    "what is made of it": lambda x: x * 2,
    "a tree": lambda x: {"a": [x, np.ones(2)], "b": None},
    "an array": lambda x: jnp.stack([x, x]),
}


@check("grad.state.dead@1", needs=["jit.state.dead@1", "grad.nest.jit@1"])
@pytest.mark.parametrize("name", BORN)
def test_a_state_that_was_born_in_a_call_is_dead_after_it(impl: Any, name: str) -> None:
    born, told = [], []

    def f(x: Any) -> Any:
        born.append(impl.State(BORN[name](x)))
        born.append(impl.ParamState(0.0))
        born[-1].value = BORN[name](x * x)
        return x**2

    @jitted(impl)
    def outer(x: Any) -> Any:
        out = impl.transform.grad(f)(x)
        for state in born:
            with pytest.raises(impl.TraceContextError):
                state.value  # noqa: B018
            told.append(state)
        return out

    assert outer(3.0) == 6.0
    assert len(told) == 2
    for state in born:
        with pytest.raises(impl.TraceContextError):
            state.value  # noqa: B018


@check("grad.state.dead@1", needs=["state.value.written@1"])
def test_a_state_that_is_born_and_used_in_a_call_acts_as_in_plain_python(impl: Any) -> None:
    def f(x: Any) -> Any:
        states = [impl.State(x * n) for n in range(3)]
        for state in states:
            state.value = state.value * x
        return sum(state.value for state in states)

    made = impl.transform.grad(f)
    assert (made(1.0), made(2.0)) == (6.0, 12.0)


@check("grad.state.dead@1", needs=["jit.state.revived@1", "grad.nest.jit@1"])
def test_a_dead_state_lives_again_with_a_value(impl: Any) -> None:
    born = []

    def f(x: Any) -> Any:
        born.append(impl.State(x))
        return x

    impl.transform.jit(impl.transform.grad(f))(1.0)
    born[0].value = jnp.float32(4)
    assert impl.transform.grad(lambda: born[0].value ** 2, born[0])() == 8.0
    assert jax.tree.leaves(born[0].value) == [4.0]
