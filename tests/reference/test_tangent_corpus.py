"""The tangents of the whole corpus, and of every case that the rule table is tried on.

Each is compared with central differences of the same program in float64. Where these disagree (at kinks, where a rule
is the user's own, where a derivative is held to be zero) jax.jvp must say what we say.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from brainspec_reference.engine.errors import ReferenceUnsupported
from brainspec_reference.engine.gradients import gradient
from brainspec_reference.engine.lanes import evaluate
from brainspec_reference.engine.program import Program
from brainspec_reference.engine.record import record
from brainspec_reference.engine.tangent_values import is_continuous, tangent_type
from brainspec_reference.engine.tangents import jvp

from tests.reference.corpus import Case
from tests.reference.corpus.functions import CORPUS
from tests.reference.corpus.rows import ROWS
from tests.reference.corpus.run import LANES, lanes, recorded

random = np.random.RandomState(0)

Lanes = list[list[Any]]

# What jax differentiates and we do not; what neither differentiates, at all or by every operand.
NOT_HERE = {"svd", "random_gamma"}
NOWHERE = {"pmax", "pmin", "zeta", "igamma_grad_a", "symmetric_product", "householder_product", "geqrf"}
NOT_BY_ALL = {"scatter-mul", "regularized_incomplete_beta", "polygamma", "qr"}

# jax.jvp of a clamp between scalars that move fails; a constant of its rule for erf_inv is rounded to bfloat16.
NOT_JUDGED = ["row.clamp-scalar", "row.erf_inv-tail"]
NOT_JUDGED += [] if hasattr(jax.lax, "log2_p") else ["row.nextafter", "maths.nextafter"]  # no rule before 0.11


def disagreement(case: Case) -> str | None:
    program = recorded(case)
    moving = [is_continuous(v.type) for v in program.inputs]
    if not any(moving) or not any(is_continuous(atom.type) for atom in program.outputs):
        return None
    try:
        ours = jvp(program, moving)
    except ReferenceUnsupported as error:
        return None if error.op in NOT_HERE | NOWHERE | NOT_BY_ALL else f"{case}: {error}"
    primals = lanes(case)
    tangents = [[random_like(x) for x, m in zip(lane, moving) if m] for lane in primals]
    both = [[*x, *t] for x, t in zip(primals, tangents)]
    got = [out[len(program.outputs) :] for out in run(case, ours, both)]
    if near(differences(case, program, primals, tangents, moving), got, 1e-6):
        return None
    return None if near(run(case, by_jax(case, program, moving), both), got, 1e-5) else f"{case}: {got}"


def run(case: Case, program: Program, values: Lanes) -> Lanes:
    coords = [{case.axis: k} for k in range(LANES)] if case.axis else None
    return evaluate(program, values, mode="shadow", coords=coords)


def random_like(x: Any) -> Any:
    x = np.asarray(x)
    return random.randn(*x.shape) + (1j * random.randn(*x.shape) if x.dtype.kind == "c" else 0)


def differences(case: Case, program: Program, primals: Lanes, tangents: Lanes, moving: list[bool]) -> Lanes:
    h = 1e-5

    def at(step: float) -> Lanes:
        given = [iter(lane) for lane in tangents]
        moved = [[x + step * next(ts) if m else x for x, m in zip(lane, moving)] for lane, ts in zip(floats, given)]
        return run(case, program, moved)

    floats = [[x if is_exact(x) else wide(x) for x in lane] for lane in primals]
    outputs = [k for k, atom in enumerate(program.outputs) if is_continuous(atom.type)]
    with np.errstate(all="ignore"):
        return [[(up[k] - down[k]) / (2 * h) for k in outputs] for up, down in zip(at(h), at(-h))]


def wide(x: Any) -> Any:
    return np.asarray(x).astype(np.complex128 if np.iscomplexobj(x) else np.float64)


def is_exact(x: Any) -> bool:
    x = np.asarray(x)
    return x.dtype.kind in "biu" or x.dtype.names is not None


def by_jax(case: Case, program: Program, moving: list[bool]) -> Program:
    """The program of jax.jvp of the case's function, by its moving arguments."""
    structure = jax.tree.structure(case.args)

    def tangents(*values: Any) -> list[Any]:
        primals, ts = values[: len(moving)], list(values[len(moving) :])

        def fun(*moved: Any) -> list[Any]:
            given = iter(moved)
            flat = [next(given) if m else x for x, m in zip(primals, moving)]
            return [y for y in jax.tree.leaves(case.fun(*jax.tree.unflatten(structure, flat))) if is_continuous(y)]

        return jax.jvp(fun, [x for x, m in zip(primals, moving) if m], ts)[1]

    types = [v.type for v in program.inputs]
    return record(tangents, [*types, *(tangent_type(t) for t, m in zip(types, moving) if m)], axes=program.axes)


def near(xs: Lanes, ys: Lanes, tolerance: float) -> bool:
    return all(
        np.allclose(x, y, tolerance, tolerance, equal_nan=True)
        for lane_x, lane_y in zip(xs, ys, strict=True)
        for x, y in zip(lane_x, lane_y, strict=True)
    )


CASES = [case for case in (*CORPUS, *ROWS.cases) if not case.wide and not str(case).startswith(tuple(NOT_JUDGED))]
PART = 32


@pytest.mark.parametrize("part", range(0, len(CASES), PART))
def test_the_tangents_of_the_corpus_are_differences_or_what_jax_says(part: int) -> None:
    assert [] == [why for why in map(disagreement, CASES[part : part + PART]) if why]


# ---- against XLA ----------------------------------------------------------------------------------------------------


def loss(case: Case) -> Any:
    """A scalar that all of the case's float results count in."""
    structure = jax.tree.structure(case.args)

    def scalar(*values: Any) -> Any:
        results = jax.tree.leaves(case.fun(*jax.tree.unflatten(structure, values)))
        floats = [jnp.sum(jnp.sin(y / 2).astype(jnp.float32)) for y in results if jnp.issubdtype(y.dtype, np.floating)]
        return sum(floats, start=jnp.float32(0))

    return scalar


def floats_of(case: Case) -> list[int]:
    return [k for k, x in enumerate(jax.tree.leaves(case.args)) if jnp.issubdtype(jax.typeof(x).dtype, np.floating)]


# JAX refuses some; of others it gives another derivative: of infinities, of the unread triangle of a matrix.
REFUSED = (
    "control.while",
    "control.fori",
    "control.linear-solve",
    "maths.nextafter",
    "maths.special",
    "arrays.norm-sp",
)
DIFFERENT = ("arrays.cho", "arrays.segment_max", "arrays.reduce_precision")
COMPILED = [
    case
    for case in CORPUS[::9]
    if not case.wide
    and not case.axis
    and floats_of(case)
    and not str(case).startswith((*REFUSED, *DIFFERENT, "random"))
]


@pytest.mark.slow
def test_gradients_of_a_sample_of_the_corpus_are_within_the_bound_of_those_of_xla() -> None:
    arguments = [jax.tree.leaves(case.args) for case in COMPILED]
    theirs = jax.jit(lambda all_: [jax.grad(loss(c), floats_of(c))(*a) for c, a in zip(COMPILED, all_)])(arguments)

    far = [str(case) for case, args, want in zip(COMPILED, arguments, theirs) if not within(case, args, want)]

    assert [] == far


def within(case: Case, args: list[Any], want: Any) -> bool:
    """DESIGN §8: eight times what rounding does to this program, plus the last place."""
    program = gradient(record(lambda *values: [loss(case)(*values)], [jax.typeof(x) for x in args]), floats_of(case))
    values = [[np.asarray(x) for x in args]]
    rounded, exact = (evaluate(program, values, mode=mode)[0][1:] for mode in ("round", "shadow"))

    def bound(x: Any, y: Any) -> Any:
        size = np.abs(y).max(initial=0)
        return 8 * (np.abs(np.asarray(x, np.float64) - y).max(initial=0) + float(jnp.finfo(x.dtype).eps) * size)

    return all(
        np.abs(np.asarray(w, np.float64) - y).max(initial=0) <= bound(x, y) for w, x, y in zip(want, rounded, exact)
    )
