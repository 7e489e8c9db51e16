"""The checks of `spec/12-random.md` on generated programs of draws, against a model of the page on keys of JAX.

A step is a tuple: its word, then its arguments. A program is a list of steps; the step `within` holds a program.
"""

from typing import Any

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brainspec_conformance.check import check
from brainspec_conformance.suite.random_material import ROW, SHAPE, assert_draws, assert_same, halves, kept


class Truth:
    """What the page says of one random state."""

    def __init__(self, key: jax.Array) -> None:
        self.key = key
        self.saved: jax.Array | None = None

    def sub(self) -> jax.Array:
        self.key, sub = halves(self.key)
        return sub

    def subs(self, count: int, backup: bool) -> jax.Array:
        self.saved = self.key if backup else self.saved
        keys = jax.random.split(self.key, count + 1)
        self.key = keys[0]
        return keys[1:]

    def take(self, step: Any, state: Any) -> None:
        """The state takes the step, and gives what it must."""
        match step:
            case ("draw", shape):
                assert_same(state.random(shape), jax.random.uniform(self.sub(), shape))
            case ("normal", shape):
                assert_same(state.normal(2.0, 3.0, shape), jax.random.normal(self.sub(), shape) * 3.0 + 2.0)
            case ("given", seed):
                assert_same(state.random(SHAPE, key=seed), jax.random.uniform(jax.random.key(seed), SHAPE))
            case ("one",):
                assert_same(state.split_key(), self.sub())
            case ("many", count, True) if self.saved is not None:
                with pytest.raises(ValueError):
                    state.split_key(count, backup=True)
            case ("many", count, backup):
                assert_same(state.split_key(count, backup=backup), self.subs(count, backup))
            case ("seed", seed):
                self.key = jax.random.key(seed)
                state.seed(seed)
            case ("set", seed):
                self.key = jax.random.key(seed)
                state.set_key(jax.random.key_data(self.key))
            case ("refused",):
                with pytest.raises((TypeError, ValueError)):
                    state.random((2, -1))
            case ("backup",) if self.saved is None:
                self.saved = self.key
                state.backup_key()
            case ("restore",) if self.saved is not None:
                self.key, self.saved = self.saved, None
                state.restore_key()
            case ("backup" | "restore" as word,):
                with pytest.raises(ValueError):
                    getattr(state, f"{word}_key")()


seeds = st.integers(-2, 5)
shapes = st.sampled_from([(), SHAPE])
steps = st.one_of(
    st.tuples(st.sampled_from(["draw", "normal"]), shapes),
    st.tuples(st.sampled_from(["one", "backup", "restore", "refused"])),
    st.tuples(st.just("many"), st.integers(1, 3), st.booleans()),
    st.tuples(st.sampled_from(["seed", "set", "given"]), seeds),
)
programs = st.lists(steps, max_size=8)
nested = st.recursive(
    programs, lambda inner: st.lists(steps | st.tuples(st.just("within"), seeds, inner), max_size=4), max_leaves=3
)


@check(
    "random.backup.split@1",
    needs=[
        "random.draw.rule@1",
        "random.draw.key@1",
        "random.split.one@1",
        "random.split.many@1",
        "random.set.seed@1",
        "random.set.key@1",
        "random.backup.restore@1",
        "random.error.backup@1",
        "random.error.size@1",
    ],
)
@given(seed=seeds, program=programs)
def test_a_random_state_goes_the_way_of_the_model(impl: Any, seed: int, program: list[Any]) -> None:
    truth, state = Truth(jax.random.key(seed)), impl.random.RandomState(seed)
    for step in program:
        truth.take(step, state)
        assert_same(state.value, truth.key)


@check("random.clone.new@1", needs=["random.backup.split@1", "random.draw.rule@1", "random.draw.key@1"])
@given(turns=st.lists(st.tuples(st.integers(0, 3), steps | st.just(("clone",))), max_size=8))
def test_random_states_and_their_clones_do_not_disturb_each_other(impl: Any, turns: list[Any]) -> None:
    pairs = [(Truth(jax.random.key(seed)), impl.random.RandomState(seed)) for seed in (1, 2)]
    for place, step in turns:
        truth, state = pairs[place % len(pairs)]
        if step == ("clone",):
            pairs.append((Truth(truth.sub()), state.clone()))
        else:
            truth.take(step, state)
        for each, held in pairs:
            assert_same(held.value, each.key)


def run(stream: Any, truth: Truth, program: list[Any]) -> None:
    """The default stream goes through a program with blocks of their own seeds."""
    for step in program:
        if step[0] == "within":
            before, truth.key = truth.key, jax.random.key(step[1])
            with stream.seed_context(step[1]):
                assert_same(stream.get_key(), truth.key)
                run(stream, truth, step[2])
            truth.key = before
        else:
            truth.take(step, stream)
        assert_same(stream.get_key(), truth.key)


@check("random.context.sets@1", needs=["random.default.functions@1", "random.backup.split@1", "random.draw.key@1"])
@given(seed=seeds, program=nested)
def test_the_default_stream_goes_the_way_of_the_model(impl: Any, seed: int, program: list[Any]) -> None:
    with kept(impl) as stream:
        stream.seed(seed)
        run(stream, Truth(jax.random.key(seed)), program)


# Parameters


numbers = st.sampled_from([0.1, 0.3, 1.0, 1.7, 3, ROW])
places = st.none() | numbers
sizes = st.sampled_from([SHAPE, None])


@check("random.sampler.skipped@1", needs=["random.draw.rule@1", "random.sampler.normal@1"])
@given(seed=seeds, loc=places, scale=places, size=sizes)
def test_normal_numbers_are_those_of_the_formula(impl: Any, seed: int, loc: Any, scale: Any, size: Any) -> None:
    shape = SHAPE if size == SHAPE or ROW.shape in (np.shape(loc), np.shape(scale)) else ()

    def formula(sub: jax.Array) -> jax.Array:
        drawn = jax.random.normal(sub, shape)
        drawn = drawn if scale is None else drawn * scale
        return drawn if loc is None else drawn + loc

    assert_draws(impl, "normal", {"loc": loc, "scale": scale, "size": size}, formula, seed)


@check("random.sampler.randint@1", needs=["random.draw.rule@1"])
@given(seed=seeds, low=st.integers(-20, 20), span=st.integers(1, 9), shape=shapes)
def test_integers_below_a_bound_are_those_of_the_formula(impl: Any, seed: int, low: int, span: int, shape: Any) -> None:
    bounds = {"low": low, "high": low + span, "size": shape}
    assert_draws(impl, "randint", bounds, lambda sub: jax.random.randint(sub, shape, low, low + span), seed)


@check("random.sampler.random-integers@1", needs=["random.draw.rule@1"])
@given(seed=seeds, low=st.integers(-20, 20), span=st.integers(0, 9), shape=shapes)
def test_integers_up_to_a_bound_are_those_of_the_formula(impl: Any, seed: int, low: int, span: int, shape: Any) -> None:
    bounds, end = {"low": low, "high": low + span, "size": shape}, low + span + 1
    assert_draws(impl, "random_integers", bounds, lambda sub: jax.random.randint(sub, shape, low, end), seed)
