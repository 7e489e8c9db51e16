"""What the checks of random streams, named axes, traces and failures of `spec/32-mapping.md` share."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.extend.core import Primitive

from brainspec_conformance.suite.jit_counts_material import Counted
from brainspec_conformance.suite.jit_material import assert_arrays, assert_fails, numbers

Origin = Callable[..., Any]
lax: Any = jax.lax  # some of its functions have no types
split: Any = jax.random.split
bits: Any = jax.random.key_data


def mapped(impl: Any, **options: Any) -> Callable[[Origin], Any]:
    """Decorates as `vmap2` of the implementation does; a decorator that has a type."""
    return lambda origin: impl.transform.vmap2(origin, **options)


def counted(impl: Any, origin: Origin, **options: Any) -> Counted:
    """A mapping that knows how often its origin has run."""
    return Counted(impl, origin, impl.transform.vmap2, **options)


def both(filters: Any) -> dict[str, Any]:
    """The options that declare states in and out on the same axes."""
    return {"state_in_axes": filters, "state_out_axes": filters}


def assert_as_vmap(impl: Any, origin: Origin, *args: Any, calls: int = 2, **options: Any) -> None:
    """Calls give what `jax.jit(jax.vmap(...))` with the same options gives."""
    wanted = jax.jit(jax.vmap(origin, **options))(*args)
    f = impl.transform.vmap2(origin, **options)
    for _ in range(calls):
        assert_arrays(f(*args), wanted)


def parted(key: Any, size: int) -> tuple[Any, Any]:
    """What a call of so many lanes makes of a key: the one that stays, and those of the lanes."""
    keys = split(key, size + 1)
    return keys[0], keys[1:]


def assert_keys(found: Any, wanted: Any) -> None:
    """Keys, or their bits, have the same bits in the same places."""
    assert numbers(found).tolist() == numbers(wanted).tolist()


def assert_holds(state: Any, key: Any) -> None:
    """A random state holds one typed key with the bits of this one."""
    assert isinstance(state.value, jax.Array)
    assert (state.value.shape, state.value.dtype) == ((), key.dtype)
    assert_keys(state.value, key)


@contextmanager
def seeded(impl: Any, seed: int) -> Iterator[Any]:
    """The default stream with a seed, and its own key again on the way out."""
    before = impl.random.get_key()
    impl.random.seed(seed)
    try:
        yield jax.random.key(seed)
    finally:
        impl.random.set_key(before)


class Trouble(Exception):
    """What a primitive raises in these checks."""


class Breaking:
    """Makes the `k`-th primitive that is bound in a block raise."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, k: int) -> None:
        self.patch, self.left, self.error = monkeypatch, k, Trouble(k)

    def __enter__(self) -> "Breaking":
        plain: Any = Primitive.bind

        def bind(primitive: Any, *args: Any, **params: Any) -> Any:
            self.left -= 1
            if self.left == -1:
                raise self.error
            return plain(primitive, *args, **params)

        self.patch.setattr(Primitive, "bind", bind)
        return self

    def __exit__(self, *raised: object) -> None:
        self.patch.undo()

    @property
    def broke(self) -> bool:
        return self.left < 0


def held(impl: Any, states: Any) -> list[Any]:
    """The objects that states, and the default stream, hold."""
    return [*(state.value for state in states), impl.random.get_key()]


def assert_whole_or_nothing(
    impl: Any, monkeypatch: pytest.MonkeyPatch, make: Callable[[], tuple[Origin, list[Any]]], call: Any
) -> int:
    """Whichever primitive of a first call raises, the call changes nothing and the next one works; how many did."""
    k = times = 0
    broke = True
    while broke:
        f, states = make()
        before = held(impl, states)
        with Breaking(monkeypatch, k) as breaking:
            try:
                call(f)
                failed = False
            except Trouble as error:
                failed = error is breaking.error
                assert failed
        broke = breaking.broke
        if failed:
            assert [one is other for one, other in zip(held(impl, states), before)] == [True] * len(before)
            if k in (0, 3):
                call(f)
            times += 1
        k = k + 1 if k < 12 else k * 3 // 2
    return times


def assert_each_step_fails(
    impl: Any, make: Callable[[Callable[[int], object]], tuple[Origin, list[Any]]], x: Any, steps: int
) -> list[Any]:
    """A call that fails at any of its steps changes nothing; then one works, and the states are as it leaves them."""
    at, mine = 0, LookupError("mine")

    def fail(n: int) -> None:
        if n == at:
            raise mine

    f, states = make(fail)
    for at in range(steps):  # noqa: B007
        assert_fails(impl, lambda: f(x), mine, *states)
    at = steps
    f(x)
    return states


# Settings of JAX that tracing depends on, and a value that is not the usual one.
SETTINGS: dict[str, Any] = {
    "numpy_dtype_promotion": "strict",
    "default_matmul_precision": "highest",
    "numpy_rank_promotion": "raise",
}


def under(setting: str) -> Any:
    return getattr(jax, setting)(SETTINGS[setting])


def rows(*shape: int) -> Any:
    """An array of floats that count from 1."""
    return 1 + jnp.arange(float(np.prod(shape)), dtype=jnp.float32).reshape(shape)


# Bare transforms around a function of an array.
AROUND: dict[str, Callable[[Callable[[Any], Any]], Any]] = {
    "grad": lambda f: jax.grad(lambda x: f(x).sum())(rows(2)),
    "vmap": lambda f: jax.vmap(f)(rows(3, 2)),
    "jit": lambda f: jax.jit(f)(rows(2)),
    "jvp": lambda f: jax.jvp(f, (rows(2),), (rows(2),)),
    "jacobian": lambda f: jax.jacrev(f)(rows(2)),
    "scan": lambda f: jax.lax.scan(lambda c, x: (f(c) + x, c), rows(2), rows(3)),
    "cond": lambda f: jax.lax.cond(True, f, f, rows(2)),
    "checkpoint": lambda f: jax.grad(jax.checkpoint(lambda x: f(x).sum()))(rows(2)),
    "eval_shape": lambda f: jax.tree.map(lambda out: jnp.zeros(out.shape, out.dtype), jax.eval_shape(f, rows(2))),
}
