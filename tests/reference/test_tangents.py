"""The pass on whole programs: control flow, custom rules, second derivatives, errors.

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
from brainspec_reference.engine.lanes import evaluate
from brainspec_reference.engine.program import Program
from brainspec_reference.engine.record import record, replay
from brainspec_reference.engine.tangents import jvp
from jax import lax

from tests.reference.derivatives import all_close, close, judged, r, recorded, shadow


def by_differences(program: Program, args: Any, wrt: int, h: float = 1e-5) -> np.ndarray:
    """The gradient of the first output, by central differences in float64."""
    args = [np.asarray(a, np.float64) if np.asarray(a).dtype.kind == "f" else a for a in args]
    slopes = np.zeros(args[wrt].shape)
    for index in np.ndindex(*slopes.shape):
        ends = []
        for sign in (1, -1):
            moved = args[wrt].copy()
            moved[index] += sign * h
            ends.append(shadow(program, [*args[:wrt], moved, *args[wrt + 1 :]])[0])
        slopes[index] = (ends[0] - ends[1]) / (2 * h)
    return slopes


def check_gradient(f: Callable[..., Any], *args: Any, differences: bool = True) -> None:
    """Our gradient of a scalar function by all its float arguments, against JAX's and against differences."""
    wrt = [k for k, a in enumerate(args) if np.asarray(a).dtype.kind == "f"]
    program = recorded(f, args)

    got = shadow(gradient(program, wrt), args)[1:]

    expected = judged(jax.grad(f, wrt), args)
    for k, x, y in zip(wrt, expected, got, strict=True):
        assert close(x, y, 1e-6)
        if differences:
            assert close(by_differences(program, args, k), y, 1e-7)


# ---- control flow --------------------------------------------------------------------------------------------------


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


# ---- rules of the user's own ---------------------------------------------------------------------------------------


@jax.custom_jvp
def spike(v: Any) -> Any:
    return (v > 0).astype(v.dtype)


spike.defjvp(lambda p, t: (spike(*p), t[0] * jnp.maximum(1 - jnp.abs(p[0]), 0.0)))


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
