"""What is fast about it: nothing; it says what the samplers know of the random state that they draw from.

A sampler is a function whose first argument is the random state, and becomes a method of it by assignment. It reads
its arguments first, so that a mistake in them touches nothing, and does the rest in one function of the key.
"""

import typing as t

import jax

from brainspec_optimized.random.keys import Seed

__all__ = ["Real", "Stream", "moved"]

Real: t.TypeAlias = t.Any
"""A number or an array of numbers, as `jax.random` takes it."""


class Stream(t.Protocol):
    """What gives a sampler its key, and takes the draw back where it fails."""

    def _draw(self, key: Seed, sampler: t.Callable[[jax.Array], jax.Array]) -> jax.Array: ...


def moved(drawn: jax.Array, loc: Real, scale: Real) -> jax.Array:
    """Scale and shift what was drawn, each where it is wanted."""
    if scale is not None:  # [random.sampler.skipped]
        drawn = drawn * scale
    return drawn if loc is None else drawn + loc  # [random.sampler.skipped]
