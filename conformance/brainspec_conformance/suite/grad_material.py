"""What the checks of `spec/36-grad.md` share: how gradients are judged, values to ask by, and a loss of any of them."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from brainspec_conformance.suite.jit_counts_material import Boxed, Pair
from brainspec_conformance.suite.jit_material import numbers
from brainspec_conformance.suite.shared_material import assert_but_weak

Origin = Callable[..., Any]


def differentiated(impl: Any, **options: Any) -> Callable[[Origin], Any]:
    """Decorates as `grad` of the implementation does; a decorator that has a type."""
    return lambda origin: impl.transform.grad(origin, **options)


def assert_gradients(found: Any, wanted: Any) -> None:
    """A tree of JAX arrays, with numbers, that agrees with another in structure, types and numbers up to rounding.

    Weak types are those of what is asked; bare JAX loses some on the way.
    """
    assert_but_weak(found, wanted, assert_near)


def assert_near(found: Any, wanted: Any) -> None:
    """The numbers are the same up to rounding."""
    one, other = numbers(found), numbers(wanted)
    if jnp.issubdtype(other.dtype, jnp.inexact):
        wide = np.complex128 if jnp.issubdtype(other.dtype, jnp.complexfloating) else np.float64
        np.testing.assert_allclose(one.astype(wide), other.astype(wide), rtol=1e-5, atol=1e-5)
    else:
        np.testing.assert_array_equal(one, other)


def loss_of(tree: Any) -> Any:
    """A loss that every leaf has its own part in."""
    parts = [jnp.sum(leaf * leaf) * (n + 1) for n, leaf in enumerate(jax.tree.leaves(tree))]
    return sum((jnp.real(part).astype(jnp.float32) for part in parts), jnp.float32(0))


# Values that gradients are asked by; dyadic, so that no sum rounds.
VALUES: dict[str, Callable[[], Any]] = {
    "a Python float": lambda: 1.5,
    "a weak array": lambda: jnp.asarray(1.5),
    "a float": lambda: jnp.float32(1.5),
    "a half float": lambda: jnp.float16(1.5),
    "a brain float": lambda: jnp.bfloat16(1.5),
    "a NumPy float": lambda: np.float32(1.5),
    "a complex number": lambda: jnp.complex64(1 + 2j),
    "a Python complex number": lambda: 1 + 2j,
    "a vector": lambda: jnp.array([0.5, -1.0, 2.0]),
    "a NumPy vector": lambda: np.array([0.5, -1.0], np.float32),
    "a matrix": lambda: jnp.arange(6.0).reshape(2, 3),
    "an empty array": lambda: jnp.zeros((0, 2)),
    "a dictionary": lambda: {"b": jnp.ones(2), "a": 0.5},
    "a list": lambda: [1.0, jnp.float16(2)],
    "a tuple": lambda: (jnp.ones((2, 1)), 0.5),
    "a nested tree": lambda: {"a": [1.0, (jnp.ones(2), {"b": np.float32(2)})], "c": None, "d": ()},
    "a named tuple": lambda: Pair(1.5, jnp.ones(2)),
    "a box": lambda: Boxed(jnp.ones(2), "mV"),
    "one without leaves": lambda: {"a": None, "b": []},
}


def states_of_values(impl: Any) -> tuple[Any, Any, Any]:
    """Three states of three kinds, of three types."""
    return impl.ParamState(jnp.array([1.0, 2.0])), impl.State(0.5), impl.ShortTermState({"a": jnp.float32(4)})


def pure(a: Any, b: Any, c: Any, x: Any = 1.0) -> Any:
    """A loss of the values of these three states."""
    return (a * a).sum() * b + b * b * c["a"] * x
