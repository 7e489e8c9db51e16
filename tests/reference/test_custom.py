"""What a recording keeps of functions with a derivative of the user's own."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from brainspec_reference.engine.errors import ReferenceUnsupported
from brainspec_reference.engine.record import record, type_of
from jax import lax

from tests.reference.drivers import ops, program_of, run
from tests.reference.spike import spike

X = np.array([0.5, -1.0, 2.0], np.float32)
F = type_of(jnp.ones(3))


@jax.custom_vjp
def cube(x: Any, n: int) -> Any:
    return x**3


cube.defvjp(lambda x, n: (cube(x, n), x), lambda x, g: (g * 30 * x**2, None))


def test_a_custom_jvp_keeps_its_rule_as_a_callable() -> None:
    (eqn,) = program_of(spike, X).equations
    rule = record(lambda x, t: [y for ys in eqn.params["jvp"]([x], [t]) for y in ys], [F, F])

    assert "custom_jvp" == eqn.op
    assert ["custom_jvp"] == [op for op in ops(rule) if op == "custom_jvp"]


def test_a_custom_jvp_rule_is_told_of_zeros() -> None:
    product = jax.custom_jvp(lambda x, y: x * y)
    product.defjvp(lambda p, t: (p[0] * p[1], t[0] * p[1] + t[1] * p[0]))
    (eqn,) = program_of(product, X, X).equations

    def tangent(x: Any) -> Any:
        return eqn.params["jvp"]([x, x * 3], [jnp.ones(3), None])[1]

    assert np.allclose(X * 3, run(tangent, X))


def test_a_custom_jvp_with_symbolic_zeros_sees_them() -> None:
    seen = []
    product = jax.custom_jvp(lambda x, y: x * y)

    def rule(p: Any, t: Any) -> Any:
        seen.append([type(v).__name__ for v in t])
        return p[0] * p[1], t[0] * p[1]

    product.defjvp(rule, symbolic_zeros=True)
    (eqn,) = program_of(product, X, X).equations
    record(lambda x: eqn.params["jvp"]([x, x], [x, None])[1], [F])

    assert [["Recorded", "SymbolicZero"]] == seen


def test_a_custom_vjp_keeps_both_its_rules_as_callables() -> None:
    (eqn,) = program_of(lambda x: cube(x, 2), X).equations

    def gradient(x: Any) -> Any:
        (y,), residuals = eqn.params["fwd"]([x, 2], [True, False])
        grads = eqn.params["bwd"](residuals, [jnp.ones(3)])
        assert grads[1] is None
        return y, grads[0]

    y, grad = run(gradient, X)

    assert np.allclose(X**3, y)
    assert np.allclose(30 * X**2, grad)


def test_rules_inside_a_jit_are_kept() -> None:
    program = program_of(jax.jit(lambda x: spike(x) + cube(x, 1)), X)

    assert {"custom_jvp", "custom_vjp"} <= set(ops(program))


def test_rules_inside_a_bare_scan_are_kept_and_work() -> None:
    def fun(x: Any) -> Any:
        return lax.scan(lambda c, a: (c + spike(a), cube(a, 1)), jnp.float32(0), x)

    rules = {e.op: e.params for e in program_of(fun, X).equations[-1].params["body"].equations}

    def derivatives(a: Any) -> Any:
        (_,), residuals = rules["custom_vjp"]["fwd"]([a, 1], [True, False])
        grads = rules["custom_vjp"]["bwd"](residuals, [jnp.float32(1)])
        return rules["custom_jvp"]["jvp"]([a], [jnp.float32(1)])[1][0], grads[0]

    tangent, grad = run(derivatives, np.float32(0.25))

    assert (0.75, 30 * 0.25**2) == (tangent, grad)


def test_a_rule_may_use_what_its_function_captured() -> None:
    def fun(x: Any) -> Any:
        scale = x * 2
        scaled = jax.custom_jvp(lambda v: v * scale)
        scaled.defjvp(lambda p, t: (p[0] * scale, t[0] * scale * 10))
        return scaled(x)

    eqn = program_of(fun, X).equations[-1]
    (tangent,) = run(lambda x, s: eqn.params["jvp"]([x, s], [jnp.ones(3), None])[1], X, X + 1)

    assert 2 == len(eqn.inputs)
    assert np.allclose((X + 1) * 10, tangent)


def test_a_vjp_rule_may_use_what_its_function_captured() -> None:
    def fun(x: Any) -> Any:
        scale = x * 2
        scaled = jax.custom_vjp(lambda v: v * scale)
        scaled.defvjp(lambda v: (v * scale, jnp.sin(v)), lambda r, g: (g * (scale + 2 * r),))
        return scaled(x)

    eqn = program_of(fun, X).equations[-1]

    def grads(x: Any, s: Any) -> Any:
        residuals = eqn.params["fwd"]([x, s], [True, False])[1]
        by_x, by_scale = eqn.params["bwd"](residuals, [jnp.ones(3)])
        assert by_scale is None
        return by_x

    assert np.allclose(X + 1 + 2 * np.sin(X), run(grads, X, X + 1))


def test_a_residual_may_be_an_argument() -> None:
    product = jax.custom_vjp(lambda x, y: x * y)
    product.defvjp(lambda x, y: (x * y, (y, x + 1)), lambda r, g: (g * r[0], g * r[1]))
    (eqn,) = program_of(product, X, X).equations

    def grads(x: Any, y: Any) -> Any:
        return eqn.params["bwd"](eqn.params["fwd"]([x, y], [True, True])[1], [jnp.ones(3)])

    assert np.allclose([X * 5, X + 1], run(grads, X, X * 5))


def test_differentiating_by_a_captured_value_is_refused() -> None:
    def fun(x: Any) -> Any:
        scaled = jax.custom_jvp(lambda v: v * x)
        scaled.defjvp(lambda p, t: (p[0], t[0]))
        return scaled(x)

    (eqn,) = program_of(fun, X).equations
    with pytest.raises(ReferenceUnsupported, match="closes over"):
        record(lambda x: eqn.params["jvp"]([x, x], [x, x])[1], [F])
