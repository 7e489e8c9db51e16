"""The checks of `spec/36-grad.md`: gradient functions in each other and beside jitted ones."""

from typing import Any

import jax
import jax.numpy as jnp
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.grad_material import assert_gradients, differentiated, loss_of
from brainspec_conformance.suite.jit_material import assert_arrays, jitted


@check("grad.nest.grad@1", needs=["grad.result.argument@1"])
@pytest.mark.parametrize("depth", [2, 3, 4])
def test_higher_derivatives_are_those_of_jax(impl: Any, depth: int) -> None:
    def power(x: Any) -> Any:
        return x**4 * 2 + x**2

    mine, wanted = power, power
    for _ in range(depth):
        mine, wanted = impl.transform.grad(mine), jax.grad(wanted)
    assert_gradients(mine(2.0), wanted(2.0))
    assert_gradients(mine(jnp.float32(0.5)), wanted(jnp.float32(0.5)))


@check("grad.nest.grad@1", needs=["grad.result.states@1"])
def test_higher_derivatives_by_states(impl: Any) -> None:
    w, v = impl.ParamState(2.0), impl.ParamState(3.0)
    grad = impl.transform.grad

    def f(x: Any = 1.0) -> Any:
        return w.value**3 * v.value**2 * x

    assert grad(grad(f, w), w)() == 6 * 2 * 9
    assert grad(grad(f, w), v)() == 12 * 6
    assert grad(lambda: grad(f, [w, v])()[1], (v, w))() == (16.0, 72.0)
    assert grad(grad(f, w))(1.0) == 12 * 9
    assert grad(grad(f, argnums=0), w)(1.0) == 12 * 9


@check("grad.nest.grad@1", needs=["grad.result.both@1"])
def test_a_product_with_a_second_derivative(impl: Any) -> None:
    def f(p: Any) -> Any:
        return (p["a"] ** 3).sum() * p["b"] ** 2

    def product(grad: Any) -> Any:
        def along(p: Any, d: Any) -> Any:
            of = grad(f)(p)
            return (of["a"] * d["a"]).sum() + of["b"] * d["b"]

        return grad(along)

    at, along = {"a": jnp.array([1.0, 2.0]), "b": 0.5}, {"a": jnp.array([3.0, -1.0]), "b": 2.0}
    assert_gradients(product(impl.transform.grad)(at, along), product(jax.grad)(at, along))


@check("grad.nest.grad@1", needs=["grad.state.written@1"])
@pytest.mark.parametrize("depth", [2, 3])
def test_writes_are_made_once(impl: Any, depth: int) -> None:
    n, s = impl.State(jnp.array(0)), impl.State(1.0)

    def f(x: Any) -> Any:
        n.value = n.value + 1
        s.value = s.value * 2
        return x**3

    made = f
    for _ in range(depth):
        made = impl.transform.grad(made)
    made(2.0), made(2.0)
    assert_arrays((n.value, s.value), (jnp.array(2), jnp.asarray(4.0)))


@check("grad.nest.grad@1", needs=["grad.state.written@1"])
def test_what_the_inner_one_wrote_is_differentiated_by_the_outer_one(impl: Any) -> None:
    s = impl.State(1.0)

    @differentiated(impl)
    def inner(x: Any) -> Any:
        s.value = x**3 * s.value
        return x**2

    def outer(x: Any) -> Any:
        return inner(x) * s.value

    assert impl.transform.grad(outer)(2.0) == 8 * 8.0
    assert s.value == 8.0
    # The gradient 2 x of the inner one, times x ** 3 times what the state held, which is 8.
    assert impl.transform.grad(outer, s)(2.0) == 4 * 8.0
    assert s.value == 64.0


@check("grad.nest.grad@1", needs=["grad.state.written@1"])
def test_what_the_outer_one_wrote_is_differentiated_by_both(impl: Any) -> None:
    w = impl.ParamState(3.0)

    def outer(x: Any) -> Any:
        w.value = w.value * x
        by_w = impl.transform.grad(lambda y: w.value**2 * y, w)(x)
        return by_w * w.value

    # w becomes 3 x; by_w is 2 (3 x) x; the loss 18 x ** 3, or 2 w ** 2 x ** 3 for a state that begins with w.
    assert impl.transform.grad(outer)(2.0) == 54 * 4.0
    assert w.value == 6.0
    assert impl.transform.grad(outer, w)(2.0) == 4 * 6 * 8.0
    assert w.value == 12.0


@check("grad.nest.grad@1", needs=["grad.result.value@1", "grad.result.aux@1"])
def test_the_loss_and_the_aux_of_the_inner_one_are_differentiated(impl: Any) -> None:
    inner = impl.transform.grad(lambda x: (x**2, {"cube": x**3}), has_aux=True, return_value=True)

    def outer(x: Any) -> Any:
        gradient, loss, aux = inner(x)
        return gradient + 10 * loss + 100 * aux["cube"]

    assert impl.transform.grad(outer)(2.0) == 2 + 40 + 1200


@check("grad.nest.grad@1", needs=["grad.result.argument@1"])
def test_two_inner_calls_and_what_is_around_them(impl: Any) -> None:
    def outer(x: Any) -> Any:
        z = x * x
        one = impl.transform.grad(lambda y: y**2 * z)(x)
        other = impl.transform.grad(lambda y: y**3)(one)
        return one * other + z

    def wanted(x: Any) -> Any:
        z = x * x
        one = jax.grad(lambda y: y**2 * z)(x)
        return one * jax.grad(lambda y: y**3)(one) + z

    assert_gradients(impl.transform.grad(outer)(0.5), jax.grad(wanted)(0.5))


@check("grad.nest.jit@1", needs=["grad.result.both@1", "jit.nest.inside@1"])
@pytest.mark.parametrize("before", [False, True], ids=["new", "used before"])
@pytest.mark.parametrize("order", ["around", "inside", "both"])
def test_results_and_states_are_those_without_it(impl: Any, order: str, before: bool) -> None:
    grad, jit = impl.transform.grad, impl.transform.jit

    def world() -> tuple[list[Any], Any]:
        w, s = impl.ParamState(jnp.array([1.0, 2.0])), impl.State({"n": jnp.array(0), "v": 0.5})

        def f(x: Any, p: Any) -> Any:
            s.value = {"n": s.value["n"] + 1, "v": s.value["v"] * x}
            w.value = w.value * p["a"]
            return (w.value**2).sum() * s.value["v"] + p["b"]

        return [w, s], f

    (states, f), (plain, g) = world(), world()
    if order != "around":
        f = jit(f)
    options: dict[str, Any] = {"argnums": (1, 0), "return_value": True}
    made, wanted = grad(f, [states[0]], **options), grad(g, [plain[0]], **options)
    if order != "inside":
        made = jit(made)
    args: tuple[Any, Any] = (2.0, {"a": 0.5, "b": jnp.float32(1)})
    if before:
        f(*args), g(*args)
    for _ in range(3):
        assert_arrays(jax.tree.map(jnp.asarray, made(*args)), jax.tree.map(jnp.asarray, wanted(*args)))
        assert_arrays([state.value for state in states], [state.value for state in plain])


@check("grad.nest.jit@1", needs=["grad.result.states@1"])
def test_a_state_that_was_written_in_the_jitted_function_is_asked(impl: Any) -> None:
    w = impl.ParamState(2.0)

    @jitted(impl)
    def step(x: Any) -> Any:
        w.value = w.value * x
        gradient = impl.transform.grad(lambda: w.value**2, w)()
        w.value = w.value - gradient / 4
        return gradient

    assert (step(3.0), step(1.0)) == (12.0, 6.0)
    assert w.value == 1.5


@check("grad.nest.jit@1", needs=["grad.result.states@1", "grad.state.written@1"])
def test_a_jitted_function_that_is_called_twice_in_an_origin(impl: Any) -> None:
    w = impl.ParamState(jnp.float32(2))

    @jitted(impl)
    def inner(x: Any) -> Any:
        w.value = w.value * x
        return w.value**2

    made = impl.transform.grad(lambda x: inner(x) + inner(x * 2) * w.value, w, argnums=0)
    # With w and x at the beginning: w ** 2 x ** 2 + 4 w ** 2 x ** 4 * 2 w x ** 2.
    by_w, by_x = made(jnp.float32(1))
    assert (float(by_w), float(by_x)) == (4 + 24 * 4.0, 8 + 48 * 8.0)
    assert w.value == 4.0


@check("grad.nest.jit@1", needs=["grad.result.argument@1"])
def test_a_jitted_function_uses_what_is_around_it_in_the_origin(impl: Any) -> None:
    def outer(x: Any) -> Any:
        z = x**2
        return impl.transform.jit(lambda y: y * z + x)(x)

    assert impl.transform.grad(outer)(2.0) == 13.0
    assert impl.transform.jit(impl.transform.grad(outer))(3.0) == 28.0


@check("grad.nest.jit@1", needs=["grad.result.argument@1"])
def test_the_types_of_gradients_are_the_same_inside(impl: Any) -> None:
    for value in (1.5, jnp.float16(1.5), jnp.float32(1.5), {"a": jnp.ones(2), "b": 0.5}):
        made = impl.transform.grad(loss_of)
        assert_gradients(impl.transform.jit(made)(value), jax.jit(jax.grad(loss_of))(value))


@check("grad.nest.jit@1", needs=["grad.nest.grad@1", "grad.state.written@1"])
def test_jitted_and_gradient_functions_by_turns(impl: Any) -> None:
    grad, jit, n = impl.transform.grad, impl.transform.jit, impl.State(jnp.array(0))

    def f(x: Any) -> Any:
        n.value = n.value + 1
        return x**4

    made = jit(grad(jit(grad(jit(f)))))
    assert (made(1.0), made(2.0)) == (12.0, 48.0)
    assert n.value == 2


@check("grad.nest.mapping@1", needs=["mapping.form.plain@1", "mapping.result.lanes@1"])
def test_each_lane_has_its_gradient(impl: Any) -> None:
    def loss(p: Any, x: Any) -> Any:
        return (jnp.tanh(p["w"] * x) ** 2).sum() + p["b"]

    p, xs = {"w": jnp.array([0.5, 2.0]), "b": 1.0}, jnp.array([[1.0, 0.5], [0.25, -1.0], [0.0, 2.0]])
    grad, vmap2 = impl.transform.grad, impl.transform.vmap2

    found = vmap2(grad(loss), in_axes=(None, 0))(p, xs)
    assert_gradients(found, jax.vmap(jax.grad(loss), in_axes=(None, 0))(p, xs))
    found = vmap2(grad(loss, argnums=(1, 0)), in_axes=(None, 0))(p, xs)
    assert_gradients(found, jax.vmap(jax.grad(loss, argnums=(1, 0)), in_axes=(None, 0))(p, xs))


@check("grad.nest.mapping@1", needs=["mapping.form.plain@1", "mapping.result.lanes@1", "grad.result.both@1"])
def test_each_lane_has_its_gradient_by_a_state_of_all(impl: Any) -> None:
    w = impl.ParamState(jnp.array([1.0, 2.0]))
    made = impl.transform.grad(lambda x: (w.value * x).sum() ** 2, [w], argnums=0, return_value=True)
    xs = jnp.array([[1.0, 0.0], [0.5, 0.5], [2.0, -1.0]])
    (by_w, by_x), loss = impl.transform.vmap2(made)(xs)
    totals = jnp.array([1.0, 1.5, 0.0])

    assert_gradients((by_w[0], by_x, loss), (2 * totals[:, None] * xs, 2 * totals[:, None] * w.value, totals**2))


@check("grad.nest.mapping@1", needs=["mapping.form.plain@1", "mapping.result.lanes@1", "grad.result.both@1"])
def test_a_mapping_in_the_origin_is_differentiated_as_a_whole(impl: Any) -> None:
    w = impl.ParamState(jnp.array([1.0, 2.0]))

    def f(x: Any, scale: Any) -> Any:
        lanes = impl.transform.vmap2(lambda y: (w.value * y).sum() ** 2 * scale)(x)
        return (lanes * jnp.arange(3.0)).sum()

    def pure(w: Any, x: Any, scale: Any) -> Any:
        lanes = jax.vmap(lambda y: (w * y).sum() ** 2 * scale)(x)
        return (lanes * jnp.arange(3.0)).sum()

    x = jnp.array([[1.0, 0.0], [0.5, 0.5], [2.0, -0.5]])
    by_w, by_x, by_scale = jax.grad(pure, argnums=(0, 1, 2))(w.value, x, 2.0)
    assert_gradients(impl.transform.grad(f, w, argnums=(1, 0))(x, 2.0), (by_w, (by_scale, by_x)))


@check("grad.nest.mapping@1", needs=["mapping.form.plain@1", "mapping.result.lanes@1", "grad.nest.grad@1"])
def test_a_gradient_of_a_mapping_of_gradients(impl: Any) -> None:
    def outer(grad: Any, vmap: Any) -> Any:
        return grad(lambda x: (vmap(grad(lambda y: y**3))(x) * x).sum())

    x = jnp.array([1.0, 2.0, -1.0])
    wanted = outer(jax.grad, jax.vmap)(x)
    assert_gradients(outer(impl.transform.grad, impl.transform.vmap2)(x), wanted)
    assert_gradients(impl.transform.jit(outer(impl.transform.grad, impl.transform.vmap2))(x), wanted)
