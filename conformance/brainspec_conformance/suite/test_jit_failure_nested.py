"""The checks of `spec/30-jit.md`: failures of inner functions, and states that were born in a call that failed."""

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
from brainspec_conformance.suite.jit_material import SEED, assert_arrays, assert_fails, errors, jitted, key_bits
from brainspec_conformance.suite.random_material import halves


def attempt(call: Callable[[], object], error: type[BaseException] = LookupError) -> None:
    """Python's own way to go on after an exception."""
    try:
        call()
    except error:
        return
    raise AssertionError("nothing was raised")


@check("jit.failure.unchanged@1", needs=["jit.nest.inside@1"])
@errors
@pytest.mark.parametrize("where", ["before", "inside", "after"])
def test_a_failure_around_or_in_an_inner_function_changes_nothing(impl: Any, where: str, error: Any) -> None:
    a, b, stream, mine = impl.State(1.0), impl.State(np.ones(2)), impl.random.RandomState(0), error("mine")

    @jitted(impl)
    def inner(x: Any) -> Any:
        b.value = b.value * x
        stream.random()
        if where == "inside":
            raise mine
        return a.value

    @jitted(impl)
    def outer(x: Any) -> Any:
        a.value = a.value + x
        if where == "before":
            raise mine
        out = inner(a.value)
        if where == "after":
            raise mine
        return out

    for _ in range(2):
        assert_fails(impl, lambda: outer(2.0), mine, a, b, stream)


@check("jit.failure.caught@1", needs=["jit.nest.inside@1"])
@errors
def test_an_origin_that_catches_goes_on_as_before_the_inner_call(impl: Any, error: type[BaseException]) -> None:
    state = impl.State(jnp.asarray(1))

    @jitted(impl)
    def inner(x: Any) -> Any:
        state.value = state.value * 100 + x
        raise error

    @jitted(impl)
    def outer(x: Any) -> Any:
        state.value = state.value + x
        attempt(lambda: inner(x), error)
        first = state.value
        attempt(lambda: inner(first), error)
        state.value = state.value * 2
        return first, state.value

    assert outer(2) == (3, 6)
    assert state.value == 6
    assert outer(2) == (8, 16)
    assert state.value == 16


@check("jit.failure.touched@1", needs=["state.stack.records@1", "jit.failure.raised@1"])
@pytest.mark.parametrize("around", ["nothing", "a jitted function"])
def test_a_failed_call_has_touched_what_its_origin_touched(impl: Any, around: str) -> None:
    read, written, stream = impl.State(1.0), impl.State(2.0), impl.random.RandomState(SEED)

    @jitted(impl)
    def inner() -> None:
        written.value = read.value
        stream.random()
        raise LookupError

    def outer() -> None:
        attempt(inner)

    for _ in range(2):
        with impl.StateTraceStack() as stack:
            (outer if around == "nothing" else impl.transform.jit(outer))()
        assert [id(state) for state in stack.states] == [id(read), id(written), id(stream)]
        assert stack.been_writen == [False, False, False]


@check("jit.failure.touched@1", needs=["jit.nest.inside@1", "mapping.random.afterwards@1"])
def test_a_mapping_splits_what_a_failed_call_drew_from(impl: Any) -> None:
    stream = impl.random.RandomState(SEED)

    @jitted(impl)
    def inner() -> None:
        stream.random()
        raise LookupError

    def lane(x: Any) -> Any:
        attempt(inner)
        return x

    assert impl.transform.vmap2(lane)(jnp.arange(3)).tolist() == [0, 1, 2]
    assert stream.value == jax.random.split(jax.random.key(SEED), 4)[0]


@check("jit.failure.caught@1", needs=["jit.nest.inside@1"])
def test_a_state_that_only_the_failed_call_touched_is_left_alone(impl: Any) -> None:
    value = np.ones(2)
    state, other = impl.State(value), impl.State(0.0)

    @jitted(impl)
    def inner(x: Any) -> None:
        state.value = jnp.zeros((3, 3)) * x
        raise LookupError

    @jitted(impl)
    def outer(x: Any) -> Any:
        attempt(lambda: inner(x))
        other.value = x
        return x

    for x in (1.0, 2.0):
        assert outer(x) == x
        assert state.value is value
        assert other.value == x


@check("jit.failure.caught@1", needs=["jit.nest.inside@1", "jit.state.random@1"])
def test_the_draws_of_the_failed_call_are_taken_back_and_no_others(impl: Any) -> None:
    stream = impl.random.RandomState(SEED)

    @jitted(impl)
    def inner() -> None:
        stream.random(), stream.random()
        raise LookupError

    @jitted(impl)
    def outer() -> Any:
        first = stream.random()
        attempt(inner)
        return first, stream.random()

    plain = impl.random.RandomState(SEED)
    for _ in range(2):
        assert_arrays(outer(), (plain.random(), plain.random()))
        assert key_bits(stream) == key_bits(plain)


@check("jit.failure.caught@1", needs=["jit.nest.inside@1"])
def test_what_is_caught_halfway_is_taken_back_halfway(impl: Any) -> None:
    a, b = impl.State(0.0), impl.State(0.0)

    @jitted(impl)
    def third(x: Any) -> None:
        a.value = a.value + 100 * x
        b.value = b.value + 100 * x
        raise LookupError

    @jitted(impl)
    def second(x: Any) -> Any:
        a.value = a.value + 10 * x
        attempt(lambda: third(x))
        b.value = b.value + a.value
        return a.value

    @jitted(impl)
    def first(x: Any) -> Any:
        a.value = a.value + x
        return second(x)

    for n in (1, 2, 3):
        assert first(1.0) == 11.0 * n
        assert (a.value, b.value) == (11.0 * n, 11.0 * n * (n + 1) / 2)


@check("jit.failure.caught@1", needs=["jit.nest.inside@1", "jit.failure.forgotten@1"])
def test_an_inner_function_that_failed_is_called_again(impl: Any) -> None:
    state, runs = impl.State(jnp.asarray(1)), list[int]()

    @jitted(impl)
    def inner(x: Any) -> Any:
        runs.append(1)
        state.value = state.value + x
        if len(runs) == 1:
            raise LookupError
        return state.value

    @jitted(impl)
    def outer(x: Any) -> Any:
        attempt(lambda: inner(x))
        return inner(x)

    assert (outer(2), outer(2), inner(2)) == (3, 5, 7)
    assert len(runs) == 2
    assert state.value == 7


@check("jit.failure.caught@1", needs=["jit.nest.inside@1", "jit.state.local@1"])
def test_a_state_that_is_born_around_the_failed_call_is_as_before_it(impl: Any) -> None:
    @jitted(impl)
    def outer(x: Any) -> Any:
        state = impl.State(x)

        @jitted(impl)
        def inner(y: Any) -> None:
            state.value = state.value * y
            raise LookupError

        state.value = state.value + 1
        attempt(lambda: inner(10.0))
        return state.value

    assert (outer(1.0), outer(5.0)) == (2.0, 6.0)


@check("jit.failure.born@1", needs=["jit.state.dead@1"])
@errors
def test_states_that_were_born_in_a_failed_call_are_dead(impl: Any, error: type[BaseException]) -> None:
    found: list[Any] = []

    @jitted(impl)
    def f(x: Any) -> Any:
        found.append((impl.State(x), sys._getframe().f_lineno))
        found.append((impl.ParamState([x * 2]), sys._getframe().f_lineno))
        raise error

    with pytest.raises(error):
        f(1.0)
    for state, line in found:
        with pytest.raises(impl.TraceContextError) as raised:
            state.value  # noqa: B018
        assert Path(__file__).name in str(raised.value)
        assert re.search(rf"\b{line}\b", str(raised.value))


@check("jit.failure.born@1", needs=["jit.state.revived@1", "jit.state.survivor@1"])
def test_states_that_were_born_in_a_failed_call_are_revived_or_survive(impl: Any) -> None:
    found, value = list[Any](), np.ones(2)

    @jitted(impl)
    def f(x: Any) -> Any:
        found.extend([impl.State(x), impl.State(value), impl.State(x)])
        found[2].value = "text"
        raise LookupError

    with pytest.raises(LookupError):
        f(1.0)
    assert found[1].value is value
    assert found[2].value == "text"
    found[0].value = 2.0
    assert found[0].value == 2.0


@check("jit.failure.born@1", needs=["jit.state.dead@1", "jit.nest.inside@1"])
def test_states_of_inner_functions_are_dead_after_a_failure(impl: Any) -> None:
    found: list[Any] = []

    @jitted(impl)
    def inner(x: Any, fail: Any) -> Any:
        found.append(impl.State(x))
        if fail is not None:
            raise LookupError
        return x

    @jitted(impl)
    def outer(x: Any) -> Any:
        found.append(impl.State(x))
        inner(x, None)
        attempt(lambda: inner(x, x))
        found.append(impl.random.RandomState(jax.random.key_data(jax.random.split(x)[0])))
        raise LookupError

    with pytest.raises(LookupError):
        outer(halves(jax.random.key(0))[0])
    assert len(found) == 4
    for state in found:
        with pytest.raises(impl.TraceContextError):
            state.value  # noqa: B018
