"""Gradients, pullbacks and Jacobians; mapped axes, inside the program and around it; complex numbers; size zero."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from brainspec_reference.engine.gradients import gradient, jacobian, pullback
from brainspec_reference.engine.lanes import evaluate
from brainspec_reference.engine.program import Program
from brainspec_reference.engine.record import emit, record, record_body, replay
from jax import lax

from tests.reference.derivatives import all_close, close, judged, r, recorded, shadow

TOLERANCE = 3e-6  # JAX's constants are rounded to float32


def c(*shape: int) -> np.ndarray:
    return (r(*shape) + 1j * r(*shape)).astype(np.complex64)


def vmap(f: Callable[..., Any], size: int, in_axes: Sequence[int | None], name: str = "i") -> Callable[..., Any]:
    """A mapping as the reference records it."""

    def mapped(*args: Any) -> Any:
        types = [
            jax.typeof(x) if a is None else jax.typeof(x).update(shape=np.delete(x.shape, a))
            for x, a in zip(args, in_axes)
        ]
        body, outer = record_body(lambda *xs: jax.tree.leaves(f(*xs)), types, axes={name: size})
        params = {
            "body": body,
            "size": size,
            "in_axes": (*in_axes, *[None] * len(outer)),
            "out_axes": (0,) * len(body.outputs),
            "axis_name": name,
        }
        out = [atom.type.update(shape=(size, *atom.type.shape)) for atom in body.outputs]
        return emit("map", [*args, *outer], params, out)[0]

    return mapped


def vmap_of_jax(f: Callable[..., Any], size: int, in_axes: Sequence[int | None], name: str = "i") -> Callable[..., Any]:
    return jax.vmap(f, in_axes, axis_name=name, axis_size=size)


# ---- an axis inside the program ------------------------------------------------------------------------------------

COLLECTIVES = {
    "psum": lambda x: lax.psum(jnp.sin(x), "i") * x,
    "pmean": lambda x: jnp.tanh(x) - lax.pmean(x * x, "i"),
    "all_gather": lambda x: lax.all_gather(x, "i") @ jnp.arange(6.0).reshape(2, 3).T @ jnp.ones(2),
    "all_gather tiled": lambda x: lax.all_gather(x, "i", tiled=True)[:4] ** 2,
    "ppermute": lambda x: lax.ppermute(x, "i", [(0, 1), (1, 2), (2, 0)]) * x,
    "all_to_all": lambda x: lax.all_to_all(x[:3] * x[1], "i", 0, 0) * x[0],
    "psum_scatter": lambda x: lax.psum_scatter(x[:3] ** 2, "i") * x[0],
    "axis_index": lambda x: x * x * lax.axis_index("i"),
    "psum of several": lambda x: sum(lax.psum((x, x * x, 2), "i")) * x,
    "in a loop": lambda x: lax.fori_loop(0, 3, lambda _, c: c * 0.5 + jnp.sin(lax.pmean(c * c, "i")), x),
    "not moving": lambda x: lax.pmax(lax.stop_gradient(x), "i") * x,
}


@pytest.mark.parametrize("name", COLLECTIVES)
def test_a_gradient_goes_through_a_mapping_with_collectives(name: str) -> None:
    f, x = COLLECTIVES[name], r(3, 4)[:, :3] if name == "all_gather" else r(3, 4)

    def loss(vmap: Any) -> Callable[..., Any]:
        return lambda x, w: jnp.sum(jnp.sin(vmap(lambda x, w: f(x * w), 3, (0, None))(x, w)))

    args = [x, np.float32(0.75)]
    got = shadow(gradient(recorded(loss(vmap), args), [0, 1]), args)[1:]

    assert all_close(judged(jax.grad(loss(vmap_of_jax), (0, 1)), args), got, TOLERANCE)


def test_a_mapping_over_a_later_axis_and_a_closed_over_weight() -> None:
    x, w = r(2, 3), r(2)

    def loss(vmap: Any) -> Callable[..., Any]:
        return lambda x, w: jnp.sum(vmap(lambda column: jnp.sin(column * w) @ w, 3, (1,))(x) ** 2)

    got = shadow(gradient(recorded(loss(vmap), [x, w]), [0, 1]), [x, w])[1:]

    assert all_close(judged(jax.grad(loss(vmap_of_jax), (0, 1)), [x, w]), got, TOLERANCE)


# ---- an axis around the program ------------------------------------------------------------------------------------


def in_lanes(program: Program, *stacked: Any) -> list[np.ndarray]:
    """Evaluate in one lane per index, and stack."""
    lanes = [list(values) for values in zip(*stacked)]
    out = evaluate(program, lanes, mode="shadow", coords=[{"i": k} for k in range(len(lanes))])
    return [np.stack(values) for values in zip(*out)]


@pytest.mark.parametrize("name", COLLECTIVES)
def test_inside_a_lane_a_gradient_is_that_of_the_sum_over_the_lanes(name: str) -> None:
    f, x = COLLECTIVES[name], r(3, 4)[:, :3] if name == "all_gather" else r(3, 4)
    scale = np.float32([1, 2, 3])

    def loss(x: Any, s: Any) -> Any:
        return jnp.sum(jnp.sin(f(x)) * s)

    got = in_lanes(gradient(recorded(loss, [x[0], scale[0]], i=3), [0]), x, scale)[1]

    assert all_close(judged(jax.vmap(jax.grad(loss), axis_name="i"), [x, scale]), [got], TOLERANCE)


def test_without_collectives_there_is_one_direction_per_element() -> None:
    program = gradient(recorded(lambda x: jnp.sum(x * lax.axis_index("i")), [r(4)], i=3), [0])

    assert [4] == [eqn.params["size"] for eqn in program.equations if eqn.op == "map"]


def test_two_jacobians_of_a_collective_are_those_of_jacrev_and_jacfwd() -> None:
    x = r(3, 2)
    f = COLLECTIVES["psum"]
    program = recorded(f, [x[0]], i=3)

    got = [in_lanes(jacobian(program, [0], of_the_sum), x)[0] for of_the_sum in (True, False)]

    expected = [judged(jax.vmap(jacobian(f), axis_name="i"), [x])[0] for jacobian in (jax.jacrev, jax.jacfwd)]
    assert all_close(expected, got, TOLERANCE)


def test_a_gradient_over_two_axes_of_which_one_is_talked_over() -> None:
    x = r(2, 3, 2)

    def loss(x: Any) -> Any:
        return jnp.sum(lax.psum(x * x, "j") * x * (1 + lax.axis_index("i")))

    program = gradient(recorded(loss, [x[0, 0]], i=2, j=3), [0])
    coords = [{"i": i, "j": j} for i in range(2) for j in range(3)]
    out = evaluate(program, [[x[c["i"], c["j"]]] for c in coords], mode="shadow", coords=coords)

    expected = judged(jax.vmap(jax.vmap(jax.grad(loss), axis_name="j"), axis_name="i"), [x])
    assert all_close(expected, [np.reshape([g for _, g in out], x.shape)], TOLERANCE)


def grad(f: Callable[..., Any], x: Any) -> Any:
    """A gradient taken while something else is recorded."""
    return replay(gradient(record(lambda x: [f(x)], [jax.typeof(x)]), [0]), [x])[1]


@pytest.mark.parametrize("name", ["psum", "all_gather tiled", "in a loop"])
def test_a_gradient_inside_a_mapping_inside_a_gradient(name: str) -> None:
    f, x = COLLECTIVES[name], r(3, 4)

    def loss(vmap: Any, grad: Any) -> Callable[..., Any]:
        return lambda x: jnp.sum(jnp.cos(vmap(lambda x: grad(lambda x: jnp.sum(jnp.sin(f(x))), x), 3, (0,))(x)))

    got = shadow(gradient(recorded(loss(vmap, grad), [x]), [0]), [x])[1]

    expected = judged(jax.grad(loss(vmap_of_jax, lambda f, x: jax.grad(f)(x))), [x])
    assert all_close(expected, [got], 1e-5)


def test_a_mapping_of_size_zero_has_a_gradient() -> None:
    args = [r(0, 2), r(2)]
    program = recorded(lambda x, w: jnp.sum(vmap(lambda x: jnp.sin(x * w) / lax.psum(w, "i"), 0, (0,))(x)), args)

    got = shadow(gradient(program, [0, 1]), args)[1:]

    assert all_close([np.zeros((0, 2)), np.zeros(2)], got, 0)


# ---- pullbacks, Jacobians --------------------------------------------------------------------------------------------


def test_a_pullback_weighs_each_float_output_by_its_cotangent() -> None:
    args, cotangents = [r(3), r(3)], [r(3), np.float32(0.5)]

    def f(x: Any, y: Any) -> Any:
        return x * y, jnp.arange(3), jnp.sum(jnp.sin(x))

    got = shadow(pullback(recorded(f, args), [1, 0]), [*args, *cotangents])

    _, pull = jax.vjp(lambda y, x: (f(x, y)[0], f(x, y)[2]), args[1], args[0])
    assert all_close(pull((cotangents[0], cotangents[1])), got, TOLERANCE)


@pytest.mark.parametrize(
    "f",
    [
        lambda z: z * z * jnp.exp(z),
        lambda z: jnp.abs(z) + jnp.real(z) * jnp.imag(z),
        lambda z: jnp.conj(z) * z[::-1],
        lambda z: jnp.fft.fft(z * z),
    ],
)
def test_a_pullback_of_complex_numbers_follows_jax(f: Callable[..., Any]) -> None:
    z = c(3)
    y, pull = jax.vjp(f, z)
    cotangent = c(3) if np.iscomplexobj(y) else r(3)

    got = shadow(pullback(recorded(f, [z]), [0]), [z, cotangent])

    assert all_close(pull(cotangent), got, TOLERANCE)


def test_a_jacobian_has_the_axes_of_the_output_then_of_the_input() -> None:
    args = [r(2, 3), r(3)]

    def f(x: Any, y: Any) -> Any:
        return jnp.sin(x) @ y, jnp.sum(x) * y

    got = shadow(jacobian(recorded(f, args), [0, 1]), args)

    assert all_close(judged(jax.jacrev(f, (0, 1)), args), got, TOLERANCE)


def test_a_gradient_by_nothing_is_empty() -> None:
    args = [r(0, 3), r(2)]

    got = shadow(gradient(recorded(lambda x, y: jnp.sum(x) + jnp.sum(y), args), [0]), args)

    assert [(), (0, 3)] == [x.shape for x in got]
    assert close(args[1].sum(), got[0], TOLERANCE)


def test_an_input_that_is_asked_for_twice_has_its_gradient_twice() -> None:
    args = [r(2), r(2)]

    got = shadow(gradient(recorded(lambda x, y: jnp.sum(x * x * y), args), [1, 0, 1]), args)[1:]

    assert all_close([args[0] ** 2, 2 * args[0] * args[1], args[0] ** 2], got, 0)


def test_each_gradient_has_the_type_of_its_input() -> None:
    args = [r(2), r(2).astype(jnp.bfloat16), r(2).astype(np.float16)]
    program = gradient(recorded(lambda x, y, z: jnp.sum(x * y * z), args), [2, 0, 1])

    assert ["float16", "float32", "bfloat16"] == [str(atom.type.dtype) for atom in program.outputs[1:]]


def test_the_value_and_the_other_outputs_come_first() -> None:
    args = [r(2)]

    value, other, slope = shadow(gradient(recorded(lambda x: (jnp.sum(x * x), x + 1), args), [0]), args)

    assert close(np.sum(args[0] ** 2), value, TOLERANCE)
    assert close(args[0] + 1, other, TOLERANCE)
    assert close(2 * args[0], slope, TOLERANCE)


def test_the_gradient_of_a_recurrent_step_agrees_with_xla_in_float32() -> None:
    w = {"z": r(7, 4), "r": r(7, 4), "n": r(7, 4)}
    names = sorted(w)
    args = [*(w[k] for k in names), r(4), r(5, 3)]

    def loss(wn: Any, wr: Any, wz: Any, h: Any, xs: Any) -> Any:
        def step(h: Any, x: Any) -> Any:
            z, forget = (jax.nn.sigmoid(jnp.concatenate([x, h]) @ v) for v in (wz, wr))
            new = jnp.tanh(jnp.concatenate([x, forget * h]) @ wn)
            return (1 - z) * new + z * h, h.sum()

        h, ys = lax.scan(step, h, xs)
        return jnp.sum(h * h) + jnp.mean(ys)

    got = evaluate(gradient(recorded(loss, args), [0, 1, 2, 3]), [args])[0][1:]

    expected = jax.jit(jax.grad(loss, (0, 1, 2, 3)))(*args)
    for x, y, exact in zip(expected, got, shadow(gradient(recorded(loss, args), [0, 1, 2, 3]), args)[1:], strict=True):
        eps = np.finfo(np.float32).eps
        bound = 8 * (np.abs(y - exact).max() + eps * np.abs(y).max())
        assert np.abs(np.asarray(x) - exact).max() <= bound
