"""The checks of `spec/36-grad.md` on generated programs over states, which are differentiated as JAX does without them.

A step is a tuple: its word, then its arguments. `call` holds a program of its own, which a gradient function makes of it;
`caught` is one that fails after its last step. All numbers are small and dyadic.
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brainspec_conformance.check import check
from brainspec_conformance.suite.grad_material import assert_gradients
from brainspec_conformance.suite.jit_material import ERRORS, assert_arrays

COUNT = 3


class Expected(Exception):
    """What an inner function raises and its caller catches."""


class Trouble(Exception):
    """What leaves the outermost call."""


class Cell:
    """What holds a value as a state does, for JAX alone."""

    def __init__(self, value: Any) -> None:
        self.value = value


def pure(program: list[Any], values: tuple[Any, ...], x: Any) -> tuple[Any, tuple[Any, ...]]:
    """The loss of a program and the values at its end, by JAX alone."""
    cells = [Cell(value) for value in values]
    for step in program:
        x = take(step, cells, x, inner_by_jax)
    return x, tuple(cell.value for cell in cells)


def inner_by_jax(program: list[Any], cells: list[Any], x: Any, fails: bool) -> Any:
    if fails:
        return x
    gradient, held = jax.grad(lambda y: pure(program, tuple(cell.value for cell in cells), y), has_aux=True)(x)
    for cell, value in zip(cells, held):
        cell.value = value
    return gradient


def take(step: Any, cells: list[Any], x: Any, inner: Any) -> Any:
    """One step, from a number to another."""
    match step:
        case ("read", n):
            return x + cells[n].value
        case ("times", n):
            return x * cells[n].value
        case ("write", n):
            cells[n].value = x
        case ("scale", n, number):
            cells[n].value = cells[n].value * number
        case ("set", n, number):
            cells[n].value = jnp.float32(number)
        case ("swap", n, m):
            cells[n].value, cells[m].value = cells[m].value, cells[n].value
        case ("into", n, m):
            cells[n].value = cells[m].value * x
        case ("call" | "caught", program):
            return inner(program, cells, x, step[0] == "caught")
    return x


def origin(impl: Any, program: list[Any], states: list[Any], fails: BaseException | None = None) -> Any:
    """The function of a program over states."""

    def inner(program: list[Any], states: list[Any], x: Any, fails: bool) -> Any:
        try:
            return impl.transform.grad(origin(impl, program, states, Expected() if fails else None))(x)
        except Expected:
            return x

    def f(x: Any) -> Any:
        for step in program:
            x = take(step, states, x, inner)
        if fails is not None:
            raise fails
        return x

    return f


places, constants = st.integers(0, COUNT - 1), st.sampled_from([0.5, 2.0, -1.0])
steps = st.one_of(
    st.tuples(st.sampled_from(["read", "times", "times", "write"]), places),
    st.tuples(st.sampled_from(["scale", "set"]), places, constants),
    st.tuples(st.sampled_from(["swap", "into"]), places, places),
)
flat = st.lists(steps, min_size=1, max_size=5)


def nested(word: str) -> st.SearchStrategy[list[Any]]:
    short = st.lists(steps, min_size=1, max_size=3)
    return st.builds(lambda a, b, c: [*a, (word, b), *c], short, short, short)


values = st.tuples(*[st.sampled_from([0.5, 1.0, 2.0, -1.0]).map(np.float32)] * COUNT)
asking = st.lists(places, min_size=1, max_size=4)
x_values = st.sampled_from([1.0, 2.0, -0.5]).map(np.float32)


def assert_law(impl: Any, program: list[Any], held: tuple[Any, ...], asked: list[int], x: Any, wrap: Any) -> None:
    """A gradient function gives the gradients by JAX, and leaves in the states what the program writes."""
    states = [impl.State(jnp.asarray(value)) for value in held]
    f, asked_states = origin(impl, program, states), [states[n] for n in asked]
    made = wrap(impl.transform.grad(f, asked_states, argnums=0, return_value=True, check_states=False))
    for _ in range(2):
        before = tuple(state.value for state in states)
        of = jax.value_and_grad(lambda values, x: pure(program, values, x), argnums=(0, 1), has_aux=True)
        (loss, after), (by_states, by_x) = of(before, x)
        found, value = made(x)
        assert_gradients(found, ([by_states[n] for n in asked], by_x))
        assert_gradients(jnp.asarray(value, jnp.float32), jnp.asarray(loss, jnp.float32))
        assert_arrays([state.value for state in states], [jnp.asarray(value) for value in after])


@check("grad.state.entry@1", "grad.state.written@1", needs=["grad.result.both@1", "grad.result.value@1"])
@given(program=flat, held=values, asked=asking, x=x_values)
def test_generated_programs_have_the_gradients_of_jax(
    impl: Any, program: list[Any], held: tuple[Any, ...], asked: list[int], x: Any
) -> None:
    assert_law(impl, program, held, asked, x, lambda made: made)


@check("grad.nest.grad@1", needs=["grad.state.entry@1", "grad.state.written@1"])
@given(program=nested("call"), held=values, asked=asking, x=x_values)
def test_generated_programs_with_inner_functions_have_the_gradients_of_jax(
    impl: Any, program: list[Any], held: tuple[Any, ...], asked: list[int], x: Any
) -> None:
    assert_law(impl, program, held, asked, x, lambda made: made)


@check("grad.failure.caught@1", needs=["grad.nest.grad@1"])
@given(program=nested("caught"), held=values, asked=asking, x=x_values)
def test_generated_programs_go_on_after_inner_functions_that_fail(
    impl: Any, program: list[Any], held: tuple[Any, ...], asked: list[int], x: Any
) -> None:
    assert_law(impl, program, held, asked, x, lambda made: made)


@check("grad.state.touched@1", needs=["state.stack.records@1", "state.stack.writes@1"])
@given(program=flat, held=values, asked=asking, x=x_values)
def test_generated_programs_touch_what_they_touch_in_plain_python(
    impl: Any, program: list[Any], held: tuple[Any, ...], asked: list[int], x: Any
) -> None:
    def differentiated(f: Any, states: Any) -> Any:
        return impl.transform.grad(f, states, check_states=False)

    def plain(f: Any, states: Any) -> Any:
        return f

    recorded = []
    for wrap in (plain, differentiated):
        states = [impl.State(jnp.asarray(value)) for value in held]
        f = wrap(origin(impl, program, states), [states[n] for n in asked])
        with impl.StateTraceStack() as stack:
            f(x)
        recorded.append([(states.index(state), wrote) for state, wrote in zip(stack.states, stack.been_writen)])
    assert recorded[0] == recorded[1]


@check("grad.failure.unchanged@1", needs=["grad.state.written@1", "grad.nest.grad@1"])
@given(program=flat | nested("call"), held=values, asked=asking, x=x_values, error=st.sampled_from(ERRORS))
def test_generated_programs_that_fail_change_nothing(
    impl: Any, program: list[Any], held: tuple[Any, ...], asked: list[int], x: Any, error: type[BaseException]
) -> None:
    states, mine = [impl.State(value) for value in held], error("mine")
    made = impl.transform.grad(origin(impl, program, states, mine), [states[n] for n in asked])
    with pytest.raises(error) as raised:
        made(x)
    assert raised.value is mine
    assert [state.value is value for state, value in zip(states, held)] == [True] * COUNT
