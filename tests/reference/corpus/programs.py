"""Whole programs: recurrent cells, control flow, custom rules, jax's own transforms inside, collectives."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax import random as jr

from ..spike import spike
from . import Family
from .numbers import positive, real, whole

NETWORKS, CONTROL, TRANSFORMS, COLLECTIVES = map(Family, ("network", "control", "transform", "collective"))

# ---- networks
W, U = real(3, 8, scale=0.4), real(8, 8, scale=0.35)
W4, U4 = real(3, 32, scale=0.4), real(8, 32, scale=0.35)


def rnn(h: Any, x: Any) -> Any:
    return jnp.tanh(x @ W + h @ U + 0.1)


def gru(h: Any, x: Any) -> Any:
    z = jax.nn.sigmoid(x @ W + h @ U)
    r = jax.nn.sigmoid(x @ W * 0.5 + h @ U)
    n = jnp.tanh(x @ W + (r * h) @ U)
    return (1 - z) * n + z * h


def lstm(carry: Any, x: Any) -> Any:
    h, c = carry
    i, f, o, u = jnp.split(x @ W4 + h @ U4, 4, -1)
    c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(u)
    return jax.nn.sigmoid(o) * jnp.tanh(c), c


@jax.custom_vjp
def squared(x: Any) -> Any:
    return x**2


squared.defvjp(lambda x: (squared(x), x), lambda x, g: (g * 2 * x,))


def lif(v: Any, x: Any) -> Any:
    v = v + 0.1 * (-v + x)
    s = spike(v - 0.5)
    return v * (1 - s), s


def attention(q: Any, k: Any, v: Any) -> Any:
    return jax.nn.softmax(q @ k.T / 2.0) @ v


def layer_norm(x: Any) -> Any:
    return (x - x.mean(-1, keepdims=True)) * lax.rsqrt(x.var(-1, keepdims=True) + 1e-5)


def cross_entropy(x: Any, y: Any) -> Any:
    return -jnp.take_along_axis(jax.nn.log_softmax(x), y[:, None], 1).mean()


H, XS = real(8), real(5, 3)
add = NETWORKS.add
add("rnn", rnn, H, real(3))
add("gru", gru, H, real(3))
add("lstm", lstm, (real(8), real(8)), real(3))
add("lif", lif, real(8), real(8))
add("attention", attention, real(4, 3), real(5, 3), real(5, 3))
add("layer_norm", layer_norm, real(4, 6))
add("batch_norm", lambda x: (x - x.mean(0)) / jnp.sqrt(x.var(0) + 1e-5), real(6, 4))
add("cross_entropy", cross_entropy, real(4, 5), np.array([0, 1, 2, 3]))
add("mlp", lambda x: jax.nn.relu(x @ W) @ U + x.sum(), real(4, 3))
add("embedding", lambda t, i: t[i].mean(0) @ W, real(9, 3), np.array([1, 8, 3]))
add(
    "cnn",
    lambda x, k: jax.nn.relu(lax.conv_general_dilated(x, k, (1, 1), "SAME")).mean((2, 3)),
    real(2, 3, 5, 5),
    real(4, 3, 3, 3),
)
add(
    "adam",
    lambda p, m, v, g: p - 0.1 * (0.9 * m + 0.1 * g) / (jnp.sqrt(0.99 * v + 0.01 * g * g) + 1e-3),
    real(5),
    real(5),
    positive(5),
    real(5),
)

# ---- control flow
add = CONTROL.add
add("scan", lambda h, xs: lax.scan(lambda h, x: (rnn(h, x), h.sum()), h, xs), H, XS)
add("scan-reverse", lambda h, xs: lax.scan(lambda h, x: (rnn(h, x), h), h, xs, reverse=True), H, XS)
add("scan-keys", lambda k: lax.scan(lambda c, _: (jr.split(c)[0], jr.uniform(c)), k, None, length=4), jax.random.key(5))
add("scan-zero", lambda h, xs: lax.scan(lambda h, x: (rnn(h, x), h), h, xs), H, np.zeros((0, 3), np.float32))
add(
    "scan-nested",
    lambda h, xs: lax.scan(lambda h, x: lax.scan(lambda a, b: (a * 0.5 + b, a.sum()), h, jnp.stack([x, x])), h, xs),
    real(3),
    XS,
)
add(
    "scan-tree",
    lambda h, xs: lax.scan(lambda c, x: ({"a": c["a"] + x, "n": c["n"] + 1}, c["n"]), {"a": h, "n": 0}, xs),
    real(3),
    XS,
)
add(
    "while",
    lambda x: lax.while_loop(lambda c: c[0].sum() < 50, lambda c: (c[0] * 1.5 + 0.3, c[1] + 1), (x, 0)),
    positive(4),
)
add("while-never", lambda x: lax.while_loop(lambda c: c.sum() < -50, lambda c: c + 1, x), positive(4))
add("fori", lambda x, n: lax.fori_loop(0, n, lambda i, c: c * 1.1 + i, x), real(3), np.int32(5))
add("fori-static", lambda x: lax.fori_loop(0, 5, lambda i, c: c * 1.1 + i, x), real(3))
add("map", lambda xs: lax.map(lambda x: x @ W, xs), real(4, 3))
add("associative_scan", lambda xs: (lax.associative_scan(jnp.add, xs), lax.associative_scan(jnp.multiply, xs)), real(7))
add("cond", lambda p, x: lax.cond(p > 0, lambda x: x * 2, lambda x: x + 1, x), np.float32(1), real(3))
add("cond-false", lambda p, x: lax.cond(p > 0, lambda: x * 2, lambda: x + p), np.float32(-1), real(3))
add("switch", lambda i, x: lax.switch(i, [lambda x: x * 2, lambda x: x + 1, jnp.sin], x), np.int32(1), real(3))
add(
    "switch-outside",
    lambda i, x: (lax.switch(i, [jnp.cos, jnp.sin], x), lax.switch(-i, [jnp.cos, jnp.sin], x)),
    np.int32(7),
    real(3),
)
add(
    "cond-in-scan",
    lambda h, xs: lax.scan(lambda h, x: (lax.cond(x.sum() > 0, lambda: rnn(h, x), lambda: h), h.mean()), h, xs),
    H,
    XS,
)
add("newton", lambda x: lax.fori_loop(0, 4, lambda i, y: y - (y * y - x) / (2 * y), x + 1), positive(4))
add(
    "bisection",
    lambda x: lax.fori_loop(
        0,
        12,
        lambda i, b: lax.cond(
            ((b[0] + b[1]) / 2) ** 2 > x, lambda: (b[0], (b[0] + b[1]) / 2), lambda: ((b[0] + b[1]) / 2, b[1])
        ),
        (0.0, 4.0),
    ),
    np.float32(2),
)
add("jit", jax.jit(lambda x: jax.jit(jnp.sin)(x) * 2), real(3))
add("checkpoint", jax.checkpoint(lambda x: jnp.sin(x) * 2), real(3))
add("custom_jvp", lambda x: spike(x) * x, real(4))
add("custom_vjp", squared, real(3))
add("linear-solve", lambda b: lax.custom_linear_solve(lambda x: 2 * x, b, lambda f, y: y / 2), real(3))

# ---- jax's own transforms in the user's code
add = TRANSFORMS.add
add("grad", jax.grad(lambda h, x: rnn(h, x).sum()), H, real(3))
add("grad-gru", jax.grad(lambda h, x: (gru(h, x) ** 2).sum()), H, real(3))
add("grad-scan", jax.grad(lambda h, xs: lax.scan(lambda h, x: (rnn(h, x), h.sum()), h, xs)[1].sum()), H, XS)
add("value_and_grad", jax.value_and_grad(lambda w, x, y: ((x @ w - y) ** 2).mean()), real(3, 2), real(4, 3), real(4, 2))
add("grad-lif", jax.grad(lambda v, x: sum(o.sum() for o in lif(v, x))), real(8), real(8))
add("grad-custom", jax.grad(lambda x: squared(x).sum()), real(3))
add(
    "grad-conv",
    jax.grad(
        lambda k, x: (lax.conv_general_dilated(x, k, (2,), "SAME", dimension_numbers=("NWC", "WIO", "NWC")) ** 2).sum(),
        (0, 1),
    ),
    real(3, 3, 4),
    real(2, 8, 3),
)
add(
    "grad-reductions",
    jax.grad(lambda x: x.max(1).sum() + jnp.sort(x)[0, 0] + jnp.cumsum(x)[3] + jax.nn.logsumexp(x) + x.prod()),
    real(3, 4),
)
add("grad-index", jax.grad(lambda x, i: (x[i] ** 2).sum() + x.at[i].set(0.0).sum()), real(5, 3), np.array([1, 1, 3]))
add("grad-pool", jax.grad(lambda x: (lax.reduce_window(x, -jnp.inf, lax.max, (2,), (2,), "VALID") ** 2).sum()), real(6))
add("grad-attention", jax.grad(lambda q, k, v: attention(q, k, v).sum() ** 2), real(4, 3), real(5, 3), real(5, 3))
add("grad-norm", jax.grad(lambda x: (layer_norm(x) ** 3).sum()), real(4, 6))
add("grad-cholesky", jax.grad(lambda x: jnp.linalg.cholesky(x @ x.T + 4 * jnp.eye(3)).sum()), real(3, 3))
add("grad-solve", jax.grad(lambda a, b: jnp.linalg.solve(a + 4 * jnp.eye(3), b).sum()), real(3, 3), real(3))
add("jacrev", jax.jacrev(rnn), H, real(3))
add("jacfwd", jax.jacfwd(rnn), H, real(3))
add("hessian", jax.hessian(lambda x: jnp.tanh(x).sum() + (x * x).prod()), real(3))
add("jvp", lambda h, x: jax.jvp(lambda h: gru(h, x), (h,), (jnp.ones(8),)), H, real(3))
add("vjp", lambda h, x: jax.vjp(lambda h: gru(h, x), h)[1](jnp.ones(8)), H, real(3))
add("linearize", lambda x: jax.linearize(jnp.sin, x)[1](x), real(3))
add("vmap", jax.vmap(gru, (0, 0)), real(4, 8), real(4, 3))
add("vmap-axes", jax.vmap(lambda a, b: a * b, (1, None), 1), real(3, 4), real(3))
add("vmap-nested", jax.vmap(jax.vmap(jnp.outer, (0, None)), (None, 0)), real(2, 3), real(4, 3))
add("vmap-cond", jax.vmap(lambda p, x: lax.cond(p > 0, jnp.sin, jnp.cos, x)), real(4), real(4))
add(
    "vmap-update",
    jax.vmap(lambda x, i: lax.dynamic_update_slice(x, jnp.ones(2, x.dtype), (i,))),
    real(4, 5),
    np.array([0, 1, 4, 2], np.int32),
)
add("vmap-random", jax.vmap(lambda k: jr.normal(k, (2,))), np.array([[1, 2], [3, 4]], np.uint32), loose=True)
add("vmap-index", jax.vmap(lambda x, i: x[i]), real(4, 5), np.array([0, 1, 4, 2], np.int32))
add("vmap-sort", jax.vmap(jnp.argsort), real(4, 5))
add("vmap-scan", jax.vmap(lambda h, xs: lax.scan(lambda h, x: (rnn(h, x), h.sum()), h, xs), (0, None)), real(2, 8), XS)
add("vmap-psum", jax.vmap(lambda x: x / lax.psum(x, "j"), axis_name="j"), positive(4))
add("vmap-grad", jax.vmap(jax.grad(lambda h, x: rnn(h, x).sum())), real(2, 8), real(2, 3))

# ---- collectives: four lanes
X4 = real(4, 4, 3)


def mapped(name: str, fun: Any, *args: Any) -> None:
    COLLECTIVES.add(name, fun, *(args or (X4,)), axis="i")


mapped("psum", lambda x: lax.psum(x, "i"))
mapped("psum-tree", lambda x: lax.psum({"a": x, "b": (x.sum(), 1)}, "i"))
mapped("pmean", lambda x: lax.pmean(x, "i"))
mapped("pmax", lambda x: lax.pmax(x, "i"))
mapped("pmin", lambda x: lax.pmin(x, "i"))
mapped("all_gather", lambda x: (lax.all_gather(x, "i"), lax.all_gather(x, "i", axis=1)))
mapped("all_gather-tiled", lambda x: lax.all_gather(x, "i", axis=0, tiled=True))
mapped("ppermute", lambda x: lax.ppermute(x, "i", [(0, 1), (1, 2), (2, 3), (3, 0)]))
mapped("pshuffle", lambda x: lax.pshuffle(x, "i", [3, 2, 1, 0]))
mapped("axis_index", lambda x: x + lax.axis_index("i"))
mapped("axis_size", lambda x: (x * lax.axis_size("i"), x / lax.psum(1, "i")))
mapped("all_to_all", lambda x: lax.all_to_all(x, "i", 0, 0))
mapped("all_to_all-moved", lambda x: lax.all_to_all(x, "i", 0, 1))
mapped("all_to_all-tiled", lambda x: lax.all_to_all(x, "i", 0, 0, tiled=True))
mapped("psum_scatter", lambda x: lax.psum_scatter(x, "i"))
mapped("psum_scatter-tiled", lambda x: lax.psum_scatter(x, "i", tiled=True))
mapped("random-by-index", lambda x: jr.uniform(jr.fold_in(jr.PRNGKey(0), lax.axis_index("i")), (2,)) + x.sum())
mapped("in-scan", lambda x: lax.scan(lambda c, _: (c * 0.3 + lax.psum(c, "i") * 0.1, c), x, None, length=3)[0])
mapped("in-loop", lambda x: lax.fori_loop(0, 3, lambda i, c: c * 0.5 + lax.pmean(c, "i"), x))
mapped(
    "in-uniform-cond",
    lambda x: lax.cond(lax.psum(x.sum(), "i") > 0, lambda: lax.pmax(x, "i"), lambda: lax.pmin(x, "i")),
)
mapped("lane-cond", lambda x: lax.cond(x.sum() > 0, lambda: x * 2, lambda: x - 1))
mapped("lane-while", lambda x: lax.while_loop(lambda c: c.sum() < 9, lambda c: c * 1.5 + 1, x))
mapped("lane-switch", lambda x, i: lax.switch(i, [jnp.sin, jnp.cos, jnp.tanh], x), X4, whole(4, low=0, high=3))
mapped("gru-pmean", lambda h, x: lax.pmean(gru(h, x), "i"), real(4, 8), real(4, 3))
mapped(
    "lane-keys", lambda k: (jr.normal(k, (2,)), lax.pmean(jr.uniform(k), "i")), jax.random.split(jax.random.key(2), 4)
)
