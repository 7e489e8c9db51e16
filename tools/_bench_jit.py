"""What a call of a jitted function costs: the cases of `tools/bench.py jit`.

Each is a pair: a function of an implementation that reads and writes its states, and the bare one whose states are
arguments and results, its results fed back. Both do the same arithmetic on small arrays, so that what is measured is the call.
"""

import typing as t

import jax
import jax.numpy as jnp
from _bench import Make, Pair, arrays, fed_back

CASES: dict[str, Make] = {}


def case(name: str) -> t.Callable[[Make], Make]:
    """Give a case its name."""

    def named(make: Make) -> Make:
        CASES[name] = make
        return make

    return named


def written(count: int) -> Make:
    """A function that writes so many states."""

    def make(module: t.Any) -> Pair:
        states, x = [module.State(value) for value in arrays(count)], jnp.ones(4)

        @module.transform.jit
        def step(x: jax.Array) -> jax.Array:
            for state in states:
                state.value = state.value * 0.5 + x
            return x * 2

        @jax.jit
        def bare(values: list[jax.Array], x: jax.Array) -> tuple[list[jax.Array], jax.Array]:
            return [value * 0.5 + x for value in values], x * 2

        return lambda: step(x), fed_back(bare, arrays(count), x)

    return make


def read(count: int) -> Make:
    """A function that only reads so many states."""

    def make(module: t.Any) -> Pair:
        states, x = [module.State(value) for value in arrays(count)], jnp.ones(4)
        values = arrays(count)
        step = module.transform.jit(lambda x: sum([state.value for state in states], x))
        bare = jax.jit(lambda values, x: sum(values, x))
        return lambda: step(x), lambda: bare(values, x)

    return make


for count in (0, 1, 16, 128):
    CASES[f"{count} written"] = written(count)
for count in (1, 16, 128):
    CASES[f"{count} read"] = read(count)


@case("1 written, keywords")
def keywords(module: t.Any) -> Pair:
    """Arguments by name."""
    state, x, y = module.State(jnp.ones(4)), jnp.ones(4), jnp.ones(4)

    @module.transform.jit
    def step(*, x: jax.Array, y: jax.Array) -> jax.Array:
        state.value = state.value * 0.5 + x
        return x + y

    bare = jax.jit(lambda value, *, x, y: (value * 0.5 + x, x + y))
    return lambda: step(x=x, y=y), fed_back(bare, jnp.ones(4), x=x, y=y)


@case("1 written, static")
def static(module: t.Any) -> Pair:
    """A static argument that stays the same."""
    state, x = module.State(jnp.ones(4)), jnp.ones(4)

    def step(x: jax.Array, mode: str) -> jax.Array:
        state.value = state.value * 0.5 + x
        return x * len(mode)

    jitted = module.transform.jit(step, static_argnums=1)
    bare = jax.jit(lambda value, x, mode: (value * 0.5 + x, x * len(mode)), static_argnums=2)
    return lambda: jitted(x, "train"), fed_back(bare, jnp.ones(4), x, "train")


@case("1 written, 2 statics in turn")
def turns(module: t.Any) -> Pair:
    """Two programs that touch different states, in turn."""
    state, other, x = module.State(jnp.ones(4)), module.State(jnp.ones(4)), jnp.ones(4)

    def step(x: jax.Array, train: bool) -> jax.Array:
        if train:
            state.value = state.value * 0.5 + x
            return x + other.value
        return state.value + x

    jitted = module.transform.jit(step, static_argnums=1)
    train = jax.jit(lambda value, other, x: (value * 0.5 + x, x + other))
    test = jax.jit(lambda value, x: value + x)
    held, beside = [jnp.ones(4)], jnp.ones(4)

    def bare() -> t.Any:
        held[0], _ = train(held[0], beside, x)
        return test(held[0], x)

    def ours() -> t.Any:
        jitted(x, True)
        return jitted(x, False)

    return ours, bare


@case("1 written, 2 shapes in turn")
def shapes(module: t.Any) -> Pair:
    """Two programs of the same states, told apart by the shape of an argument."""
    state, x, y = module.State(jnp.ones(4)), jnp.ones(4), jnp.ones((2, 4))

    @module.transform.jit
    def step(x: jax.Array) -> jax.Array:
        state.value = state.value * 0.5
        return x + state.value

    @jax.jit
    def plain(value: jax.Array, x: jax.Array) -> tuple[jax.Array, jax.Array]:
        return value * 0.5, x + value * 0.5

    held = [jnp.ones(4)]

    def bare() -> t.Any:
        held[0], _ = plain(held[0], x)
        held[0], result = plain(held[0], y)
        return result

    def ours() -> t.Any:
        step(x)
        return step(y)

    return ours, bare


@case("1 written, pytree of 8")
def pytree(module: t.Any) -> Pair:
    """Arguments and results in dictionaries."""
    state, batch = module.State({"a": jnp.ones(4), "b": jnp.ones(4)}), {f"k{i}": jnp.ones(4) for i in range(8)}

    def half(value: t.Any, batch: t.Any) -> t.Any:
        return {name: leaf * 0.5 + batch["k0"] for name, leaf in value.items()}

    @module.transform.jit
    def step(batch: t.Any) -> t.Any:
        state.value = half(state.value, batch)
        return {name: leaf * 2 for name, leaf in batch.items()}

    bare = jax.jit(lambda value, batch: (half(value, batch), {name: leaf * 2 for name, leaf in batch.items()}))
    return lambda: step(batch), fed_back(bare, {"a": jnp.ones(4), "b": jnp.ones(4)}, batch)


@case("2 in a method")
def method(module: t.Any) -> Pair:
    """A method of a module, looked up at each call."""

    class Cell(module.nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.w, self.h = module.ParamState(jnp.ones(4)), module.ShortTermState(jnp.ones(4))

        @module.transform.jit  # type: ignore[untyped-decorator]
        def update(self, x: jax.Array) -> jax.Array:
            self.h.value = self.h.value * 0.5 + x * self.w.value
            return self.h.value

    cell, w, x = Cell(), jnp.ones(4), jnp.ones(4)

    @jax.jit
    def bare(h: jax.Array, w: jax.Array, x: jax.Array) -> tuple[jax.Array, jax.Array]:
        new = h * 0.5 + x * w
        return new, new

    return lambda: cell.update(x), fed_back(bare, jnp.ones(4), w, x)


@case("2 in a function of a module")
def of_module(module: t.Any) -> Pair:
    """A function that closes over a module."""

    class Cell(module.nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.w, self.h = module.ParamState(jnp.ones(4)), module.ShortTermState(jnp.ones(4))

        def update(self, x: jax.Array) -> jax.Array:
            self.h.value = self.h.value * 0.5 + x * self.w.value
            return self.h.value

    cell, w, x = Cell(), jnp.ones(4), jnp.ones(4)
    step = module.transform.jit(lambda x: cell.update(x))

    @jax.jit
    def bare(h: jax.Array, w: jax.Array, x: jax.Array) -> tuple[jax.Array, jax.Array]:
        new = h * 0.5 + x * w
        return new, new

    return lambda: step(x), fed_back(bare, jnp.ones(4), w, x)


@case("a random state")
def random(module: t.Any) -> Pair:
    """A draw, which reads and writes a key."""
    stream = module.random.RandomState(0)
    step = module.transform.jit(lambda: stream.normal(size=(4,)))

    @jax.jit
    def bare(key: jax.Array) -> tuple[jax.Array, jax.Array]:
        keys = jax.random.split(key)
        return keys[0], jax.random.normal(keys[1], (4,))

    return lambda: step(), fed_back(bare, jax.random.key(0))
