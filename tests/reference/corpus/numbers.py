"""Arguments for the cases: the same in every process."""

import zlib
from typing import Any

import numpy as np

_made = 0


def _rng() -> np.random.RandomState:
    # One generator per array, seeded by its number: adding a case does not change the others of its file by much.
    global _made
    _made += 1
    return np.random.RandomState(zlib.crc32(str(_made).encode()))


def real(*shape: int, dtype: Any = np.float32, scale: float = 1.0) -> Any:
    return (_rng().randn(*shape) * scale).astype(dtype)


def positive(*shape: int, dtype: Any = np.float32, scale: float = 1.0) -> Any:
    return ((_rng().rand(*shape) + 0.1) * scale).astype(dtype)


def unit(*shape: int, dtype: Any = np.float32) -> Any:
    """Strictly between -1 and 1."""
    return (_rng().rand(*shape) * 1.9 - 0.95).astype(dtype)


def whole(*shape: int, low: int = -5, high: int = 6, dtype: Any = np.int32) -> Any:
    return _rng().randint(low, high, shape).astype(dtype)


def complex_(*shape: int, dtype: Any = np.complex64) -> Any:
    return (_rng().randn(*shape) + 1j * _rng().randn(*shape)).astype(dtype)


def matrix(n: int, dtype: Any = np.float32) -> Any:
    """Far from singular."""
    return (_rng().randn(n, n) + 3 * np.eye(n)).astype(dtype)


def definite(n: int, dtype: Any = np.float32) -> Any:
    a = _rng().randn(n, n)
    return (a @ a.T + n * np.eye(n)).astype(dtype)
