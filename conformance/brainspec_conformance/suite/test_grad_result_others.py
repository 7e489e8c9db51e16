"""The checks of `spec/36-grad.md`: arguments that are not asked, and derivative rules of a user."""

import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.grad_material import assert_gradients
from brainspec_conformance.suite.jit_material import is_traced


class Config:
    """Something of a user that JAX does not know."""


NO_ARRAYS: dict[str, Any] = {
    "a flag": True,
    "an integer": 3,
    "a text": "text",
    "nothing": None,
    "a function": len,
    "a type": int,
    "an object": Config(),
    "a tuple of texts": ("a", "b"),
    "a set": frozenset({1}),
    "a dtype": np.dtype("float32"),
    "a slice": slice(1, 2),
}


@check("grad.result.others@1", needs=["grad.result.argument@1"])
@pytest.mark.parametrize("name", NO_ARRAYS)
def test_what_holds_no_array_reaches_the_origin_as_it_is(impl: Any, name: str) -> None:
    given, seen = NO_ARRAYS[name], []

    def f(x: Any, other: Any, y: Any, *, named: Any) -> Any:
        seen.extend([other, named])
        return x * y

    for argnums in (0, 2, (0, -1)):
        impl.transform.grad(f, argnums=argnums)(2.0, given, 3.0, named=given)
    assert len(seen) == 6
    assert all(one is given for one in seen)


@check("grad.result.others@1", needs=["grad.result.states@1"])
@pytest.mark.parametrize("name", NO_ARRAYS)
def test_so_it_does_where_states_are_asked(impl: Any, name: str) -> None:
    given, seen, w = NO_ARRAYS[name], [], impl.ParamState(2.0)

    def f(other: Any, *, named: Any) -> Any:
        seen.extend([other, named])
        return w.value * 3

    assert impl.transform.grad(f, w)(given, named=given) == 3.0
    assert seen[0] is seen[1] is given


@check("grad.result.others@1", needs=["grad.result.argument@1"])
def test_flags_and_numbers_decide_branches_and_loops(impl: Any) -> None:
    def f(x: Any, n: int, up: bool, *, by: float = 2.0, name: str = "plain") -> Any:
        for _ in range(n):
            x = x * by if up else x / by
        return x if name == "plain" else -x

    made = impl.transform.grad(f)
    assert (made(1.0, 3, True), made(1.0, 1, False)) == (8.0, 0.5)
    assert (made(1.0, 3, up=True, by=3.0), made(1.0, n=0, up=True, name="other")) == (27.0, -1.0)


OTHERS: dict[str, Callable[[], Any]] = {
    "an integer array": lambda: jnp.arange(3),
    "a NumPy integer array": lambda: np.arange(3),
    "an array of truths": lambda: np.array([True, False]),
    "a key": lambda: jax.random.key(3),
    "a float array": lambda: jnp.array([0.5, 2.0]),
    "a tree": lambda: {"a": [jnp.arange(2), (jnp.ones(2), None)], "b": np.float16(2)},
}


@check("grad.result.others@1", needs=["grad.result.argument@1", "grad.result.aux@1"])
@pytest.mark.parametrize("name", OTHERS)
def test_arrays_of_any_sort_reach_the_origin_with_their_numbers(impl: Any, name: str) -> None:
    def f(x: Any, other: Any, *, named: Any) -> Any:
        return x**2, (other, named)

    given = OTHERS[name]()
    gradient, found = impl.transform.grad(f, has_aux=True)(3.0, given, named=given)
    assert gradient == 6.0
    for one in found:
        assert_gradients(jax.tree.map(jnp.asarray, one), jax.tree.map(jnp.asarray, given))


@check("grad.result.others@1", needs=["grad.result.argument@1"])
def test_a_tree_of_arrays_and_texts_reaches_the_origin(impl: Any) -> None:
    def f(x: Any, tree: Any) -> Any:
        return x * tree["w"].sum() if tree["how"] == "plain" else x

    made = impl.transform.grad(f)
    assert made(1.0, {"w": jnp.ones(2), "how": "plain"}) == 2.0
    assert made(1.0, {"w": jnp.ones(2), "how": "other"}) == 1.0


@check("grad.result.others@1", needs=["grad.nest.jit@1"])
def test_what_holds_no_array_is_as_it_is_inside_a_jitted_function(impl: Any) -> None:
    made = impl.transform.grad(lambda x, n, how: x**n if how == "plain" else x)
    f = impl.transform.jit(lambda x: (made(x, 3, "plain"), made(x, 2, how="other")))

    assert f(2.0) == (12.0, 1.0)


@check("grad.result.others@1", needs=["grad.nest.grad@1"])
def test_what_is_not_asked_is_not_differentiated_by_the_inner_one(impl: Any) -> None:
    made = impl.transform.grad(impl.transform.grad(lambda x, y: x**2 * y**3), argnums=1)

    assert made(2.0, 3.0) == 2 * 2 * 3 * 9


@jax.custom_jvp
def forward(x: Any) -> Any:
    return x * x


@forward.defjvp
def forward_jvp(primals: Any, tangents: Any) -> Any:
    return forward(primals[0]), 7 * tangents[0]


@jax.custom_vjp
def reverse(x: Any) -> Any:
    return x * x


reverse.defvjp(lambda x: (x * x, x), lambda x, g: (11 * g * x,))


@functools.partial(jax.custom_vjp, nondiff_argnums=(1,))
def named(x: Any, how: str) -> Any:
    return x * x


named.defvjp(lambda x, how: (x * x, None), lambda how, _, g: (g * len(how),))


@jax.custom_vjp
def scaled(x: Any, by: Any) -> Any:
    return x


scaled.defvjp(lambda x, by: (x, by), lambda by, g: (g * by, None))


# Functions whose derivatives are not those of what they compute.
RULES: dict[str, Callable[[Any], Any]] = {
    "forward": forward,
    "reverse": reverse,
    "reverse with a text": lambda x: named(x, "abc"),
    "reverse with nothing for the second": lambda x: scaled(x * x, 2.5),
    "stopped": lambda x: x * jax.lax.stop_gradient(x),
    "stopped alone": jax.lax.stop_gradient,
    "all of them": lambda x: forward(reverse(x)) + named(jax.lax.stop_gradient(x) * x, "ab"),
    "jitted by JAX": lambda x: jax.jit(lambda y: forward(y) + reverse(y))(x),
    "mapped by JAX": lambda x: jax.vmap(lambda y: forward(y) * reverse(x))(jnp.stack([x, 2 * x])).sum(),
    "in a loop": lambda x: jax.lax.scan(lambda c, _: (reverse(c), None), x, length=2)[0],
    "in a branch": lambda x: jax.lax.cond(x > 1, forward, reverse, x),
}


@check("grad.result.custom@1", needs=["grad.result.argument@1"])
@pytest.mark.parametrize("name", RULES)
def test_rules_hold_by_arguments(impl: Any, name: str) -> None:
    f = RULES[name]
    for x in (0.5, 2.0):
        assert_gradients(impl.transform.grad(f)(x), jax.grad(f)(x))


@check("grad.result.custom@1", needs=["grad.result.states@1", "grad.state.written@1"])
@pytest.mark.parametrize("name", RULES)
def test_rules_hold_by_states(impl: Any, name: str) -> None:
    f, w, kept = RULES[name], impl.ParamState(2.0), impl.State(0.0)

    def origin() -> Any:
        kept.value = f(w.value)
        return kept.value * 3

    assert_gradients(impl.transform.grad(origin, w)(), jax.grad(lambda x: f(x) * 3)(2.0))
    assert kept.value == f(jnp.asarray(2.0))


@check("grad.result.custom@1", needs=["grad.nest.jit@1"])
@pytest.mark.parametrize("name", RULES)
def test_rules_hold_in_jitted_functions_around_and_inside(impl: Any, name: str) -> None:
    f = RULES[name]
    grad, jit = impl.transform.grad, impl.transform.jit
    wanted = jax.grad(f)(2.0)

    assert_gradients(jit(grad(f))(2.0), wanted)
    assert_gradients(grad(jit(f))(2.0), wanted)


@check("grad.result.custom@1", needs=["grad.result.argument@1"])
def test_a_rule_may_use_what_is_around_it(impl: Any) -> None:
    scale = impl.State(5.0)

    def f(x: Any) -> Any:
        @jax.custom_jvp
        def inner(y: Any) -> Any:
            return y

        inner.defjvp(lambda primals, tangents: (primals[0], tangents[0] * factor))
        factor = scale.value
        return inner(x) * x

    assert impl.transform.grad(f)(3.0) == 18.0
    assert not is_traced(scale.value)
