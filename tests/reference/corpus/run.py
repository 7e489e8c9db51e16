"""Running a case by the reference and by jax, and saying how far apart two results are."""

from collections.abc import Sequence
from typing import Any

import jax
import numpy as np
from brainspec_reference.engine.lanes import evaluate
from brainspec_reference.engine.program import Program
from brainspec_reference.engine.record import record

from . import Case

LANES = 4


def leaves(case: Case) -> list[Any]:
    return jax.tree.leaves(case.args)


def lanes(case: Case) -> list[list[Any]]:
    """The flat arguments of each lane, as numpy."""
    values = [to_numpy(x) for x in leaves(case)]
    return [[np.asarray(x[i]) for x in values] for i in range(LANES)] if case.axis else [values]


def widely(case: Case) -> Any:
    return jax.enable_x64(case.wide)


def recorded(case: Case) -> Program:
    """The case's program."""
    structure = jax.tree.structure(case.args)

    def flat(*values: Any) -> list[Any]:
        return jax.tree.leaves(case.fun(*jax.tree.unflatten(structure, values)))

    with widely(case):
        types = [jax.typeof(x) for x in leaves(case)]
        types = [t.update(shape=t.shape[1:]) for t in types] if case.axis else types
        return record(flat, types, axes={case.axis: LANES} if case.axis else {})


def ours(case: Case, program: Program, mode: Any, observe: Any = None) -> list[Any]:
    """The case's results by the reference; lanes stacked."""
    coords = [{case.axis: i} for i in range(LANES)] if case.axis else None
    out = evaluate(program, lanes(case), mode=mode, coords=coords, observe=observe)
    return [np.stack(column) for column in zip(*out)] if case.axis else [np.asarray(x) for x in out[0]]


def theirs(cases: Sequence[Case]) -> list[list[Any]]:
    """The results of many cases by jax, compiled as one function: that is several times faster than one by one."""

    def everything(arguments: list[tuple[Any, ...]]) -> list[list[Any]]:
        return [
            jax.tree.leaves((jax.vmap(c.fun, axis_name=c.axis) if c.axis else c.fun)(*args))
            for c, args in zip(cases, arguments)
        ]

    assert len({case.wide for case in cases}) == 1
    with widely(cases[0]):
        return jax.jit(everything)([case.args for case in cases])


def to_numpy(x: Any) -> Any:
    """Keys in the reference's form: pairs of words under the names a and b."""
    if not jax.dtypes.issubdtype(jax.typeof(x).dtype, jax.dtypes.prng_key):
        return np.asarray(x)
    return np.ascontiguousarray(jax.random.key_data(x)).view([("a", np.uint32), ("b", np.uint32)])[..., 0]


def is_rounded(x: Any) -> bool:
    return jax.dtypes.issubdtype(x.dtype, np.inexact)


def mismatch(got: Any, want: Any, wide: Any, k: float) -> str:
    """Why `got` is not `want`, or nothing. `wide` is the same result without rounding: DESIGN §8's measure of how far
    two correct programs may be apart is k times (what rounding did + one unit of the largest element)."""
    if got.shape != want.shape or got.dtype != want.dtype:
        return f"{got.dtype}{got.shape} is not {want.dtype}{want.shape}"
    if not is_rounded(got):
        return "" if np.array_equal(got, want) else f"{got} is not {want}"
    x, y, z = (np.asarray(v, np.complex128 if got.dtype.kind == "c" else np.float64) for v in (got, want, wide))
    if not np.array_equal(np.isnan(x), np.isnan(y)):
        return f"nan in other places: {got} is not {want}"
    infinite = np.isinf(x) | np.isinf(y)
    if not np.array_equal(x[infinite & ~np.isnan(x)], y[infinite & ~np.isnan(y)]) and got.dtype.kind != "c":
        return f"infinite in other places: {got} is not {want}"
    fine = np.isfinite(x) & np.isfinite(y) & np.isfinite(z)
    if not fine.any():
        return ""
    eps = float(jax.numpy.finfo(got.dtype).eps)
    allowed = k * (np.abs(x[fine] - z[fine]).max() + eps * np.abs(y[fine]).max())
    worst = np.abs(x[fine] - y[fine]).max()
    return "" if worst <= allowed else f"differs by {worst:.3g}, allowed {allowed:.3g}: {got} is not {want}"
