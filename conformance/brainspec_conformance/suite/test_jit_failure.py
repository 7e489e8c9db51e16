"""The checks of `spec/30-jit.md`: exceptions that leave a call."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import ERRORS, assert_fails, errors, jitted, key_bits, nothing_changes
from brainspec_conformance.suite.random_material import halves, kept

HELD: list[Callable[[], Any]] = [
    lambda: 1000.5,
    lambda: np.ones(2),
    lambda: jnp.ones(2),
    lambda: {"a": [np.ones(2), 1]},
]


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


def with_a_wrong_shape(x: Any) -> Any:
    return x @ jnp.ones((7, 7))


def with_a_number(x: Any) -> Any:
    return float(x)


def with_a_branch(x: Any) -> Any:
    return x if x > 0 else -x


def with_a_name(x: Any) -> Any:
    return x.shape.nothing


def with_branches_that_differ(x: Any) -> Any:
    return jax.lax.cond(True, lambda: x, lambda: (x, x))


def with_recursion(x: Any) -> Any:
    return with_recursion(x + 1)


WRONG = [with_a_wrong_shape, with_a_number, with_a_branch, with_a_name, with_branches_that_differ, with_recursion]


@check("jit.failure.unchanged@1", needs=["jit.state.written@1", "jit.state.random@1"])
@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.__name__)
def test_a_mistake_in_the_origin_changes_nothing(impl: Any, wrong: Any) -> None:
    state, stream = impl.State(jnp.float32(1)), impl.random.RandomState(0)

    @jitted(impl)
    def f(x: Any) -> Any:
        state.value = state.value + stream.random()
        return wrong(state.value)

    with nothing_changes(impl, state, stream), pytest.raises((TypeError, ValueError, AttributeError, RecursionError)):
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
    state, other, mine = impl.State(1.0), impl.State(2.0), error("mine")

    @jitted(impl)
    def f(x: Any) -> None:
        with impl.StateTraceStack():
            state.value = x
            raise mine

    with impl.StateTraceStack() as outer:
        with pytest.raises(error), impl.StateTraceStack():
            f(2.0)
        with impl.StateTraceStack() as later:
            other.value = 3.0
    assert later.states == [other]
    assert outer.states[-1] is other
    assert (state.value, other.value) == (1.0, 3.0)


@check("jit.failure.unchanged@1", needs=["jit.state.written@1"])
def test_states_are_plain_again_after_a_failure(impl: Any) -> None:
    state, tree = impl.State(1.0), {"any": ["thing", None]}

    @jitted(impl)
    def f(x: Any) -> None:
        state.value = state.value * x
        raise LookupError

    with pytest.raises(LookupError):
        f(2.0)
    state.value = tree
    assert state.value is tree
    assert impl.State(tree).value is tree
    with pytest.raises(impl.TraceContextError):
        jax.jit(lambda x: setattr(state, "value", x))(1.0)
    assert state.value is tree


class Strict(Exception):
    """One that cannot be made again from what it says."""

    __slots__ = ("code",)

    def __init__(self, *, code: int) -> None:
        super().__init__()
        self.code = code


class Own(BaseException):
    pass


RAISED: list[Callable[[], BaseException]] = [
    *(lambda error=error: error("mine") for error in ERRORS),
    lambda: SystemExit(3),
    lambda: Strict(code=7),
    lambda: Own("mine"),
    lambda: ExceptionGroup("several", [LookupError("mine")]),
    lambda: RuntimeError("generator raised StopIteration"),
]


@check("jit.failure.raised@1")
@pytest.mark.parametrize("make", RAISED)
def test_the_exception_is_the_object_that_it_is(impl: Any, make: Any) -> None:
    mine = make()
    args, cause = mine.args, LookupError("cause")

    @jitted(impl)
    def f(x: Any) -> None:
        raise mine from cause

    inner = impl.transform.jit(lambda x: f(x * 2))
    for call in (f, inner, impl.transform.jit(lambda x: f(x))):
        with pytest.raises(BaseException) as raised:
            call(1.0)
        assert raised.value is mine
        assert (mine.args, mine.__cause__) == (args, cause)


@check("jit.failure.raised@1")
def test_an_exception_of_a_method_is_the_object_that_it_is(impl: Any) -> None:
    mine = LookupError("mine")

    class Cell:
        @jitted(impl)
        def fail(self, x: Any) -> None:
            raise mine

    with pytest.raises(LookupError) as raised:
        Cell().fail(1.0)
    assert raised.value is mine


def failing_at(impl: Any, runs: list[int], *when: int) -> Any:
    """A jitted function that notes its runs and fails in some of them."""

    @jitted(impl)
    def f(x: Any) -> Any:
        runs.append(len(runs))
        if runs[-1] in when:
            raise LookupError
        return x * 2

    return f


@check("jit.failure.forgotten@1", needs=["jit.result.same@1"])
def test_the_call_after_a_failure_traces(impl: Any) -> None:
    runs: list[int] = []
    f = failing_at(impl, runs, 0, 1)
    for count in (1, 2):
        with pytest.raises(LookupError):
            f(1.0)
        assert len(runs) == count

    assert (f(1.0), f(2.0)) == (2.0, 4.0)
    assert len(runs) == 3


@check("jit.failure.forgotten@1", needs=["jit.trace.once@1", "jit.trace.types@1"])
def test_what_was_remembered_before_a_failure_still_is(impl: Any) -> None:
    runs: list[int] = []
    f = failing_at(impl, runs, 1)
    f(1.0)
    with pytest.raises(LookupError):
        f(jnp.ones(2))

    assert f(2.0) == 4.0
    assert len(runs) == 2
    assert f(jnp.ones(2)).tolist() == [2, 2]
    assert len(runs) == 3


@check("jit.failure.forgotten@1", needs=["jit.state.written@1", "jit.state.touched@1"])
def test_the_next_call_knows_nothing_of_the_states_of_the_failed_one(impl: Any) -> None:
    a, b, runs = impl.State(1.0), impl.State(2.0), list[int]()

    @jitted(impl)
    def f(x: Any) -> Any:
        runs.append(1)
        if len(runs) == 1:
            a.value = x
            raise LookupError
        b.value = x
        return b.value

    with pytest.raises(LookupError):
        f(5.0)
    with impl.StateTraceStack() as stack:
        f(5.0), f(6.0)
    assert (stack.states, stack.been_writen) == ([b], [True])
    assert (a.value, b.value, len(runs)) == (1.0, 6.0, 2)


@check("jit.failure.forgotten@1", needs=["jit.form.method@1"])
def test_a_method_traces_after_a_failure(impl: Any) -> None:
    runs: list[Any] = []

    class Cell:
        @jitted(impl)
        def act(self, x: Any) -> Any:
            runs.append(self)
            if len(runs) == 1:
                raise LookupError
            return x + 1

    cell = Cell()
    with pytest.raises(LookupError):
        cell.act(1.0)
    assert (cell.act(1.0), len(runs)) == (2.0, 2)


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
