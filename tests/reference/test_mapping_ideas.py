"""Ideas of the reference's mappings that no clause spells out."""

import brainspec_reference as brainstate
import brainspec_reference.transform
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from brainspec_reference.engine.check import check

jit, vmap2, pmap2 = brainstate.transform.jit, brainstate.transform.vmap2, brainstate.transform.pmap2


def test_a_size_that_a_nested_function_finds_is_known_after_it() -> None:
    s = brainstate.State(jnp.arange(3.0))
    inner = jit(lambda: s.value * 1)

    def origin() -> jax.Array:
        return inner() / jax.lax.psum(1, "i") + jax.lax.psum_scatter(jnp.ones(3), "i")

    mapping = vmap2(origin, axis_name="i", state_in_axes=[s])
    assert np.allclose(mapping(), 3 + np.arange(3) / 3)
    check(mapping.described((), {}).program)


def test_what_was_remembered_of_whole_states_is_not_run_on_slices() -> None:
    s = brainstate.State(jnp.arange(3.0))
    inner = jit(lambda: s.value + 1)
    assert inner().shape == (3,)
    assert vmap2(inner, state_in_axes=[s])().tolist() == [1, 2, 3]
    assert vmap2(lambda x: inner() * x)(jnp.ones(2)).shape == (2, 3)


def test_without_lanes_there_still_is_what_all_lanes_share() -> None:
    n, total = brainstate.State(jnp.array(0)), brainstate.State(0.0)

    def origin(x: jax.Array) -> jax.Array:
        n.value, total.value = n.value + 1, jax.lax.psum(x, "i")
        return jax.lax.while_loop(lambda c: c < 1, lambda c: 2 * c, x)  # would never end on zeros

    assert vmap2(origin, axis_name="i")(jnp.zeros(0)).shape == (0,)
    assert n.value == 1
    assert total.value == 0.0


def test_a_filter_may_read_the_state_that_it_is_asked_about() -> None:
    s, t = brainstate.State(jnp.ones((2, 3))), brainstate.State(jnp.ones(3))
    mapping = vmap2(lambda: s.value.sum() + t.value.sum(), state_in_axes=lambda path, state: state.value.ndim == 2)
    assert mapping().tolist() == [6, 6]


def test_devices_are_not_used_twice_by_what_was_remembered_outside() -> None:
    inner = jit(pmap2(lambda x: x))
    inner(jnp.ones(1))
    with pytest.raises(ValueError, match="pmap2"):
        pmap2(inner)(jnp.ones((1, 1)))
