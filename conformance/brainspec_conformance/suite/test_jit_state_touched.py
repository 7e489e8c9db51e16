"""The checks of `spec/30-jit.md`: what trace stacks that are open around a call record."""

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import jitted
from brainspec_conformance.suite.random_material import kept
from brainspec_conformance.suite.shared_material import assert_every_stack_records, watched


def read_write(a: Any, b: Any, c: Any) -> None:
    c.value = a.value


def written_first(a: Any, b: Any, c: Any) -> None:
    b.value = 1.0
    a.value = b.value + c.value


def read_then_written(a: Any, b: Any, c: Any) -> None:
    a.value = a.value + c.value + b.value
    b.value = a.value


def written_then_read(a: Any, b: Any, c: Any) -> Any:
    c.value = 2.0
    return c.value


def augmented(a: Any, b: Any, c: Any) -> None:
    b.value += a.value


def left_lying(a: Any, b: Any, c: Any) -> None:
    c.value, a.value  # noqa: B018


def copied(a: Any, b: Any, c: Any) -> None:
    b.copy_from(a)
    c.copy()


def backwards(a: Any, b: Any, c: Any) -> Any:
    return c.value + b.value + a.value


def nothing(a: Any, b: Any, c: Any) -> float:
    return 1.0


# An origin of three states, which of them it touches in which order, and which of these are written.
TOUCHES: dict[str, tuple[Callable[..., Any], str, list[bool]]] = {
    "read and write": (read_write, "ac", [False, True]),
    "written first": (written_first, "bca", [True, False, True]),
    "read, then written": (read_then_written, "acb", [True, False, True]),
    "written, then read": (written_then_read, "c", [True]),
    "augmented": (augmented, "ba", [True, False]),
    "left lying": (left_lying, "ca", [False, False]),
    "copied": (copied, "abc", [False, True, False]),
    "backwards": (backwards, "cba", [False, False, False]),
    "nothing": (nothing, "", []),
}


@check("jit.state.touched@1", needs=["state.stack.records@1", "state.stack.writes@1", "state.copy.touches@1"])
@pytest.mark.parametrize("name", TOUCHES)
def test_what_is_touched_is_recorded_in_order_at_each_call(impl: Any, name: str) -> None:
    origin, order, written = TOUCHES[name]
    states = dict(zip("abc", (impl.State(float(n)) for n in range(3))))
    f = impl.transform.jit(lambda: origin(**states))
    for _ in range(3):
        stack = watched(impl, f)
        assert stack.states == [states[letter] for letter in order]
        assert stack.been_writen == written


@check("jit.state.touched@1", needs=["state.stack.nested@1"])
def test_every_open_stack_records_and_adds_to_what_it_has(impl: Any) -> None:
    a, b, c = (impl.State(float(n)) for n in range(3))
    f = impl.transform.jit(lambda: read_then_written(a, b, c))
    f()
    assert_every_stack_records(impl, f, a, b, c)


@check("jit.state.touched@1", needs=["state.stack.closed@1"])
def test_a_stack_that_is_closed_records_no_call(impl: Any) -> None:
    a, b, c = (impl.State(float(n)) for n in range(3))
    f = impl.transform.jit(lambda: backwards(a, b, c))
    first = watched(impl, f)
    f()
    second = watched(impl, lambda: None)
    f()

    assert first.states == [c, b, a]
    assert second.states == []


@check("jit.state.touched@1", needs=["state.stack.recover@1", "jit.state.written@1"])
def test_what_a_call_wrote_can_be_taken_back(impl: Any) -> None:
    a, b = impl.State(1.0), impl.State(jnp.ones(2))

    @jitted(impl)
    def f() -> None:
        a.value = a.value + b.value.sum()
        b.value = b.value * 2

    for _ in range(2):
        held = a.value, b.value
        stack = watched(impl, f)
        assert (float(a.value), b.value.tolist()) == (float(held[0]) + 2, [2, 2])
        stack.recovery_original_values()
        assert a.value is held[0]
        assert b.value is held[1]


@check("jit.state.touched@1", needs=["random.draw.touches@1"])
def test_a_draw_is_recorded_as_a_write(impl: Any) -> None:
    state, mine = impl.State(1.0), impl.random.RandomState(0)
    f = impl.transform.jit(lambda: (state.value, mine.random(), impl.random.random(), mine.random(key=1)))
    with kept(impl) as stream:
        default = impl.random.default_rng()
        for _ in range(2):
            stack = watched(impl, f)
            assert stack.states == [state, mine, default]
            assert stack.been_writen == [False, True, True]
        assert stream.get_key() is default.value


@check("jit.state.touched@1", needs=["state.stack.newborn@1"])
def test_states_that_are_born_in_the_origin_are_not_recorded(impl: Any) -> None:
    outside = impl.State(1.0)

    @jitted(impl)
    def f(x: Any) -> Any:
        inside = impl.State(x)
        inside.value = inside.value * outside.value
        return inside.value

    for _ in range(2):
        stack = watched(impl, lambda: f(2.0))
        assert (stack.states, stack.been_writen) == ([outside], [False])


@check("jit.state.touched@1", needs=["jit.nest.inside@1"])
def test_what_an_inner_function_touches_its_caller_touches(impl: Any) -> None:
    a, b, c = (impl.State(float(n)) for n in range(3))
    inner = impl.transform.jit(lambda: read_write(a, b, c))

    @jitted(impl)
    def outer() -> Any:
        inner()
        return b.value

    for call in (outer, outer, inner, outer):
        stack = watched(impl, call)
        assert stack.states == [a, c, b][: 2 if call is inner else 3]
        assert stack.been_writen == [False, True, False][: len(stack.states)]


@check("jit.state.touched@1", needs=["jit.nest.inside@1"])
def test_a_stack_in_an_origin_records_inner_calls(impl: Any) -> None:
    a, b, c = (impl.State(float(n)) for n in range(3))
    inner = impl.transform.jit(lambda: written_first(a, b, c))
    inner()
    stacks = []

    @jitted(impl)
    def outer() -> None:
        for _ in range(2):
            stacks.append(watched(impl, inner))

    outer()
    for stack in stacks:
        assert (stack.states, stack.been_writen) == ([b, c, a], [True, False, True])


@check("jit.state.touched@1", needs=["jit.state.current@1"])
def test_each_program_touches_its_own_states(impl: Any) -> None:
    a, b = impl.State(1.0), impl.State(2.0)

    @jitted(impl, static_argnums=0)
    def f(first: bool) -> Any:
        if first:
            return a.value
        b.value = 3.0
        return b.value

    for _ in range(2):
        one, other = watched(impl, lambda: f(True)), watched(impl, lambda: f(False))
        assert (one.states, one.been_writen) == ([a], [False])
        assert (other.states, other.been_writen) == ([b], [True])
