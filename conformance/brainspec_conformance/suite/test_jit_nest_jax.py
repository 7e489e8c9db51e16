"""The checks of `spec/30-jit.md`: jitted functions and the transforms of JAX, one inside the other."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite import shared_material
from brainspec_conformance.suite.jit_material import assert_arrays, jitted, nothing_changes
from brainspec_conformance.suite.shared_material import Read, assert_as_plain, squared

# What an origin does with a reader of a state and a number.
BODIES: dict[str, Callable[[Read, Any], Any]] = {
    **shared_material.BODIES,
    "jacobian": lambda read, x: jax.jacfwd(lambda y: jnp.stack([y, y * read()]))(x),
}


@check("jit.nest.jax@1", needs=["jit.state.current@1", "jit.result.same@1"])
@pytest.mark.parametrize("name", BODIES)
def test_each_transform_acts_as_in_jax(impl: Any, name: str) -> None:
    state = impl.State(jnp.float32(2))
    f = impl.transform.jit(lambda x: BODIES[name](lambda: state.value, x))
    plain = jax.jit(lambda w, x: BODIES[name](lambda: w, x))
    for w, x in ((2, 3), (4, 1)):
        state.value = jnp.float32(w)
        assert_arrays(f(jnp.float32(x)), plain(jnp.float32(w), jnp.float32(x)))


@check("jit.nest.jax@1", needs=["jit.state.written@1"])
@pytest.mark.parametrize("name", ["grad", "vmap", "scan", "cond", "jit"])
def test_what_was_written_before_is_read_inside(impl: Any, name: str) -> None:
    state, late = impl.State(jnp.float32(7)), impl.State(jnp.float32(2))

    @jitted(impl)
    def f(w: Any, x: Any) -> Any:
        state.value = w
        out = BODIES[name](lambda: state.value * late.value, x)
        late.value = late.value * 2
        return out, state.value, late.value

    plain = jax.jit(lambda w, late, x: (BODIES[name](lambda: w * late, x), w, late * 2))
    for late_value, w, x in ((2, 1, 3), (4, 5, 1)):
        args = [jnp.float32(n) for n in (w, late_value, x)]
        assert_arrays(f(args[0], args[2]), plain(*args))


@check("jit.nest.jax@1", needs=["state.bare.born-inside@1"])
@pytest.mark.parametrize("name", ["grad", "vmap", "scan"])
def test_a_state_that_is_born_inside_is_used_freely(impl: Any, name: str) -> None:
    def local(y: Any) -> Any:
        state = impl.State(y)
        state.value = state.value * state.value
        return state.value

    around: dict[str, Callable[[Any], Any]] = {
        "grad": jax.grad(local),
        "vmap": lambda x: jax.vmap(local)(x * jnp.arange(3.0)),
        "scan": lambda x: jax.lax.scan(lambda c, y: (c + local(y), c), x, jnp.arange(3.0)),
    }
    assert_arrays(impl.transform.jit(around[name])(3.0), jax.jit(around[name])(3.0))


# Bare transforms that trace a step.
WRAPPED: dict[str, Callable[[Callable[[Any], Any], Any], Any]] = {
    "grad": lambda step, x: jax.grad(step)(x),
    "vmap": lambda step, x: jax.vmap(step)(jnp.arange(2.0) * x),
    "jit": lambda step, x: jax.jit(step)(x),
    "scan": lambda step, x: jax.lax.scan(lambda c, y: (c, step(y)), x, jnp.arange(2.0))[1],
}


@check("jit.nest.jax@1", needs=["state.error.traced@1", "random.error.traced@1", "jit.failure.unchanged@1"])
@pytest.mark.parametrize("act", ["write", "draw"])
@pytest.mark.parametrize("name", WRAPPED)
def test_a_state_of_outside_is_not_written_inside(impl: Any, name: str, act: str) -> None:
    state, stream = impl.State(jnp.float32(2)), impl.random.RandomState(0)
    acts: dict[str, Callable[[Any], Any]] = {
        "draw": lambda y: stream.random(),
        "write": lambda y: setattr(state, "value", y * 2),
    }
    refused = []

    def step(y: Any) -> Any:
        with pytest.raises(impl.TraceContextError):
            acts[act](y)
        refused.append(act)
        return y

    with nothing_changes(impl, state, stream):
        impl.transform.jit(lambda x: WRAPPED[name](step, x))(3.0)
    assert refused


AROUND: dict[str, Callable[[Callable[[Any], Any]], Any]] = {
    "grad": lambda f: jax.grad(f)(3.0),
    "vmap": lambda f: jax.vmap(f)(jnp.arange(3.0)),
    "jit": lambda f: jax.jit(f)(3.0),
    "jvp": lambda f: jax.jvp(f, (3.0,), (1.0,)),
    "jacobian": lambda f: jax.jacrev(f)(jnp.arange(2.0)),
    "scan": lambda f: jax.lax.scan(lambda c, x: (f(c) + x, c), 1.0, jnp.arange(3.0)),
    "cond": lambda f: jax.lax.cond(True, f, f, 3.0),
    "checkpoint": lambda f: jax.grad(jax.checkpoint(f))(3.0),
    "eval_shape": lambda f: jax.tree.map(lambda out: jnp.zeros(out.shape, out.dtype), jax.eval_shape(f, 3.0)),
    "grad in jit": lambda f: jax.jit(jax.grad(f))(3.0),
}


@check("jit.nest.around@1", needs=["jit.result.same@1"])
@pytest.mark.parametrize("name", AROUND)
def test_a_jitted_function_in_a_transform_does_as_its_origin_or_says_so(impl: Any, name: str) -> None:
    f, around = impl.transform.jit(squared), AROUND[name]
    assert_as_plain(lambda: around(f), lambda: around(squared))
    assert f(4.0) == 16.0
    assert_as_plain(lambda: around(f), lambda: around(squared))


@check("jit.nest.around@1", needs=["jit.state.current@1", "jit.state.read-only@1"])
@pytest.mark.parametrize("name", ["grad", "vmap", "jit", "scan", "cond", "checkpoint", "eval_shape"])
def test_a_jitted_function_in_a_transform_reads_states(impl: Any, name: str) -> None:
    # JAX keeps traces of a function, so each function meets the transform with one value only.
    state, around = impl.State(np.float32(2)), AROUND[name]
    value, f = state.value, impl.transform.jit(lambda x: state.value * x)
    assert_as_plain(lambda: around(f), lambda: around(lambda x: state.value * x))
    assert state.value is value
    state.value = np.float32(3)
    assert f(5.0) == 15.0


@check("jit.nest.around@1", needs=["jit.state.written@1", "state.error.traced@1"])
@pytest.mark.parametrize("name", ["grad", "vmap", "jit", "scan"])
def test_a_jitted_function_in_a_transform_writes_no_state(impl: Any, name: str) -> None:
    state = impl.State(2.0)
    value = state.value

    @jitted(impl)
    def f(x: Any) -> Any:
        state.value = state.value * x
        return x

    for _ in range(2):
        with pytest.raises(Exception) as raised:
            AROUND[name](f)
        assert not type(raised.value).__module__.startswith("jax")
        assert state.value is value
    assert f(3.0) == 3.0
    assert state.value == 6.0


@check("jit.nest.around@1", needs=["jit.nest.inside@1"])
@pytest.mark.parametrize("name", ["grad", "vmap", "scan"])
def test_a_jitted_function_in_a_transform_in_an_origin(impl: Any, name: str) -> None:
    inner, around = impl.transform.jit(squared), AROUND[name]
    outer = impl.transform.jit(lambda: around(inner))
    for _ in range(2):
        assert_as_plain(outer, jax.jit(lambda: around(squared)))
    assert inner(4.0) == 16.0
