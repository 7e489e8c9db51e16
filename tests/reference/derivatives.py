"""What the tests of derivatives share: arguments, evaluation in float64, the judges."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import numpy as np
from brainspec_reference.engine.errors import ReferenceUnsupported
from brainspec_reference.engine.gradients import gradient
from brainspec_reference.engine.lanes import evaluate
from brainspec_reference.engine.program import Program
from brainspec_reference.engine.record import record

random = np.random.RandomState(0)


def r(*shape: int) -> np.ndarray:
    """Odd multiples of 1/128 between -3/2 and 3/2: never zero, exact in float32."""
    return (random.choice(np.arange(-96, 96), shape).astype(np.float32) * 2 + 1) / 128


def recorded(f: Callable[..., Any], args: Any, **axes: int) -> Program:
    return record(lambda *xs: jax.tree.leaves(f(*xs)), [jax.typeof(x) for x in args], axes=axes)


def shadow(program: Program, args: Any) -> list[np.ndarray]:
    """The outputs in float64, whatever the program's types say."""
    return [np.asarray(x) for x in evaluate(program, [list(args)], mode="shadow")[0]]


def judged(f: Callable[..., Any], args: Any) -> list[np.ndarray]:
    """A derivative of JAX's, recorded and evaluated without a compiler; by XLA if it binds what the reference lacks."""
    try:
        return shadow(recorded(f, args), args)
    except ReferenceUnsupported:
        return jax.tree.leaves(f(*args))


def close(x: Any, y: Any, tolerance: float) -> bool:
    x, y = np.asarray(x), np.asarray(y)
    return x.shape == y.shape and bool(np.abs(x - y).max(initial=0) <= tolerance * (1 + np.abs(x).max(initial=0)))


def all_close(xs: Any, ys: Any, tolerance: float) -> bool:
    xs, ys = jax.tree.leaves(xs), jax.tree.leaves(ys)
    return len(xs) == len(ys) and all(close(x, y, tolerance) for x, y in zip(xs, ys))


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
