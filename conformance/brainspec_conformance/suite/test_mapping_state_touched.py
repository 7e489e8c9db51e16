"""The checks of `spec/32-mapping.md`: what trace stacks that are open around a call of a mapping record."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.mapping_material import filled, lax, mapped, told
from brainspec_conformance.suite.shared_material import watched

X = filled(3)


def read_write(x: Any, a: Any, b: Any, c: Any) -> None:
    c.value = a.value


def written_first(x: Any, a: Any, b: Any, c: Any) -> None:
    b.value = x
    a.value = b.value + c.value


def read_then_written(x: Any, a: Any, b: Any, c: Any) -> None:
    a.value = a.value + c.value + b.value
    b.value = a.value * x


def written_then_read(x: Any, a: Any, b: Any, c: Any) -> Any:
    c.value = 2.0
    return c.value


def left_lying(x: Any, a: Any, b: Any, c: Any) -> None:
    c.value, a.value  # noqa: B018


def backwards(x: Any, a: Any, b: Any, c: Any) -> Any:
    return c.value + b.value + a.value


def not_taken(x: Any, a: Any, b: Any, c: Any) -> Any:
    return lax.cond(jnp.ones(()) > 2, lambda: b.value + a.value, lambda: jnp.sum(x))


def nothing(x: Any, a: Any, b: Any, c: Any) -> Any:
    return x


# An origin of three states, which of them it touches in which order, and which of these are written.
TOUCHES: dict[str, tuple[Callable[..., Any], str, list[bool]]] = {
    "read and write": (read_write, "ac", [False, True]),
    "written first": (written_first, "bca", [True, False, True]),
    "read, then written": (read_then_written, "acb", [True, False, True]),
    "written, then read": (written_then_read, "c", [True]),
    "left lying": (left_lying, "ca", [False, False]),
    "backwards": (backwards, "cba", [False, False, False]),
    "in a branch that is not taken": (not_taken, "ba", [False, False]),
    "nothing": (nothing, "", []),
}
touches = pytest.mark.parametrize(("origin", "names", "written"), TOUCHES.values(), ids=TOUCHES)
# How the three states are declared, where none of them has an axis and where each has one.
AXES: dict[str, tuple[dict[str, Any], Any]] = {
    "whole": ({}, lambda: jnp.array(1.0)),
    "mapped in": ({"state_in_axes": {0: ...}, "state_out_axes": {0: ...}}, lambda: filled(3)),
}


@check("mapping.state.touched@1")
@touches
@pytest.mark.parametrize(("options", "make"), AXES.values(), ids=AXES)
def test_a_call_touches_what_its_program_touches(
    impl: Any, origin: Any, names: str, written: list[bool], options: Any, make: Any
) -> None:
    states = {name: impl.State(make()) for name in "abc"}
    mapping = impl.transform.vmap2(lambda x: origin(x, **states), **options)
    with told():
        for _ in range(3):
            for state in states.values():
                state.value = make()
            stack = watched(impl, lambda: mapping(X))
            assert stack.states == [states[name] for name in names]
            assert stack.been_writen == written


@check("mapping.state.touched@1")
def test_each_open_stack_records_a_call_and_closed_ones_do_not(impl: Any) -> None:
    a, b = impl.State(1.0), impl.State(filled(3))
    mapping = impl.transform.vmap2(lambda x: setattr(b, "value", b.value + a.value * x), state_in_axes={0: b})
    mapping(X)
    with impl.StateTraceStack() as outer:
        a.value = 2.0
        with impl.StateTraceStack() as inner:
            mapping(X)
    mapping(X)

    assert (inner.states, inner.been_writen) == ([b, a], [True, False])
    assert (outer.states, outer.been_writen) == ([a, b], [True, True])


@check("mapping.state.touched@1")
@pytest.mark.parametrize("traced", [True, False], ids=["tracing", "remembered"])
def test_random_states_are_recorded_as_written(impl: Any, traced: bool) -> None:
    state, drawn, read, idle = impl.State(1.0), *(impl.random.RandomState(n) for n in range(3))

    @mapped(impl)
    def f(x: Any) -> Any:
        key = jax.random.key_data(read.value)
        return key, state.value, drawn.uniform() + impl.random.uniform(), idle.uniform(key=1) + x

    if not traced:
        f(X)
    stack = watched(impl, lambda: f(X))

    assert stack.states == [read, state, drawn, impl.random.default_rng()]
    assert stack.been_writen == [True, False, True, True]


@check("mapping.state.touched@1", needs=["mapping.state.local@1"])
def test_states_that_are_born_in_the_origin_are_not_recorded(impl: Any) -> None:
    outside = impl.State(2.0)

    @mapped(impl)
    def f(x: Any) -> Any:
        inside, stream = impl.State(x), impl.random.RandomState(0)
        inside.value = inside.value * outside.value + stream.uniform()
        return inside.value

    for _ in range(2):
        stack = watched(impl, lambda: f(X))
        assert (stack.states, stack.been_writen) == ([outside], [False])


@check("mapping.state.touched@1", needs=["mapping.state.through@1"])
def test_what_inner_functions_touch_is_recorded(impl: Any) -> None:
    a, b, c = (impl.State(jnp.array(float(n))) for n in range(3))

    def origin(x: Any) -> Any:
        c.value = a.value
        return x

    jitted, inner = impl.transform.jit(origin), impl.transform.vmap2(origin, in_axes=None, axis_size=2)
    for call in (jitted, inner):
        mapping = impl.transform.vmap2(lambda x: (b.value, call(x))[1])  # noqa: B023
        for _ in range(2):
            stack = watched(impl, lambda: mapping(X))  # noqa: B023
            assert (stack.states, stack.been_writen) == ([b, a, c], [False, False, True])


@check("mapping.state.touched@1", needs=["mapping.state.unmapped@1"])
def test_a_jitted_function_touches_what_a_mapping_in_it_touches(impl: Any) -> None:
    a, b = impl.State(jnp.array(1.0)), impl.State(jnp.array(0))

    @mapped(impl)
    def mapping(x: Any) -> Any:
        b.value = b.value + 1
        return a.value * x

    f = impl.transform.jit(lambda x: mapping(x))
    for n in (1, 2):
        stack = watched(impl, lambda: f(X))
        assert (stack.states, stack.been_writen) == ([b, a], [True, False])
        assert b.value == n


@check("mapping.state.touched@1", needs=["mapping.form.static@1"])
def test_each_program_touches_its_own_states(impl: Any) -> None:
    a, b = impl.State(1.0), impl.State(2.0)

    def origin(x: Any, first: bool) -> Any:
        if first:
            return a.value * x
        b.value = 3.0
        return x

    mapping = impl.transform.StatefulMapping(origin, static_argnums=1)
    for _ in range(2):
        one, other = watched(impl, lambda: mapping(X, True)), watched(impl, lambda: mapping(X, False))
        assert (one.states, one.been_writen) == ([a], [False])
        assert (other.states, other.been_writen) == ([b], [True])


@check("mapping.state.touched@1", needs=["state.stack.recover@1", "mapping.state.unmapped@1"])
def test_what_a_call_wrote_can_be_taken_back(impl: Any) -> None:
    a, b = impl.State(jnp.array(1.0)), impl.State(filled(3))

    @mapped(impl, state_in_axes={0: b})
    def f(x: Any) -> None:
        a.value, b.value = a.value + 1, b.value + x

    for _ in range(2):
        held = a.value, b.value
        stack = watched(impl, lambda: f(X))
        assert b.value.tolist() == [0, 2, 4]
        stack.recovery_original_values()
        assert (a.value is held[0], b.value is held[1]) == (True, True)
