"""What a stateful function is recorded as: its program, what it touched, and what is left behind."""

import gc
import weakref

import brainspec_reference as brainstate
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from brainspec_reference import new_states, trace_stack
from brainspec_reference.engine.as_jaxpr import as_jaxpr
from brainspec_reference.engine.check import check
from brainspec_reference.engine.lanes import evaluate
from brainspec_reference.engine.record import record, type_of
from brainspec_reference.jit.attempts import GOING
from brainspec_reference.stateful import Recording
from brainspec_reference.tree_types import flattened


def recorded(function, argument):
    _, type_ = flattened(argument, lambda where, leaf: TypeError(where))
    stateful = Recording(function, type_).recorded()
    check(stateful.program)
    return stateful


def test_inputs_are_arguments_and_then_states_in_the_order_of_the_first_touch():
    a, b, c = brainstate.State(1.0), brainstate.State(np.ones(2)), brainstate.State((1, jnp.ones(3)))

    def f(x):
        c.value = (2, c.value[1] * a.value)
        b.value = jnp.ones(5)
        return x

    stateful = recorded(f, {"x": jnp.ones(7)})
    assert [v.type.shape for v in stateful.program.inputs] == [(7,), (), (3,), (), (2,)]
    assert [v.type.shape for v in stateful.program.outputs] == [(7,), (), (3,), (5,)]
    assert stateful.states == (c, a, b)
    assert [left is not None for left in stateful.left] == [True, False, True]
    assert a.value == 1.0
    assert b.value.dtype == np.float64


def test_running_it_on_other_values():
    s = brainstate.State(jnp.ones(2))

    def f(x):
        s.value = s.value + x
        return s.value.sum()

    result, (after,) = recorded(f, 1.0).run([1.0], [jnp.array([3.0, 4.0])], None)
    assert (float(result), after.tolist(), s.value.tolist()) == (9.0, [4.0, 5.0], [1.0, 1.0])


@pytest.mark.parametrize("error", [LookupError, StopIteration, GeneratorExit, KeyboardInterrupt])
def test_nothing_is_left_open_by_a_failure(error):
    s, mine = brainstate.State(1.0), error()

    @brainstate.transform.jit
    def inner(x):
        s.value = x
        raise mine

    with pytest.raises(error) as caught:
        brainstate.transform.jit(lambda x: inner(x))(2.0)
    assert caught.value is mine
    assert type(s.value) is float
    assert (trace_stack.OPEN.stacks, new_states.OPEN.catchers) == ([], [])
    assert (GOING.attempts, GOING.undecided) == (0, ())


def test_what_a_failed_function_has_read_belongs_to_the_signature_of_its_caller():
    s, runs = brainstate.State(jnp.ones(3)), []

    @brainstate.transform.jit
    def inner():
        if s.value.shape == (3,):
            raise LookupError

    @brainstate.transform.jit
    def outer():
        runs.append(1)
        try:
            inner()
        except LookupError:
            return 1
        return 2

    assert outer() == outer() == 1
    s.value = jnp.ones(2)
    assert outer() == 2
    assert len(runs) == 2


def test_what_was_remembered_in_a_call_that_fails_is_forgotten():
    runs = []

    @brainstate.transform.jit
    def inner(x):
        runs.append(1)
        return x

    @brainstate.transform.jit
    def outer(x):
        inner(x)
        return "text"

    with pytest.raises(TypeError):
        outer(1.0)
    inner(1.0)
    inner(1.0)
    assert len(runs) == 2


def test_a_replaced_state_ceases_to_exist_at_once():
    class Cell:
        h = brainstate.State(jnp.zeros(2))

    brainstate.transform.jit(lambda: Cell.h.value + 1)()
    old = weakref.ref(Cell.h)
    gc.disable()
    try:
        Cell.h = brainstate.State(jnp.zeros(2))
        assert old() is None
    finally:
        gc.enable()


def test_results_and_constants_share_no_memory_with_arrays_of_the_user():
    mine = np.ones(1024, np.float32)
    f = brainstate.transform.jit(lambda x: (x, mine))
    first = f(mine)
    mine[:] = 5
    assert all((x == 1).all() for x in first)
    assert (f(np.zeros(1024, np.float32))[1] == 1).all()


def test_a_recording_in_progress_knows_its_own_states_and_not_those_of_a_bare_trace():
    s = brainstate.State(1.0)

    def write(x):
        s.value = x
        return x

    brainstate.transform.jit(write)(2.0)
    assert s.value == 2.0
    with pytest.raises(brainstate.TraceContextError):
        brainstate.transform.jit(lambda x: jax.lax.map(write, x))(jnp.ones(2))


def test_numbers_act_at_once_where_jax_is_told_so():
    def f(x):
        with jax.ensure_compile_time_eval():
            y = float(jax.nn.relu(jnp.arange(3.0) - 1).sum())
        return [x * y * 2]

    assert evaluate(record(f, [type_of(2.0)]), [[2.0]]) == [[4.0]]


def test_a_program_as_a_jaxpr_computes_the_same():
    def f(x):
        total, parts = jax.lax.scan(
            lambda c, y: (c + y, jax.lax.cond(c > 1, lambda: c, lambda: -y)), x, jnp.arange(3.0)
        )
        x = jax.lax.while_loop(lambda c: c < 9, lambda c: c * 2, x)
        return [total, parts, x, jax.nn.relu(x), jnp.linalg.inv(jnp.eye(2) * x)]

    program = record(f, [type_of(1.0)])
    jaxpr = as_jaxpr(program, ())
    assert [(v.shape, v.dtype) for v in jaxpr.out_avals] == [(a.type.shape, a.type.dtype) for a in program.outputs]
    found = jax.core.eval_jaxpr(getattr(jaxpr, "jaxpr", jaxpr), jaxpr.consts, 1.0)
    for x, y in zip(found, evaluate(program, [[1.0]])[0], strict=True):
        np.testing.assert_allclose(x, y)


def test_a_loop_has_the_types_that_its_body_gives():
    f = lambda x: jax.lax.scan(lambda c, y: (c + y, c), x, jnp.arange(3.0))  # noqa: E731
    total, parts = brainstate.transform.jit(f)(0.0)
    assert (total.weak_type, parts.weak_type) == tuple(x.weak_type for x in jax.jit(f)(0.0))
