"""The checks of `spec/36-grad.md`: draws in a call."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.grad_material import assert_gradients, assert_near
from brainspec_conformance.suite.jit_material import SEED, assert_arrays
from brainspec_conformance.suite.random_material import SHAPE, kept


def once(stream: Any, x: Any) -> Any:
    return x * stream.random()


def several(stream: Any, x: Any) -> Any:
    return (stream.random(SHAPE) * x).sum() + stream.normal(size=SHAPE).sum() * x**2


def scaled(stream: Any, x: Any) -> Any:
    return (stream.normal(0.0, x, SHAPE) ** 2).sum()


def moved(stream: Any, x: Any) -> Any:
    return stream.normal(x, 2.0) * stream.random()


def split(stream: Any, x: Any) -> Any:
    one, other = stream.split_key(2)
    return x * jax.random.uniform(one) + x**2 * jax.random.uniform(other)


def seeded(stream: Any, x: Any) -> Any:
    first = stream.random()
    stream.seed(7)
    return x * (first + stream.random())


def dropped(stream: Any, x: Any) -> Any:
    return jnp.where(stream.random(SHAPE) < 0.5, x * jnp.ones(SHAPE), 0).sum()


def unused(stream: Any, x: Any) -> Any:
    stream.random()
    return x


DRAWS: dict[str, Callable[[Any, Any], Any]] = {
    f.__name__: f for f in (once, several, scaled, moved, split, seeded, dropped, unused)
}


@check("grad.state.random@1", needs=["grad.result.value@1"])
@pytest.mark.parametrize("name", DRAWS)
def test_draws_from_a_stream_are_those_of_the_origin(impl: Any, name: str) -> None:
    f, mine, plain = DRAWS[name], impl.random.RandomState(SEED), impl.random.RandomState(SEED)
    made = impl.transform.grad(lambda x: f(mine, x), return_value=True)
    for _ in range(2):
        gradient, loss = made(2.0)
        key = plain.value
        assert_near(jnp.asarray(loss), jnp.asarray(f(plain, jnp.asarray(2.0))))
        assert_arrays(mine.value, plain.value)

        def again(x: Any, key: Any = key) -> Any:
            return f(impl.random.RandomState(key), x)

        assert_gradients(gradient, jax.grad(again)(2.0))


@check("grad.state.random@1", needs=["grad.result.value@1", "grad.result.states@1"])
def test_draws_from_the_default_stream_by_a_state(impl: Any) -> None:
    w = impl.ParamState(2.0)

    def f() -> Any:
        return w.value * (impl.random.uniform(size=SHAPE) + impl.random.normal(size=SHAPE)).sum()

    with kept(impl) as random:
        random.seed(SEED)
        wanted = [float(f()) / 2 for _ in range(2)]
        key = random.get_key()
        random.seed(SEED)
        made = impl.transform.grad(f, w)
        assert [float(made()) for _ in range(2)] == pytest.approx(wanted, rel=1e-5)
        assert_arrays(random.get_key(), key)


@check("grad.state.random@1", needs=["grad.result.value@1"])
def test_draws_before_between_and_after_are_of_one_stream(impl: Any) -> None:
    mine, plain = impl.random.RandomState(SEED), impl.random.RandomState(SEED)
    made = impl.transform.grad(lambda x: x * mine.random())
    found = [mine.random(), made(1.0), mine.random(), made(1.0), mine.random()]

    assert found == [plain.random() for _ in range(5)]
    assert_arrays(mine.value, plain.value)


@check("grad.state.random@1", needs=["grad.nest.grad@1"])
def test_draws_of_an_inner_function_are_made_once(impl: Any) -> None:
    mine, plain = impl.random.RandomState(SEED), impl.random.RandomState(SEED)

    def f(x: Any) -> Any:
        return x**2 * mine.random()

    def outer(x: Any) -> Any:
        return x * mine.random() * impl.transform.grad(f)(x) * mine.random()

    found = impl.transform.grad(outer)(3.0)
    a, b, c = (plain.random() for _ in range(3))
    assert float(found) == pytest.approx(float(12 * a * b * c), rel=1e-5)
    assert_arrays(mine.value, plain.value)
    assert impl.transform.grad(impl.transform.grad(f))(3.0) == 2 * plain.random()
    assert_arrays(mine.value, plain.value)


@check("grad.state.random@1", needs=["grad.nest.jit@1"])
@pytest.mark.parametrize("order", ["around", "inside"])
def test_draws_are_the_same_with_a_jitted_function(impl: Any, order: str) -> None:
    grad, jit = impl.transform.grad, impl.transform.jit
    mine, plain = impl.random.RandomState(SEED), impl.random.RandomState(SEED)

    def f(x: Any) -> Any:
        return x * mine.random()

    made = jit(grad(f)) if order == "around" else grad(jit(f))
    for _ in range(3):
        assert made(1.0) == plain.random()
        assert_arrays(mine.value, plain.value)


@check("grad.state.random@1", needs=["grad.result.argument@1"])
def test_a_context_in_the_origin_ends_there(impl: Any) -> None:
    def f(x: Any) -> Any:
        with impl.random.seed_context(7):
            return x * impl.random.random()

    with kept(impl) as random:
        before = random.get_key()
        with random.seed_context(7):
            wanted = random.random()
        assert impl.transform.grad(f)(1.0) == wanted
        assert_arrays(random.get_key(), before)
