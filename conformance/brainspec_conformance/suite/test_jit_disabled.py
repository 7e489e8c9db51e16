"""The checks of `spec/30-jit.md`: calls under `jax.disable_jit`."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import is_traced, jitted, key_bits
from brainspec_conformance.suite.random_material import halves


@check("jit.disabled.plain@1")
def test_the_origin_runs_at_each_call(impl: Any) -> None:
    runs: Any = []
    f = impl.transform.jit(lambda x: (runs.append(x), x + 1)[1])
    with jax.disable_jit():
        outs = [f(1.5), f(1.5), f(2)]

    assert outs == [2.5, 2.5, 3]
    assert [type(out) for out in outs] == [float, float, int]
    assert runs == [1.5, 1.5, 2]


@check("jit.disabled.plain@1")
@pytest.mark.parametrize("options", [{}, {"static_argnums": 1}, {"donate_argnums": 0}, {"inline": True}], ids=str)
def test_arguments_and_results_are_the_objects_that_they_are(impl: Any, options: Any) -> None:
    f = impl.transform.jit(lambda x, y, *, z: (x, y, z), **options)
    given: list[Any] = [1000, "text", {"a": [np.ones(2)]}, jnp.ones(2), object(), None]
    with jax.disable_jit():
        for x in given:
            out = f(x, given[1], z=given[2])
            assert type(out) is tuple
            assert [one is other for one, other in zip(out, (x, given[1], given[2]))] == [True] * 3
    assert given[3].tolist() == [1, 1]


@check("jit.disabled.plain@1")
def test_python_may_look_at_numbers(impl: Any) -> None:
    def f(x: Any) -> Any:
        return "positive" if x > 0 else ["negative", float(x)]

    made = impl.transform.jit(f)
    with jax.disable_jit():
        assert [made(jnp.float32(1)), made(-2.0)] == ["positive", ["negative", -2.0]]


@check("jit.disabled.plain@1", needs=["state.value.identity@1", "state.value.written@1"])
def test_a_state_holds_the_very_object_that_was_written(impl: Any) -> None:
    state, seen = impl.State(np.ones(2)), list[Any]()
    held, value = state.value, {"other": "structure"}

    @jitted(impl)
    def f(x: Any) -> None:
        seen.append(state.value)
        state.value = x

    with jax.disable_jit():
        for x in (3, value):
            f(x)
            assert state.value is x
    assert [one is other for one, other in zip(seen, [held, 3])] == [True, True]


@check("jit.disabled.plain@1", needs=["random.draw.rule@1"])
def test_draws_are_those_of_plain_python(impl: Any) -> None:
    state = impl.random.RandomState(0)
    f = impl.transform.jit(lambda: state.random(key=None))
    new, sub = halves(jax.random.key(0))
    with jax.disable_jit():
        assert f() == jax.random.uniform(sub)
    assert key_bits(state) == jax.random.key_data(new).tolist()


@check("jit.disabled.plain@1", needs=["state.stack.records@1", "state.stack.writes@1"])
def test_touches_are_those_of_plain_python(impl: Any) -> None:
    a, b = impl.State(1.0), impl.State(2.0)

    @jitted(impl)
    def f(x: Any) -> Any:
        if x > 0:
            b.value = x
        return a.value

    with jax.disable_jit(), impl.StateTraceStack() as one:
        f(-1.0)
    with jax.disable_jit(), impl.StateTraceStack() as other:
        f(1.0)
    assert (one.states, one.been_writen) == ([a], [False])
    assert (other.states, other.been_writen) == ([b, a], [True, False])


@check("jit.disabled.plain@1")
def test_inner_functions_run_in_plain_python_too(impl: Any) -> None:
    seen: Any = []
    inner = impl.transform.jit(lambda x: (seen.append(x), x * 2)[1])
    outer = impl.transform.jit(lambda x: inner(x) + inner(x))
    with jax.disable_jit():
        assert (outer(3), outer(3)) == (12, 12)

    assert seen == [3, 3, 3, 3]


@check("jit.disabled.plain@1", needs=["jit.nest.inside@1"])
def test_an_inner_function_runs_in_plain_python_in_an_origin(impl: Any) -> None:
    seen: Any = []
    inner = impl.transform.jit(lambda x, how: (seen.append(x), x * len(how))[1])

    @jitted(impl)
    def outer(x: Any) -> Any:
        with jax.disable_jit():
            out = inner(x, "ab") + inner(x, "ab")
        assert [each is x for each in seen] == [True, True]
        return out

    assert (outer(3.0), outer(5.0)) == (12.0, 20.0)
    assert len(seen) == 2


@check("jit.disabled.plain@1", needs=["jit.form.method@1"])
def test_a_method_runs_in_plain_python_too(impl: Any) -> None:
    class Cell:
        @jitted(impl)
        def me(self, x: Any) -> Any:
            return self, x

    cell = Cell()
    with jax.disable_jit():
        assert cell.me("x") == (cell, "x")


@check("jit.disabled.plain@1", needs=["jit.trace.once@1"])
def test_what_is_remembered_is_not_used(impl: Any) -> None:
    seen: Any = []
    f = impl.transform.jit(lambda x: (seen.append(is_traced(x)), x + 1)[1])
    f(1.0), f(1.0)
    with jax.disable_jit():
        assert type(f(1.0)) is float
    with jax.disable_jit(), jax.disable_jit(False):
        assert f(1.0) == 2.0

    assert seen == [True, False]


@check("jit.disabled.plain@1")
def test_an_exception_comes_out_as_it_is(impl: Any) -> None:
    error = LookupError("mine")

    @jitted(impl)
    def f() -> None:
        raise error

    with jax.disable_jit(), pytest.raises(LookupError) as raised:
        f()
    assert raised.value is error


@check("jit.disabled.nothing-kept@1", needs=["jit.disabled.plain@1", "jit.trace.once@1"])
def test_nothing_is_remembered_and_nothing_forgotten(impl: Any) -> None:
    runs: Any = []
    f = impl.transform.jit(lambda x: runs.append(x))
    with jax.disable_jit():
        f(1.0), f(1.0)
    assert len(runs) == 2
    f(1.0), f(2.0)
    assert len(runs) == 3
    with jax.disable_jit():
        f(1.0), f(1.0)
    assert len(runs) == 5
    f(3.0)
    assert len(runs) == 5


@check("jit.disabled.nothing-kept@1", needs=["jit.disabled.plain@1", "state.value.written@1"])
def test_states_that_are_born_live_on(impl: Any) -> None:
    found: list[Any] = []

    @jitted(impl)
    def f(x: Any) -> Any:
        found.append(impl.State(x))
        found[-1].value = {"twice": x * 2}
        found.append(impl.random.RandomState(0))
        return found[-1].random()

    with jax.disable_jit():
        f(2.0), f(jnp.ones(2))
    assert found[0].value == {"twice": 4.0}
    assert found[2].value["twice"].tolist() == [2, 2]
    assert found[1].random() == found[3].random()
