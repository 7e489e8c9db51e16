"""The checks of `spec/30-jit.md`: exceptions that leave a call."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import assert_fails, errors, jitted, key_bits, nothing_changes
from brainspec_conformance.suite.random_material import halves, kept
from brainspec_conformance.suite.shared_material import (
    HELD,
    MISTAKES,
    WRONG,
    assert_plain_again,
    assert_stacks_close,
)


@check("jit.failure.unchanged@1", needs=["jit.state.written@1"])
@errors
def test_states_hold_the_objects_that_they_held(impl: Any, error: type[BaseException]) -> None:
    states, mine = [impl.State(make()) for make in HELD], error("mine")

    @jitted(impl)
    def f(x: Any) -> None:
        for state in states:
            state.value = jax.tree.map(lambda leaf: leaf * x, state.value)
        raise mine

    for _ in range(2):
        assert_fails(impl, lambda: f(2.0), mine, *states)


@check("jit.failure.unchanged@1", needs=["jit.state.random@1"])
@errors
def test_keys_are_those_that_they_were(impl: Any, error: type[BaseException]) -> None:
    stream, mine = impl.random.RandomState(0), error("mine")

    @jitted(impl)
    def f(fail: Any) -> Any:
        stream.random(), stream.split_key(2)
        impl.random.normal()
        impl.random.seed(5)
        with impl.random.seed_context(7):
            impl.random.random()
            raise mine

    with kept(impl):
        before = impl.random.get_key()
        assert_fails(impl, lambda: f(1.0), mine, stream)
        assert impl.random.get_key() is before
    assert stream.random() == jax.random.uniform(halves(jax.random.key(0))[1])


@check("jit.failure.unchanged@1", needs=["jit.state.written@1", "jit.state.random@1"])
@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.__name__)
def test_a_mistake_in_the_origin_changes_nothing(impl: Any, wrong: Any) -> None:
    state, stream = impl.State(jnp.float32(1)), impl.random.RandomState(0)

    @jitted(impl)
    def f(x: Any) -> Any:
        state.value = state.value + stream.random()
        return wrong(state.value)

    with nothing_changes(impl, state, stream), pytest.raises(MISTAKES):
        f(1.0)


@check("jit.failure.unchanged@1", needs=["jit.state.written@1"])
def test_a_call_with_an_argument_that_is_no_more_changes_nothing(impl: Any) -> None:
    state, gone = impl.State(jnp.ones(2)), jnp.ones(2)
    state.value = jnp.zeros(2)
    gone.delete()

    @jitted(impl)
    def f(x: Any) -> Any:
        state.value = state.value + x
        return x.sum()

    for _ in range(2):
        with nothing_changes(impl, state), pytest.raises((RuntimeError, ValueError)):
            f(gone)
        before = float(state.value[0])
        f(jnp.ones(2))
        assert state.value.tolist() == [before + 1] * 2


@check("jit.failure.unchanged@1", needs=["jit.state.written@1", "jit.state.retyped@1"])
def test_a_state_that_was_given_another_type_has_its_own_again(impl: Any) -> None:
    state, other = impl.State(np.int8(3)), impl.State([1, 2.0])

    @jitted(impl)
    def f(x: Any) -> Any:
        state.value = jnp.ones((2, 2)) * x
        other.value = [state.value, other.value[0] * 1.5]
        raise LookupError

    with nothing_changes(impl, state, other), pytest.raises(LookupError):
        f(1.0)


@check("jit.failure.unchanged@1", needs=["jit.state.written@1", "jit.state.current@1"])
@pytest.mark.parametrize("other", [2, np.ones(2), {"a": 1.0}], ids=["another number", "an array", "a tree"])
def test_a_function_that_is_remembered_fails_for_another_signature(impl: Any, other: Any) -> None:
    state, trouble = impl.State(jnp.float32(0)), list[BaseException]()

    @jitted(impl)
    def f(x: Any) -> Any:
        state.value = state.value + sum(leaf.sum() for leaf in jax.tree.leaves(x))
        for error in trouble:
            raise error
        return state.value

    f(1.0)
    trouble.append(LookupError("mine"))
    assert_fails(impl, lambda: f(other), trouble[0], state)
    assert f(2.0) == 3.0
    trouble.clear()
    f(other)
    assert state.value > 3.0


@check("jit.failure.unchanged@1", needs=["state.stack.records@1", "jit.state.written@1"])
@errors
def test_trace_stacks_are_as_before(impl: Any, error: type[BaseException]) -> None:
    assert_stacks_close(impl, jitted(impl), error)


@check("jit.failure.unchanged@1", needs=["jit.state.written@1"])
def test_states_are_plain_again_after_a_failure(impl: Any) -> None:
    assert_plain_again(impl, jitted(impl))


@check("jit.failure.unchanged@1", needs=["jit.state.random@1"])
def test_the_call_after_a_failure_draws_what_the_failed_one_drew(impl: Any) -> None:
    stream, fail = impl.random.RandomState(0), [True]

    @jitted(impl)
    def f() -> Any:
        out = stream.random()
        if fail:
            raise LookupError
        return out

    with pytest.raises(LookupError):
        f()
    fail.clear()
    new, sub = halves(jax.random.key(0))
    assert f() == jax.random.uniform(sub)
    assert key_bits(stream) == jax.random.key_data(new).tolist()
