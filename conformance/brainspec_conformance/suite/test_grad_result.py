"""The checks of `spec/36-grad.md`: what a call gives by arguments, and beside the gradients."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.grad_material import VALUES, assert_gradients, assert_near, loss_of
from brainspec_conformance.suite.jit_material import assert_arrays


@check("grad.result.argument@1")
@pytest.mark.parametrize("name", VALUES)
def test_a_gradient_has_the_structure_and_the_types_of_the_argument(impl: Any, name: str) -> None:
    make = VALUES[name]
    made, wanted = impl.transform.grad(loss_of), jax.grad(loss_of)(make())
    for _ in range(2):
        assert_gradients(made(make()), wanted)


@check("grad.result.argument@1")
@pytest.mark.parametrize("name", VALUES)
def test_zero_gradients_have_the_types_of_the_argument(impl: Any, name: str) -> None:
    value = VALUES[name]()
    assert_gradients(impl.transform.grad(lambda x: jnp.float32(1))(value), jax.tree.map(jnp.zeros_like, value))


# Functions beside their arguments.
FUNCTIONS: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "a product": (lambda x, y: x * y, (2.0, 3.0)),
    "a network": (
        lambda p, x: jnp.sum(jnp.tanh(x @ p["w"] + p["b"]) ** 2),
        ({"w": jnp.full((2, 3), 0.5), "b": jnp.arange(3.0)}, jnp.array([1.0, -2.0])),
    ),
    "an index": (lambda x, n: x[n] * x[0], (jnp.array([2.0, 3.0]), 1)),
    "a choice": (lambda x, y: jnp.where(x > y, x * 2, y * 3).sum(), (jnp.arange(3.0), jnp.ones(3))),
    "a maximum": (lambda x: jnp.max(x) * x[0], (jnp.array([1.0, 3.0, 2.0]),)),
    "a solution": (lambda a, b: jnp.linalg.solve(a, b).sum(), (jnp.array([[2.0, 0.5], [0.5, 1.0]]), jnp.ones(2))),
    "a narrow loss": (lambda x: (x * x).astype(jnp.float16), (2.0,)),
    "a constant": (lambda x: 1.0, (2.0,)),
    "a constant of NumPy": (lambda x: np.float32(1), (2.0,)),
    "the argument": (lambda x: x, (2.0,)),
    "any number of arguments": (lambda *xs: xs[0] * xs[-1], (2.0, 3.0, 4.0)),
}


@check("grad.result.argument@1")
@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_gradient_is_that_of_jax(impl: Any, name: str) -> None:
    f, args = FUNCTIONS[name]
    assert_gradients(impl.transform.grad(f)(*args), jax.grad(f)(*args))


@check("grad.result.argument@1")
@pytest.mark.parametrize("weak", [True, False])
def test_a_gradient_is_as_weak_as_what_it_is_asked_by(impl: Any, weak: bool) -> None:
    x, y = (2.0, jnp.asarray(3.0)) if weak else (jnp.float32(2), jnp.float32(3))
    found = impl.transform.grad(lambda p: p["x"] * p["y"] * jnp.float32(2))({"x": x, "y": y})
    assert [leaf.weak_type for leaf in jax.tree.leaves(found)] == [weak, weak]


def three(x: Any, y: Any, z: Any) -> Any:
    return x * y["a"] ** 2 + y["b"].sum() * z[0]


THREE: tuple[Any, ...] = (2.0, {"a": 3.0, "b": jnp.ones(2)}, (5.0, jnp.float16(7)))
NUMBERS: list[Any] = [None, 0, 1, 2, -1, -3, (0,), [1], (0, 1, 2), (2, 0), [-1, 0], (-3, -1), (1, -1, 0)]


@check("grad.result.argument@1")
@pytest.mark.parametrize("argnums", NUMBERS, ids=repr)
def test_the_asked_arguments_stand_in_the_order_of_the_asking(impl: Any, argnums: Any) -> None:
    of_each = jax.grad(three, argnums=(0, 1, 2))(*THREE)
    several = isinstance(argnums, (tuple, list))
    wanted = tuple(of_each[n] for n in argnums) if several else of_each[argnums or 0]

    assert_gradients(impl.transform.grad(three, argnums=argnums)(*THREE), wanted)


@check("grad.result.argument@1")
@pytest.mark.parametrize("argnums", [(0, 0), (1, 0, 1), (0, -2), [-1, 1, 1]], ids=repr)
def test_an_argument_that_is_asked_twice_has_the_same_gradient_at_each_place(impl: Any, argnums: Any) -> None:
    made = impl.transform.grad(lambda x, y: x**2 * y, argnums=argnums)
    each = 12.0, 4.0

    assert made(2.0, 3.0) == tuple(each[n % 2] for n in argnums)


@check("grad.result.argument@1")
def test_one_array_at_two_places_is_two_arguments(impl: Any) -> None:
    x = jnp.float32(3)

    assert impl.transform.grad(lambda x, y: x * 2 + y * 5)(x, x) == 2.0
    assert impl.transform.grad(lambda x, y: x * 2 + y * 5, argnums=(1, 0))(x, x) == (5.0, 2.0)
    assert impl.transform.grad(lambda p: p[0] * 2 + p[1] * 5)([x, x]) == [2.0, 5.0]


@check("grad.result.argument@1")
def test_each_call_is_about_its_own_arguments(impl: Any) -> None:
    made = impl.transform.grad(lambda x: (x**2).sum())

    assert [made(x) for x in (1.0, 2.0, jnp.float32(3), 4.0)] == [2.0, 4.0, 6.0, 8.0]
    assert made(jnp.ones(2)).tolist() == [2, 2]
    assert made(1.0) == 2.0


@check("grad.result.argument@1")
def test_python_branches_by_what_closes_over_are_taken_at_each_call(impl: Any) -> None:
    how = {"square": True}
    made = impl.transform.grad(lambda x: x**2 if how["square"] else x * 7)
    assert made(3.0) == 6.0
    how["square"] = False
    assert made(3.0) == 7.0


@check("grad.result.both@1", needs=["grad.result.argument@1", "grad.result.states@1"])
@pytest.mark.parametrize("argnums", [1, (0, 1), [-1], (1, 1)], ids=repr)
@pytest.mark.parametrize("form", ["alone", "tree"])
def test_both_are_the_pair_of_each_alone(impl: Any, argnums: Any, form: str) -> None:
    v, w = impl.ParamState(jnp.array([1.0, 2.0])), impl.State({"a": 3.0})
    asked = v if form == "alone" else {"first": [w, v]}

    def f(x: Any, y: Any) -> Any:
        return (v.value * x).sum() ** 2 * w.value["a"] * y

    wanted = (
        impl.transform.grad(f, asked)(2.0, 0.5),
        impl.transform.grad(f, argnums=argnums)(2.0, 0.5),
    )
    found = impl.transform.grad(f, asked, argnums=argnums)(2.0, 0.5)
    assert type(found) is tuple
    assert_gradients(found, wanted)
    assert_gradients(wanted[1], jax.tree.map(jnp.asarray, wanted_by(argnums)))


def wanted_by(argnums: Any) -> Any:
    each = 54.0, 108.0
    return tuple(each[n] for n in argnums) if isinstance(argnums, (tuple, list)) else each[argnums]


@check("grad.result.value@1", needs=["grad.result.argument@1"])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_loss_stands_behind_the_gradients(impl: Any, name: str) -> None:
    f, args = FUNCTIONS[name]
    value, gradient = jax.value_and_grad(f)(*args)
    found = impl.transform.grad(f, return_value=True)(*args)

    assert type(found) is tuple
    assert len(found) == 2
    assert_gradients(found[0], gradient)
    assert jnp.asarray(found[1]).dtype == jnp.asarray(value).dtype
    assert_near(jnp.asarray(found[1]), jnp.asarray(value))


@check("grad.result.value@1", needs=["grad.result.both@1"])
def test_the_loss_stands_behind_every_sort_of_gradients(impl: Any) -> None:
    w = impl.ParamState(2.0)

    def f(x: Any, y: Any) -> Any:
        w.value = w.value * x
        return w.value * y

    for options, wanted in (
        ({"argnums": (0, 1)}, (10.0, 6.0)),
        ({"grad_states": w}, 15.0),
        ({"grad_states": (w,), "argnums": [1]}, ((15.0,), (6.0,))),
    ):
        w.value = 2.0
        found: Any = impl.transform.grad(f, return_value=True, **options)(3.0, 5.0)
        assert found == (wanted, 30.0)


AUX: dict[str, Callable[[Any], Any]] = {
    "a number": lambda x: 3,
    "an array": lambda x: x * 2,
    "the argument": lambda x: x,
    "nothing": lambda x: None,
    "a tree": lambda x: {"a": [x, (x * 2, None)], "b": 5, "c": True},
    "a pair": lambda x: (x + 1, x + 2),
    "an integer array": lambda x: jnp.arange(3),
    "a key": lambda x: jax.random.key(0),
    "a comparison": lambda x: x > 1,
}


@check("grad.result.aux@1", needs=["grad.result.argument@1", "grad.result.value@1"])
@pytest.mark.parametrize("name", AUX)
@pytest.mark.parametrize("pair", [tuple, list])
def test_the_aux_comes_last_as_the_origin_gave_it(impl: Any, name: str, pair: Any) -> None:
    def f(x: Any) -> Any:
        return pair([x**2, AUX[name](x)])

    wanted = jax.tree.map(jnp.asarray, AUX[name](jnp.asarray(3.0)))
    gradient, aux = impl.transform.grad(f, has_aux=True)(3.0)
    assert gradient == 6.0
    assert_arrays(jax.tree.map(jnp.asarray, aux), wanted)
    found = impl.transform.grad(f, has_aux=True, return_value=True)(3.0)
    assert len(found) == 3
    assert found[:2] == (6.0, 9.0)
    assert_arrays(jax.tree.map(jnp.asarray, found[2]), wanted)


@check("grad.result.aux@1", needs=["grad.result.both@1"])
def test_the_aux_is_not_differentiated_and_may_read_states(impl: Any) -> None:
    w = impl.ParamState(2.0)

    def f(x: Any) -> Any:
        w.value = w.value * x
        return w.value * x, {"w": w.value, "seven": 7 * x * w.value}

    found = impl.transform.grad(f, [w], argnums=0, has_aux=True)(3.0)
    assert found == (([9.0], 12.0), {"w": 6.0, "seven": 126.0})
