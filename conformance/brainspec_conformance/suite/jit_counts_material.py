"""What the checks of counts, statics, caches and errors of the jit chapter share: functions that count their runs, values by type."""

import functools
import re
from collections import namedtuple
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

import jax
import jax.extend
import jax.numpy as jnp
import numpy as np

Origin = Callable[..., Any]

_core: Any = jax.extend.core  # some versions do not tell type checkers that a closed jaxpr is in it
ClosedJaxpr = _core.ClosedJaxpr


class Counted:
    """A jitted function that knows how often its origin has run."""

    def __init__(self, impl: Any, origin: Origin, make: Any = None, **options: Any) -> None:
        self.runs = 0
        self.function = (make or impl.transform.jit)(self.counting(origin), **options)

    def counting(self, origin: Origin) -> Origin:
        @functools.wraps(origin)
        def counted(*args: Any, **kwargs: Any) -> Any:
            self.runs += 1
            return origin(*args, **kwargs)

        return counted

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.function(*args, **kwargs)

    def during(self, action: Callable[[], object]) -> int:
        """How often the origin runs during an action."""
        before = self.runs
        action()
        return self.runs - before

    def ran(self, *args: Any, **kwargs: Any) -> int:
        """How often the origin runs in one call."""
        return self.during(lambda: self(*args, **kwargs))


def stateful(impl: Any, origin: Origin, **options: Any) -> Counted:
    return Counted(impl, origin, impl.transform.StatefulFunction, **options)


def noting(seen: list[Any]) -> Origin:
    """A function of two parameters that notes what it gets for the second, `n`."""

    def origin(x: Any, n: Any) -> Any:
        seen.append(n)
        return x

    return origin


def with_method(jitted: Any, name: str = "Users") -> Any:
    """A class of a user with a jitted function for its method `of`."""
    return type(name, (), {"of": jitted})


@contextmanager
def set_to(setting: str, value: Any) -> Iterator[None]:
    """A block with a setting of JAX that was made for good, and is put back."""
    update: Any = jax.config.update
    before = jax.config.values[setting]
    update(setting, value)
    try:
        yield
    finally:
        update(setting, before)


def busy(impl: Any, give: Origin) -> tuple[Origin, Any]:
    """A function that adds one to a state before it does what another does, and the state."""
    state = impl.State(0.0)

    @functools.wraps(give)
    def origin(*args: Any, **kwargs: Any) -> Any:
        state.value = state.value + 1
        return give(*args, **kwargs)

    return origin, state


def a_node(impl: Any, base: str) -> Any:
    """A node with a state, of a class of a user."""
    node = type("Cell", (impl.nn.Module if base == "module" else impl.graph.Node,), {})()
    node.state = impl.State(1.0)
    return node


@contextmanager
def unchanged(impl: Any, *states: Any) -> Iterator[None]:
    """A block that leaves the states, and the key of the default stream, holding the objects that they hold."""
    before, key = [state.value for state in states], impl.random.get_key()
    yield
    assert all(state.value is value for state, value in zip(states, before))
    assert impl.random.get_key() is key


def naming(*parts: str) -> str:
    """A pattern of messages that name each part, in whatever order."""
    return "(?s)" + "".join(f"(?=.*{re.escape(part)})" for part in parts)


def shaped(shape: tuple[int, ...], dtype: Any = np.float32) -> Any:
    """What stands for an array."""
    make: Any = jax.ShapeDtypeStruct
    return make(shape, dtype)


def assert_describes(found: Any, expected: Any) -> None:
    """The tree is that of the shapes of another, which may hold shapes or arrays."""
    structure: Any = jax.tree.structure(found)
    assert structure == jax.tree.structure(expected)
    for leaf, wanted in zip(jax.tree.leaves(found), jax.tree.leaves(expected)):
        assert isinstance(leaf, jax.ShapeDtypeStruct)
        assert (leaf.shape, leaf.dtype) == (wanted.shape, wanted.dtype)


Pair = namedtuple("Pair", "a b")


@jax.tree_util.register_pytree_node_class
class Boxed:
    """A container of a user, with a part that is no leaf."""

    def __init__(self, leaf: Any, unit: Any) -> None:
        self.leaf, self.unit = leaf, unit

    def tree_flatten(self) -> tuple[tuple[Any], Any]:
        return (self.leaf,), self.unit

    @classmethod
    def tree_unflatten(cls, unit: Any, leaves: tuple[Any]) -> "Boxed":
        return cls(leaves[0], unit)


def weak(value: Any) -> Any:
    """A JAX array of the weak type of a Python number."""
    return jnp.asarray(value)


# Values of one type a line: each line is another signature, and the values of a line are one.
TYPES: dict[str, Callable[[], list[Any]]] = {
    "a weak float": lambda: [1.0, -2.5, float("nan"), float("inf"), -0.0, weak(3.0)],
    "a float": lambda: [np.float32(1), jnp.float32(2), np.zeros((), np.float32)],
    "a half float": lambda: [np.float16(1), jnp.float16(2)],
    "a weak integer": lambda: [1, 0, -7, weak(3)],
    "an integer": lambda: [np.int32(1), jnp.int32(2), np.zeros((), np.int32)],
    "an unsigned integer": lambda: [np.uint32(1), jnp.uint32(2)],
    "a truth": lambda: [True, False],
    "a weak complex number": lambda: [1j, 2 + 0j],
    "a complex number": lambda: [np.complex64(1), jnp.complex64(1j)],
    "an array": lambda: [np.zeros(2, np.float32), jnp.ones(2), jnp.arange(2.0)],
    "a weak array": lambda: [jnp.broadcast_to(weak(1.0), (2,)), jnp.broadcast_to(weak(2.0), (2,))],
    "a longer array": lambda: [np.zeros(3, np.float32), jnp.ones(3)],
    "an empty array": lambda: [np.zeros(0, np.float32), jnp.ones(0)],
    "a row": lambda: [np.zeros((1, 2), np.float32), jnp.ones((1, 2))],
    "a column": lambda: [np.zeros((2, 1), np.float32), jnp.ones((2, 1))],
    "an array of integers": lambda: [np.zeros(2, np.int32), jnp.arange(2)],
    "an array of unsigned integers": lambda: [np.zeros(2, np.uint32), jax.random.key_data(jax.random.key(1))],
    "an array of bytes": lambda: [np.zeros(2, np.uint8), jnp.ones(2, np.uint8)],
    "an array of truths": lambda: [np.zeros(2, np.bool_), jnp.ones(2, np.bool_)],
    "an array of brain floats": lambda: [jnp.zeros(2, jnp.bfloat16), jnp.ones(2, jnp.bfloat16)],
    "a key": lambda: [jax.random.key(0), jax.random.key(1)],
    "two keys": lambda: [jax.random.split(jax.random.key(0)), jax.random.split(jax.random.key(1))],
    "nothing": lambda: [None],
    "a list of nothing": lambda: [[None]],
    "an empty list": lambda: [[]],
    "an empty tuple": lambda: [()],
    "a list": lambda: [[1.0], [2.0], [weak(2.0)]],
    "a tuple": lambda: [(1.0,), (2.0,)],
    "a list of two": lambda: [[1.0, 2.0], [3.0, 4.0]],
    "a nested list": lambda: [[[1.0]], [[2.0]]],
    "a list with a float": lambda: [[np.float32(1)], [jnp.float32(2)]],
    "a dictionary": lambda: [{"a": 1.0}, {"a": 2.0}],
    "a dictionary with another key": lambda: [{"b": 1.0}, {"b": 2.0}],
    "a dictionary of two": lambda: [{"a": 1.0, "b": 2}, {"b": 3, "a": 4.0}],
    "a dictionary of two, crosswise": lambda: [{"a": 1, "b": 2.0}, {"b": 3.0, "a": 4}],
    "a named tuple": lambda: [Pair(1.0, 2.0), Pair(3.0, 4.0)],
    "a tuple of two": lambda: [(1.0, 2.0), (3.0, 4.0)],
    "a box": lambda: [Boxed(1.0, "mV"), Boxed(2.0, "".join("mV"))],
    "a box of another unit": lambda: [Boxed(1.0, "nA")],
}


def first_of(name: str) -> Any:
    """A value of a type."""
    return TYPES[name]()[0]


# What no JAX value has for a leaf.
NO_VALUES: list[Any] = [
    "text",
    b"text",
    len,
    int,
    object(),
    {1, 2},
    range(2),
    Fraction(1, 2),
    ...,
    shaped(()),
    np.float32,
]
NO_NUMBERS = [np.array(["a"]), np.array([None]), np.array([(1, 2)], [("a", int), ("b", int)])]
