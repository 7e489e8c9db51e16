"""The checks of `spec/30-jit.md`: what can be asked of a jitted function ahead of a call."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_counts_material import (
    Boxed,
    Counted,
    Pair,
    assert_describes,
    shaped,
    unchanged,
)


def stepping(impl: Any) -> tuple[Any, list[Any]]:
    """An origin that reads, writes, retypes and draws, and the states that it touches."""
    read, written, retyped = impl.ParamState(np.ones(2)), impl.State(0.0), impl.State(jnp.array([1, 2]))
    stream = impl.random.RandomState(0)

    def origin(x: Any, factor: str = "ab", *, y: Any = 0.0) -> Any:
        written.value = written.value + x * len(factor)
        retyped.value = retyped.value * 0.5
        stream.split_key(), impl.random.split_key()
        return read.value * x + y

    return origin, [read, written, retyped, stream]


@check("jit.ahead.compile@1", needs=["jit.trace.once@1"])
def test_a_call_that_was_prepared_does_not_run_the_origin(impl: Any) -> None:
    state = impl.State(1.0)
    f = Counted(impl, lambda x: state.value * x)
    f.function.compile(1.0)

    assert [f.ran(1.0), f.ran(2.0), f.ran(jnp.float32(1))] == [0, 0, 1]
    state.value = 3.0
    assert f.ran(1.0) == 0
    assert f(5.0) == 15.0


@check("jit.ahead.compile@1", needs=["jit.static.signature@1", "jit.result.keywords@1"])
def test_every_argument_of_a_prepared_call_counts(impl: Any) -> None:
    f = Counted(impl, lambda x, n, *, y, m: x * len(n) + y * len(m), static_argnums=1, static_argnames="m")
    f.function.compile(1.0, "ab", y=2.0, m="abc")

    assert f.ran(3.0, "ab", m="abc", y=4.0) == 0
    assert [f.ran(3.0, "a", y=4.0, m="abc"), f.ran(3.0, "ab", y=4, m="abc")] == [1, 1]
    assert f(3.0, "ab", y=4.0, m="abc") == 18.0


@check("jit.ahead.compile@1", needs=["jit.trace.states@1"])
def test_a_call_is_prepared_for_what_the_states_hold(impl: Any) -> None:
    state = impl.State(1.0)
    f = Counted(impl, lambda: state.value * 2)
    f.function.compile()
    state.value = jnp.ones(2)
    f.function.compile()

    assert f.ran() == 0
    state.value = 3.0
    assert f.ran() == 0
    assert f() == 6.0


@check("jit.ahead.compile@1", needs=["jit.trace.once@1"])
def test_preparing_a_call_leaves_what_is_remembered(impl: Any) -> None:
    f = Counted(impl, lambda x: x)
    f(1.0), f(1)
    f.function.compile(1.0)
    f.function.compile(np.float32(1))

    assert [f.ran(1.0), f.ran(1), f.ran(np.float32(1))] == [0, 0, 0]


def assert_changes_no_state(impl: Any, method: str) -> None:
    origin, states = stepping(impl)
    f = impl.transform.jit(origin, static_argnames="factor")
    for _ in range(2):
        with unchanged(impl, *states):
            getattr(f, method)(1.0, y=2.0)
            getattr(f, method)(jnp.ones(2), "a")
        f(1.0, y=2.0)


@check("jit.ahead.compile@1")
def test_preparing_a_call_changes_no_state(impl: Any) -> None:
    assert_changes_no_state(impl, "compile")


@check("jit.ahead.lower@1")
def test_lowering_changes_no_state(impl: Any) -> None:
    assert_changes_no_state(impl, "lower")


@check("jit.ahead.eval-shape@1")
def test_asking_for_shapes_changes_no_state(impl: Any) -> None:
    assert_changes_no_state(impl, "eval_shape")


@check("jit.ahead.lower@1")
def test_lowering_takes_what_a_call_takes(impl: Any) -> None:
    origin, _ = stepping(impl)
    f = impl.transform.jit(origin, static_argnums=1)

    assert f.lower(1.0) is not None
    assert f.lower({"a": jnp.ones(2)}["a"], "abc", y=np.float32(1)) is not None
    assert f.lower(y=2, x=jnp.ones(2), factor="a") is not None


@check("jit.ahead.lower@1", needs=["jit.trace.once@1"])
def test_lowering_leaves_what_is_remembered(impl: Any) -> None:
    f = Counted(impl, lambda x: x)
    f(1.0)
    f.function.lower(1.0), f.function.lower(1)

    assert f.ran(1.0) == 0


# Functions of an array of two floats, and the shapes and types that they give.
RESULTS: dict[str, tuple[Any, Any]] = {
    "an array": (lambda x: x * 2, shaped((2,))),
    "a scalar": (lambda x: x.sum(), shaped(())),
    "integers": (lambda x: x.astype(np.int8)[:, None], shaped((2, 1), np.int8)),
    "truths": (lambda x: x > 0, shaped((2,), np.bool_)),
    "nothing": (lambda x: None, None),
    "an empty tuple": (lambda x: (), ()),
    "a tree": (lambda x: {"b": (x, None), "a": [x[0]]}, {"a": [shaped(())], "b": (shaped((2,)), None)}),
    "a named tuple": (lambda x: Pair(x, x.sum()), Pair(shaped((2,)), shaped(()))),
    "a number": (lambda x: 3, shaped((), np.int32)),
    "a NumPy array": (lambda x: np.zeros(3, np.int16), shaped((3,), np.int16)),
    "an array without entries": (lambda x: x[:0], shaped((0,))),
}


@check("jit.ahead.eval-shape@1")
@pytest.mark.parametrize(("origin", "expected"), RESULTS.values(), ids=RESULTS)
@pytest.mark.parametrize("x", [np.ones(2, np.float32), shaped((2,))], ids=["an array", "its shape"])
def test_the_shapes_of_a_result_describe_it(impl: Any, x: Any, origin: Any, expected: Any) -> None:
    assert_describes(impl.transform.jit(origin).eval_shape(x), expected)


@check("jit.ahead.eval-shape@1")
def test_the_shapes_of_a_result_have_the_weak_types_that_it_has(impl: Any) -> None:
    f = impl.transform.jit(lambda x: (x * 2, x + np.float32(1), 3))

    assert [leaf.weak_type for leaf in f.eval_shape(1.0)] == [True, False, True]
    assert [leaf.weak_type for leaf in f.eval_shape(shaped(()))] == [False, False, True]


@check("jit.ahead.eval-shape@1", needs=["jit.result.keywords@1", "jit.static.both@1"])
def test_shapes_stand_anywhere_for_arrays(impl: Any) -> None:
    f = impl.transform.jit(lambda x, n, *, y: (x["a"] * y[0] * x["b"], n * y[1]), static_argnums=1)
    found = f.eval_shape({"a": shaped((2, 1)), "b": 2.0}, 3, y=[shaped((1, 3)), shaped((4,), np.int32)])
    assert_describes(found, (shaped((2, 3)), shaped((4,), np.int32)))

    g = impl.transform.jit(lambda box: box.leaf.T)
    assert_describes(g.eval_shape(Boxed(shaped((2, 3)), "mV")), shaped((3, 2)))


@check("jit.ahead.eval-shape@1")
def test_the_shapes_of_keys_are_known(impl: Any) -> None:
    key = jax.random.key(0)
    f = impl.transform.jit(lambda key: jax.random.split(key, 3))

    for given in (key, shaped((), key.dtype)):
        assert_describes(f.eval_shape(given), shaped((3,), key.dtype))


@check("jit.ahead.eval-shape@1", needs=["jit.state.retyped@1"])
def test_the_shapes_of_a_result_follow_the_states(impl: Any) -> None:
    state = impl.State(jnp.ones((2, 1)))

    def origin(x: Any) -> Any:
        state.value = jnp.concatenate([state.value, state.value])
        return state.value * x

    f = impl.transform.jit(origin)
    assert_describes(f.eval_shape(shaped((3,))), shaped((4, 3)))
    f(np.ones(3, np.float32))
    assert_describes(f.eval_shape(shaped((3,))), shaped((8, 3)))
    state.value = jnp.ones((1, 1), np.int32)
    assert_describes(f.eval_shape(shaped((3,), np.int32)), shaped((2, 3), np.int32))


@check("jit.ahead.eval-shape@1", needs=["jit.trace.once@1"])
def test_the_shapes_of_a_result_are_those_of_the_call(impl: Any) -> None:
    origin, _ = stepping(impl)
    f = impl.transform.jit(origin)
    f.eval_shape(shaped((2,)), y=2)
    found, given = f.eval_shape(jnp.ones(2), y=2), f(jnp.ones(2), y=2)

    assert_describes(found, given)
    assert found.weak_type == given.weak_type
