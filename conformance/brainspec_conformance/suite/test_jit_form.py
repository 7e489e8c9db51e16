"""The checks of `spec/30-jit.md`: how jitted functions are made, what they show of their origin, and of what."""

import functools
import operator
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.jit_material import assert_arrays, is_traced
from brainspec_conformance.suite.shared_material import Cube, Equal, Slotted


def plus(x: Any, n: Any = 1) -> Any:
    """Adds."""
    return x + n


WAYS: dict[str, Callable[[Any], Callable[[Any], Any]]] = {
    "bare": lambda jit: jit(plus),
    "with options": lambda jit: jit(plus, static_argnums=1),
    "decorating with options": lambda jit: jit(static_argnums=1)(plus),
    "decorating with several options": lambda jit: jit(static_argnames=("n",), donate_argnums=0)(plus),
    "decorating without options": lambda jit: jit()(plus),
}


@check("jit.form.plain@1")
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_each_way_gives_a_jitted_function(impl: Any, way: Any) -> None:
    made = way(impl.transform.jit)

    assert isinstance(made, impl.transform.JittedFunction)
    assert_arrays(made(jnp.arange(2)), jnp.array([1, 2]))


@check("jit.form.plain@1")
def test_options_reach_what_is_decorated_with_them(impl: Any) -> None:
    seen: list[Any] = []

    def f(x: Any, n: Any) -> Any:
        seen.extend([x, n])
        return x * n

    assert impl.transform.jit(static_argnums=1)(f)(2.0, 3) == 6.0
    assert [is_traced(x) for x in seen] == [True, False]


@check("jit.form.plain@1")
def test_one_decorator_serves_several_functions(impl: Any) -> None:
    decorate = impl.transform.jit(static_argnums=0)
    double, triple = decorate(lambda n, x: 2 * x * len(n)), decorate(lambda n, x: 3 * x * len(n))

    assert (double("ab", 1.0), triple("ab", 1.0)) == (4.0, 6.0)
    assert double is not triple


@check("jit.form.plain@1")
def test_the_class_shows_as_its_place_and_keeps_its_module(impl: Any) -> None:
    found = impl.transform.JittedFunction

    assert isinstance(found, type)
    assert repr(found) == "<class 'brainstate.transform.JittedFunction'>"
    assert found.__module__ != "brainstate.transform"
    assert operator.attrgetter(found.__qualname__)(sys.modules[found.__module__]) is found


@check("jit.form.origin@1")
def test_a_jitted_function_has_the_names_of_its_origin(impl: Any) -> None:
    for made in (impl.transform.jit(plus), impl.transform.jit(static_argnums=1)(plus)):
        assert made.origin_fun is plus
        assert made.__wrapped__ is plus
        assert (made.__name__, made.__qualname__) == ("plus", "plus")
        assert (made.__doc__, made.__module__) == ("Adds.", __name__)


@check("jit.form.origin@1")
def test_the_names_of_an_inner_function_are_whole(impl: Any) -> None:
    def inner(x: Any) -> Any:
        return x

    made = impl.transform.jit(inner)

    assert (made.__name__, made.__qualname__) == ("inner", inner.__qualname__)
    assert made.__doc__ is None


@check("jit.form.origin@1")
def test_a_partial_has_what_it_has(impl: Any) -> None:
    origin = functools.partial(plus, n=2)
    made = impl.transform.jit(origin)

    assert made.origin_fun is made.__wrapped__ is origin
    assert made.__doc__ == origin.__doc__


@check("jit.form.origin@1")
def test_a_bound_method_is_the_origin_itself(impl: Any) -> None:
    origin = Cube(2.0).of
    made = impl.transform.jit(origin)

    assert made.origin_fun is made.__wrapped__ is origin
    assert (made.__name__, made.__doc__, made.__qualname__) == ("of", "Cubes too.", "Cube.of")


@check("jit.form.origin@1")
def test_what_wraps_a_function_is_the_origin_and_not_what_it_wraps(impl: Any) -> None:
    @functools.wraps(plus)
    def origin(x: Any) -> Any:
        return plus(x) * 10

    inner = impl.transform.jit(origin)
    made = impl.transform.jit(inner)

    assert inner.origin_fun is inner.__wrapped__ is origin
    assert made.origin_fun is made.__wrapped__ is inner
    assert made.__name__ == "plus"
    assert made(1.0) == 20.0


class Point(NamedTuple):
    a: Any
    b: Any = 1


# A callable, its arguments, and what it gives for them.
CALLABLES: dict[str, tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any], Any]] = {
    "function": (plus, (1.0,), {}, 2.0),
    "lambda": (lambda x: x + 2, (1.0,), {}, 3.0),
    "instance": (Cube(2.0), (2.0,), {}, 16.0),
    "instance without a hash": (Equal(2.0), (2.0,), {}, 16.0),
    "instance without references": (Slotted(), (2.0,), {}, 8.0),
    "bound method": (Cube(2.0).of, (2.0,), {}, 16.0),
    "class method": (Cube.one, (2.0,), {}, 8.0),
    "partial": (functools.partial(plus, 2.0), (3.0,), {}, 5.0),
    "partial by name": (functools.partial(plus, n=2.0), (3.0,), {}, 5.0),
    "partial of a partial": (functools.partial(functools.partial(plus, n=2), 1), (), {}, 3),
    "partial of a method": (functools.partial(Cube(2.0).of, 3.0), (), {}, 54.0),
    "builtin": (abs, (-2.0,), {}, 2.0),
    "operator": (operator.mul, (2.0, 3.0), {}, 6.0),
    "builtin without a signature": (dict, (), {"a": 1.0, "b": 2}, {"a": 1.0, "b": 2}),
    "class": (Point, (1.0,), {"b": 2}, Point(1.0, 2)),
    "function of JAX": (jnp.square, (3.0,), {}, 9.0),
    "ufunc of JAX": (jnp.add, (3.0, 2.0), {}, 5.0),
    "jitted by JAX": (jax.jit(plus), (1.0,), {"n": 4.0}, 5.0),
    "gradient": (jax.grad(lambda x: x * x), (3.0,), {}, 6.0),
}


@check("jit.form.callable@1")
@pytest.mark.parametrize("name", CALLABLES)
def test_each_callable_is_an_origin(impl: Any, name: str) -> None:
    origin, args, kwargs, wanted = CALLABLES[name]
    made = impl.transform.jit(origin)

    assert made.origin_fun is origin
    for _ in range(2):
        assert_arrays(made(*args, **kwargs), jax.tree.map(jnp.asarray, wanted))


@check("jit.form.callable@1")
def test_a_jitted_function_is_an_origin(impl: Any) -> None:
    made = impl.transform.jit(impl.transform.jit(plus))

    assert isinstance(made, impl.transform.JittedFunction)
    assert (made(1.0), made(1.0, n=2.0)) == (2.0, 3.0)


@check("jit.form.callable@1")
def test_instances_that_are_equal_are_different_origins(impl: Any) -> None:
    one, other = impl.transform.jit(Equal(1.0)), impl.transform.jit(Equal(2.0))

    assert (one(1.0), other(1.0)) == (1.0, 2.0)


@check("jit.form.callable@1", needs=["jit.state.written@1", "module.call.update@1", "module.call.own@1"])
@pytest.mark.parametrize("method", ["update", "__call__"])
def test_a_module_is_an_origin(impl: Any, method: str) -> None:
    def body(self: Any, x: Any) -> Any:
        self.count.value = self.count.value + x
        return self.count.value

    module = type("Counter", (impl.nn.Module,), {method: body})()
    module.count = impl.ShortTermState(jnp.array(0))
    for origin in (module, module.__call__, getattr(module, method)):
        module.count.value = jnp.array(0)
        made = impl.transform.jit(origin)
        assert (made(2), made(3)) == (2, 5)
        assert module.count.value == 5
