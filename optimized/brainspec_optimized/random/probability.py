"""What is fast about it: a number of Python is compared as one; only an array is fetched from its device.

What is traced, or lies partly in another process, is not known here and passes.
"""

import typing as t

import jax
import numpy as np

from brainspec_optimized._jaxshim import Tracer
from brainspec_optimized.errors import NotAProbability

__all__ = ["check_probability"]


def check_probability(p: t.Any) -> None:
    """Refuse a probability that is known to be none."""
    if type(p) is float and 0 <= p <= 1:
        return
    wrong = _wrong_entries(p)
    if len(wrong):
        found = f"The probability {wrong[0]} is no number from 0 to 1."
        raise NotAProbability(found, "random.error.probability@1", "Scale or clip it.")  # [random.error.probability]


def _wrong_entries(p: t.Any) -> t.Sequence[t.Any]:
    if isinstance(p, Tracer) or (isinstance(p, jax.Array) and not p.is_fully_addressable):
        return []
    try:
        entries = np.asarray(p)
        wrong: t.Any = entries[~((entries >= 0) & (entries <= 1))]  # this way round, NaN is wrong
    except (TypeError, ValueError):  # nothing that compares with numbers
        return [p]
    return t.cast("t.Sequence[t.Any]", wrong)
