"""The checks of `spec/12-random.md`: what is refused, and that it changes nothing."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from brainspec_conformance.check import check
from brainspec_conformance.suite.random_material import SEED, SHAPE, SIZED, assert_refused, kept, says

TAKING: dict[str, Callable[[Any, Any, Any], object]] = {
    "RandomState": lambda impl, state, key: impl.random.RandomState(key),
    "seed": lambda impl, state, key: state.seed(key),
    "set_key": lambda impl, state, key: state.set_key(key),
    "assign": lambda impl, state, key: setattr(state, "value", key),
    "random": lambda impl, state, key: state.random(key=key),
    "normal": lambda impl, state, key: state.normal(0.0, 1.0, SHAPE, key=key),
    "permutation": lambda impl, state, key: state.permutation(5, key=key),
    "seed_context": lambda impl, state, key: impl.random.seed_context(key).__enter__(),
    "default_rng": lambda impl, state, key: impl.random.default_rng(key),
    "clone_rng": lambda impl, state, key: impl.random.clone_rng(key),
    "seed of the default stream": lambda impl, state, key: impl.random.seed(key),
    "set_key of the default stream": lambda impl, state, key: impl.random.set_key(key),
    "random of the default stream": lambda impl, state, key: impl.random.random(key=key),
}
# Where a seed cannot be left away, and `None` is none.
NEEDING = ("set_key", "assign", "seed_context", "set_key of the default stream")
WRONG: tuple[Any, ...] = (
    1.5,
    2.0,
    "text",
    b"text",
    2j,
    True,
    False,
    np.True_,
    np.float64(1.0),
    [0, 7],
    (0, 7),
    {},
    {1},
    object(),
    int,
)
MALFORMED = [
    np.zeros(2, np.int32),
    np.zeros(2, np.float32),
    np.array([7]),
    np.array(True),
    np.array(1.5),
]

taking = pytest.mark.parametrize("take", TAKING.values(), ids=TAKING)


def assert_taken_nowhere(impl: Any, kind: Any, take: Any, wrong: Any) -> str:
    """What is given as a seed or key is refused, and the default stream stays as it is too; gives the message."""
    with kept(impl) as stream:
        before = stream.get_key()
        raised = assert_refused(impl, kind, lambda state: take(impl, state, wrong))
        assert stream.get_key() is before
    return str(raised.value)


# Seeds and keys


@check("random.error.seed@1", needs=["random.default.key@1"])
@taking
def test_what_is_no_seed_is_refused_by_its_type(impl: Any, take: Any) -> None:
    for wrong in WRONG:
        assert type(wrong).__name__ in assert_taken_nowhere(impl, TypeError, take, wrong)


@check("random.error.seed@1", needs=["random.default.key@1"])
@pytest.mark.parametrize("name", NEEDING)
def test_none_is_no_seed_where_one_is_needed(impl: Any, name: str) -> None:
    assert "NoneType" in assert_taken_nowhere(impl, TypeError, TAKING[name], None)


@check("random.error.seed@1", needs=["random.default.key@1"])
@taking
def test_an_array_that_is_no_seed_is_refused(impl: Any, take: Any) -> None:
    for array in (np.asarray, jnp.asarray):
        for wrong in map(array, MALFORMED):
            assert_taken_nowhere(impl, TypeError, take, wrong)


@check("random.error.keys@1", needs=["random.default.key@1"])
@taking
def test_an_array_of_keys_is_refused_whatever_its_shape(impl: Any, take: Any) -> None:
    raw = np.arange(12, dtype=np.uint32).reshape(6, 2)
    for wrong in (raw, raw[:2], raw[:1], raw[:0], raw.reshape(2, 3, 2), raw[:1].reshape(1, 1, 2)):
        for keys in (wrong, jnp.asarray(wrong), jax.random.wrap_key_data(jnp.asarray(wrong))):
            assert_taken_nowhere(impl, ValueError, take, keys)


# Counts and backups


@check("random.error.count@1")
@pytest.mark.parametrize("count", [1.5, 2.0, "2", (2,), [2], np.float32(2), True, np.array([2])], ids=repr)
@pytest.mark.parametrize("backup", [False, True])
def test_a_count_that_is_no_integer_is_refused(impl: Any, count: Any, backup: bool) -> None:
    raised = assert_refused(impl, TypeError, lambda state: state.split_key(count, backup=backup))
    assert says(raised.value, count)


@check("random.error.count@1")
@pytest.mark.parametrize("count", [0, -1, -5, np.int64(0)], ids=repr)
@pytest.mark.parametrize("backup", [False, True])
def test_a_count_below_one_is_refused(impl: Any, count: Any, backup: bool) -> None:
    raised = assert_refused(impl, ValueError, lambda state: state.split_key(count, backup=backup))
    assert says(raised.value, count)


@check("random.error.count@1", needs=["random.error.backup@1"])
def test_a_refused_count_backs_up_nothing(impl: Any) -> None:
    state = impl.random.RandomState(SEED)
    for count in (0, 1.5):
        with pytest.raises((TypeError, ValueError)):
            state.split_key(count, backup=True)
        with pytest.raises(ValueError):
            state.restore_key()


@check("random.error.backup@1")
def test_a_key_that_was_not_backed_up_cannot_be_restored(impl: Any) -> None:
    assert_refused(impl, ValueError, lambda state: state.restore_key())


@check("random.error.backup@1", needs=["random.backup.restore@1"])
def test_a_key_can_be_restored_only_once(impl: Any) -> None:
    state = impl.random.RandomState(SEED)
    state.backup_key()
    state.restore_key()
    state.random()
    after = state.value
    with pytest.raises(ValueError):
        state.restore_key()
    assert state.value is after


BACKING: dict[str, Callable[[Any], object]] = {
    "backup_key": lambda state: state.backup_key(),
    "split_key": lambda state: state.split_key(2, backup=True),
}


@check("random.error.backup@1", needs=["random.backup.restore@1"])
@pytest.mark.parametrize("first", BACKING)
@pytest.mark.parametrize("again", BACKING)
def test_a_second_backup_is_refused_and_the_first_one_stays(impl: Any, first: str, again: str) -> None:
    state = impl.random.RandomState(SEED)
    before = state.value
    BACKING[first](state)
    state.random()
    moved = state.value
    for _ in range(2):
        with pytest.raises(ValueError), impl.StateTraceStack() as stack:
            BACKING[again](state)
        assert stack.get_write_states() == ()
        assert state.value is moved
    state.restore_key()
    assert state.value is before


# Probabilities


PROBABLE: dict[str, Callable[..., object]] = {
    "bernoulli": lambda state, p, **given: state.bernoulli(p, **given),
    "binomial": lambda state, p, **given: state.binomial(5, p, **given),
    "geometric": lambda state, p, **given: state.geometric(p, **given),
}
probable = pytest.mark.parametrize("draw", PROBABLE.values(), ids=PROBABLE)


@check("random.error.probability@1")
@probable
@pytest.mark.parametrize("p", [2.0, -0.5, 1.25, -1, 2, float("nan"), float("inf"), np.float32(1.5)], ids=repr)
def test_a_number_that_is_no_probability_is_refused(impl: Any, draw: Any, p: Any) -> None:
    for given in ({}, {"size": SHAPE}, {"key": 7}):
        raised = assert_refused(impl, ValueError, lambda state: draw(state, p, **given))  # noqa: B023
        assert says(raised.value, p) or says(raised.value, float(p))


@check("random.error.probability@1")
@probable
def test_the_first_entry_that_is_no_probability_is_refused(impl: Any, draw: Any) -> None:
    long = [0.5] * 3000
    long[1500], long[1600] = 1.75, 2.5
    for array in (np.asarray, jnp.asarray):
        for p, first in (
            ([0.5, 1.5, 3.5], "1.5"),
            ([-0.25, 0.5], "-0.25"),
            ([0.5, float("nan"), 2.5], "nan"),
            ([[0.5, 1.25], [2.5, float("nan")]], "1.25"),
            (1.5, "1.5"),
            (long, "1.75"),
        ):
            raised = assert_refused(impl, ValueError, lambda state: draw(state, array(p)))  # noqa: B023
            assert first in str(raised.value)


@check("random.error.probability@1", needs=["random.draw.key@1"])
@probable
def test_a_known_probability_is_refused_while_a_program_is_traced(impl: Any, draw: Any) -> None:
    assert_refused(impl, ValueError, lambda state: jax.jit(lambda key: draw(state, 2.0, key=key))(jax.random.key(7)))


# Sizes


@check("random.error.size@1")
@pytest.mark.parametrize("name", SIZED)
def test_each_sampler_refuses_what_is_no_size(impl: Any, name: str) -> None:
    for wrong in (1.5, "two", -1, (2, -1), [2, -3], (1.5,), ("a",), True, (2, False), (2, None), np.array([2, 3])):
        for given in ({}, {"key": 7}):
            call = {**SIZED[name], **given, "size": wrong}
            raised = assert_refused(impl, (TypeError, ValueError), lambda state: getattr(state, name)(**call))  # noqa: B023
            assert says(raised.value, wrong), f"{raised.value} does not say {wrong!r}"
