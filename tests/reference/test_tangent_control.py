"""The pass through branches, loops and calls.

JAX's own derivative is the judge. It is recorded and run by the same evaluator in float64, without a compiler.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from brainspec_reference.engine.gradients import gradient
from brainspec_reference.engine.lanes import evaluate
from brainspec_reference.engine.tangents import jvp
from jax import lax

from tests.reference.derivatives import all_close, by_differences, check_gradient, close, judged, r, recorded, shadow


@pytest.mark.parametrize("n", [-1, 0, 1, 2, 9])
def test_a_gradient_goes_through_the_branch_that_is_taken(n: int) -> None:
    branches = [lambda x, y: jnp.sin(x) * y, lambda x, y: x * 0 + 3, lambda x, y: y * y]

    check_gradient(lambda k, x, y: jnp.sum(lax.switch(k, branches, x, y)), np.int32(n), r(3), r(3))


def test_a_branch_may_give_integers_beside_floats() -> None:
    def f(x: Any) -> Any:
        y, n = lax.cond(x[0] > 0, lambda: (x * x, 2), lambda: (x, 3))
        return jnp.sum(y) * n

    check_gradient(f, r(3))


def test_lanes_that_take_different_branches_have_their_own_gradients() -> None:
    lanes = [[np.float32(v)] for v in (1.0, -2.0, 0.5)]
    program = recorded(lambda x: lax.cond(x > 0, jnp.sin, lambda x: x * x, x), lanes[0])

    got = evaluate(gradient(program, [0]), lanes)

    assert close([np.cos(1), -4, np.cos(0.5)], [g for _, g in got], 1e-6)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("length", [0, 1, 4])
def test_a_gradient_goes_through_scan(reverse: bool, length: int) -> None:
    def f(w: Any, h: Any, xs: Any) -> Any:
        h, ys = lax.scan(lambda h, x: (jnp.tanh(h * w + x), h * x), h, xs, reverse=reverse)
        return jnp.sum(h) + jnp.sum(ys * ys)

    check_gradient(f, r(3), r(3), r(length, 3))


def test_a_carry_that_begins_to_move_on_the_third_trip_is_found() -> None:
    def f(x: Any) -> Any:
        def step(c: Any, _: Any) -> Any:
            return (c[1], c[2], c[2] * x, c[3] + 1), None

        a, b, c, n = lax.scan(step, (jnp.zeros(2), jnp.ones(2), jnp.ones(2), 0), None, length=4)[0]
        return jnp.sum(a * b + c) * n

    check_gradient(f, r(2))


def test_a_scan_over_integers_and_keys_is_left_alone() -> None:
    def f(x: Any) -> Any:
        def step(key: Any, n: Any) -> Any:
            return jax.random.split(key)[0], x * n + jax.random.uniform(key, (2,))

        return jnp.sum(lax.scan(step, jax.random.key(0), jnp.arange(3))[1] ** 2)

    check_gradient(f, r(2))


@pytest.mark.parametrize("trips", [0, 1, 5])
def test_a_tangent_goes_through_a_while_loop(trips: int) -> None:
    def f(x: Any, w: Any, n: Any) -> Any:
        return lax.fori_loop(0, n, lambda i, c: jnp.sin(c * w) + i, x)

    args, ts = [r(2), r(2), np.int32(trips)], [r(2), r(2)]

    got = shadow(jvp(recorded(f, args), [True, True, False]), [*args, *ts])

    expected = judged(lambda x, w, n, *ts: jax.jvp(lambda x, w: f(x, w, n), (x, w), ts), [*args, *ts])
    assert all_close(expected, got, 1e-6)


def test_a_loop_that_ends_by_a_moving_value_is_differentiated_at_its_number_of_trips() -> None:
    def f(x: Any) -> Any:
        return lax.while_loop(lambda c: jnp.sum(c[0]) < 9, lambda c: (c[0] * 1.5 + x, c[1] + 1), (x, 0))[0].sum()

    x = np.float32([0.5, 1])
    program = recorded(f, [x])

    got = shadow(gradient(program, [0]), [x])[1]

    assert close(by_differences(program, [x], 0), got, 1e-7)


def test_loops_and_branches_nest() -> None:
    def f(w: Any, xs: Any) -> Any:
        def step(h: Any, x: Any) -> Any:
            h = lax.cond(x.sum() > 0, lambda: jnp.tanh(h @ w + x), lambda: h * x)
            return lax.scan(lambda h, _: (jnp.sin(h), None), h, None, length=2)[0], h.mean()

        return lax.scan(step, jnp.ones(3), xs)[1].sum()

    check_gradient(f, r(3, 3), r(4, 3))


def test_jit_and_checkpoint_are_transparent() -> None:
    check_gradient(lambda x: jnp.sum(jax.checkpoint(jax.jit(lambda x: jnp.sin(x) * x))(x)), r(3))


def test_a_gradient_goes_through_vmap_of_jax() -> None:
    check_gradient(lambda x, y: jnp.sum(jax.vmap(lambda a, b: jnp.sin(a) @ b)(x, y)), r(4, 3), r(4, 3))
