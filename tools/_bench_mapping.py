"""What a call of a mapping costs: the cases of `tools/bench.py mapping`.

The bare function is `jax.jit(jax.vmap(f))`, or `jax.pmap(f)`, with the states as arguments and results, its results fed back.
"""

import typing as t

import jax
import jax.numpy as jnp
from _bench import Make, Pair, fed_back

CASES: dict[str, Make] = {}
LANES = 8


def lanes(count: int) -> list[jax.Array]:
    """As many arrays with an axis of lanes, none of them another's."""
    return [jnp.full((LANES, 4), float(i)) for i in range(count)]


def stepped(values: list[jax.Array], x: jax.Array) -> tuple[list[jax.Array], jax.Array]:
    """What one lane does."""
    return [value * 0.5 + x for value in values], x * 2


def written(count: int, transform: str = "vmap2", bare_transform: t.Any = lambda f: jax.jit(jax.vmap(f))) -> Make:
    """A mapping that writes so many states that are mapped in and out."""

    def make(module: t.Any) -> Pair:
        states, x = [module.State(value) for value in lanes(count)], jnp.ones((LANES, 4))
        axes = {0: module.State}

        def step(x: jax.Array) -> jax.Array:
            for state in states:
                state.value = state.value * 0.5 + x
            return x * 2

        mapped = getattr(module.transform, transform)(step, state_in_axes=axes, state_out_axes=axes)
        return lambda: mapped(x), fed_back(bare_transform(stepped), lanes(count), x)

    return make


for count in (0, 1, 16, 128):
    CASES[f"{count} written"] = written(count)


def read(count: int) -> Make:
    """A mapping that only reads so many states, whole in each lane."""

    def make(module: t.Any) -> Pair:
        states, x = [module.State(jnp.full(4, float(i))) for i in range(count)], jnp.ones((LANES, 4))
        values = [jnp.full(4, float(i)) for i in range(count)]
        step = module.transform.vmap2(lambda x: sum([state.value for state in states], x))
        bare = jax.jit(jax.vmap(lambda values, x: sum(values, x), in_axes=(None, 0)))
        return lambda: step(x), lambda: bare(values, x)

    return make


for count in (1, 16, 128):
    CASES[f"{count} read"] = read(count)


def keywords(module: t.Any) -> Pair:
    """Arguments by name."""
    state, x, y = module.State(jnp.ones((LANES, 4))), jnp.ones((LANES, 4)), jnp.ones((LANES, 4))

    def step(*, x: jax.Array, y: jax.Array) -> jax.Array:
        state.value = state.value * 0.5 + x
        return x + y

    mapped = module.transform.vmap2(step, state_in_axes={0: module.State})
    bare = jax.jit(jax.vmap(lambda value, x, y: (value * 0.5 + x, x + y)))
    return lambda: mapped(x=x, y=y), fed_back(bare, jnp.ones((LANES, 4)), x, y)


def random(module: t.Any) -> Pair:
    """A draw a lane: the key is split for the lanes, and one is left."""
    stream, x = module.random.RandomState(0), jnp.ones((LANES, 4))
    mapped = module.transform.vmap2(lambda x: x + stream.normal(size=(4,)))

    @jax.jit
    def bare(key: jax.Array, x: jax.Array) -> tuple[jax.Array, jax.Array]:
        keys = jax.random.split(key, LANES + 1)
        return keys[0], jax.vmap(lambda k, x: x + jax.random.normal(jax.random.split(k)[1], (4,)))(keys[1:], x)

    return lambda: mapped(x), fed_back(bare, jax.random.key(0), x)


CASES["1 written, keywords"] = keywords
CASES["a random state"] = random
for count in (1, 16, 128):
    CASES[f"{count} written, on devices"] = written(count, "pmap2", jax.pmap)
