"""The checks of `spec/30-jit.md`: the exception that leaves a call, and the call after it."""

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import ERRORS, jitted


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
