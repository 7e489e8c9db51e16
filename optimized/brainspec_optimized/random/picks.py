"""What is fast about it: nothing is wrapped around the samplers of `jax.random`."""

import jax

from brainspec_optimized.random.keys import Seed
from brainspec_optimized.random.size import Size, given_shape, shape_of
from brainspec_optimized.random.stream import Real, Stream

__all__ = ["categorical", "choice", "permutation", "shuffle"]


def choice(
    self: Stream, a: Real, size: Size = None, replace: bool = True, p: Real = None, *, key: Seed = None
) -> jax.Array:
    """Draw from the entries of `a`, or from the integers below it."""
    shape = shape_of(size)  # [random.size.none]
    return self._draw(key, lambda sub: jax.random.choice(sub, a, shape, replace, p))  # [random.sampler.choice]


def permutation(self: Stream, x: Real, axis: int = 0, independent: bool = False, *, key: Seed = None) -> jax.Array:
    """Draw an order of `x`, or of the integers below it."""
    return self._draw(
        key,
        lambda sub: jax.random.permutation(sub, x, axis, independent=independent),  # [random.sampler.permutation]
    )


def shuffle(self: Stream, x: Real, axis: int = 0, *, key: Seed = None) -> jax.Array:
    """Draw an order of `x`; arrays of JAX cannot be shuffled in place."""
    return self._draw(key, lambda sub: jax.random.permutation(sub, x, axis))  # [random.sampler.shuffle]


def categorical(self: Stream, logits: Real, axis: int = -1, size: Size = None, *, key: Seed = None) -> jax.Array:
    """Draw positions along an axis, by their logarithmic weights."""
    shape = None if size is None else given_shape(size)  # [random.size.none]
    return self._draw(key, lambda sub: jax.random.categorical(sub, logits, axis, shape))  # [random.sampler.categorical]
