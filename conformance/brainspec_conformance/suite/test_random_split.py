"""The checks of `spec/12-random.md`: splitting a state's key, backing it up, and cloning the state."""

import copy
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.random_material import SEED, SHAPE, assert_differ, assert_same, halves

COPIES: dict[str, Callable[[Any], Any]] = {
    "copy": lambda state: state.copy(),
    "copy.copy": copy.copy,
    "deepcopy": copy.deepcopy,
}

# Splitting


@check("random.split.one@1", needs=["random.state.seed@1"])
def test_splitting_gives_the_second_half_and_keeps_the_first(impl: Any) -> None:
    state, key = impl.random.RandomState(SEED), jax.random.key(SEED)
    for _ in range(3):
        key, sub = halves(key)
        assert_same(state.split_key(), sub)
        assert_same(state.value, key)


@check("random.split.one@1", needs=["random.draw.rule@1"])
def test_what_splitting_gives_draws_what_a_draw_would_have(impl: Any) -> None:
    one, other = impl.random.RandomState(SEED), impl.random.RandomState(SEED)
    assert_same(jax.random.uniform(one.split_key(), SHAPE), other.random(SHAPE))
    assert_same(one.random(SHAPE), other.random(SHAPE))


@check("random.split.many@1", needs=["random.state.seed@1"])
@pytest.mark.parametrize("count", [1, 3, np.int64(3), np.array(3)], ids=repr)
def test_splitting_off_several_keys_gives_the_last_ones_and_keeps_the_first(impl: Any, count: Any) -> None:
    state, key = impl.random.RandomState(SEED), jax.random.key(SEED)
    for _ in range(2):
        keys = jax.random.split(key, count + 1)
        assert_same(state.split_key(count), keys[1:])
        assert_same(state.value, keys[0])
        key = keys[0]


@check("random.split.many@1")
def test_splitting_off_one_key_by_number_gives_an_array_of_one(impl: Any) -> None:
    assert impl.random.RandomState(SEED).split_key(1).shape == (1,)
    assert impl.random.RandomState(SEED).split_key(jnp.int32(1)).shape == (1,)
    assert impl.random.RandomState(SEED).split_key(n=2).shape == (2,)


# Backing up


@check("random.backup.restore@1")
def test_restoring_puts_back_the_very_key_that_was_backed_up(impl: Any) -> None:
    state = impl.random.RandomState(SEED)
    state.random()
    before = state.value
    state.backup_key()
    assert state.value is before
    state.random()
    state.random()
    state.restore_key()
    assert state.value is before


@check("random.backup.restore@1", needs=["random.set.seed@1", "random.set.key@1", "random.set.assign@1"])
@pytest.mark.parametrize(
    "change",
    [
        lambda state: None,
        lambda state: state.seed(7),
        lambda state: state.set_key(jax.random.key(7)),
        lambda state: setattr(state, "value", jax.random.key(7)),
        lambda state: state.split_key(2),
        lambda state: state.clone(),
    ],
    ids=["nothing", "seed", "set_key", "assign", "split_key", "clone"],
)
def test_restoring_puts_the_key_back_whatever_was_done_since(impl: Any, change: Any) -> None:
    state = impl.random.RandomState(SEED)
    before = state.value
    state.backup_key()
    change(state)
    state.restore_key()
    assert state.value is before


@check("random.backup.restore@1", needs=["random.draw.rule@1"])
def test_draws_after_restoring_repeat_those_after_backing_up(impl: Any) -> None:
    state = impl.random.RandomState(SEED)
    state.backup_key()
    first = [state.random(SHAPE), state.random(SHAPE)]
    state.restore_key()
    for wanted in first:
        assert_same(state.random(SHAPE), wanted)


@check("random.backup.restore@1")
def test_a_key_can_be_backed_up_again_after_it_was_restored(impl: Any) -> None:
    state = impl.random.RandomState(SEED)
    for _ in range(2):
        state.random()
        before = state.value
        state.backup_key()
        state.random()
        state.restore_key()
        assert state.value is before


@check("random.backup.restore@1")
def test_each_state_has_a_backup_of_its_own(impl: Any) -> None:
    one, other = impl.random.RandomState(1), impl.random.RandomState(2)
    before = one.value, other.value
    one.backup_key()
    other.backup_key()
    one.random()
    other.random()
    one.restore_key()
    other.restore_key()
    assert one.value is before[0]
    assert other.value is before[1]


@check("random.backup.split@1", needs=["random.split.many@1", "random.backup.restore@1"])
@pytest.mark.parametrize("count", [1, 3])
def test_splitting_with_a_backup_backs_up_the_key_before_the_split(impl: Any, count: int) -> None:
    state = impl.random.RandomState(SEED)
    before = state.value
    keys = jax.random.split(before, count + 1)
    assert_same(state.split_key(count, backup=True), keys[1:])
    assert_same(state.value, keys[0])
    state.random()
    state.restore_key()
    assert state.value is before


@check("random.backup.split@1", needs=["random.error.backup@1"])
def test_splitting_without_a_backup_backs_up_nothing(impl: Any) -> None:
    state = impl.random.RandomState(SEED)
    state.split_key(2)
    state.split_key(2, backup=False)
    with pytest.raises(ValueError):
        state.restore_key()


@check("random.backup.apart@1", needs=["random.error.backup@1"])
@pytest.mark.parametrize("duplicate", COPIES.values(), ids=COPIES)
def test_a_copy_has_no_backup_and_leaves_that_of_its_original(impl: Any, duplicate: Callable[[Any], Any]) -> None:
    state = impl.random.RandomState(SEED)
    before = state.value
    state.backup_key()
    state.split_key()
    other = duplicate(state)
    held = other.value
    with pytest.raises(ValueError):
        other.restore_key()
    assert other.value is held
    state.restore_key()
    assert state.value is before


@check("random.backup.apart@1", needs=["random.backup.restore@1"])
def test_a_copy_backs_up_a_key_of_its_own(impl: Any) -> None:
    state = impl.random.RandomState(SEED)
    before = state.value
    state.backup_key()
    other = state.copy()
    other.split_key()
    moved = other.value
    other.backup_key()
    other.split_key()
    state.split_key()
    state.restore_key()
    other.restore_key()
    assert state.value is before
    assert other.value is moved


# Cloning


@check("random.clone.new@1", needs=["random.state.seed@1"])
def test_a_clone_holds_the_second_half_and_its_original_keeps_the_first(impl: Any) -> None:
    state, key = impl.random.RandomState(SEED), jax.random.key(SEED)
    for _ in range(2):
        key, sub = halves(key)
        clone = state.clone()
        assert type(clone) is impl.random.RandomState
        assert clone is not state
        assert_same(clone.value, sub)
        assert_same(state.value, key)


@check("random.clone.new@1", needs=["state.meta.name@1", "state.meta.tag@1", "state.meta.other@1"])
def test_a_clone_has_no_name_no_tag_and_no_metadata(impl: Any) -> None:
    clone = impl.random.RandomState(SEED, name="noise", tag="slow", unit="mV").clone()
    assert (clone.name, clone.tag) == (None, None)
    assert not hasattr(clone, "unit")


@check("random.clone.new@1")
def test_a_clone_of_a_kind_below_is_a_plain_random_state(impl: Any) -> None:
    kind = type("Noise", (impl.random.RandomState,), {})
    assert type(kind(SEED).clone()) is impl.random.RandomState


@check("random.clone.new@1", needs=["random.error.backup@1"])
def test_a_clone_has_no_backup(impl: Any) -> None:
    state = impl.random.RandomState(SEED)
    state.backup_key()
    with pytest.raises(ValueError):
        state.clone().restore_key()


@check("random.clone.new@1", needs=["random.draw.rule@1"])
def test_a_clone_and_its_original_draw_different_numbers_on_their_own(impl: Any) -> None:
    state = impl.random.RandomState(SEED)
    clone = state.clone()
    before = state.value
    drawn = clone.random(SHAPE)
    assert state.value is before
    assert_differ(state.random(SHAPE), drawn)


@check("random.clone.new@1", needs=["state.catch.catches@1"])
def test_a_clone_is_a_state_that_is_born(impl: Any) -> None:
    state = impl.random.RandomState(SEED)
    with impl.catch_new_states() as caught:
        clone = state.clone()
    assert list(caught) == [clone]
