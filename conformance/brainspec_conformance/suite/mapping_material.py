"""What the checks of `spec/32-mapping.md` share: mappings, the mappings of JAX to compare with, states to map, what a failure must leave."""

import functools
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.suite.jit_material import assert_arrays, assert_equal, nothing_changes

# A part of JAX that has no types.
lax: Any = jax.lax

POLICIES = ["ignore", "warn", "raise"]
Origin = Callable[..., Any]
Call = Callable[[Any], Any]


def mapped(impl: Any, **options: Any) -> Callable[[Origin], Any]:
    """Decorates as `vmap2` of the implementation does; a decorator that has a type."""
    return lambda origin: impl.transform.vmap2(origin, **options)


def bare(origin: Origin, **options: Any) -> Any:
    """What a mapping of an origin without states is compared with."""
    return jax.jit(jax.vmap(origin, **options))


def filled(*shape: int, start: float = 0.0) -> Any:
    """An array of NumPy in which no two numbers are equal; made without JAX, since tables are made before it may start."""
    return (start + np.arange(np.prod(shape), dtype=np.float32)).astype(np.float32).reshape(shape)


def slices(tree: Any, axis: int, size: int) -> list[Any]:
    """What each lane sees of a value that is mapped on an axis."""

    def lane(n: int) -> Any:
        return jax.tree.map(lambda leaf: np.take(np.asarray(leaf), n, axis), tree)

    return [lane(n) for n in range(size)]


def stacked(trees: list[Any], axis: int) -> Any:
    """Values of lanes, put together on an axis of the whole."""
    return jax.tree.map(lambda *leaves: np.stack([np.asarray(leaf) for leaf in leaves], axis), *trees)


def strong(tree: Any) -> Any:
    """A tree of the same arrays, none of which is weak."""
    return jax.tree.map(lambda leaf: jnp.asarray(leaf, jax.typeof(leaf).dtype), tree)


def assert_holds(state: Any, wanted: Any) -> None:
    """The state holds arrays of JAX that agree with these, but for weakness."""
    assert_arrays(state.value, state.value)
    assert_equal(strong(state.value), strong(wanted))


def adding(state: Any) -> Origin:
    """A function that adds what it gets to each leaf of a state, and gives what the state then holds."""

    def origin(x: Any) -> Any:
        state.value = jax.tree.map(lambda leaf: leaf + x, state.value)
        return state.value

    return origin


def setting(state: Any, value: Callable[[Any], Any] = lambda x: x) -> Origin:
    """A function that puts into a state what another makes of its argument."""

    def origin(x: Any) -> None:
        state.value = value(x)

    return origin


def reading(state: Any) -> Origin:
    """A function of no argument that gives what a state holds."""
    return lambda: state.value


def restless(impl: Any, give: Origin) -> tuple[Origin, list[Any]]:
    """A function that counts in a state and draws before it does what another does, and what it touches so."""
    count, stream = impl.State(jnp.array(0)), impl.random.RandomState(0)

    @functools.wraps(give)
    def origin(*args: Any, **kwargs: Any) -> Any:
        count.value = count.value + 1
        stream.uniform(), impl.random.uniform()
        return give(*args, **kwargs)

    return origin, [count, stream]


@contextmanager
def told() -> Iterator[list[Any]]:
    """What a block warns of, each time."""
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        yield found


def changes_nothing(impl: Any, *states: Any) -> Any:
    """A block that fails, and after which the states and the default stream hold the objects that they held."""
    return nothing_changes(impl, *states)


def shown(*numbers: int) -> str:
    """A pattern of a shape, as Python or as JAX writes it."""
    return r"\(\)|\[\]" if not numbers else r"[(\[]" + r",\s*".join(map(str, numbers)) + r",?[)\]]"


class Refusing:
    """A mapping, and the states that no failure of it may change."""

    def __init__(self, impl: Any, give: Callable[..., Any], **options: Any) -> None:
        origin, self.states = restless(impl, give)
        self.impl, self.mapping = impl, impl.transform.StatefulMapping(origin, **options)

    def refuses(self, call: Call, error: type[Exception], pattern: str | None = None) -> None:
        """A call raises this, and changes nothing, each time."""
        for _ in range(2):
            with changes_nothing(self.impl, *self.states), pytest.raises(error, match=pattern):
                call(self.mapping)

    def works(self, call: Call) -> None:
        """A call runs the program."""
        before = int(self.states[0].value)
        call(self.mapping)
        assert self.states[0].value == before + 1


SIZE = 3
ARGUMENT = np.full(SIZE, 2, np.float32)  # lanes agree, which must not matter


def is_mapped(impl: Any, give: Origin, *args: Any, **options: Any) -> Any:
    """Which leaves of what a function of one argument gives are mapped: each is written to a state of its own."""
    found: list[Any] = []
    structure: list[Any] = []
    shapes: list[Any] = []
    states = [impl.State(jnp.zeros(())) for _ in range(4)]

    @mapped(impl, axis_name="i", **options)
    def origin(*args: Any) -> None:
        leaves, given = jax.tree.flatten(give(*args))
        structure[:], shapes[:] = [given], [jnp.shape(leaf) for leaf in leaves]
        for state, leaf in zip(states, leaves, strict=False):
            state.value = leaf

    origin(*(args or (ARGUMENT,)))
    size = jnp.shape(args[0])[0] if args else SIZE
    for state, shape in zip(states, shapes, strict=False):
        grown = jnp.shape(state.value)
        assert grown in (shape, (size, *shape)), f"{shape} became {grown}"
        found.append(grown != shape)
    return jax.tree.unflatten(structure[0], found)
