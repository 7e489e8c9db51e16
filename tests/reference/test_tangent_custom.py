"""The pass through rules of the user's own, and through linear solves.

JAX's own derivative is the judge. It is recorded and run by the same evaluator in float64, without a compiler.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from brainspec_reference.engine.errors import ReferenceUnsupported
from brainspec_reference.engine.gradients import gradient
from jax import lax

from tests.reference.derivatives import check_gradient, close, r, recorded, shadow
from tests.reference.spike import spike


@jax.custom_jvp
def partly(x: Any, y: Any) -> Any:
    return x * y


partly.defjvps(None, lambda t, out, x, y: 5 * t * x)


@partial(jax.custom_jvp, nondiff_argnums=(0,))
def applied(f: Any, x: Any) -> Any:
    return f(x)


applied.defjvp(lambda f, p, t: (f(p[0]), 2 * t[0]))


@jax.custom_jvp
def counted(x: Any, n: Any) -> Any:
    return x * n


counted.defjvp(lambda p, t: (counted(*p), 7 * t[0] * p[1]))


@jax.custom_jvp
def wary(x: Any, y: Any) -> Any:
    return x + y


@partial(wary.defjvp, symbolic_zeros=True)
def wary_jvp(p: Any, t: Any) -> Any:
    is_zero = type(t[1]) is jax.custom_derivatives.SymbolicZero
    return wary(*p), t[0] * (11 if is_zero else 13)


@jax.custom_jvp
def numpy_like(x: Any, y: Any) -> Any:
    return x * y, 1


numpy_like.defjvp(lambda p, t: ((p[0] * p[1], 1), (t[1], np.zeros((), jax.dtypes.float0))))  # t[1] is numpy's zeros


@pytest.mark.parametrize(
    "f",
    [
        lambda x: numpy_like(x, jnp.ones(4))[0] + x,
        lambda x: spike(x) * x,
        lambda x: partly(x, x) + partly(x, 2.0 + x),
        lambda x: applied(jnp.sin, x),
        lambda x: counted(x, 3),
        lambda x: wary(x, 1.0) + wary(x, x),
        jax.nn.relu,
        jax.nn.silu,
        lambda x: jnp.logaddexp(x, 2 * x),
        lambda x: jnp.linalg.norm(x) + jnp.sinc(x),
        lambda x: lax.scan(lambda c, v: (spike(c - v) * c + v, c), jnp.float32(0.25), x)[1],
    ],
)
def test_a_custom_jvp_is_followed(f: Callable[..., Any]) -> None:
    check_gradient(lambda x: jnp.sum(f(x)), r(4), differences=False)


@jax.custom_vjp
def squared(x: Any) -> Any:
    return x**2


squared.defvjp(lambda x: (squared(x), x), lambda x, g: (3 * g * x,))  # 3, not 2: to be told from the true derivative


@jax.custom_vjp
def mixed(x: Any, n: Any, y: Any) -> Any:
    return {"a": x * n, "b": (y @ x, n + 1)}


mixed.defvjp(
    lambda x, n, y: (mixed(x, n, y), (x, n, y)),
    lambda res, g: (4 * g["a"] * res[1] + res[2].T @ g["b"][0], None, jnp.outer(g["b"][0], res[0])),
)


@partial(jax.custom_vjp, nondiff_argnums=(0,))
def scaled(s: float, x: Any) -> Any:
    return s * x


scaled.defvjp(lambda s, x: (s * x, None), lambda s, _, g: (10 * s * g,))


@jax.custom_vjp
def unmoved(x: Any, y: Any) -> Any:
    return x * y


unmoved.defvjp(lambda x, y: (x * y, y), lambda y, g: (g * y, None))


def with_mixed(x: Any) -> Any:
    out = mixed(jnp.sin(x), 2, jnp.outer(x[:2], x))
    return jnp.sum(out["a"] ** 2) + jnp.sum(jnp.sin(out["b"][0])) + out["b"][1]


@pytest.mark.parametrize(
    "f",
    [
        lambda x: squared(x) * x,
        lambda x: squared(jnp.sum(x)) + squared(2.0),
        with_mixed,
        lambda x: scaled(2.0, x) * x,
        lambda x: unmoved(x, x * x),
        lambda x: lax.scan(lambda c, v: (squared(c) * v, c), jnp.float32(0.75), x)[1],
        lambda x: lax.cond(x[0] > 0, squared, jnp.sin, x),
        lambda x: squared(x[:0]),
    ],
)
def test_a_custom_vjp_is_followed(f: Callable[..., Any]) -> None:
    check_gradient(lambda x: jnp.sum(f(x)), r(4), differences=False)


def test_a_custom_vjp_that_gives_nothing_has_a_gradient_of_zeros() -> None:
    still = jax.custom_vjp(lambda x: x * 2)
    still.defvjp(lambda x: (x * 2, None), lambda _, g: (None,))
    args = [r(3)]

    got = shadow(gradient(recorded(lambda x: jnp.sum(still(x)), args), [0]), args)[1]

    assert [0, 0, 0] == got.tolist()


def test_a_custom_rule_may_use_what_the_function_closes_over() -> None:
    def f(x: Any, y: Any) -> Any:
        @jax.custom_vjp
        def g(x: Any) -> Any:
            return x * y

        g.defvjp(lambda x: (g(x), None), lambda _, ct: (3 * ct * y,))
        return jnp.sum(g(x))

    args = [r(3), r(3)]

    got = shadow(gradient(recorded(f, args), [0]), args)[1]

    assert close(3 * args[1], got, 1e-6)


@pytest.mark.parametrize("define", ["jvp", "vjp"])
def test_a_derivative_by_what_a_custom_rule_closes_over_is_refused(define: str) -> None:
    def f(x: Any, y: Any) -> Any:
        g = (jax.custom_jvp if define == "jvp" else jax.custom_vjp)(lambda x: x * y)
        if define == "jvp":
            g.defjvp(lambda p, t: (g(*p), t[0] * y))
        else:
            g.defvjp(lambda x: (g(x), None), lambda _, ct: (ct * y,))
        return jnp.sum(g(x))

    with pytest.raises(ReferenceUnsupported, match="closes over"):
        gradient(recorded(f, [r(3), r(3)]), [1])


def solved(a: Any, b: Any) -> Any:
    """The solver closes over a that moves; it is symmetric."""
    return lax.custom_linear_solve(lambda x: a @ x, b, lambda _, v: jnp.linalg.inv(a) @ v, symmetric=True)


@pytest.mark.parametrize(
    "f",
    [
        lambda a, b: jnp.linalg.solve(a, b),
        lambda a, b: jnp.linalg.inv(a) @ b,
        lambda a, b: jax.scipy.linalg.cho_solve((jnp.linalg.cholesky(a @ a.T), True), b),
        lambda a, b: solved(a @ a.T, b * a[0]),
        lambda a, b: lax.scan(lambda c, _: (jnp.linalg.solve(a, c), c), b, None, length=3)[1],
    ],
)
def test_a_linear_solve_is_differentiated_by_its_matrix_though_the_solver_holds_it_constant(f: Any) -> None:
    a = r(3, 3) / 2 + 2 * np.eye(3, dtype=np.float32)

    check_gradient(lambda a, b: jnp.sum(jnp.sin(f(a, b))), a, r(3))


def test_what_jax_makes_of_bits_has_the_derivative_that_jax_gives_it() -> None:
    check_gradient(lambda x: jnp.sum(jnp.frexp(x)[0] ** 2 + jnp.ldexp(x, 2)), r(4), differences=False)


def test_stop_gradient_cuts() -> None:
    check_gradient(lambda x: jnp.sum(lax.stop_gradient(jnp.sin(x)) * x), r(3), differences=False)
