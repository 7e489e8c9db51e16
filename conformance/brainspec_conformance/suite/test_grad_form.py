"""The checks of `spec/36-grad.md`: how gradient functions are made, and of what."""

import functools
import operator
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.grad_material import assert_gradients
from brainspec_conformance.suite.shared_material import Cube, Equal, Slotted


def cubed(x: Any, y: Any = 1.0) -> Any:
    """Cubes."""
    return x**3 * y


# Ways to write `grad` of a function without options.
PLAIN: dict[str, Callable[[Any], Any]] = {
    "call": lambda grad: grad(cubed),
    "by name": lambda grad: grad(f=cubed),
    "decorator with parentheses": lambda grad: grad()(cubed),
    "all defaults": lambda grad: grad(
        cubed, grad_states=None, argnums=None, has_aux=False, return_value=False, check_states=True
    ),
    "all defaults by position": lambda grad: grad(cubed, None, None, False, False, True),
    "decorator with the defaults": lambda grad: grad(
        grad_states=None, argnums=None, has_aux=False, return_value=False, check_states=True
    )(cubed),
}


@check("grad.form.plain@1")
@pytest.mark.parametrize("way", PLAIN)
def test_each_way_of_writing_it_without_options_is_the_same(impl: Any, way: str) -> None:
    made = PLAIN[way](impl.transform.grad)

    assert callable(made)
    assert (made(2.0), made(2.0, 3.0)) == (12.0, 36.0)


@check("grad.form.plain@1", needs=["grad.result.both@1", "grad.result.aux@1", "grad.state.unused@1"])
def test_options_by_name_by_position_and_in_a_decorator_are_the_same(impl: Any) -> None:
    grad, used, unused = impl.transform.grad, impl.ParamState(2.0), impl.ParamState(3.0)

    def f(x: Any, y: Any) -> Any:
        return used.value * x * y, x + y

    options = {"argnums": -1, "has_aux": True, "return_value": True, "check_states": False}
    for made in (
        grad(f, [used, unused], -1, True, True, False),
        grad(f, [used, unused], **options),
        grad(f, grad_states=[used, unused], **options),
        grad(grad_states=[used, unused], **options)(f),
    ):
        assert made(3.0, 5.0) == (([15.0, 0.0], 6.0), 30.0, 8.0)


@check("grad.form.plain@1")
def test_one_decorator_makes_several_functions(impl: Any) -> None:
    decorate = impl.transform.grad(argnums=1)
    one, other = decorate(cubed), decorate(lambda x, y: y * y)

    assert (one(2.0, 5.0), other(2.0, 5.0), one(3.0, 5.0)) == (8.0, 10.0, 27.0)


@check("grad.form.origin@1")
def test_a_gradient_function_has_the_names_of_its_origin(impl: Any) -> None:
    for made in (impl.transform.grad(cubed), impl.transform.grad(argnums=1, return_value=True)(cubed)):
        assert made.origin_fun is made.__wrapped__ is cubed
        assert (made.__name__, made.__qualname__) == ("cubed", "cubed")
        assert (made.__doc__, made.__module__) == ("Cubes.", __name__)


@check("grad.form.origin@1")
def test_the_names_of_an_inner_function_are_whole(impl: Any) -> None:
    def inner(x: Any) -> Any:
        return x

    made = impl.transform.grad(inner)
    assert (made.__name__, made.__qualname__) == ("inner", inner.__qualname__)
    assert made.__doc__ is None


@check("grad.form.origin@1")
def test_what_wraps_a_function_is_the_origin_and_not_what_it_wraps(impl: Any) -> None:
    @functools.wraps(cubed)
    def origin(x: Any) -> Any:
        return cubed(x) * 10

    inner = impl.transform.grad(origin)
    made = impl.transform.grad(inner)
    assert inner.origin_fun is inner.__wrapped__ is origin
    assert made.origin_fun is made.__wrapped__ is inner
    assert made.__name__ == "cubed"
    assert inner(1.0) == 30.0


@check("grad.form.origin@1")
def test_what_jax_wraps_shows_its_own_names(impl: Any) -> None:
    origin = jax.vmap(jnp.sin)
    made = impl.transform.grad(origin)
    assert (made.__name__, made.__doc__, made.__module__) == (origin.__name__, origin.__doc__, origin.__module__)


@check("grad.form.origin@1")
def test_an_origin_without_a_name_is_the_origin(impl: Any) -> None:
    for origin in (functools.partial(cubed, y=2.0), Cube(2.0)):
        made = impl.transform.grad(origin)
        assert made.origin_fun is made.__wrapped__ is origin
        assert made.__doc__ == origin.__doc__


@check("grad.form.origin@1")
def test_a_bound_method_is_the_origin_itself(impl: Any) -> None:
    origin = Cube(2.0).of
    made = impl.transform.grad(origin)

    assert made.origin_fun is made.__wrapped__ is origin
    assert (made.__name__, made.__doc__, made.__qualname__) == ("of", "Cubes too.", "Cube.of")


# A callable, its arguments, and the derivative by the first of them.
CALLABLES: dict[str, tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any], float]] = {
    "function": (cubed, (2.0,), {}, 12.0),
    "lambda": (lambda x: x * 3, (2.0,), {}, 3.0),
    "instance": (Cube(2.0), (2.0,), {}, 24.0),
    "instance without a hash": (Equal(2.0), (2.0,), {}, 24.0),
    "instance without references": (Slotted(), (2.0,), {}, 12.0),
    "bound method": (Cube(2.0).of, (2.0,), {}, 24.0),
    "class method": (Cube.one, (2.0,), {}, 12.0),
    "partial": (functools.partial(cubed, 2.0), (3.0,), {}, 8.0),
    "partial by name": (functools.partial(cubed, y=3.0), (2.0,), {}, 36.0),
    "operator": (operator.mul, (2.0, 3.0), {}, 3.0),
    "builtin": (abs, (-2.0,), {}, -1.0),
    "function of JAX": (jnp.square, (3.0,), {}, 6.0),
    "jitted by JAX": (jax.jit(cubed), (2.0,), {"y": 4.0}, 48.0),
    "gradient by JAX": (jax.grad(cubed), (2.0,), {}, 12.0),
}


@check("grad.form.callable@1")
@pytest.mark.parametrize("name", CALLABLES)
def test_each_callable_is_an_origin(impl: Any, name: str) -> None:
    origin, args, kwargs, wanted = CALLABLES[name]
    made = impl.transform.grad(origin)
    for _ in range(2):
        assert_gradients(made(*args, **kwargs), jnp.asarray(wanted))


@check("grad.form.callable@1")
def test_instances_that_are_equal_are_different_origins(impl: Any) -> None:
    one, other = impl.transform.grad(Equal(1.0)), impl.transform.grad(Equal(2.0))

    assert (one(1.0), other(1.0)) == (3.0, 6.0)


@check("grad.form.callable@1", needs=["grad.result.states@1", "module.call.update@1", "module.call.own@1"])
@pytest.mark.parametrize("method", ["update", "__call__"])
def test_a_module_is_an_origin(impl: Any, method: str) -> None:
    module = type("Net", (impl.nn.Module,), {method: lambda self, x: self.w.value**2 * x})()
    module.w = impl.ParamState(3.0)
    for origin in (module, module.__call__, getattr(module, method)):
        assert impl.transform.grad(origin)(5.0) == 9.0
        assert impl.transform.grad(origin, module.w)(5.0) == 30.0


@check("grad.form.callable@1", needs=["jit.form.callable@1"])
def test_jitted_and_gradient_functions_are_origins(impl: Any) -> None:
    grad, jit = impl.transform.grad, impl.transform.jit

    assert grad(jit(cubed))(2.0, 5.0) == 60.0
    assert grad(grad(cubed), argnums=1)(2.0, 5.0) == 12.0
    assert grad(grad(grad(cubed)))(2.0) == 6.0
    assert grad(jit(grad(jit(cubed))))(2.0) == 12.0


@check("grad.form.callable@1", needs=["mapping.form.plain@1", "mapping.result.lanes@1"])
def test_a_mapping_is_an_origin(impl: Any) -> None:
    made = impl.transform.vmap2(lambda x, y: x**2, in_axes=(None, 0), out_axes=None)

    assert impl.transform.grad(made)(3.0, jnp.ones(2)) == 6.0
