"""The checks of `spec/30-jit.md`: calls from several threads at once."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jax.numpy as jnp
import pytest

from brainspec_conformance.check import check


def together(count: int, action: Callable[[int], Any]) -> list[Any]:
    """What an action gives in several threads that begin at once."""
    barrier = threading.Barrier(count)

    def begin(n: int) -> Any:
        barrier.wait(60)
        return action(n)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(begin, range(count)))


@check("jit.cache.threads@1")
def test_first_calls_at_once_give_what_they_give_alone(impl: Any) -> None:
    for _ in range(3):
        f = impl.transform.jit(lambda x: x * 2 + 1)
        assert [float(x) for x in together(4, lambda n: f(float(n)))] == [1, 3, 5, 7]  # noqa: B023


@check("jit.cache.threads@1", needs=["jit.static.signature@1"])
def test_calls_of_several_signatures_at_once_give_what_they_give_alone(impl: Any) -> None:
    f = impl.transform.jit(lambda x, n: x * n, static_argnums=1)

    assert together(4, lambda n: [int(f(m, n)) for m in range(5)]) == [[m * n for m in range(5)] for n in range(4)]


@check("jit.cache.threads@1", needs=["jit.static.signature@1", "jit.state.current@1"])
def test_calls_at_once_on_states_of_their_own_write_them(impl: Any) -> None:
    states = [impl.State(float(n)) for n in range(4)]

    def origin(n: int, x: Any) -> Any:
        states[n].value = states[n].value + x
        return states[n].value * 10

    f = impl.transform.jit(origin, static_argnums=0)
    found = together(4, lambda n: [float(f(n, float(x))) for x in (1, 2, 3)])

    assert found == [[10.0 * (n + x) for x in (1, 3, 6)] for n in range(4)]
    assert [float(state.value) for state in states] == [n + 6.0 for n in range(4)]


class Pause:
    """A place in an origin that waits until another thread has done something, or for a moment."""

    def __init__(self) -> None:
        self.inside, self.done = threading.Event(), threading.Event()

    def __call__(self) -> None:
        self.inside.set()
        self.done.wait(0.2)

    def beside(self, action: Callable[[], Any], meanwhile: Callable[[], Any]) -> tuple[Any, Any]:
        """What an action with this place in it gives, and what is done while it waits there."""
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(action)
            assert self.inside.wait(60)
            try:
                given = meanwhile()
            finally:
                self.done.set()
            return running.result(), given


@check("jit.cache.threads@1", needs=["jit.trace.types@1"])
@pytest.mark.parametrize("x", [2.0, 2, [2.0]], ids=["the same signature", "another signature", "another structure"])
def test_a_call_while_another_is_traced_gives_what_it_gives_alone(impl: Any, x: Any) -> None:
    pause = Pause()

    def origin(x: Any) -> Any:
        pause()
        return jnp.asarray(x).sum() * 3

    f = impl.transform.jit(origin)
    assert pause.beside(lambda: f(1.0), lambda: f(x)) == (3.0, 6.0)


class Slow:
    """A static argument whose comparison takes as long as a pause."""

    def __init__(self, name: str, pause: Pause) -> None:
        self.name, self.pause = name, pause

    def __hash__(self) -> int:
        return 1

    def __eq__(self, other: object) -> bool:
        self.pause()
        return isinstance(other, Slow) and self.name == other.name


@check("jit.cache.threads@1", needs=["jit.static.signature@1"])
def test_a_call_while_another_looks_for_its_program_gives_what_it_gives_alone(impl: Any) -> None:
    pause = Pause()
    f = impl.transform.jit(lambda x, n: x + (n if isinstance(n, int) else 100), static_argnums=1)
    f(1.0, 1), f(1.0, Slow("a", pause)), f(1.0, 2)

    found = pause.beside(lambda: f(2.0, Slow("b", pause)), lambda: [float(f(1.0, n)) for n in (3, 2, 4)])
    assert found == (102.0, [4.0, 3.0, 5.0])


@check("jit.cache.threads@1", needs=["jit.open.states@1"])
def test_what_another_thread_does_while_a_call_is_traced_is_not_the_calls(impl: Any) -> None:
    mine, theirs, pause = impl.State(1.0), impl.State(5.0), Pause()

    def origin(x: Any) -> Any:
        pause()
        mine.value = mine.value + x
        return mine.value

    def meanwhile() -> Any:
        theirs.value = theirs.value + 1.0
        return theirs.value

    f = impl.transform.jit(origin)
    assert pause.beside(lambda: f(2.0), meanwhile) == (3.0, 6.0)
    assert (mine.value, theirs.value) == (3.0, 6.0)
    assert f.stateful_fun.get_states(2.0) == (mine,)


@check("jit.cache.threads@1", needs=["jit.failure.unchanged@1"])
def test_a_failure_of_one_call_does_not_reach_another(impl: Any) -> None:
    mine, theirs, pause = impl.State(1.0), impl.State(5.0), Pause()

    def origin(x: Any) -> Any:
        mine.value = x
        pause()
        raise LookupError

    def failing() -> bool:
        with pytest.raises(LookupError):
            impl.transform.jit(origin)(2.0)
        return True

    def update(x: Any) -> Any:
        theirs.value = theirs.value + x
        return theirs.value

    assert pause.beside(failing, lambda: impl.transform.jit(update)(1.0)) == (True, 6.0)
    assert (mine.value, theirs.value) == (1.0, 6.0)
