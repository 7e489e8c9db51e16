"""The checks of `spec/36-grad.md`: bare JAX inside an origin and around a call, and `jax.disable_jit`."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.grad_material import assert_gradients
from brainspec_conformance.suite.jit_material import SEED, assert_arrays

lax: Any = jax.lax


def looped(w: Any, x: Any) -> Any:
    return lax.fori_loop(0, 3, lambda i, c: c * x + w().sum(), x)


# Functions of what gives the value of a state, and of a number, with JAX inside.
PROGRAMS: dict[str, Callable[[Callable[[], Any], Any], Any]] = {
    "scan": lambda w, x: lax.scan(lambda c, y: (c * y + x, c), x, w())[0],
    "scan that reads": lambda w, x: lax.scan(lambda c, y: (c * y + (w() * x).sum(), c), x, jnp.arange(3.0))[0],
    "stacked by scan": lambda w, x: (lax.scan(lambda c, y: (c * y, c + y), x, w())[1] * w()).sum(),
    "fori_loop": looped,
    "cond": lambda w, x: lax.cond(x > 1, lambda y: (w() * y).sum(), lambda y: y**3, x),
    "cond, the other way": lambda w, x: lax.cond(x < 1, lambda y: (w() * y).sum(), lambda y: y**3, x),
    "switch": lambda w, x: lax.switch(1, [lambda y: y, lambda y: (w() ** 2 * y**2).sum(), lambda y: 3 * y], x),
    "map": lambda w, x: lax.map(lambda y: y**2 * x, w()).sum(),
    "vmap": lambda w, x: jax.vmap(lambda y: jnp.sin(y * x) * y)(w()).sum(),
    "vmap that reads": lambda w, x: jax.vmap(lambda y: (w() * y * x).sum())(jnp.arange(3.0)).sum(),
    "jit": lambda w, x: jax.jit(lambda y: y**2 * w().sum())(x),
    "grad": lambda w, x: jax.grad(lambda y: y**3 * w().sum())(x),
    "value_and_grad": lambda w, x: sum(jax.value_and_grad(lambda y: y**3 * w().sum())(x)),
    "jvp": lambda w, x: jax.jvp(lambda y: y**3 * w().sum(), (x,), (w()[0],))[1],
    "vjp": lambda w, x: jax.vjp(lambda y: y**3 * w().sum(), x)[1](w()[1])[0],
    "jacobian": lambda w, x: jax.jacobian(lambda y: y**2 * x)(w()).sum(),
    "hessian": lambda w, x: jax.hessian(lambda y: y**3 * w().sum())(x),
    "linearize": lambda w, x: jax.linearize(lambda y: y**3 * w().sum(), x)[1](x),
    "checkpoint": lambda w, x: jax.checkpoint(lambda y: jnp.sin(jnp.sin(y * w().sum())))(x),
    "vmap of grad": lambda w, x: jax.vmap(jax.grad(lambda y: y**3 * x))(w()).sum(),
    "cumsum": lambda w, x: (jnp.cumsum(w() * x) ** 2).sum(),
    "sort": lambda w, x: (jnp.sort(-w() * x) * jnp.arange(2.0)).sum(),
    "gather": lambda w, x: w()[jnp.array([1, 1, 0])].sum() * x,
    "scatter": lambda w, x: (w().at[0].set(x) ** 2).sum(),
}
AT: tuple[Any, Any] = (jnp.array([1.5, -0.5]), jnp.float32(2))


@check("grad.nest.jax@1", needs=["grad.result.both@1"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_jax_inside_is_differentiated_by_arguments_and_by_states(impl: Any, name: str) -> None:
    f, (value, x) = PROGRAMS[name], AT
    w = impl.ParamState(value)
    wanted = jax.grad(lambda value, x: f(lambda: value, x), argnums=(0, 1))(value, x)
    found = impl.transform.grad(lambda x: f(lambda: w.value, x), w, argnums=0)(x)

    assert_gradients(found, wanted)


@check("grad.nest.jax@1", needs=["grad.state.written@1", "grad.nest.grad@1"])
def test_what_jax_made_is_written_and_differentiated_again(impl: Any) -> None:
    s = impl.State(jnp.float32(1))

    def f(x: Any) -> Any:
        s.value = lax.scan(lambda c, y: (c * y, None), x * s.value, jnp.array([2.0, 3.0]))[0]
        return lax.cond(s.value > 0, lambda v: v**2, lambda v: v, s.value)

    assert impl.transform.grad(f)(jnp.float32(1)) == 72.0
    assert s.value == 6.0
    assert impl.transform.grad(impl.transform.grad(f))(jnp.float32(1)) == 72.0 * 36


# Bare JAX transforms around a function of one number.
AROUND: dict[str, Callable[[Any], Any]] = {
    "jit": lambda f: jax.jit(f)(2.0),
    "vmap": lambda f: jax.vmap(f)(jnp.arange(3.0)),
    "grad": lambda f: jax.grad(f)(2.0),
    "jvp": lambda f: jax.jvp(f, (2.0,), (1.0,)),
    "scan": lambda f: lax.scan(lambda c, x: (c + f(x), f(x)), jnp.float32(0), jnp.arange(3.0)),
    "cond": lambda f: lax.cond(True, f, lambda x: x, 2.0),
    "jit of vmap": lambda f: jax.jit(jax.vmap(f))(jnp.arange(3.0)),
    "hessian": lambda f: jax.hessian(f)(2.0),
    "checkpoint": lambda f: jax.grad(jax.checkpoint(f))(2.0),
    "eval_shape": lambda f: jax.tree.map(lambda leaf: jnp.zeros(leaf.shape), jax.eval_shape(f, 2.0)),
}


@check("grad.nest.around@1", needs=["grad.result.argument@1"])
@pytest.mark.parametrize("reads", [False, True], ids=["no states", "a state"])
@pytest.mark.parametrize("name", AROUND)
def test_bare_jax_around_gives_the_same_or_is_refused(impl: Any, name: str, reads: bool) -> None:
    w = impl.ParamState(3.0)
    mine = impl.transform.grad(lambda x: x**3 * (w.value if reads else 3.0))
    theirs = jax.grad(lambda x: x**3 * 3.0)
    refused = None
    try:
        found = AROUND[name](lambda x: mine(x))
    except Exception as error:
        refused = error
    if refused is None:
        wanted = AROUND[name](lambda x: theirs(x))
        for one, other in zip(jax.tree.leaves(found), jax.tree.leaves(wanted), strict=True):
            assert jnp.allclose(one, other, rtol=1e-5)
    else:
        assert not type(refused).__module__.startswith("jax"), refused
    assert mine(2.0) == 36.0
    assert w.value == 3.0


@check("grad.nest.around@1", needs=["grad.result.states@1"])
def test_a_gradient_by_a_state_inside_bare_jax(impl: Any) -> None:
    w = impl.ParamState(jnp.array([1.0, 2.0]))
    value = w.value
    made = impl.transform.grad(lambda x: (w.value**2).sum() * x, w)
    refused = None
    try:
        found = jax.jit(lambda x: made(x) * 2)(3.0)
    except Exception as error:
        refused = error
    if refused is None:
        assert found.tolist() == [12, 24]
    else:
        assert not type(refused).__module__.startswith("jax"), refused
    assert w.value is value
    assert made(3.0).tolist() == [6, 12]


@check("grad.disabled.same@1", needs=["grad.result.both@1", "grad.result.aux@1", "grad.state.written@1"])
def test_results_and_states_are_the_same_where_jit_is_disabled(impl: Any) -> None:
    def calls() -> list[Any]:
        w, n = impl.ParamState(jnp.array([1.0, 2.0])), impl.State(jnp.array(0))
        stream = impl.random.RandomState(SEED)

        def f(x: Any, how: str) -> Any:
            n.value = n.value + 1
            w.value = w.value * x
            return (w.value**2).sum() * stream.random(), (how == "plain", w.value)

        made = impl.transform.grad(f, {"w": w}, argnums=[0], has_aux=True, return_value=True)
        found = [made(0.5, "plain"), made(2.0, "other")]
        arrays: list[Any] = jax.tree.map(jnp.asarray, [found, w.value, n.value, stream.value])
        return arrays

    wanted = calls()
    with jax.disable_jit():
        found = calls()
    assert_gradients(found, wanted)


@check("grad.disabled.same@1", needs=["grad.nest.grad@1", "grad.nest.jit@1", "grad.count.each@1"])
def test_nested_functions_are_the_same_where_jit_is_disabled(impl: Any) -> None:
    grad, jit = impl.transform.grad, impl.transform.jit
    n = impl.State(jnp.array(0))

    def f(x: Any) -> Any:
        n.value = n.value + 1
        return x**3

    with jax.disable_jit():
        assert grad(grad(f))(2.0) == 12.0
        assert jit(grad(f))(2.0) == 12.0
        assert grad(jit(f))(2.0) == 12.0
        assert grad(lambda x: jax.vmap(lambda y: y * x)(jnp.arange(3.0)).sum())(1.0) == 3.0
    assert_arrays(n.value, jnp.array(3))


@check("grad.disabled.same@1", needs=["grad.failure.unchanged@1", "grad.error.loss@1", "grad.error.state-unused@1"])
def test_errors_and_what_they_leave_are_the_same_where_jit_is_disabled(impl: Any) -> None:
    s = impl.ParamState(1.0)
    value = s.value

    def f(x: Any) -> Any:
        s.value = s.value * x
        raise LookupError

    with jax.disable_jit():
        with pytest.raises(LookupError):
            impl.transform.grad(f)(2.0)
        assert s.value is value
        with pytest.raises(TypeError, match="int"):
            impl.transform.grad(lambda x: 1)(1.0)
        with pytest.raises(ValueError, match="ParamState"):
            impl.transform.grad(lambda x: x, s)(1.0)
