"""The checks of `spec/36-grad.md`: how often an origin runs."""

import functools
from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_counts_material import Counted

# Options, with the states `w` and `v` that the origin reads and writes.
OPTIONS: dict[str, Callable[[Any, Any], dict[str, Any]]] = {
    "none": lambda w, v: {},
    "several arguments": lambda w, v: {"argnums": (0, 1, 0)},
    "a state": lambda w, v: {"grad_states": w},
    "several states": lambda w, v: {"grad_states": [v, w, v]},
    "both": lambda w, v: {"grad_states": {"v": v}, "argnums": [1]},
    "the value too": lambda w, v: {"return_value": True},
    "without the check": lambda w, v: {"grad_states": [w, v], "check_states": False},
}


@check("grad.count.each@1", needs=["grad.result.both@1"])
@pytest.mark.parametrize("name", OPTIONS)
def test_each_call_runs_the_origin_once(impl: Any, name: str) -> None:
    w, v, steps = impl.ParamState(jnp.float32(2)), impl.State(jnp.ones(2)), impl.State(0)

    def f(x: Any, y: Any) -> Any:
        steps.value = steps.value + 1
        v.value = v.value * w.value
        return v.value.sum() * x * y

    made = Counted(impl, f, impl.transform.grad, **OPTIONS[name](w, v))
    args: list[tuple[Any, Any]] = [(1.0, 2.0), (1.0, 2.0), (jnp.float32(1), 3.0)]
    assert [made.ran(*each) for each in args] == [1, 1, 1]
    assert steps.value == 3


@check("grad.count.each@1", needs=["grad.result.aux@1"])
def test_an_origin_with_an_aux_runs_once(impl: Any) -> None:
    made = Counted(impl, lambda x: (x**2, x), impl.transform.grad, has_aux=True, return_value=True)

    assert [made.ran(1.0), made.ran(1.0)] == [1, 1]


@check("grad.count.each@1", needs=["grad.state.random@1"])
def test_an_origin_that_draws_runs_once(impl: Any) -> None:
    stream = impl.random.RandomState(0)
    made = Counted(impl, lambda x: x * stream.random(), impl.transform.grad)

    assert [made.ran(1.0), made.ran(1.0)] == [1, 1]


@check("grad.count.each@1", needs=["grad.nest.grad@1"])
def test_each_level_runs_once(impl: Any) -> None:
    grad = impl.transform.grad
    inner = Counted(impl, lambda x: x**4, grad)
    middle = Counted(impl, lambda x: inner(x) * x, grad)
    outer = Counted(impl, lambda x: middle(x) + inner(x), grad)

    for n in (1, 2):
        assert outer(1.0) == 60.0
        assert (outer.runs, middle.runs, inner.runs) == (n, n, 2 * n)


@check("grad.count.each@1", needs=["grad.nest.jit@1"])
def test_the_origin_runs_once_for_each_trace_around(impl: Any) -> None:
    made = Counted(impl, lambda x: (x**2).sum(), impl.transform.grad)
    f = impl.transform.jit(made)
    xs: list[Any] = [1.0, 2.0, jnp.ones(2), 3.0, jnp.zeros(2)]
    ran = [made.during(functools.partial(f, x)) for x in xs]

    assert ran == [1, 0, 1, 0, 0]


@check("grad.count.each@1", needs=["grad.nest.jit@1"])
def test_an_origin_beside_a_jitted_function_runs_each_time(impl: Any) -> None:
    inner = Counted(impl, lambda x: x**2)
    made = Counted(impl, lambda x: inner(x) * 3, impl.transform.grad)

    assert [made.ran(jnp.float32(1)) for _ in range(3)] == [1, 1, 1]
    assert inner.ran(jnp.float32(1)) <= 1
    assert made(jnp.float32(2)) == 12.0


@check("grad.count.each@1", needs=["grad.form.method@1"])
def test_a_method_runs_once(impl: Any) -> None:
    runs = []

    def loss(self: Any, x: Any) -> Any:
        runs.append(self)
        return x**2

    made = type("Users", (), {"loss": impl.transform.grad(loss)})()
    made.loss(1.0), made.loss(1.0)
    assert len(runs) == 2


@check("grad.count.each@1", needs=["grad.failure.unchanged@1"])
def test_a_call_that_fails_runs_the_origin_once_too(impl: Any) -> None:
    fails = [True]

    def f(x: Any) -> Any:
        if fails:
            raise LookupError
        return x**2

    made = Counted(impl, f, impl.transform.grad)
    with pytest.raises(LookupError):
        made(1.0)
    assert made.runs == 1
    fails.clear()
    assert made(3.0) == 6.0
    assert made.runs == 2
