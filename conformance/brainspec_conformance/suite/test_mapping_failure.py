"""The checks of `spec/32-mapping.md`: exceptions that leave a call."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import assert_fails, errors, jitted, key_bits, nothing_changes
from brainspec_conformance.suite.mapping_more_material import (
    assert_each_step_fails,
    assert_holds,
    assert_whole_or_nothing,
    both,
    counted,
    mapped,
    parted,
    rows,
)
from brainspec_conformance.suite.random_material import kept
from brainspec_conformance.suite.shared_material import (
    MISTAKES,
    with_a_name,
    with_a_number,
    with_a_wrong_shape,
    with_branches_that_differ,
    with_recursion,
)

HELD: dict[str, Callable[[], Any]] = {
    "NumPy": lambda: np.ones(2, np.float32),
    "an array": lambda: jnp.ones(2),
    "a tree": lambda: {"a": [np.ones((2, 3)), jnp.arange(2)]},
}


@check("mapping.failure.unchanged@1", needs=["mapping.state.sliced@1"])
@pytest.mark.parametrize("way", ["mapped in", "declared out", "undeclared"])
@errors
def test_states_hold_the_objects_that_they_held(impl: Any, error: type[BaseException], way: str) -> None:
    states, mine = [impl.State(make()) for make in HELD.values()], error("mine")
    axes = {"mapped in": {"state_in_axes": {0: ...}}, "declared out": {"state_out_axes": {0: ...}}, "undeclared": {}}

    @mapped(impl, **axes[way])
    def f(x: Any) -> None:
        for state in states:
            state.value = jax.tree.map(lambda leaf: leaf * x, state.value)
        raise mine

    for _ in range(2):
        assert_fails(impl, lambda: f(rows(2)), mine, *states)


@check("mapping.failure.unchanged@1", needs=["mapping.random.afterwards@1"])
@errors
def test_keys_are_those_that_they_were(impl: Any, error: type[BaseException]) -> None:
    stream, mine = impl.random.RandomState(0), error("mine")

    @mapped(impl)
    def f(x: Any, fail: Any = 1.0) -> Any:
        stream.uniform(), stream.split_key(2)
        impl.random.normal()
        impl.random.seed(5)
        if fail is not None:
            raise mine
        return x

    with kept(impl):
        for _ in range(2):
            assert_fails(impl, lambda: f(rows(2), rows(2)), mine, stream)
        assert_holds(stream, jax.random.key(0))
        f(rows(2), None)
        assert_holds(stream, parted(jax.random.key(0), 2)[0])


WRONG = [with_a_wrong_shape, with_a_number, with_a_name, with_branches_that_differ, with_recursion]


@check("mapping.failure.unchanged@1", needs=["mapping.state.sliced@1"])
@pytest.mark.parametrize("nested", [False, True], ids=["plain", "nested"])
@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.__name__)
def test_a_mistake_in_the_origin_changes_nothing(impl: Any, wrong: Any, nested: bool) -> None:
    state, stream = impl.State(rows(2, 3)), impl.random.RandomState(0)

    def origin(x: Any) -> Any:
        state.value = state.value + stream.uniform()
        return wrong(state.value.sum())

    f = mapped(impl, **both({0: state}))(origin)
    f = mapped(impl, **both({0: state}))(f) if nested else f
    x = rows(2, 3) if nested else rows(2)
    with nothing_changes(impl, state, stream), pytest.raises(MISTAKES):
        f(x)


# Where a failing program stands.
LEVELS = ["one mapping", "two mappings", "a jitted function inside", "a jitted function around"]


def with_steps(impl: Any, level: str, fail: Callable[[int], object]) -> tuple[Any, list[Any]]:
    """A function of a `(2, 3)` array that asks at each step whether to fail, and the states that it writes."""
    a, b, stream = impl.State(rows(2, 3)), impl.ShortTermState(jnp.zeros(())), impl.random.RandomState(0)

    def step(x: Any) -> Any:
        fail(2)
        a.value = a.value + x
        fail(3)
        drawn = stream.uniform()
        fail(4)
        b.value = drawn + impl.random.uniform()
        fail(5)
        return a.value

    def origin(x: Any) -> Any:
        fail(0)
        b.value = b.value + 1
        fail(1)
        out = inner(x)
        fail(6)
        b.value = jnp.zeros(())
        a.value = a.value * 2
        fail(7)
        return out

    options = both({0: a, None: b})
    around = {"two mappings": mapped(impl, state_in_axes={0: a}), "a jitted function inside": jitted(impl)}
    inner = around[level](step) if level in around else step
    f = mapped(impl, **options)(origin)
    return (impl.transform.jit(f) if level == "a jitted function around" else f), [a, b, stream]


@check("mapping.failure.unchanged@1", needs=["mapping.nest.states@1", "mapping.nest.jit@1"])
@pytest.mark.parametrize("level", LEVELS)
def test_a_failure_at_any_step_changes_nothing(impl: Any, level: str) -> None:
    # What failed before is as if it had not been.
    states = assert_each_step_fails(impl, lambda fail: with_steps(impl, level, fail), rows(2, 3), 8)
    assert states[0].value.tolist() == (4 * rows(2, 3)).tolist()
    assert states[1].value == 0.0
    assert_holds(states[2], parted(jax.random.key(0), 2)[0])


@check("mapping.failure.unchanged@1", needs=["mapping.nest.states@1", "mapping.nest.jit@1"])
@pytest.mark.parametrize("level", LEVELS)
def test_a_failure_at_any_primitive_changes_nothing(impl: Any, level: str, monkeypatch: pytest.MonkeyPatch) -> None:
    x = rows(2, 3)
    times = assert_whole_or_nothing(impl, monkeypatch, lambda: with_steps(impl, level, lambda n: None), lambda f: f(x))
    assert times


@check("mapping.failure.unchanged@1", needs=["mapping.state.sliced@1"])
def test_a_call_with_an_argument_that_is_no_more_changes_nothing(impl: Any) -> None:
    state, stream = impl.State(rows(2)), impl.random.RandomState(0)

    @mapped(impl, state_in_axes={0: state})
    def f(x: Any) -> Any:
        state.value = state.value + x
        return stream.uniform()

    for _ in range(2):
        gone = rows(2) * 2
        gone.delete()
        with nothing_changes(impl, state, stream), pytest.raises((RuntimeError, ValueError)):
            f(gone)
        f(rows(2))
    assert state.value.tolist() == [3.0, 6.0]


@check("mapping.failure.forgotten@1", needs=["mapping.trace.once@1"])
@pytest.mark.parametrize("level", ["one mapping", "two mappings"])
def test_after_a_failure_the_next_call_traces(impl: Any, level: str) -> None:
    fails, state = [True, True, False, False], impl.State(jnp.zeros((2, 3)))

    def origin(x: Any) -> Any:
        state.value = state.value + x
        if fails.pop(0):
            raise LookupError
        return state.value

    inner = counted(impl, origin, **both({0: state}))
    f = impl.transform.vmap2(lambda x: inner(x), **both({0: state})) if level == "two mappings" else inner
    for _ in range(2):
        with pytest.raises(LookupError):
            f(rows(2, 3))
    for n in (1, 2, 3):
        assert f(rows(2, 3)).tolist() == (n * rows(2, 3)).tolist()
    assert inner.runs == 3


@check("mapping.failure.forgotten@1", needs=["mapping.trace.once@1"])
def test_what_was_remembered_before_a_failure_is_still(impl: Any) -> None:
    def origin(x: Any) -> Any:
        if x.ndim:
            raise LookupError
        return x * 2

    f = counted(impl, origin)
    f(rows(2))
    for _ in range(2):
        with pytest.raises(LookupError):
            f(rows(2, 2))
        assert f.ran(rows(2)) == 0


@check("mapping.failure.caught@1", needs=["mapping.nest.mapping@1"])
@errors
@pytest.mark.parametrize("around", ["mapping", "jit"])
def test_an_origin_that_catches_goes_on_as_before_the_inner_call(
    impl: Any, around: str, error: type[BaseException]
) -> None:
    state, other, stream = impl.State(jnp.zeros((2, 3))), impl.ShortTermState(jnp.zeros(())), impl.random.RandomState(0)

    @mapped(impl, state_in_axes={0: state})
    def bad(x: Any) -> Any:
        state.value = state.value + 100 * x
        other.value = x
        stream.uniform()
        raise error

    def origin(x: Any) -> Any:
        state.value = state.value + 1
        drawn = jax.random.key_data(stream.split_key())
        try:
            bad(x)
        except error:
            state.value = state.value * 2
        return state.value, jax.random.key_data(stream.value), drawn

    f = mapped(impl, **both({0: state}))(origin) if around == "mapping" else impl.transform.jit(origin)
    rest = impl.random.RandomState(0)
    for wanted in (2.0, 6.0):
        lanes = parted(rest.value, 2)[1] if around == "mapping" else [rest.value]
        out, keys, _ = f(rows(2, 3) if around == "mapping" else rows(2))
        assert out.tolist() == state.value.tolist() == [[wanted] * 3] * 2
        after = [jax.random.key_data(jax.random.split(lane)[0]).tolist() for lane in lanes]
        assert keys.tolist() == (after if around == "mapping" else after[0])
        rest.value = parted(rest.value, 2)[0] if around == "mapping" else jax.random.split(rest.value)[0]
        assert key_bits(stream) == key_bits(rest)
        assert other.value == 0.0


@check(
    "mapping.failure.caught@1", needs=["mapping.nest.mapping@1", "mapping.failure.forgotten@1", "mapping.trace.once@1"]
)
def test_an_inner_mapping_that_failed_is_called_again(impl: Any) -> None:
    fails, state = [True, False], impl.State(jnp.zeros((2, 3)))

    @mapped(impl, **both({0: state}))
    def inner(x: Any) -> Any:
        state.value = state.value + x
        if fails and fails.pop(0):
            raise LookupError
        return state.value

    @mapped(impl, **both({0: state}))
    def outer(x: Any) -> Any:
        try:
            return inner(x)
        except LookupError:
            return inner(2 * x)

    assert outer(rows(2, 3)).tolist() == state.value.tolist() == (2 * rows(2, 3)).tolist()
    assert outer(rows(2, 3)).tolist() == state.value.tolist() == (4 * rows(2, 3)).tolist()
