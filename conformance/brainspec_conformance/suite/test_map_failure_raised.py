"""The checks of `spec/33-map.md`: exceptions as they leave a call, and functions that catch them."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import errors
from brainspec_conformance.suite.map_material import some_batches
from brainspec_conformance.suite.mapping_more_material import rows

# Ways to call a function that fails, with an array of two.
FAILING: dict[str, Callable[[Any, Any], Any]] = {
    "one by one": lambda impl, f: impl.transform.map(f, rows(2)),
    "in batches": lambda impl, f: impl.transform.map(f, rows(3), batch_size=2),
    "no slices": lambda impl, f: impl.transform.map(f, jnp.zeros(0)),
    "no batches": lambda impl, f: impl.transform.map(f, jnp.zeros(0), batch_size=2),
    "in a map": lambda impl, f: impl.transform.map(lambda x: impl.transform.map(f, x), rows(2, 2)),
    "in a jitted function": lambda impl, f: impl.transform.jit(lambda x: impl.transform.map(f, x))(rows(2)),
    "in a mapping": lambda impl, f: impl.transform.vmap2(lambda x: impl.transform.map(f, x))(rows(2, 2)),
    "through a jitted function": lambda impl, f: impl.transform.map(impl.transform.jit(f), rows(2)),
    "through a branch": lambda impl, f: impl.transform.map(lambda x: jax.lax.cond(x > 1, f, f, x), rows(2)),
}


@check("map.failure.raised@1", needs=["map.run.sequence@1"])
@pytest.mark.parametrize("disabled", [False, True], ids=["traced", "disabled"])
@pytest.mark.parametrize("way", FAILING)
@errors
def test_an_exception_leaves_as_it_is(impl: Any, error: type[BaseException], way: str, disabled: bool) -> None:
    mine = error("mine", 3)
    mine.found = "here"  # type: ignore[attr-defined]

    def f(x: Any) -> None:
        raise mine

    with jax.disable_jit(disabled), pytest.raises(error) as raised:
        FAILING[way](impl, f)
    assert raised.value is mine
    assert (type(raised.value), raised.value.args) == (error, ("mine", 3))


@check("map.failure.raised@1", needs=["map.run.sequence@1"])
def test_an_exception_has_the_cause_that_it_had(impl: Any) -> None:
    cause, mine = KeyError("cause"), LookupError("mine")

    def f(x: Any) -> None:
        raise mine from cause

    with pytest.raises(LookupError) as raised:
        impl.transform.map(f, rows(2))
    assert raised.value is mine
    assert raised.value.__cause__ is cause


class Expected(Exception):
    """What an inner function raises and its caller catches."""


# Functions of a vector, made of one of these; a loss that has its derivative.
AROUND: dict[str, Callable[[Any, Any], Any]] = {
    "plain Python": lambda impl, f: f,
    "jit": lambda impl, f: impl.transform.jit(f),
    "map": lambda impl, f: lambda x: impl.transform.map(f, x[None])[0],
    "mapping": lambda impl, f: lambda x: impl.transform.vmap2(f, out_axes=None, in_axes=None, axis_size=2)(x),
    "grad": lambda impl, f: lambda x: impl.transform.grad(f, return_value=True)(x)[1],
}


@check("map.failure.caught@1", needs=["map.nest.inside@1", "map.failure.unchanged@1"])
@some_batches
@pytest.mark.parametrize("around", AROUND)
def test_the_caller_goes_on_from_where_the_call_began(impl: Any, around: str, batch_size: int | None) -> None:
    state, untouched, stream = impl.State(jnp.float32(1)), impl.ParamState(jnp.ones(2)), impl.random.RandomState(0)
    looked: list[Any] = []

    def bad(x: Any) -> Any:
        stream.split_key()
        if batch_size is None:
            state.value, untouched.value = state.value * 100 + x, untouched.value * x
        raise Expected

    def outer(x: Any) -> Any:
        state.value = state.value * 3
        before, key = state.value, stream.value
        with pytest.raises(Expected):
            impl.transform.map(bad, x, batch_size=batch_size)
        looked.append((state.value is before, stream.value is key))
        state.value = state.value * 2
        return (state.value * x).sum()

    assert AROUND[around](impl, outer)(rows(2)) == 18.0
    assert state.value == 6.0
    assert untouched.value.tolist() == [1, 1]
    assert looked[0] == (True, True)


@check("map.failure.caught@1", needs=["map.nest.inside@1", "map.error.type@1"])
def test_an_error_of_a_clause_is_caught_as_well(impl: Any) -> None:
    state = impl.State(jnp.float32(1))

    def bad(x: Any) -> Any:
        state.value = jnp.ones(2) * x

    @impl.transform.jit  # type: ignore[untyped-decorator]
    def outer(x: Any) -> Any:
        state.value = state.value + 1
        with pytest.raises(TypeError):
            impl.transform.map(bad, x)
        return state.value * x

    assert outer(rows(2)).tolist() == [2.0, 4.0]
    assert state.value == 2.0


@check("map.failure.caught@1", needs=["map.nest.inside@1", "map.state.carried@1"])
def test_each_run_goes_on_from_where_its_call_began(impl: Any) -> None:
    a, b = impl.State(jnp.float32(0)), impl.State(jnp.float32(0))

    def third(x: Any) -> Any:
        a.value, b.value = a.value + 1000, b.value + 1000
        raise Expected

    def second(x: Any) -> Any:
        b.value = b.value + 100
        return impl.transform.map(third, jnp.stack([x, x]))

    def first(x: Any) -> Any:
        a.value = a.value + x
        for _ in range(2):
            with pytest.raises(Expected):
                impl.transform.map(second, jnp.stack([x, x]))
        b.value = b.value + 1
        return a.value, b.value

    found = impl.transform.map(first, rows(3))
    assert [one.tolist() for one in found] == [[1, 3, 6], [1, 2, 3]]


@check("map.failure.caught@1", needs=["map.nest.inside@1", "map.state.carried@1"])
def test_a_call_that_failed_is_made_again(impl: Any) -> None:
    fails, state = [True], impl.State(jnp.float32(0))

    def inner(x: Any) -> Any:
        state.value = state.value + x
        if fails and fails.pop():
            raise Expected
        return state.value

    def outer(x: Any) -> Any:
        try:
            return impl.transform.map(inner, x)
        except Expected:
            return impl.transform.map(inner, 2 * x)

    assert impl.transform.jit(outer)(rows(2)).tolist() == [2.0, 6.0]
    assert state.value == 6.0
