"""A GRU step with a `pmean`, recorded, printed, and evaluated in eight lanes.

Run as `PYTHONPATH=reference python tools/show_gru.py`. It prints the recorded program, the time that recording and
evaluating take, and the distance from jax in units of what rounding explains (`DESIGN` §8 allows 8):

    |ours - jax| / (|round - shadow|max + eps |shadow|max)
"""

import time
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from brainspec_reference.engine.check import check
from brainspec_reference.engine.lanes import evaluate
from brainspec_reference.engine.record import Program, record, type_of
from brainspec_reference.engine.show import show
from jax import lax

LANES, INPUTS, HIDDEN = 8, 3, 8
_random = np.random.RandomState(0)
WX, WH = (_random.randn(INPUTS, 3 * HIDDEN) * 0.4).astype("f4"), (_random.randn(HIDDEN, 3 * HIDDEN) * 0.4).astype("f4")
H, X = _random.randn(LANES, HIDDEN).astype("f4"), _random.randn(LANES, INPUTS).astype("f4")


def step(h: Any, x: Any) -> Any:
    """One step of a gated recurrent unit whose lanes drift towards their mean."""
    xz, xr, xn = jnp.split(x @ WX, 3)
    hz, hr, hn = jnp.split(h @ WH, 3)
    z, r = jax.nn.sigmoid(xz + hz), jax.nn.sigmoid(xr + hr)
    new = (1 - z) * jnp.tanh(xn + r * hn) + z * h
    return new - 0.1 * lax.pmean(new, "i")


def recorded() -> Program:
    return record(lambda h, x: [step(h, x)], [type_of(H[0]), type_of(X[0])], axes={"i": LANES})


def evaluated(program: Program, **how: Any) -> Any:
    lanes = evaluate(program, [[h, x] for h, x in zip(H, X)], coords=[{"i": k} for k in range(LANES)], **how)
    return np.stack([out for (out,) in lanes])


def distance(program: Program) -> float:
    """From jax, in units of what rounding explains."""
    ours, shadow = evaluated(program), evaluated(program, mode="shadow")
    theirs = jax.jit(jax.vmap(step, axis_name="i"))(H, X)
    explained = np.abs(ours - shadow).max() + np.finfo(np.float32).eps * np.abs(shadow).max()
    return float(np.abs(np.asarray(theirs, np.float64) - shadow).max() / explained)


def milliseconds(thunk: Callable[[], Any], times: int = 20) -> list[float]:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        thunk()
        taken.append((time.perf_counter() - start) * 1e3)
    return sorted(taken)


def main() -> None:
    program = recorded()
    check(program)
    print(show(program))
    for what, thunk in (("record", recorded), ("evaluate", lambda: evaluated(program))):
        taken = milliseconds(thunk)
        print(f"{what:8}  best {taken[0]:5.2f} ms  median {taken[len(taken) // 2]:5.2f} ms  worst {taken[-1]:5.2f} ms")
    print(f"distance from jax {jax.__version__}: {distance(program):.2f} (allowed: 8)")


if __name__ == "__main__":
    main()
