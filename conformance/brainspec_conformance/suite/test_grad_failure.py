"""The checks of `spec/36-grad.md`: exceptions that leave a call, and those that an origin catches."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.grad_material import differentiated
from brainspec_conformance.suite.jit_material import SEED, assert_arrays, assert_fails, errors, jitted, nothing_changes
from brainspec_conformance.suite.random_material import kept
from brainspec_conformance.suite.shared_material import (
    HELD,
    MISTAKES,
    assert_plain_again,
    assert_stacks_close,
    with_a_name,
    with_a_wrong_shape,
    with_branches_that_differ,
    with_recursion,
)


@check("grad.failure.unchanged@1", needs=["grad.state.written@1", "grad.result.both@1"])
@pytest.mark.parametrize("asked", [False, True], ids=["not asked", "asked"])
@errors
def test_states_hold_the_objects_that_they_held_and_the_next_call_works(
    impl: Any, error: type[BaseException], asked: bool
) -> None:
    states, mine, fails = [impl.State(make()) for make in HELD], error("mine"), [True]

    def f(x: Any) -> Any:
        for state in states:
            state.value = jax.tree.map(lambda leaf: leaf * x, state.value)
        if fails:
            raise mine
        return states[0].value * x

    made = impl.transform.grad(f, states if asked else None, argnums=0)
    for _ in range(2):
        assert_fails(impl, lambda: made(2.0), mine, *states)
    fails.clear()
    found = made(2.0)
    assert (found[1] if asked else found) == 4002.0
    assert states[0].value == 2001.0
    assert states[2].value.tolist() == [2, 2]


@check("grad.failure.unchanged@1", needs=["grad.state.random@1"])
@errors
def test_keys_are_those_that_they_were_and_the_next_call_draws_the_same(impl: Any, error: type[BaseException]) -> None:
    stream, plain, mine, fails = impl.random.RandomState(SEED), impl.random.RandomState(SEED), error("mine"), [True]

    @differentiated(impl)
    def f(x: Any) -> Any:
        loss = x * stream.random()
        impl.random.normal()
        with impl.random.seed_context(7):
            impl.random.random()
            if fails:
                raise mine
        return loss

    with kept(impl):
        assert_fails(impl, lambda: f(1.0), mine, stream)
        fails.clear()
        assert f(1.0) == plain.random()
        assert_arrays(stream.value, plain.value)


WRONG = [with_a_wrong_shape, with_a_name, with_branches_that_differ, with_recursion]


@check("grad.failure.unchanged@1", needs=["grad.state.written@1", "grad.state.random@1"])
@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.__name__)
def test_a_mistake_in_the_origin_changes_nothing(impl: Any, wrong: Any) -> None:
    state, stream = impl.State(jnp.float32(1)), impl.random.RandomState(SEED)

    @differentiated(impl, grad_states=state)
    def f(x: Any) -> Any:
        state.value = state.value + stream.random()
        return wrong(state.value * x)

    with nothing_changes(impl, state, stream), pytest.raises(MISTAKES):
        f(1.0)


@check("grad.failure.unchanged@1", needs=["grad.state.written@1", "grad.result.custom@1"])
@pytest.mark.parametrize("around", ["nothing", "grad", "jit"])
def test_a_derivative_rule_that_fails_changes_nothing(impl: Any, around: str) -> None:
    state, w, stream = impl.State(jnp.array(0)), impl.ParamState(2.0), impl.random.RandomState(SEED)

    def backward(_: Any, g: Any) -> Any:
        raise LookupError("in the rule")

    @jax.custom_vjp
    def bad(x: Any) -> Any:
        return x

    bad.defvjp(lambda x: (x, None), backward)

    def f(x: Any) -> Any:
        state.value = state.value + 1
        w.value = w.value * stream.random()
        return bad(w.value * x)

    made = impl.transform.grad(f, w)
    call = {"nothing": made, "grad": impl.transform.grad(made), "jit": impl.transform.jit(made)}[around]
    for _ in range(2):
        with nothing_changes(impl, state, w, stream), pytest.raises(LookupError):
            call(3.0)


@check("grad.failure.unchanged@1", needs=["grad.state.written@1"])
def test_a_state_that_was_given_another_type_has_its_own_again(impl: Any) -> None:
    state, other = impl.State(np.int8(3)), impl.State([1, 2.0])

    @differentiated(impl)
    def f(x: Any) -> Any:
        state.value = jnp.ones((2, 2)) * x
        other.value = [state.value, "text"]
        raise LookupError

    with nothing_changes(impl, state, other), pytest.raises(LookupError):
        f(1.0)


@check("grad.failure.unchanged@1", needs=["state.stack.records@1"])
@errors
def test_trace_stacks_are_as_before(impl: Any, error: type[BaseException]) -> None:
    assert_stacks_close(impl, differentiated(impl), error)


@check("grad.failure.unchanged@1", needs=["state.error.traced@1", "state.value.identity@1"])
def test_states_are_plain_again_after_a_failure(impl: Any) -> None:
    assert_plain_again(impl, differentiated(impl))


@check("grad.failure.unchanged@1", needs=["grad.nest.grad@1", "grad.nest.jit@1"])
@pytest.mark.parametrize("order", ["grad in grad", "grad in jit", "jit in grad"])
def test_a_failure_leaves_every_function_around_it(impl: Any, order: str) -> None:
    a, b, mine = impl.State(1.0), impl.State(jnp.ones(2)), LookupError("mine")
    outside, inside = {
        "grad in grad": (impl.transform.grad, impl.transform.grad),
        "grad in jit": (impl.transform.jit, impl.transform.grad),
        "jit in grad": (impl.transform.grad, impl.transform.jit),
    }[order]

    def inner(x: Any) -> Any:
        b.value = b.value * x * a.value
        raise mine

    def outer(x: Any) -> Any:
        a.value = a.value * x
        return inside(inner)(x)

    for _ in range(2):
        assert_fails(impl, lambda: outside(outer)(2.0), mine, a, b)


class Expected(Exception):
    """What an inner function raises and its caller catches."""


@check("grad.failure.caught@1", needs=["grad.nest.grad@1", "grad.failure.unchanged@1"])
@pytest.mark.parametrize("around", ["grad", "jit", "jit of grad", "plain Python"])
def test_the_caller_goes_on_from_where_the_inner_call_began(impl: Any, around: str) -> None:
    grad, jit = impl.transform.grad, impl.transform.jit
    s, untouched, stream = impl.State(1.0), impl.ParamState(jnp.ones(2)), impl.random.RandomState(SEED)
    plain = impl.random.RandomState(SEED)

    def bad(x: Any) -> Any:
        s.value = s.value * 100 + x
        untouched.value = untouched.value * x
        stream.random()
        raise Expected

    def outer(x: Any) -> Any:
        s.value = s.value * x
        first = stream.random()
        with pytest.raises(Expected):
            grad(bad, untouched)(x * 2)
        s.value = s.value * 2
        return s.value * x * first * stream.random()

    make = {"grad": grad, "jit": jit, "jit of grad": lambda f: jit(grad(f)), "plain Python": lambda f: f}[around]
    # The loss is 2 x ** 2 times two draws, and its derivative 4 x times them.
    found, draws = make(outer)(3.0), plain.random() * plain.random()
    assert float(found) == pytest.approx(float((12 if "grad" in around else 18) * draws), rel=1e-5)
    assert s.value == 6.0
    assert untouched.value.tolist() == [1, 1]
    assert_arrays(stream.value, plain.value)


@check("grad.failure.caught@1", needs=["grad.nest.grad@1", "grad.error.loss@1"])
def test_an_error_of_a_clause_is_caught_as_well(impl: Any) -> None:
    s = impl.State(1.0)

    def bad(x: Any) -> Any:
        s.value = s.value * 100 * x
        return jnp.ones(2) * x

    def outer(x: Any) -> Any:
        s.value = s.value * x
        with pytest.raises(TypeError):
            impl.transform.grad(bad)(x)
        return s.value**2

    assert impl.transform.grad(outer, s, argnums=0)(3.0) == (18.0, 6.0)
    assert s.value == 3.0


@check("grad.failure.caught@1", needs=["grad.nest.grad@1"])
def test_a_failure_two_levels_down_is_caught_by_the_first(impl: Any) -> None:
    a, b = impl.State(1.0), impl.State(1.0)

    @differentiated(impl)
    def third(x: Any) -> Any:
        a.value = a.value * 1000
        raise Expected

    @differentiated(impl)
    def second(x: Any) -> Any:
        b.value = b.value * 1000 * x
        return third(x)

    @differentiated(impl)
    def first(x: Any) -> Any:
        a.value, b.value = a.value * x, b.value * x**2
        for _ in range(2):
            with pytest.raises(Expected):
                second(x)
        return a.value * b.value

    assert first(2.0) == 12.0
    assert (a.value, b.value) == (2.0, 4.0)


@check("grad.failure.caught@1", needs=["grad.nest.grad@1", "grad.nest.jit@1"])
def test_a_jitted_function_that_fails_in_an_origin_is_caught(impl: Any) -> None:
    s = impl.State(2.0)

    @jitted(impl)
    def inner(x: Any) -> Any:
        return impl.transform.grad(bad)(x)

    def bad(x: Any) -> Any:
        s.value = x
        raise Expected

    def outer(x: Any) -> Any:
        with pytest.raises(Expected):
            inner(x * 3)
        s.value = s.value * x
        return s.value

    assert impl.transform.grad(outer, s)(5.0) == 5.0
    assert s.value == 10.0
