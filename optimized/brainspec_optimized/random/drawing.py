"""What is fast about it: a draw adds to its sampler one compiled split, one closure and one look under the lock.

The next key is in place before the sampler runs, so that nobody else uses the one that is taken; where the sampler
raises, the key is put back, if nobody has drawn since. The open trace stacks are told of the read before it, since they
may exchange the key, and of the write when it is certain. No lock is held while JAX works.
"""

import typing as t

import jax

from brainspec_optimized.random.keys import Seed, as_key
from brainspec_optimized.random.refusals import far_from_home
from brainspec_optimized.random.splitting import LOCK, Split, splitting
from brainspec_optimized.state_checks import at_home
from brainspec_optimized.state_dead import is_dead
from brainspec_optimized.state_stack import OPEN, note_read, note_write

if t.TYPE_CHECKING:
    from brainspec_optimized.random.state import RandomState

__all__ = ["draw", "given_away"]

_ONE = splitting(None)


def draw(self: "RandomState", key: Seed, sampler: t.Callable[[jax.Array], jax.Array]) -> jax.Array:
    """What the sampler makes of a key that is given, or else of one that nobody has used."""
    if key is not None:
        return sampler(as_key(key))  # [random.draw.key]
    held, new, sub = _advance(self, _ONE)
    try:
        drawn = sampler(sub)  # [random.draw.rule]
    except BaseException:
        _put_back(self, held, new)  # [random.draw.failed]
        raise
    if OPEN:
        note_write(self)  # [random.draw.touches]
    return drawn


def given_away(stream: "RandomState", split: Split, backup: bool) -> jax.Array:
    """The keys that a split gives away."""
    _, _, sub = _advance(stream, split, backup)
    if OPEN:
        note_write(stream)
    return sub


def _advance(stream: "RandomState", split: Split, backup: bool = False) -> tuple[jax.Array, jax.Array, jax.Array]:
    if not at_home(stream):
        raise far_from_home(stream)  # [random.error.traced]
    if OPEN:
        note_read(stream)
    while True:  # until no other thread was faster, which then uses this key
        held = _key_of(stream)
        new, sub = split(held)
        if _exchange(stream, held, new, backup):
            return held, new, sub


def _key_of(stream: "RandomState") -> jax.Array:
    try:
        key: jax.Array = stream._value
    except AttributeError:
        raise is_dead(stream) from None
    return key


def _exchange(stream: "RandomState", held: jax.Array, new: jax.Array, backup: bool) -> bool:
    with LOCK:
        if stream._value is not held:
            return False
        if backup:
            stream._remember(held)  # [random.backup.split]
        stream._value = new  # [random.draw.rule]
    return True


def _put_back(stream: "RandomState", held: jax.Array, new: jax.Array) -> None:
    with LOCK:
        if stream._value is new:
            stream._value = held
