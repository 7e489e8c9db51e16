"""What the checks of the state chapter share: the kinds, traces to stand in, other threads, classes of a user."""

import copy
import pickle
import types
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

# Each kind, and the kind above it.
ABOVE = {
    "State": None,
    "ShortTermState": "State",
    "HiddenState": "ShortTermState",
    "LongTermState": "State",
    "ParamState": "LongTermState",
    "BatchState": "LongTermState",
}
KINDS = list(ABOVE)

Step = Callable[[Any], Any]


def a_state(impl: Any, kind: str = "State", **words: Any) -> Any:
    """A state of a kind, with a value that every kind accepts."""
    return getattr(impl, kind)(np.zeros(2, np.float32), **words)


def held_by(state: Any) -> tuple[Any, Any, Any]:
    """All that an error must leave as it was."""
    return state.value, state.name, state.tag


def states_of(impl: Any, count: int) -> list[Any]:
    return [impl.State(0) for _ in range(count)]


def read(state: Any) -> Any:
    return state.value


def write(state: Any) -> Any:
    state.value = written = np.ones(2, np.float32)
    return written


def number() -> Any:
    return jnp.float32(2)


# Ways to run a step, from a number to a number, on a tracer of a bare JAX transform.
TRACES: dict[str, Callable[[Step], Any]] = {
    "jit": lambda step: jax.jit(step)(number()),
    "vmap": lambda step: jax.vmap(step)(jnp.arange(3.0)),
    "grad": lambda step: jax.grad(step)(number()),
    "scan": lambda step: jax.lax.scan(lambda carry, x: (carry, step(x)), number(), jnp.arange(3.0)),
    "jvp": lambda step: jax.jvp(step, (number(),), (number(),)),
    "cond": lambda step: jax.lax.cond(True, step, step, number()),
    "while": lambda step: jax.lax.while_loop(lambda x: x < 0, step, number()),
    "eval_shape": lambda step: jax.eval_shape(step, number()),
    "jit of vmap": lambda step: jax.jit(jax.vmap(step))(jnp.arange(3.0)),
    "vmap of grad": lambda step: jax.vmap(jax.grad(step))(jnp.arange(3.0)),
    "grad of jit": lambda step: jax.grad(jax.jit(step))(number()),
}
PLAIN_TRACES = ["jit", "vmap", "grad", "scan"]


def broken_off(block: Any, action: Callable[[], Any], error: type[BaseException] = ValueError) -> Any:
    """What a block gives in which an action runs and then an exception is raised, which has to leave it."""
    mine, entered = error("mine"), []

    def run() -> None:
        with block as given:
            entered.append(given)
            action()
            raise mine

    with pytest.raises(error) as raised:
        run()
    assert raised.value is mine
    return entered[0]


def in_a_thread(action: Callable[[], Any]) -> Any:
    """Run an action in another thread, to its end; what it gives or raises comes back."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(action).result()


# Every way to make a state from another.
COPIES: dict[str, Callable[[Any], Any]] = {
    "copy": lambda state: state.copy(),
    "deepcopy": copy.deepcopy,
    "pickle": lambda state: pickle.loads(pickle.dumps(state)),
}


def subclass(kind: Any, name: str = "Users", **body: Any) -> Any:
    """A class that a user derives from a kind."""
    return types.new_class(name, (kind,), {}, lambda namespace: namespace.update(body, __module__=__name__))


Importable: Any = None


def importable(kind: Any) -> Any:
    """A class that a user derives from a kind, where `pickle` finds it."""
    global Importable
    Importable = subclass(kind, "Importable")
    return Importable


def has_tag(impl: Any, state: Any, tag: str) -> bool:
    found: bool = impl.util.filter.WithTag(tag)((), state)
    return found
