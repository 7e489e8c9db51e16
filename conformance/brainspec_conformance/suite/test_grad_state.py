"""The checks of `spec/36-grad.md`: what states hold during a call and after it."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.grad_material import VALUES, assert_gradients
from brainspec_conformance.suite.jit_material import assert_arrays
from brainspec_conformance.suite.state_material import KINDS


def written_over(a: Any, b: Any, x: Any) -> Any:
    a.value = jnp.float32(5)
    return a.value * x + b.value


def written_late(a: Any, b: Any, x: Any) -> Any:
    loss = a.value**2 * x
    a.value = loss * 100
    return loss


def written_often(a: Any, b: Any, x: Any) -> Any:
    for _ in range(3):
        a.value = a.value * x
    return a.value * a.value


def swapped(a: Any, b: Any, x: Any) -> Any:
    a.value, b.value = b.value, a.value
    return a.value * 3 + b.value**2 * x


def through_another(a: Any, b: Any, x: Any) -> Any:
    b.value = a.value * x
    a.value = b.value * b.value
    return a.value * b.value


def read_before_and_after(a: Any, b: Any, x: Any) -> Any:
    before = a.value
    a.value = before * x
    return before * a.value + b.value


def put_back(a: Any, b: Any, x: Any) -> Any:
    before = a.value
    a.value = b.value * x
    loss = a.value * before
    a.value = before
    return loss


def written_and_not_read(a: Any, b: Any, x: Any) -> Any:
    a.value = b.value * x
    return b.value * x


def copied(a: Any, b: Any, x: Any) -> Any:
    a.value = b.value
    b.value = b.value * x
    return a.value * b.value


def widened(a: Any, b: Any, x: Any) -> Any:
    a.value = jnp.stack([a.value, b.value]) * x
    b.value = a.value[0]
    return (a.value**2).sum() + b.value


# What writes to two scalar states and gives a loss of them.
WRITERS: dict[str, Callable[[Any, Any, Any], Any]] = {
    f.__name__: f
    for f in (
        written_over,
        written_late,
        written_often,
        swapped,
        through_another,
        read_before_and_after,
        put_back,
        written_and_not_read,
        copied,
        widened,
    )
}


class Cell:
    """What holds a value as a state does, for JAX alone."""

    def __init__(self, value: Any) -> None:
        self.value = value


def by_jax(f: Any, a: Any, b: Any, x: Any) -> tuple[Any, Any, tuple[Any, Any]]:
    """The gradients and the loss of a writer by JAX, and what the states hold then."""

    def pure(a: Any, b: Any, x: Any) -> Any:
        cells = Cell(a), Cell(b)
        loss = f(*cells, x)
        return loss, (cells[0].value, cells[1].value)

    (loss, held), gradients = jax.value_and_grad(pure, argnums=(0, 1, 2), has_aux=True)(a, b, x)
    return gradients, loss, held


START = jnp.float32(2), jnp.float32(0.5), jnp.float32(3)


@check("grad.state.entry@1", needs=["grad.result.both@1"])
@pytest.mark.parametrize("name", WRITERS)
def test_the_derivative_is_by_the_value_at_the_beginning(impl: Any, name: str) -> None:
    f, (a, b, x) = WRITERS[name], START
    states = impl.ParamState(a), impl.State(b)
    found = impl.transform.grad(lambda x: f(*states, x), states, argnums=0, check_states=False)(x)

    assert_gradients(found, (by_jax(f, a, b, x)[0][:2], by_jax(f, a, b, x)[0][2]))


@check("grad.state.entry@1", needs=["grad.state.written@1"])
@pytest.mark.parametrize("name", [name for name in WRITERS if name != "widened"])
def test_the_next_call_begins_with_what_the_last_one_wrote(impl: Any, name: str) -> None:
    f, (a, b, x) = WRITERS[name], START
    states = impl.ParamState(a), impl.State(b)
    made = impl.transform.grad(lambda x: f(*states, x), states, check_states=False)
    for _ in range(2):
        gradients, _, held = by_jax(f, a, b, x)
        assert_gradients(made(x), gradients[:2])
        a, b = held


@check("grad.state.entry@1", needs=["grad.result.states@1"])
def test_the_gradient_has_the_type_of_the_value_at_the_beginning(impl: Any) -> None:
    w = impl.ParamState(jnp.float16(2))

    def f() -> Any:
        w.value = jnp.stack([w.value, w.value]).astype(jnp.float32) * 3
        return w.value.sum()

    made = impl.transform.grad(f, w)
    assert_gradients(made(), jnp.float16(6))
    assert_gradients(impl.transform.grad(lambda: (w.value**2).sum(), w)(), jnp.array([12.0, 12.0]))


@check("grad.state.entry@1", needs=["grad.result.states@1"])
@pytest.mark.parametrize("value", [5, 2.5, True, np.int32(7)], ids=repr)
def test_a_state_that_is_overwritten_by_a_number_has_zeros(impl: Any, value: Any) -> None:
    w = impl.ParamState(jnp.float32(2))

    def f(x: Any) -> Any:
        w.value = value
        return x * w.value

    assert_gradients(impl.transform.grad(f, w)(1.0), jnp.float32(0))


@check("grad.state.written@1", needs=["grad.result.argument@1"])
@pytest.mark.parametrize("asked", ["by an argument", "by the states"])
@pytest.mark.parametrize("name", WRITERS)
def test_states_hold_what_was_last_written(impl: Any, name: str, asked: str) -> None:
    f, (a, b, x) = WRITERS[name], START
    states = impl.ParamState(a), impl.State(b)
    options: Any = {"argnums": 0} if asked == "by an argument" else {"grad_states": states, "check_states": False}
    made = impl.transform.grad(lambda x: f(*states, x), **options)
    for _ in range(1 if name == "widened" else 3):
        a, b = by_jax(f, a, b, x)[2]
        made(x)
        assert_arrays([state.value for state in states], [a, b])


WRITTEN: dict[str, Callable[[], Any]] = {
    **VALUES,
    "an integer": lambda: 3,
    "a truth": lambda: True,
    "an integer array": lambda: jnp.arange(3),
    "a NumPy integer array": lambda: np.arange(3, dtype=np.int8),
    "a key": lambda: jax.random.key(5),
}


@check("grad.state.written@1", needs=["grad.result.argument@1"])
@pytest.mark.parametrize("name", WRITTEN)
def test_values_of_every_type_are_written_as_arrays(impl: Any, name: str) -> None:
    make = WRITTEN[name]
    state, kept = impl.State(make()), impl.State(make())

    def f(x: Any) -> Any:
        state.value = make()
        kept.value = kept.value
        return x

    assert impl.transform.grad(f)(1.0) == 1.0
    for one in (state, kept):
        assert_arrays(one.value, jax.tree.map(jnp.asarray, make()))


@check("grad.state.written@1", needs=["grad.result.argument@1"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_count_goes_up_by_one_a_call(impl: Any, kind: str) -> None:
    state = getattr(impl, kind)(jnp.array(0))

    def f(x: Any) -> Any:
        state.value = state.value + 1
        return x**2 * state.value

    made = impl.transform.grad(f)
    assert [made(3.0), made(3.0), made(3.0)] == [6.0, 12.0, 18.0]
    assert_arrays(state.value, jnp.array(3))


@check("grad.state.written@1", needs=["grad.result.argument@1"])
def test_what_was_written_is_usable_everywhere(impl: Any) -> None:
    s = impl.State(1.0)

    def f(x: Any) -> Any:
        s.value = s.value * x
        return s.value

    impl.transform.grad(f)(3.0)
    assert float(s.value) == 3.0
    assert jax.jit(lambda x: x + 1)(s.value) == 4.0
    assert (jax.vmap(lambda x: x * 2)(s.value[None]) == 6.0).all()
    assert jax.grad(lambda x: x * x)(s.value) == 6.0


@check("grad.state.written@1", needs=["grad.result.argument@1"])
def test_a_write_of_a_state_under_two_names(impl: Any) -> None:
    pair = Cell(None), Cell(None)
    pair[0].value = pair[1].value = impl.State(2.0)

    def f(x: Any) -> Any:
        pair[0].value.value = pair[1].value.value * x
        return pair[1].value.value ** 2

    assert impl.transform.grad(f)(3.0) == 24.0
    assert pair[0].value.value == 6.0


@check("grad.state.written@1", needs=["grad.result.argument@1"])
def test_a_plain_step_of_descent(impl: Any) -> None:
    w, steps = impl.ParamState(jnp.array([4.0, -2.0])), impl.State(0)

    def loss() -> Any:
        steps.value = steps.value + 1
        return (w.value**2).sum() / 2

    made = impl.transform.grad(loss, {"w": w}, return_value=True)
    losses = []
    for _ in range(3):
        gradients, value = made()
        w.value = w.value - gradients["w"] / 2
        losses.append(float(value))

    assert losses == [10.0, 2.5, 0.625]
    assert w.value.tolist() == [0.5, -0.25]
    assert steps.value == 3


@check("grad.state.read-only@1", needs=["grad.result.states@1"])
@pytest.mark.parametrize("asked", [False, True], ids=["not asked", "asked"])
@pytest.mark.parametrize("name", VALUES)
def test_a_state_that_is_only_read_holds_the_same_object(impl: Any, name: str, asked: bool) -> None:
    value = VALUES[name]()
    w, other = impl.ParamState(value), impl.State(0.0)

    def f(x: Any) -> Any:
        other.value = sum((jnp.real(leaf).sum() for leaf in jax.tree.leaves(w.value)), jnp.float32(0)) * x
        return jnp.asarray(other.value, jnp.float32)

    made = impl.transform.grad(f, [w], argnums=0) if asked else impl.transform.grad(f)
    for _ in range(2):
        made(2.0)
        assert w.value is value


@check("grad.state.read-only@1", needs=["grad.result.argument@1"])
def test_states_that_cannot_be_asked_are_read(impl: Any) -> None:
    held = [jnp.arange(3), True, {"a": 3}, None]
    states = [impl.State(value) for value in held]

    def f(x: Any) -> Any:
        number, flag, tree, nothing = (state.value for state in states)
        return x * number.sum() * jnp.asarray(flag) * tree["a"] + (0.0 if nothing is None else x)

    assert impl.transform.grad(f)(2.0) == 9.0
    assert [state.value is value for state, value in zip(states, held)] == [True] * 4


@check("grad.state.read-only@1", needs=["grad.nest.jit@1"])
def test_a_state_that_is_only_read_inside_a_jitted_function_holds_the_same_object(impl: Any) -> None:
    value = np.ones(2, np.float32)
    w = impl.ParamState(value)
    made = impl.transform.grad(lambda x: (w.value**2 * x).sum(), w)

    assert impl.transform.jit(made)(3.0).tolist() == [6, 6]
    assert w.value is value
