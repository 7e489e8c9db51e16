"""Comparing what two implementations showed: the first point at which they part, and both sides of it.

Integers, booleans, keys, shapes, dtypes, weak types and structures are the same or they are not. A float is compared bit by
bit, unless the oracle says how far from its own another may be.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import numpy as np
from attrs import frozen

from .run import NOTHING, Observed, Seen

Bound = Callable[[Any], float | None]
Aspects = dict[str, Callable[[Any], Any]]


@frozen
class Difference:
    """Where two observations part: after which step, at what (a result, a place, an exception), at which leaf, in which respect."""

    step: int
    where: str
    leaf: str
    aspect: str
    expected: str
    got: str

    @property
    def kind(self) -> tuple[str, str]:
        """What stays the same while a program is cut down."""
        return (
            "result" if self.where == "result" else "exception" if self.where == "exception" else "state",
            self.aspect,
        )

    def __str__(self) -> str:
        leaf = f" at {self.leaf}" if self.leaf else ""
        return f"step {self.step}: {self.aspect} of {self.where}{leaf}: expected {self.expected}, got {self.got}"


def bits(array: Any) -> None:
    """The bound of an implementation that measures nothing: everything is the same bit by bit."""
    return


def compare(expected: Observed, got: Observed, bound: Bound = bits, *, loose: bool = False) -> Difference | None:
    """The first difference, or None. Loosely, a Python number is an array, and weak types do not matter: plain Python keeps numbers."""
    if expected.failed or got.failed:
        if same_exception(expected.failed, got.failed):
            return None
        return Difference(-1, "exception", "", "class", name_of(expected.failed), name_of(got.failed))
    for a, b in zip(expected.steps, got.steps, strict=True):
        found = compare_step(a, b, bound, STRICT if not loose else LOOSE)
        if found is not None:
            return found
    return None


def compare_step(a: Seen, b: Seen, bound: Bound, aspects: Aspects) -> Difference | None:
    if not same_exception(a.raised, b.raised):
        return Difference(a.step, "exception", "", "class", name_of(a.raised), name_of(b.raised))
    if (a.result is NOTHING) != (b.result is NOTHING):
        return Difference(a.step, "result", "", "presence", text_of(a.result), text_of(b.result))
    found = None if a.result is NOTHING else compare_trees(a.step, "result", a.result, b.result, bound, aspects)
    for place in a.states:
        found = found or compare_trees(a.step, place, a.states[place], b.states[place], bound, aspects)
    return found


def compare_trees(step: int, where: str, a: Any, b: Any, bound: Bound, aspects: Aspects) -> Difference | None:
    left, right = jax.tree_util.tree_flatten_with_path(a), jax.tree_util.tree_flatten_with_path(b)
    if bool(left[1] != right[1]):  # type: ignore[operator]
        return Difference(step, where, "", "structure", text_of(left[1]), text_of(right[1]))
    for (path, x), (_, y) in zip(left[0], right[0], strict=True):
        found = compare_leaves(x, y, bound, aspects)
        if found is not None:
            aspect, expected, got = found
            return Difference(step, where, jax.tree_util.keystr(path), aspect, expected, got)
    return None


def compare_leaves(x: Any, y: Any, bound: Bound, aspects: Aspects) -> tuple[str, str, str] | None:
    """The respect in which two leaves differ, and both sides of it."""
    for aspect, of in aspects.items():
        if of(x) != of(y):
            return aspect, str(of(x)), str(of(y))
    if isinstance(x, jax.ShapeDtypeStruct) or same_value(numbers(x), numbers(y), bound(x)):
        return None
    return "value", text_of(x), text_of(y)


def kind_of(x: Any) -> str:
    """What sort of thing a leaf is."""
    if isinstance(x, jax.Array):
        return "array of JAX"
    return "array of NumPy" if isinstance(x, np.ndarray | np.generic) else type(x).__name__


STRICT: Aspects = {
    "kind": kind_of,
    "shape": lambda x: tuple(getattr(x, "shape", ())),
    "dtype": lambda x: str(getattr(x, "dtype", type(x).__name__)),
    "weak type": lambda x: bool(getattr(x, "weak_type", False)),
}


def loose_dtype(x: Any) -> str:
    """The dtype that a leaf has as an array, be it a Python number."""
    number = isinstance(x, bool | int | float | complex)
    return str(jax.numpy.result_type(x)) if number else STRICT["dtype"](x)


LOOSE: Aspects = {"shape": STRICT["shape"], "dtype": loose_dtype}


def numbers(x: Any) -> Any:
    """A leaf as numpy; a key as its data."""
    is_key = isinstance(x, jax.Array) and jax.numpy.issubdtype(x.dtype, jax.dtypes.prng_key)
    return np.asarray(jax.random.key_data(x) if is_key else x)


def same_value(x: Any, y: Any, allowed: float | None) -> bool:
    if not np.issubdtype(x.dtype, np.inexact):
        return bool(np.array_equal(x, y))
    if allowed is None:  # zeros of either sign are two values, all NaNs one
        signs = np.signbit(x.real) == np.signbit(y.real)
        return bool(np.all(((x == y) & signs) | (np.isnan(x) & np.isnan(y))))
    finite = np.isfinite(x)
    if not np.array_equal(x[~finite], y[~finite], equal_nan=True) or not np.isfinite(y[finite]).all():
        return False
    return bool(np.all(np.abs(x[finite].astype(float) - y[finite].astype(float)) <= allowed))


def same_exception(a: BaseException | None, b: BaseException | None) -> bool:
    return known_class(a) is known_class(b)


def known_class(error: BaseException | None) -> type | None:
    """The class that a user can catch whatever the implementation: the first that is Python's or JAX's."""
    if error is None:
        return None
    return next(cls for cls in type(error).__mro__ if cls.__module__.partition(".")[0] in ("builtins", "jax", "jaxlib"))


def name_of(error: BaseException | None) -> str:
    return (
        "no exception"
        if error is None
        else f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
    )


def text_of(x: Any) -> str:
    if x is NOTHING:
        return "nothing"
    return " ".join(repr(x).split())
