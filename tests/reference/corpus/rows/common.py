"""What the files of rows share: the family, the dtypes, a few arrays."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .. import Family
from ..numbers import real

ROWS = Family("row")
row = ROWS.add

FLOATS = (np.float32, np.float16, jnp.bfloat16, np.float64)
COMPLEXES = (np.complex64, np.complex128)
INTS = (np.int32, np.int8, np.uint8, np.uint32, np.int16, np.uint16, np.int64, np.uint64)


def wide_type(dtype: Any) -> bool:
    return np.dtype(dtype).name in ("float64", "int64", "uint64", "complex128")


def short(dtype: Any) -> str:
    return np.dtype(dtype).name


def ints(n: int, dtype: Any) -> Any:
    """The ends of the type and numbers between."""
    info = np.iinfo(dtype)
    ends = [info.min, info.max, info.min + 1, info.max - 1, 0, 1, 2, info.max // 2]
    return np.resize(np.array([*ends, *(n % (int(info.max) + 1) for n in (3, 7, 11, 25, 90, 121, 5, 6))], dtype), n)


X, K = real(3, 4), jax.random.split(jax.random.key(3), (3, 4))


def both(name: str, fun: Any) -> None:
    """On numbers and on keys."""
    row(name, fun, X)
    row(f"{name}-keys", lambda k: jax.tree.map(jax.random.key_data, fun(k)), K)


W = real(5, 6)
OUT = np.array([0, 2, -1, 7, -9, 1], np.int32)
