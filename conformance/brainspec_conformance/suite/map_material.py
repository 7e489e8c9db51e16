"""What the checks of `spec/33-map.md` share: arrays to run over, the same runs in plain Python and in JAX, functions that carry states on."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.suite.jit_counts_material import Boxed, Pair
from brainspec_conformance.suite.jit_material import assert_arrays, key_bits, nothing_changes
from brainspec_conformance.suite.mapping_material import filled, restless
from brainspec_conformance.suite.random_material import halves
from brainspec_conformance.suite.shared_material import assert_but_weak

Origin = Callable[..., Any]
Call = Callable[[Origin], Any]

# Sizes of batches that divide four and five slices, do not, are as many and are more.
BATCHES = [1, 2, 3, 4, 5, 9]
batches = pytest.mark.parametrize("batch_size", [None, *BATCHES], ids=lambda size: f"batches of {size}")
some_batches = pytest.mark.parametrize("batch_size", [None, 2], ids=["one by one", "in batches"])
sizes = pytest.mark.parametrize("size", [0, 1, 2, 5], ids=lambda size: f"{size} slices")

# What one call runs over, several values at a time; four slices each.
XS: dict[str, Callable[[], tuple[Any, ...]]] = {
    "a vector": lambda: (jnp.arange(4.0),),
    "a matrix": lambda: (jnp.asarray(filled(4, 3)),),
    "an array of NumPy": lambda: (filled(4, 2, 3),),
    "integers": lambda: (np.arange(4, dtype=np.int8),),
    "truths": lambda: (jnp.array([True, False, False, True]),),
    "half floats": lambda: (jnp.arange(4, dtype=jnp.float16),),
    "complex numbers": lambda: (jnp.arange(4) * 1j,),
    "weak numbers": lambda: (jnp.broadcast_to(jnp.asarray(1.5), (4,)),),
    "slices of no numbers": lambda: (jnp.zeros((4, 0)),),
    "two": lambda: (jnp.arange(4), jnp.asarray(filled(4, 2))),
    "three": lambda: (jnp.arange(4), jnp.arange(4.0), filled(4, 1)),
    "a tree": lambda: ({"b": jnp.arange(4), "a": [filled(4, 2), (jnp.ones(4), None)]},),
    "two trees": lambda: ([jnp.arange(4), np.ones(4)], {"x": filled(4, 2)}),
    "a tree without leaves beside": lambda: ({"a": None, "b": []}, jnp.arange(4)),
    "a named tuple": lambda: (Pair(jnp.arange(4), jnp.ones((4, 2))),),
    "a box": lambda: (Boxed(jnp.arange(4), "mV"), jnp.arange(4.0)),
}


def run(impl: Any, **options: Any) -> Callable[[Origin], Callable[..., Any]]:
    """A function of the values to run over, made of one of a slice of each."""
    return lambda f: lambda *xs: impl.transform.map(f, *xs, **options)


def slice_of(xs: Any, n: int) -> Any:
    return jax.tree.map(lambda leaf: leaf[n], xs)


def part_of(xs: Any, first: int, last: int) -> Any:
    return jax.tree.map(lambda leaf: leaf[first:last], xs)


def one_by_one(f: Origin, *xs: Any) -> Any:
    """The runs of a function in plain Python, one after another, and their results together."""
    count = len(jax.tree.leaves(xs)[0])
    results = [f(*slice_of(xs, n)) for n in range(count)]
    return jax.tree.map(lambda *leaves: jnp.stack(leaves), *results)


def assert_as_jax(impl: Any, f: Origin, *xs: Any, batch_size: int | None = None) -> None:
    """A call gives what the `map` of JAX gives."""
    found = impl.transform.map(f, *xs, batch_size=batch_size)
    assert_arrays(found, jax.lax.map(lambda x: f(*x), xs, batch_size=batch_size))


def same(*args: Any) -> Any:
    return args


def scene(impl: Any) -> tuple[Origin, list[Any]]:
    """A function of a number that carries on states and keys of several sorts, and those."""
    total, weight = impl.State({"sum": jnp.zeros(2), "runs": jnp.array(0)}), impl.ParamState(jnp.array([1.0, 2.0]))
    last, stream = impl.ShortTermState(jnp.zeros(())), impl.random.RandomState(3)

    def f(x: Any) -> Any:
        before = last.value
        drawn = stream.uniform()
        last.value = x
        held = total.value
        total.value = {"sum": held["sum"] * 0.5 + weight.value * x, "runs": held["runs"] + 1}
        return {"out": total.value["sum"] + before, "drawn": (drawn, held["runs"])}

    return f, [total, weight, last, stream]


def assert_same_states(states: list[Any], others: list[Any]) -> None:
    """The states hold the same, weak types aside, and those that are random the same keys."""
    for one, other in zip(states, others, strict=True):
        if jnp.issubdtype(jax.tree.leaves(other.value)[0].dtype, jax.dtypes.prng_key):
            assert key_bits(one) == key_bits(other)
        else:
            assert_but_weak(jax.tree.map(jnp.asarray, one.value), other.value)


def assert_as_runs(impl: Any, make: Callable[[Any], tuple[Origin, list[Any]]], *xs: Any, calls: int = 2) -> None:
    """Calls give the results, states and keys that the runs give in plain Python."""
    (f, states), (plain, others) = make(impl), make(impl)
    for _ in range(calls):
        found = impl.transform.map(f, *xs)
        assert_but_weak(found, one_by_one(plain, *xs))
        assert_same_states(states, others)


def keys_of(seed: int, draws: int) -> tuple[Any, list[Any]]:
    """What so many draws leave of the key of a seed, and the keys that they use."""
    key, subs = jax.random.key(seed), list[Any]()
    for _ in range(draws):
        key, sub = halves(key)
        subs.append(sub)
    return key, subs


class Refusing:
    """A call of `map` that is refused, and the states that no failure of it may change."""

    def __init__(self, impl: Any, give: Origin, batch_size: int | None = None) -> None:
        if batch_size is None:
            self.f, self.states = restless(impl, give)
        else:
            self.f, self.states = give, [impl.State(0), impl.random.RandomState(0)]
        self.impl, self.batch_size = impl, batch_size

    def call(self, *xs: Any, **options: Any) -> Any:
        return self.impl.transform.map(self.f, *xs, **{"batch_size": self.batch_size, **options})

    def refuses(self, *xs: Any, error: Any, match: str | None = None, **options: Any) -> None:
        """A call raises this and changes nothing, each time."""
        for _ in range(2):
            with nothing_changes(self.impl, *self.states), pytest.raises(error, match=match):
                self.call(*xs, **options)

    def works(self, *xs: Any, **options: Any) -> None:
        """A call runs the function for each slice."""
        before = int(self.states[0].value)
        self.call(*xs, **options)
        if self.batch_size is None:
            assert self.states[0].value == before + len(jax.tree.leaves(xs)[0])
