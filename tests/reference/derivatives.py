"""What the tests of derivatives share: arguments, evaluation in float64, the judges."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import numpy as np
from brainspec_reference.engine.errors import ReferenceUnsupported
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
