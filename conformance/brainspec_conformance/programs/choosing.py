"""Choices: what drawing a program needs of a source of randomness. Hypothesis gives one that it can replay; fuzzing takes Python's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import TypeVar

from . import values
from .operations import BOOL, FLOAT, INT, size

T = TypeVar("T")

# Few shapes, so that JAX's caches are warm: what differs between programs is what is done with them.
SHAPES = [(), (2,), (3,), (2, 3), (1,), (0,), (2, 2)]
SHAPE_WEIGHTS = [6, 8, 4, 4, 1, 1, 2]
DTYPES = [FLOAT, INT, BOOL]
DTYPE_WEIGHTS = [8, 3, 1]
# Static arguments by their sort; none that equals another one of its sort and type, since a program is kept for both.
STATICS: dict[str, list[values.Static | values.Symbol]] = {
    "number": [1, 2, True, 1.0, 0.5, 0, False, -1],
    "text": ["sum", "twice"],
    "tuple": [(1, 2), (2, 1), (), (0.5,)],
    "function": [values.Symbol(f"jnp.{name}") for name in ("abs", "ravel", "zeros_like", "atleast_1d")],
    "maybe": [None, 1, 0.5],
}


class Choosing:
    """Draws from a `Random`; every draw that a program depends on goes through here."""

    def __init__(self, random: Random, *, exact: bool = False, devices: int = 1) -> None:
        self.random = random
        # Nothing rounds, so what runs in plain Python, where the oracle measures nothing, can be compared bit by bit.
        self.exact = exact
        # What lies on several devices, JAX does not mix with what lies on one, so plain Python is kept from it.
        self.lanes_of_pmap = range(2 if exact else devices + 1)

    def one(self, among: Sequence[T]) -> T:
        return among[self.random.randrange(len(among))]

    def weighted(self, weights: Mapping[T, int]) -> T:
        """A key, as often as its weight says; there must be one above zero."""
        left = self.random.randrange(sum(weights.values()))
        for key, weight in weights.items():
            left -= weight
            if left < 0:
                return key
        raise AssertionError("weights add up")

    def up_to(self, most: int, least: int = 0) -> int:
        return self.random.randint(least, most)

    def sometimes(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def some(self, among: Sequence[T], percent: int) -> tuple[T, ...]:
        return tuple(one for one in among if self.sometimes(percent))

    # ---- values ---------------------------------------------------------------------------------------------------

    def type(self) -> values.Type:
        shape = SHAPES[self.weighted(dict(enumerate(SHAPE_WEIGHTS)))]
        return values.Type(DTYPES[self.weighted(dict(enumerate(DTYPE_WEIGHTS)))], shape)

    def number(self, dtype: str) -> values.Number:
        """A small dyadic number, so that what is computed of it is exact."""
        if dtype == BOOL:
            return self.sometimes(50)
        return self.up_to(5, -3) if dtype == INT else self.up_to(8, -8) / 4

    def value(self, type_: values.Type, hows: Sequence[str] = ("jax", "jax", "numpy", "python")) -> values.Value:
        """A value of a type; Python numbers have no shape, and are weak."""
        how = self.one([h for h in hows if h != "python" or not type_.shape])
        return values.Value(type_, tuple(self.number(type_.dtype) for _ in range(size(type_.shape))), how)

    def static(self, sort: str) -> values.Static | values.Symbol:
        return self.one(STATICS[sort])

    def tree(self, types: Mapping[str | int, values.Type], how: str = "dict") -> values.Tree:
        entries = tuple((key, self.value(type_, ("jax", "numpy"))) for key, type_ in types.items())
        return values.Tree(entries, how)
