"""The pass on whole programs: second derivatives, and the contract.

JAX's own derivative is the judge. It is recorded and run by the same evaluator in float64, without a compiler.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from brainspec_reference.engine.errors import ReferenceUnsupported
from brainspec_reference.engine.gradients import gradient
from brainspec_reference.engine.lanes import evaluate
from brainspec_reference.engine.record import record, replay
from brainspec_reference.engine.tangents import jvp
from jax import lax

from tests.reference.derivatives import all_close, close, judged, r, recorded, shadow

# ---- again ---------------------------------------------------------------------------------------------------------


@jax.custom_vjp
def cubed(x: Any) -> Any:
    return x**3


cubed.defvjp(lambda x: (cubed(x), (x, x * x)), lambda res, g: (3 * g * res[1],))


TWICE = [
    lambda x: jnp.sum(jnp.linalg.solve(jnp.outer(x, x) + 3 * jnp.eye(4), x) ** 2),
    lambda x: jnp.sum(jnp.sin(x) * x**3 / (1 + x * x)),
    lambda x: jnp.tanh(jnp.sum(jax.nn.softmax(x) * x)),
    lambda x: jnp.prod(x) + jnp.max(x) * jnp.sum(jnp.cumsum(x) ** 2) + lax.cumprod(x)[-2],
    lambda x: lax.scan(lambda c, v: (jnp.sin(c * v) + c, c * v), jnp.float32(0.5), x)[1].sum(),
    lambda x: lax.cond(x[0] > 0, lambda: jnp.sum(x**4), lambda: jnp.sum(x**3)),
    lambda x: jnp.sum(cubed(x) * x),
    lambda x: jnp.sum(jax.nn.relu(x) ** 3 + jax.nn.gelu(x)),
    lambda x: jnp.sum(jnp.sort(x) * x[::-1] + x[np.array([0, 2, 2, 1])] ** 3),
    lambda x: jnp.linalg.norm(jnp.linalg.cholesky(jnp.outer(x, x) + 3 * jnp.eye(4))),
    lambda x: jnp.sum(jnp.logaddexp(x, x[::-1]) * jax.nn.logsumexp(x)),
]


@pytest.mark.parametrize("f", TWICE)
def test_the_gradient_of_a_gradient_is_the_hessian(f: Callable[..., Any]) -> None:
    x, direction = r(4), r(4)
    once = gradient(recorded(f, [x]), [0])
    along = recorded(lambda x: jnp.sum(replay(once, [x])[1] * direction), [x])

    got = shadow(gradient(along, [0]), [x])[1]

    assert close(judged(jax.grad(lambda x: jnp.sum(jax.grad(f)(x) * direction)), [x])[0], got, 1e-6)


@pytest.mark.parametrize("f", TWICE)
def test_the_tangent_of_a_tangent_is_the_second_difference(f: Callable[..., Any]) -> None:
    x, t = r(4), r(4)
    twice = jvp(jvp(recorded(f, [x]), [True]), [True, False])

    got = shadow(twice, [x, t, t])

    h = 1e-4
    y, up, down = (shadow(recorded(f, [x]), [x.astype(np.float64) + k * h * t])[0] for k in (0, 1, -1))
    assert close(y, got[0], 0)
    assert close((up - down) / (2 * h), got[1], 1e-6)
    assert close((up - 2 * y + down) / h**2, got[3], 1e-6)


# ---- the contract --------------------------------------------------------------------------------------------------


def test_integers_have_no_tangents() -> None:
    program = record(lambda x, n: [n + 1, x * n, x > 0], [jax.typeof(r(2)), jax.typeof(np.int32(3))])

    moving = jvp(program, [True, False])

    assert [3, 4] == [len(moving.inputs), len(moving.outputs)]


def test_an_output_that_does_not_move_has_a_tangent_of_zeros() -> None:
    moving = jvp(record(lambda x, y: [x * 2, y], [jax.typeof(r(2))] * 2), [False, True])

    assert [[0, 0], [1, 1]] == [x.tolist() for x in evaluate(moving, [[r(2), r(2), np.ones(2, np.float32)]])[0][2:]]


def test_tangents_are_never_weak() -> None:
    moving = jvp(recorded(lambda x: x * 2.0, [np.float32(1)]), [True])
    weak = jvp(record(lambda x: [x * 2], [jax.typeof(np.float32(1)).update(weak_type=True)]), [True])

    assert [False, True, False] == [p.outputs[k].type.weak_type for p, k in ((moving, 1), (weak, 0), (weak, 1))]


def test_a_custom_rule_may_give_weakly_typed_results() -> None:
    half = jax.custom_jvp(lambda x: x * np.float32(0.5))
    half.defjvp(lambda p, t: (jnp.asarray(0.5), jnp.asarray(3.0)))

    moving = jvp(recorded(half, [np.float32(1)]), [True])

    assert [(0.5, False), (3, False)] == [
        (y, atom.type.weak_type)
        for y, atom in zip(evaluate(moving, [[np.float32(1)] * 2])[0], moving.outputs, strict=True)
    ]


def test_an_operation_without_a_rule_is_named_with_the_line_of_the_user() -> None:
    with pytest.raises(ReferenceUnsupported, match=r"'igamma_grad_a'.*at .*test_tangents\.py:\d+"):
        jvp(recorded(lambda a, x: lax.igamma_grad_a(a, x), [r(2), r(2)]), [True, True])


def test_an_operation_without_a_rule_is_fine_where_nothing_moves() -> None:
    args = [np.float32([1, 2]), r(2)]
    program = recorded(lambda a, x: lax.pmax(a, "i") * x, args, i=1)

    out = evaluate(jvp(program, [False, True]), [[*args, args[1]]], coords=[{"i": 0}])[0]

    assert all_close([args[0] * args[1]] * 2, out, 0)


def test_a_gradient_asks_for_a_scalar() -> None:
    with pytest.raises(TypeError, match="scalar float output"):
        gradient(recorded(lambda x: x, [r(2)]), [0])


def test_a_gradient_by_an_integer_is_an_error() -> None:
    with pytest.raises(TypeError, match="Input 0 is i32"):
        gradient(recorded(lambda n: n * 1.0, [np.int32(2)]), [0])
