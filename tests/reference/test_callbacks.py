"""Callbacks: the user's Python in the middle of a program, once per lane, as JAX runs it."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from brainspec_reference.engine.check import check
from brainspec_reference.engine.errors import CallbackResultError, ReferenceUnsupported
from brainspec_reference.engine.lanes import evaluate
from brainspec_reference.engine.record import record, type_of
from brainspec_reference.engine.tangents import jvp
from jax.experimental import io_callback

FLOAT = jax.ShapeDtypeStruct((), jnp.float32)
INT = jax.ShapeDtypeStruct((), jnp.int32)


def recorded(fun, *args):
    program = record(fun, [type_of(x) for x in args])
    check(program)
    return program


def test_a_debug_callback_sees_arrays_of_jax_in_each_lane_and_what_is_no_array_as_it_is():
    seen = []

    def f(x):
        jax.debug.callback(lambda y, text, *, k: seen.append((y, text, int(k))), x, "text", k=3)
        return [x]

    evaluate(recorded(f, 1.0), [[1.0], [2.0]])
    assert [(float(y), text, k) for y, text, k in seen] == [(1.0, "text", 3), (2.0, "text", 3)]
    assert all(isinstance(y, jax.Array) and y.dtype == jnp.float32 for y, _, _ in seen)


def test_prints_come_in_the_order_of_the_program(capsys):
    def f(x):
        jax.debug.print("a {}", x)
        jax.debug.print("b {x:.1f}", x=x + 1, ordered=True)
        return [x]

    evaluate(recorded(f, 1.0), [[1.0], [5.0]])
    assert capsys.readouterr().out.splitlines() == ["a 1.0", "a 5.0", "b 2.0", "b 6.0"]


@pytest.mark.parametrize("call", [jax.pure_callback, io_callback])
def test_results_may_be_trees_of_numbers(call):
    def f(x):
        out = call(lambda y: {"a": float(y) * 2, "b": (1,)}, {"a": FLOAT, "b": (INT,)}, x)
        return [out["a"], out["b"][0]]

    assert evaluate(recorded(f, 1.0), [[1.5]]) == [[3.0, 1]]


def test_an_ordered_callback():
    seen = []

    def f(x):
        return [io_callback(lambda y: seen.append(float(y)) or np.int32(1), INT, x, ordered=True)]

    assert evaluate(recorded(f, 1.0), [[1.5]]) == [[1]]
    assert seen == [1.5]


def test_keys_arrive_as_keys():
    def f(key):
        return [jax.pure_callback(jax.random.key_data, jax.ShapeDtypeStruct((2,), jnp.uint32), key)]

    key = jax.random.key(3)
    assert evaluate(recorded(f, key), [[key]])[0][0].tolist() == jax.random.key_data(key).tolist()


def test_control_flow_calls_as_often_as_it_runs():
    seen = []

    def note(x):
        jax.debug.callback(lambda y: seen.append(float(y)), x)
        return x + 1

    def f(x):
        x, _ = jax.lax.scan(lambda c, _: (note(c), None), x, None, length=2)
        x = jax.lax.while_loop(lambda c: c < 5, note, x)
        return [jax.lax.cond(x > 100, note, lambda y: y, x)]

    assert evaluate(recorded(f, 0.0), [[0.0]]) == [[5.0]]
    assert seen == [0.0, 1.0, 2.0, 3.0, 4.0]


def test_never_rounded_floats_are_rounded_for_the_callback():
    seen = []

    def f(x):
        return [jax.pure_callback(lambda y: seen.append(y) or y, FLOAT, x / 3)]

    ((result,),) = evaluate(recorded(f, 1.0), [[1.0]], mode="shadow")
    assert seen[0].dtype == jnp.float32
    assert result.dtype == np.float64
    assert result == np.float32(1 / 3)


@pytest.mark.parametrize("wrong", [lambda y: np.ones(2, np.float32), lambda y: np.int32(1), lambda y: (y, y)])
def test_a_result_that_is_not_as_declared(wrong):
    program = recorded(lambda x: [jax.pure_callback(wrong, FLOAT, x)], 1.0)
    with pytest.raises(CallbackResultError, match="declared") as caught:
        evaluate(program, [[1.0]])
    assert "test_callbacks.py" in caught.value.__notes__[0]


def test_an_exception_of_a_callback_leaves_as_it_is():
    mine = LookupError("mine")

    def fail(y):
        raise mine

    program = recorded(lambda x: [jax.pure_callback(fail, FLOAT, x)], 1.0)
    with pytest.raises(LookupError) as caught:
        evaluate(program, [[1.0]])
    assert caught.value is mine


def test_derivatives_go_past_a_print_and_not_through_a_callback(capsys):
    def printing(x):
        jax.debug.print("{}", x)
        return [x * x]

    assert evaluate(jvp(recorded(printing, 3.0), [True]), [[3.0, 1.0]]) == [[9.0, 6.0]]
    assert capsys.readouterr().out == "3.0\n"
    with pytest.raises(ReferenceUnsupported, match="pure_callback"):
        jvp(recorded(lambda x: [jax.pure_callback(lambda y: y, FLOAT, x)], 3.0), [True])
