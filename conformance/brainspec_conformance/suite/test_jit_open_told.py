"""The checks of `spec/30-jit.md`: what a stateful function tells of its programs without running one."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_counts_material import ClosedJaxpr, assert_describes, shaped, stateful, unchanged


def three(impl: Any) -> tuple[Any, Any, Any, Any]:
    """An origin that touches three states: it writes the first, reads the second, and reads and writes the third."""
    a, b, c = impl.State(jnp.zeros(())), impl.ParamState(jnp.ones(2)), impl.ShortTermState({"n": 0.0})

    def origin(x: Any) -> Any:
        c.value = {"n": c.value["n"] + x}
        total = b.value.sum()
        a.value = total * x
        return c.value["n"], None

    return origin, a, b, c


@check("jit.open.states@1")
def test_the_states_of_a_call_stand_in_the_order_of_the_first_touch(impl: Any) -> None:
    origin, a, b, c = three(impl)
    g = impl.transform.StatefulFunction(origin)
    for _ in range(2):
        assert g.get_states(1.0) == (c, b, a)
        assert g.get_read_states(1.0) == (b,)
        assert g.get_write_states(1.0) == (c, a)
        g(1.0)


@check("jit.open.states@1")
def test_a_function_without_states_has_none(impl: Any) -> None:
    state = impl.State(1.0, name="v")
    g = impl.transform.StatefulFunction(lambda x: (impl.State(x).value, len(state.name)))

    assert (g.get_states(1.0), g.get_read_states(1.0), g.get_write_states(1.0)) == ((), (), ())


@check("jit.open.states@1")
def test_a_state_of_several_names_is_one(impl: Any) -> None:
    state = impl.State(1.0)
    names = {"a": state, "b": state}

    def origin() -> None:
        names["b"].value = names["a"].value * 2

    g = impl.transform.StatefulFunction(origin)
    assert (g.get_states(), g.get_read_states(), g.get_write_states()) == ((state,), (), (state,))


@check("jit.open.states@1")
def test_a_write_of_what_was_read_is_a_write(impl: Any) -> None:
    state = impl.State(1.0)

    def origin() -> None:
        state.value = state.value

    assert impl.transform.StatefulFunction(origin).get_write_states() == (state,)


@check("jit.open.states@1", needs=["jit.static.signature@1", "jit.trace.states@1"])
def test_the_states_of_a_call_are_those_for_its_arguments(impl: Any) -> None:
    a, b, c = impl.State(1.0), impl.State(2.0), impl.State(3.0)
    by = {"a": a, "b": b}
    g = impl.transform.StatefulFunction(
        lambda n, x: by[n].value if jnp.ndim(x) else by[n].value * c.value, static_argnums=0
    )

    assert (g.get_states("a", 1.0), g.get_states("b", 1.0)) == ((a, c), (b, c))
    assert (g.get_states("a", jnp.ones(2)), g.get_states("b", jnp.ones(2))) == ((a,), (b,))
    assert g.get_read_states("a", 2.0) == (a, c)


@check("jit.open.states@1", needs=["jit.nest.inside@1"])
def test_the_states_of_an_inner_function_are_states_of_the_outer(impl: Any) -> None:
    origin, a, b, c = three(impl)
    inner, other = impl.transform.jit(origin), impl.State(1.0)
    inner(1.0)
    g = impl.transform.StatefulFunction(lambda x: inner(x * other.value))

    assert g.get_states(1.0) == (other, c, b, a)
    assert g.get_write_states(1.0) == (c, a)


@check("jit.open.states@1", needs=["jit.state.random@1"])
def test_a_random_state_is_written(impl: Any) -> None:
    stream = impl.random.RandomState(0)

    assert impl.transform.StatefulFunction(lambda: stream.random()).get_write_states() == (stream,)


@check("jit.open.shapes@1", needs=["jit.ahead.eval-shape@1"])
def test_shapes_and_structure_of_a_result_are_told(impl: Any) -> None:
    state = impl.State(jnp.ones(3))
    g = impl.transform.StatefulFunction(lambda x, n: {"a": (state.value * x, None), "b": [n]}, static_argnums=1)
    for x in (np.ones((2, 1), np.float32), 2.0):
        for _ in range(2):
            assert_describes(
                g.get_out_shapes(x, 7), {"a": (x * np.ones(3, np.float32), None), "b": [shaped((), np.int32)]}
            )
            assert g.get_out_treedef(x, 7) == jax.tree.structure({"a": (0, None), "b": [0]})
            g(x, 7)


@check("jit.open.shapes@1", needs=["jit.ahead.eval-shape@1"])
@pytest.mark.parametrize("result", [None, (), 1.5, [None, 2]], ids=repr)
def test_shapes_and_structure_of_plain_results_are_told(impl: Any, result: Any) -> None:
    g = impl.transform.StatefulFunction(lambda: result)

    assert g.get_out_treedef() == jax.tree.structure(result)
    assert_describes(g.get_out_shapes(), jax.tree.map(jnp.asarray, result))


ACCESSORS = ["jaxpr", "states", "read_states", "write_states", "out_shapes", "out_treedef"]


def shown(found: Any) -> Any:
    """What can be compared: a jaxpr by the types of what goes in and comes out."""
    return (
        [list(map(str, avals)) for avals in (found.in_avals, found.out_avals)]
        if isinstance(found, ClosedJaxpr)
        else found
    )


@check("jit.open.by-cache@1", needs=["jit.open.key@1"])
@pytest.mark.parametrize("name", ACCESSORS)
def test_an_accessor_by_key_gives_what_it_gives_for_arguments(impl: Any, name: str) -> None:
    origin, *_ = three(impl)
    g = impl.transform.StatefulFunction(origin)
    g(1.0), g(1)
    told, told_by_key = getattr(g, f"get_{name}"), getattr(g, f"get_{name}_by_cache")

    for x in (1.0, 1):
        assert shown(told_by_key(g.get_arg_cache_key(x))) == shown(told(x))


@check("jit.open.by-cache@1", needs=["jit.open.key@1"])
@pytest.mark.parametrize("name", ACCESSORS)
def test_an_accessor_by_key_knows_what_an_accessor_made(impl: Any, name: str) -> None:
    origin, *_ = three(impl)
    g = stateful(impl, origin)
    told, told_by_key = getattr(g.function, f"get_{name}"), getattr(g.function, f"get_{name}_by_cache")
    expected, before = shown(told(1.0)), g.runs

    assert shown(told_by_key(g.function.get_arg_cache_key(5.0))) == expected
    assert g.runs == before


@check("jit.open.by-cache@1", needs=["jit.open.key@1", "jit.trace.states@1"])
def test_an_accessor_by_key_speaks_of_the_program_that_was_used_last(impl: Any) -> None:
    state, other = impl.State(1.0), impl.State(2.0)
    g = impl.transform.StatefulFunction(
        lambda x: state.value * x if jnp.ndim(state.value) else other.value * state.value
    )
    key, small, large = g.get_arg_cache_key(1.0), 1.0, jnp.ones(2)

    for value, states, shape in [(small, (state, other), ()), (large, (state,), (2,)), (small, (state, other), ())]:
        state.value = value
        g(1.0)
        assert g.get_states_by_cache(key) == states
        assert g.get_out_shapes_by_cache(key).shape == shape
    state.value = large
    assert g.get_states_by_cache(key) == (state, other)


Look = Callable[[Any], object]


def by_arguments(name: str) -> Look:
    return lambda g: getattr(g, f"get_{name}")(1.0)


def by_key(name: str) -> Look:
    return lambda g: (g.get_jaxpr(1.0), getattr(g, f"get_{name}_by_cache")(g.get_arg_cache_key(1.0)))


LOOKS = [lambda g: g.get_arg_cache_key(1.0), *map(by_arguments, ACCESSORS), *map(by_key, ACCESSORS)]


def watched(impl: Any) -> tuple[Any, list[Any], list[float]]:
    """A stateful function, the states that it touches, and the arguments with which its program was run."""
    seen: list[float] = []
    state, tree, stream = impl.State(0.0), impl.State({"a": np.ones(2, np.float32)}), impl.random.RandomState(0)

    def origin(x: Any) -> Any:
        jax.debug.callback(lambda y: seen.append(float(y)), x)
        state.value = state.value + x
        tree.value = {"a": tree.value["a"] * 2}
        stream.split_key(), impl.random.split_key()
        return x

    return impl.transform.StatefulFunction(origin), [state, tree, stream], seen


def settle() -> None:
    wait: Any = jax.effects_barrier
    wait()


@check("jit.open.changes-nothing@1")
@pytest.mark.parametrize("look", LOOKS, ids=["key", *ACCESSORS, *(f"{name} by key" for name in ACCESSORS)])
def test_looking_inside_before_a_call_changes_nothing_and_runs_nothing(impl: Any, look: Look) -> None:
    g, states, seen = watched(impl)
    with unchanged(impl, *states):
        look(g)
    settle()

    assert seen == []


@check("jit.open.changes-nothing@1", needs=["jit.nest.callbacks@1"])
def test_looking_inside_after_a_call_changes_nothing_and_runs_nothing(impl: Any) -> None:
    g, states, seen = watched(impl)
    g(3.0)
    with unchanged(impl, *states):
        for look in LOOKS:
            look(g)
    settle()

    assert seen == [3.0]
