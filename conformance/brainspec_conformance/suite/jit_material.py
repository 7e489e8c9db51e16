"""What the checks of `spec/30-jit.md` share: how results are judged, two devices, and what a failure must leave."""

import gc
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.sharding import PartitionSpec

SEED = 42

# Parts of JAX that have no types.
finfo: Any = jnp.finfo
structure: Any = jax.tree.structure
Spec: Any = PartitionSpec
Shape: Any = jax.ShapeDtypeStruct
barrier: Any = jax.effects_barrier

# The kinds of exceptions that leave a call: those that `except Exception` does not see, and those that Python uses itself.
ERRORS: list[type[BaseException]] = [LookupError, KeyboardInterrupt, StopIteration, GeneratorExit]
errors = pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)


def jitted(impl: Any, **options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Decorates as `jit` of the implementation does; a decorator that has a type."""
    return lambda origin: impl.transform.jit(origin, **options)


def type_of(value: Any) -> tuple[Any, ...]:
    """The type of an array or number, as JAX sees it: shape, dtype, weak type."""
    aval = jax.typeof(value)
    return aval.shape, aval.dtype, bool(getattr(aval, "weak_type", False))


def numbers(value: Any) -> Any:
    """The numbers of an array, those of a key being its bits."""
    is_key = jnp.issubdtype(jax.typeof(value).dtype, jax.dtypes.prng_key)
    return np.asarray(jax.random.key_data(value) if is_key else value)


def assert_close(found: Any, wanted: Any) -> None:
    """The numbers are the same, those with a fraction up to rounding."""
    one, other = numbers(found), numbers(wanted)
    if jnp.issubdtype(other.dtype, jnp.inexact):
        largest = float(np.max(np.abs(other), initial=0, where=np.isfinite(other)))
        slack = 16 * float(finfo(type_of(wanted)[1]).eps) * largest
        wide = np.complex128 if jnp.issubdtype(other.dtype, jnp.complexfloating) else np.float64
        np.testing.assert_allclose(one.astype(wide), other.astype(wide), rtol=0, atol=slack)
    else:
        np.testing.assert_array_equal(one, other)


def assert_equal(found: Any, wanted: Any) -> None:
    """Two trees agree in structure, and in the types and numbers of their leaves."""
    assert structure(found) == structure(wanted)
    for one, other in zip(jax.tree.leaves(found), jax.tree.leaves(wanted), strict=True):
        assert type_of(one) == type_of(other)
        assert_close(one, other)


def assert_arrays(found: Any, wanted: Any) -> None:
    """A tree of JAX arrays, nothing else, that agrees with another tree."""
    for leaf in jax.tree.leaves(found):
        assert isinstance(leaf, jax.Array), f"{type(leaf).__name__} is no array of JAX"
        assert not isinstance(leaf, jax.core.Tracer), f"{leaf} has no numbers"
    assert_equal(found, wanted)


def is_traced(value: Any) -> bool:
    return any(isinstance(leaf, jax.core.Tracer) for leaf in jax.tree.leaves(value))


def key_bits(state: Any) -> list[int]:
    """The bits of the key that a random state holds."""
    bits: list[int] = jax.random.key_data(state.value).tolist()
    return bits


def two_devices() -> tuple[jax.Device, jax.Device]:
    """The default device and the last one: two where there are two, else the same twice."""
    return jax.devices()[0], jax.devices()[-1]


def put(value: Any, device: jax.Device) -> Any:
    """An array that is committed to a device."""
    return jax.device_put(jnp.asarray(value), device)


def assert_on(tree: Any, device: jax.Device) -> None:
    leaves = jax.tree.leaves(tree)
    assert leaves
    assert [leaf.devices() for leaf in leaves] == [{device}] * len(leaves)


def assert_gone(reference: "weakref.ref[Any]") -> None:
    """What a check is about to call dead is dead for Python too; if not, the check keeps it alive itself."""
    gc.collect()
    assert reference() is None


def born_in(impl: Any, *values: Callable[[Any], Any]) -> list[Any]:
    """States that were born while an origin was traced, with these values of its argument, and are still there."""
    found: list[Any] = []

    @jitted(impl)
    def f(x: Any) -> Any:
        found.extend(impl.State(value(x)) for value in values)
        return x

    assert f(1.0) == 1.0
    return found


@contextmanager
def nothing_changes(impl: Any, *states: Any) -> Iterator[None]:
    """After the block the states, and the default stream, hold the objects that they held before."""
    before, key = [state.value for state in states], impl.random.get_key()
    with impl.StateTraceStack():  # closing it raises if the block has left another one open
        yield
    for state, held in zip(states, before, strict=True):
        assert state.value is held
    assert impl.random.get_key() is key


def assert_fails(impl: Any, call: Callable[[], object], error: BaseException, *states: Any) -> None:
    """A call raises this very exception and changes nothing."""
    with nothing_changes(impl, *states), pytest.raises(type(error)) as raised:
        call()
    assert raised.value is error
