"""Discrete Fourier transforms over the last axes, forward and back, of complex and of real numbers."""

from typing import Any

import numpy as np

from .table import Array, Table

TRANSFORMS = (np.fft.fftn, np.fft.ifftn, np.fft.rfftn, np.fft.irfftn)


def fft(x: Array, *, fft_type: Any, fft_lengths: Any) -> Array:
    return np.asarray(TRANSFORMS[int(fft_type)](x, fft_lengths, range(-len(fft_lengths), 0)))


ARITHMETIC: Table = {"fft": fft}

MOVES: Table = {}
