"""The checks of `spec/33-map.md`: exceptions that leave a call, and those that a function catches."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import assert_fails, errors, key_bits, nothing_changes
from brainspec_conformance.suite.map_material import keys_of, run, some_batches
from brainspec_conformance.suite.mapping_more_material import (
    assert_each_step_fails,
    assert_whole_or_nothing,
    bits,
    rows,
)
from brainspec_conformance.suite.random_material import kept
from brainspec_conformance.suite.shared_material import (
    HELD,
    MISTAKES,
    WRONG,
    assert_plain_again,
    assert_stacks_close,
)


@check("map.failure.unchanged@1", needs=["map.state.carried@1"])
@errors
def test_states_hold_the_objects_that_they_held_and_the_next_call_works(impl: Any, error: type[BaseException]) -> None:
    states, mine, fails = [impl.State(make()) for make in HELD], error("mine"), [True]

    def f(x: Any) -> None:
        for state in states:
            state.value = jax.tree.map(lambda leaf: leaf * x, state.value)
        if fails:
            raise mine

    for _ in range(2):
        assert_fails(impl, lambda: impl.transform.map(f, jnp.full(3, 2.0)), mine, *states)
    fails.clear()
    impl.transform.map(f, jnp.full(3, 2.0))
    assert (states[0].value, states[2].value.tolist()) == (8004.0, [8.0, 8.0])


@check("map.failure.unchanged@1", needs=["map.state.random@1", "map.batch.lanes@1"])
@some_batches
@errors
def test_keys_are_those_that_they_were(impl: Any, error: type[BaseException], batch_size: int | None) -> None:
    stream, state, mine = impl.random.RandomState(0), impl.State(jnp.zeros(2)), error("mine")

    def f(x: Any) -> Any:
        stream.uniform(), stream.split_key(2), impl.random.split_key()
        impl.random.seed(5)
        state.value  # noqa: B018
        raise mine

    with kept(impl):
        for size in (3, 1, 0):
            x = jnp.zeros(size)
            assert_fails(impl, lambda: impl.transform.map(f, x, batch_size=batch_size), mine, stream, state)  # noqa: B023
    assert key_bits(stream) == bits(jax.random.key(0)).tolist()


@check("map.failure.unchanged@1", needs=["map.state.random@1"])
def test_the_call_after_a_failure_draws_what_the_failed_one_drew(impl: Any) -> None:
    stream, fails = impl.random.RandomState(0), [True]

    def f(x: Any) -> Any:
        drawn = bits(stream.split_key())
        if fails:
            raise LookupError
        return drawn

    with pytest.raises(LookupError):
        impl.transform.map(f, jnp.zeros(2))
    fails.clear()
    assert impl.transform.map(f, jnp.zeros(2)).tolist() == [bits(sub).tolist() for sub in keys_of(0, 2)[1]]


@check("map.failure.unchanged@1", needs=["map.disabled.python@1"])
@errors
@pytest.mark.parametrize("last", [0, 1, 2])
def test_a_run_that_fails_takes_those_before_it_back(impl: Any, error: type[BaseException], last: int) -> None:
    states, stream, mine, done = [impl.State(make()) for make in HELD], impl.random.RandomState(0), error("mine"), []

    def f(x: Any) -> None:
        for state in states:
            state.value = jax.tree.map(lambda leaf: leaf * x, state.value)
        stream.split_key(), impl.random.split_key()
        done.append(int(x))
        if x == last:
            raise mine

    with jax.disable_jit():
        assert_fails(impl, lambda: impl.transform.map(f, jnp.arange(3)), mine, *states, stream)
    assert done == [*range(last + 1)]


@check("map.failure.unchanged@1", needs=["map.state.carried@1", "map.state.random@1"])
@some_batches
@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.__name__)
def test_a_mistake_in_the_function_changes_nothing(impl: Any, wrong: Any, batch_size: int | None) -> None:
    state, stream = impl.State(jnp.float32(1)), impl.random.RandomState(0)

    def f(x: Any) -> Any:
        drawn = stream.uniform()
        if batch_size is None:
            state.value = state.value + drawn
        return wrong(state.value * x)

    with nothing_changes(impl, state, stream), pytest.raises(MISTAKES):
        impl.transform.map(f, rows(3), batch_size=batch_size)


@check("map.failure.unchanged@1", needs=["map.state.carried@1"])
def test_a_state_that_was_given_another_type_has_its_own_again(impl: Any) -> None:
    state, other = impl.State(np.int8(3)), impl.State([1, 2.0])

    def f(x: Any) -> Any:
        state.value = jnp.ones((2, 2)) * x
        other.value = [state.value, "text"]
        raise LookupError

    with nothing_changes(impl, state, other), pytest.raises(LookupError):
        impl.transform.map(f, rows(2))


# Where a failing program stands.
LEVELS = ["two maps", "a jitted function between", "a jitted function around", "a mapping around"]


def with_steps(impl: Any, level: str, fail: Callable[[int], object]) -> tuple[Any, list[Any]]:
    """A function of a vector that asks at each step whether to fail, and the states that it writes."""
    a, b, stream = impl.State(jnp.zeros(())), impl.ShortTermState(jnp.zeros(2)), impl.random.RandomState(0)

    def step(x: Any) -> Any:
        fail(1)
        a.value = a.value + x
        fail(2)
        drawn = stream.split_key()
        fail(3)
        b.value = b.value * 2 + x
        fail(4)
        return a.value, bits(drawn)

    def outer(x: Any) -> Any:
        fail(0)
        b.value = b.value + 1
        out = impl.transform.map(step, x)
        fail(5)
        b.value = jnp.zeros(2)
        fail(6)
        return out

    made = {
        "two maps": lambda x: impl.transform.map(outer, x[None]),
        "a jitted function between": lambda x: impl.transform.map(impl.transform.jit(outer), x[None]),
        "a jitted function around": impl.transform.jit(outer),
        "a mapping around": impl.transform.vmap2(outer, in_axes=None, axis_size=2),
    }[level]
    return made, [a, b, stream]


@check("map.failure.unchanged@1", needs=["map.nest.inside@1", "map.state.through@1"])
@pytest.mark.parametrize("level", LEVELS)
def test_a_failure_at_any_step_changes_nothing(impl: Any, level: str) -> None:
    states = assert_each_step_fails(impl, lambda fail: with_steps(impl, level, fail), rows(3), 7)
    assert states[0].value == 6.0


@check("map.failure.unchanged@1", needs=["map.nest.inside@1", "map.state.through@1"])
@pytest.mark.parametrize("level", LEVELS)
def test_a_failure_at_any_primitive_changes_nothing(impl: Any, level: str, monkeypatch: pytest.MonkeyPatch) -> None:
    x = rows(2)
    times = assert_whole_or_nothing(impl, monkeypatch, lambda: with_steps(impl, level, lambda n: None), lambda f: f(x))
    assert times


@check("map.failure.unchanged@1", needs=["map.batch.lanes@1"])
def test_a_failure_at_any_primitive_of_batches_changes_nothing(impl: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def make() -> tuple[Any, list[Any]]:
        stream, state = impl.random.RandomState(0), impl.State(jnp.ones(2))
        return (lambda x: (bits(stream.split_key()), state.value * x)), [stream, state]

    call = lambda f: impl.transform.map(f, rows(3), batch_size=2)  # noqa: E731
    assert assert_whole_or_nothing(impl, monkeypatch, make, call)


@check("map.failure.unchanged@1", needs=["map.state.carried@1"])
@some_batches
def test_a_call_over_what_is_no_more_changes_nothing(impl: Any, batch_size: int | None) -> None:
    state, stream, gone = impl.State(jnp.zeros(())), impl.random.RandomState(0), rows(3) * 2
    gone.delete()

    def f(x: Any) -> Any:
        if batch_size is None:
            state.value = state.value + x
        return bits(stream.split_key()), x

    for _ in range(2):
        with nothing_changes(impl, state, stream), pytest.raises((RuntimeError, ValueError)):
            impl.transform.map(f, gone, batch_size=batch_size)
    assert impl.transform.map(f, rows(3), batch_size=batch_size)[1].tolist() == [1, 2, 3]


@check("map.failure.unchanged@1", needs=["state.stack.records@1"])
@errors
def test_trace_stacks_are_as_before(impl: Any, error: type[BaseException]) -> None:
    assert_stacks_close(impl, run(impl), error, rows(2))


@check("map.failure.unchanged@1", needs=["state.error.traced@1", "state.value.identity@1"])
def test_states_are_plain_again_after_a_failure(impl: Any) -> None:
    assert_plain_again(impl, run(impl), rows(2))
