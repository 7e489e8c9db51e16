"""The checks of `spec/30-jit.md`: programs as jaxprs, and as functions of the values of states."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.extend.core import jaxpr_as_fun

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_counts_material import (
    TYPES,
    Boxed,
    ClosedJaxpr,
    Counted,
    assert_describes,
    first_of,
    shaped,
    stateful,
    unchanged,
)


def types_of(avals: Any) -> list[tuple[tuple[int, ...], str]]:
    return [(aval.shape, str(aval.dtype)) for aval in avals]


def evaluated(jaxpr: Any, *inputs: Any) -> list[Any]:
    """What a jaxpr gives, as Python numbers and lists."""
    run: Any = jaxpr_as_fun
    return [np.asarray(out).tolist() for out in run(jaxpr)(*map(jnp.asarray, inputs))]


@check("jit.open.jaxpr@1")
def test_a_jaxpr_takes_arguments_and_then_states(impl: Any) -> None:
    first, second, third = impl.State(np.zeros((), np.int8)), impl.State(np.zeros((1,), np.int8)), impl.State(None)
    third.value = {"b": np.zeros((2,), np.int8), "a": np.zeros((3,), np.int8)}

    def origin(x: Any, y: Any, *, z: Any) -> Any:
        third.value["a"]
        first.value = second.value[0]
        second.value  # noqa: B018
        return {"d": y["q"], "c": (z, x)}

    g = impl.transform.StatefulFunction(origin)
    jaxpr = g.get_jaxpr(np.float32(1), {"q": np.ones(4, np.int32), "p": 1.0}, z=np.ones(5, np.bool_))
    assert isinstance(jaxpr, ClosedJaxpr)
    assert types_of(jaxpr.in_avals) == [
        ((), "float32"),
        ((), "float32"),
        ((4,), "int32"),
        ((5,), "bool"),
        ((3,), "int8"),
        ((2,), "int8"),
        ((1,), "int8"),
        ((), "int8"),
    ]
    assert types_of(jaxpr.out_avals) == [((5,), "bool"), ((), "float32"), ((4,), "int32"), ((), "int8")]


@check("jit.open.jaxpr@1")
def test_a_jaxpr_computes_results_and_then_written_states(impl: Any) -> None:
    a, b, c = impl.State(0.0), impl.State({"n": 0.0, "m": 0.0}), impl.ParamState(0.0)

    def origin(x: Any, y: Any) -> Any:
        b.value = {"m": b.value["n"] + x, "n": b.value["m"] + y}
        a.value = c.value * 100
        return {"z": x - y, "k": c.value}

    jaxpr = impl.transform.StatefulFunction(origin).get_jaxpr(0.0, 0.0)
    # In: x, y, b's m and n, c, a. Out: k, z, b's m and n, a.
    assert evaluated(jaxpr, 1.0, 2.0, 10.0, 20.0, 3.0, 7.0) == [3.0, -1.0, 21.0, 12.0, 300.0]


@check("jit.open.jaxpr@1")
def test_the_states_of_a_jaxpr_stand_in_the_order_of_the_first_touch(impl: Any) -> None:
    states = [impl.State(float(n)) for n in range(4)]

    def origin() -> None:
        states[2].value = states[3].value
        states[0].value = states[1].value
        states[3].value = states[0].value + states[2].value

    # In: 3, 2, 1, 0. Out: 3, 2, 0.
    assert evaluated(impl.transform.StatefulFunction(origin).get_jaxpr(), 3.0, 20.0, 5.0, 60.0) == [8.0, 3.0, 5.0]


@check("jit.open.jaxpr@1")
def test_inputs_that_are_not_used_are_there(impl: Any) -> None:
    written, read = impl.State(np.ones(2)), impl.State(np.ones(3, np.float32))

    def origin(x: Any, y: Any) -> Any:
        read.value, written.value = read.value * 1, jnp.zeros(4)
        return y, y

    jaxpr = impl.transform.StatefulFunction(origin).get_jaxpr(np.ones(5, np.float32), np.ones(6, np.float32))
    assert [aval.shape for aval in jaxpr.in_avals] == [(5,), (6,), (3,), (2,)]
    assert [aval.shape for aval in jaxpr.out_avals] == [(6,), (6,), (3,), (4,)]


@check("jit.open.jaxpr@1")
def test_a_state_that_is_only_read_is_no_output(impl: Any) -> None:
    state = impl.State(np.ones(3, np.float32))
    jaxpr = impl.transform.StatefulFunction(lambda x: state.value.sum() * x).get_jaxpr(1.0)

    assert types_of(jaxpr.in_avals) == [((), "float32"), ((3,), "float32")]
    assert types_of(jaxpr.out_avals) == [((), "float32")]


@check("jit.open.jaxpr@1", needs=["jit.static.both@1"])
def test_static_arguments_and_constants_are_no_inputs(impl: Any) -> None:
    table = jnp.arange(3.0)
    g = impl.transform.StatefulFunction(lambda x, n, y: (x + table) * n + y, static_argnums=1)
    jaxpr = g.get_jaxpr(1.0, 3, y=np.float32(2))

    assert types_of(jaxpr.in_avals) == [((), "float32"), ((), "float32")]
    assert evaluated(jaxpr, 10.0, 1.0) == [[31.0, 34.0, 37.0]]


@check("jit.open.jaxpr@1", needs=["jit.trace.states@1"])
def test_a_jaxpr_is_the_one_for_what_states_hold(impl: Any) -> None:
    state = impl.State(np.ones(2, np.float32))

    def origin() -> None:
        state.value = jnp.concatenate([state.value, state.value])

    g = impl.transform.StatefulFunction(origin)
    for size in (2, 3, 2):
        state.value = np.ones(size, np.float32)
        jaxpr = g.get_jaxpr()
        assert [aval.shape for aval in (*jaxpr.in_avals, *jaxpr.out_avals)] == [(size,), (2 * size,)]


@check("jit.open.jaxpr@1")
@pytest.mark.parametrize("name", TYPES)
def test_a_jaxpr_has_an_input_for_every_leaf(impl: Any, name: str) -> None:
    value, state = first_of(name), impl.State(first_of(name))

    def origin(x: Any) -> Any:
        state.value = state.value
        return x

    jaxpr = impl.transform.StatefulFunction(origin).get_jaxpr(value)
    expected = [(jnp.shape(leaf), str(jnp.asarray(leaf).dtype)) for leaf in jax.tree.leaves(value)]
    assert types_of(jaxpr.in_avals) == types_of(jaxpr.out_avals) == 2 * expected


def structured(tree: Any) -> Any:
    return jax.tree.structure(tree)


def counting(impl: Any) -> tuple[Any, Any, Any, Any]:
    """An origin that reads one state, writes a second, and updates a third, and the states in the order of the touch."""
    total, rate, last = impl.State({"n": jnp.zeros(2)}), impl.ParamState(3.0), impl.State(0)

    def origin(x: Any, *, y: Any = 1.0) -> Any:
        total.value = {"n": total.value["n"] + x * rate.value}
        last.value = jnp.asarray(x * y, jnp.float32)
        return {"n": total.value["n"] * 10, "none": None}

    return origin, total, rate, last


@check("jit.open.pure@1")
def test_a_program_is_a_function_of_the_values_of_states(impl: Any) -> None:
    origin, total, rate, last = counting(impl)
    g = impl.transform.StatefulFunction(origin)
    with unchanged(impl, total, rate, last), impl.StateTraceStack() as stack:
        values, out = g.jaxpr_call(({"n": jnp.array([1.0, 2.0])}, 5.0, 7), 2.0, y=4.0)

    assert stack.states == []
    assert isinstance(values, tuple)
    assert [np.asarray(leaf).tolist() for leaf in jax.tree.leaves(values)] == [[11.0, 12.0], 5.0, 8.0]
    assert structured([values, out]) == structured([({"n": 0}, 0, 0), {"n": 0, "none": None}])
    assert out["n"].tolist() == [110.0, 120.0]


@check("jit.open.pure@1", needs=["jit.open.states@1"])
def test_values_stand_in_the_order_of_the_states(impl: Any) -> None:
    origin, *states = counting(impl)
    g = impl.transform.StatefulFunction(origin)
    values, _ = g.jaxpr_call(tuple(state.value for state in g.get_states(2.0)), 2.0)
    g(2.0)

    assert list(g.get_states(2.0)) == states
    for value, state in zip(values, states):
        assert np.array_equal(*jax.tree.leaves([value, state.value]))


@check("jit.open.pure@1", needs=["jit.state.written@1"])
def test_a_program_carries_states_from_call_to_call(impl: Any) -> None:
    origin, *states = counting(impl)
    g = impl.transform.StatefulFunction(origin)
    g(1.0)
    values = tuple(state.value for state in states)
    with unchanged(impl, *states):
        for x in (1.0, 2.0, 3.0):
            values, out = g.jaxpr_call(values, x)
    for x in (1.0, 2.0, 3.0):
        expected = g(x)

    assert out["n"].tolist() == expected["n"].tolist() == [210.0, 210.0]
    assert values[0]["n"].tolist() == states[0].value["n"].tolist() == [21.0, 21.0]
    assert (values[1], values[2]) == (3.0, 3.0)


@check("jit.open.pure@1", needs=["jit.trace.once@1", "jit.static.declared@1"])
def test_a_program_that_is_remembered_is_called_without_running_the_origin(impl: Any) -> None:
    state = impl.State(jnp.float32(1))
    g = stateful(impl, lambda x, n: state.value * x * n, static_argnums=1)
    g(1.0, 2)

    assert g.function.jaxpr_call((jnp.float32(5),), 3.0, 2) == ((5.0,), 30.0)
    assert g.ran(1.0, 2) == 0
    assert state.value == 1.0


@check("jit.open.pure@1")
def test_a_program_without_states_is_a_function_of_its_arguments(impl: Any) -> None:
    assert impl.transform.StatefulFunction(lambda x: x * 2).jaxpr_call((), 3.0) == ((), 6.0)


@check("jit.open.pure@1", needs=["jit.state.random@1"])
def test_a_program_draws_from_the_key_that_it_is_given(impl: Any) -> None:
    stream, other = impl.random.RandomState(0), impl.random.RandomState(1)
    g = impl.transform.StatefulFunction(lambda: stream.random((2,)))
    (key,), drawn = g.jaxpr_call((other.value,))

    assert drawn.tolist() == other.random((2,)).tolist()
    assert jax.random.key_data(key).tolist() == jax.random.key_data(other.value).tolist()
    assert stream.random((2,)).tolist() == impl.random.RandomState(0).random((2,)).tolist()


@check("jit.open.make-jaxpr@1", needs=["jit.open.jaxpr@1", "jit.open.states@1"])
def test_making_a_jaxpr_gives_it_with_the_states(impl: Any) -> None:
    origin, total, rate, last = counting(impl)
    with unchanged(impl, total, rate, last):
        made = impl.transform.make_jaxpr(origin)(2.0, y=4.0)

    assert isinstance(made, tuple)
    assert len(made) == 2
    assert isinstance(made[0], ClosedJaxpr)
    assert made[1] == (total, rate, last)
    assert evaluated(made[0], 2.0, 4.0, [1.0, 2.0], 5.0, 7) == [[110.0, 120.0], [11.0, 12.0], 8.0]


@check("jit.open.make-jaxpr@1", needs=["jit.open.jaxpr@1", "jit.open.shapes@1"])
def test_making_a_jaxpr_gives_the_shapes_too(impl: Any) -> None:
    origin, total, rate, last = counting(impl)
    jaxpr, states, shapes = impl.transform.make_jaxpr(origin, return_shape=True)(np.ones(2, np.float32))

    assert [aval.shape for aval in jaxpr.in_avals] == [(2,), (2,), (), ()]
    assert states == (total, rate, last)
    assert_describes(shapes, {"n": shaped((2,)), "none": None})


@check("jit.open.make-jaxpr@1", needs=["jit.static.both@1", "jit.open.jaxpr@1"])
@pytest.mark.parametrize("options", [{"static_argnums": 1}, {"static_argnames": "n"}], ids=str)
def test_making_a_jaxpr_takes_static_arguments(impl: Any, options: dict[str, Any]) -> None:
    make = impl.transform.make_jaxpr(lambda x, n: x.leaf * len(n), **options)

    for jaxpr, states in (make(Boxed(1.0, "mV"), "abc"), make(Boxed(1.0, "mV"), n="abc")):
        assert (evaluated(jaxpr, 2.0), states) == ([6.0], ())


@check("jit.open.make-jaxpr@1", needs=["jit.trace.states@1"])
def test_a_jaxpr_is_made_for_each_call(impl: Any) -> None:
    state = impl.State(np.ones(2, np.float32))
    make = Counted(impl, lambda x: state.value * x, impl.transform.make_jaxpr)
    found = []
    for value, x in [(np.ones(2, np.float32), 1.0), (np.ones(3, np.float32), 1.0), (1.0, np.ones(4, np.float32))]:
        state.value = value
        found.append([aval.shape for aval in make(x)[0].in_avals])

    assert found == [[(), (2,)], [(), (3,)], [(4,), ()]]
