"""`apply`: one primitive, given numpy arrays, gives numpy arrays.

Three modes. In *round* each primitive is computed in float64 and rounded once to its declared type: a float32 program is
rounded after each operation and nowhere else, whatever a compiler would fuse or reorder. In *shadow* nothing is ever
rounded: every float is float64 whatever its type says, integers and bits are as in round. The distance between the two
is what rounding did to this program. In *rough* sums and solves are off by what another order may do to them (`rough`).

Subnormal numbers of bfloat16, float32 and float64 count as zeros of their sign in arithmetic, as operands and as
results, in round mode: XLA's CPU code does so, and a program that cares then differs between the two modes. float16
keeps its subnormals, and moves (see `rules`) keep everything.
"""

from collections.abc import Mapping, Sequence
from functools import cache, partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .errors import ReferenceUnsupported
from .rough import listed, roughly
from .rules import RULES
from .rules.table import Array

FLOAT, COMPLEX, OTHER, KEY = "float", "complex", "other", "key"
# The least magnitude that arithmetic sees; the types that are not here keep their subnormals or have none.
SMALLEST_NORMAL = {"bfloat16": 2.0**-126, "float32": 2.0**-126, "float64": 2.0**-1022}
SMALLEST_NORMAL |= {"complex64": 2.0**-126, "complex128": 2.0**-1022}


@cache
def kind(dtype: Any) -> str:
    """Whether a declared type is rounded: bfloat16 and its smaller kin are floats too, though not numpy's."""
    if jnp.issubdtype(dtype, jax.dtypes.extended):
        return KEY
    if jnp.issubdtype(dtype, np.floating):
        return FLOAT
    return COMPLEX if jnp.issubdtype(dtype, np.complexfloating) else OTHER


def flush(x: Array) -> Array:
    """Subnormals become zeros of their sign."""
    least = SMALLEST_NORMAL.get(x.dtype.name)
    if least is None:
        return x
    if x.dtype.kind == "c":
        parts = np.ascontiguousarray(x).reshape(-1).view(x.real.dtype)
        return flush(parts).view(x.dtype).reshape(x.shape)
    small = np.abs(x) < least
    return np.where(small, np.copysign(x.dtype.type(0), x), x) if small.any() else x


@cache
def wide(dtype: Any) -> Any:
    """The dtype in which values of a declared type are computed: floats are exact in float64 or complex128."""
    return {FLOAT: np.dtype(np.float64), COMPLEX: np.dtype(np.complex128)}.get(kind(dtype), dtype)


def fit(x: Array, declared: Any, mode: str) -> Array:
    """A result in its declared type: rounded, or wrapped if it is an integer; in the other modes a float stays wide."""
    if kind(declared.dtype) == KEY:
        return x
    target = declared.dtype if mode == "round" else wide(declared.dtype)
    if x.dtype == target:
        return x
    # numpy's own types are converted in one step; bfloat16 and its kin go through float32.
    return (sticky(x) if x.dtype == np.float64 and target.kind == "V" else x).astype(target)


def sticky(x: Array) -> Array:
    """Cut to 16 bits after the point, the last one set if anything was cut off: rounding twice then rounds as once."""
    bits = np.ascontiguousarray(x).reshape(-1).view(np.uint64)
    low = np.uint64(2**36 - 1)
    cut = (bits & ~low) | (((bits & low) != 0).astype(np.uint64) << np.uint64(36))
    return np.asarray(cut.view(np.float64).reshape(x.shape))


def apply(
    op: str,
    values: Sequence[Array],
    params: Mapping[str, Any],
    out_types: Sequence[Any],
    mode: str,
    in_types: Sequence[Any] = (),
) -> list[Array]:
    """The results of primitive `op`. `in_types` are needed only where the bits of a widened float are looked at."""
    rule = RULES.get(op)
    if rule is None:
        raise ReferenceUnsupported(op)
    if unknown := rule.unknown(params):
        meant = ", ".join(f"{name}={params[name]!r}" for name in unknown)
        raise ReferenceUnsupported(op, f"Its rule does not read {meant}, which may change the result.")
    given: dict[str, Any] = {**params, "outs": out_types, "ins": in_types}
    arguments = {name: given[name] for name in rule.reads if name in given}
    rounds = mode == "round" and not rule.moves
    with np.errstate(all="ignore"):
        operands = [np.asarray(value) for value in values]
        if not rule.moves:
            operands = [flush(x) if rounds else x for x in operands]
            operands = [x.astype(wide(x.dtype), copy=False) for x in operands]
        compute = partial(rule.function, **arguments)
        results = roughly(op, operands, out_types[0], compute) if mode == "rough" else listed(compute(*operands))
        fitted = [fit(x, declared, mode) for x, declared in zip(results, out_types, strict=True)]
        fitted = [flush(x) for x in fitted] if rounds else fitted
    for x, declared in zip(fitted, out_types, strict=True):
        assert x.shape == tuple(declared.shape), f"cannot happen: {op} gives {x.shape}, declared {declared}"
    return fitted
