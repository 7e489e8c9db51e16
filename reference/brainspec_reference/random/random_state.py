"""Random states: a random state holds one key, and splits it at each draw.

A *draw* is a call of a sampler without `key=`: the key is split into two, the state keeps one and the sampler uses
the other. The state is written last, so that a draw that raises leaves it as it was. To *back up* a key is to
remember it aside, for one restoring.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

import jax

from ..errors import NoBackup, SecondBackup, TraceContextError
from ..state import State
from ..state_birth import away_from_home
from ..state_labels import Tag
from ..type_names import shown_as
from . import choices, floats
from .keys import Key, Seed, checked_count, fresh_key, key_of

Sampler: TypeAlias = Callable[..., jax.Array]


def drawn_by(sampler: Sampler) -> Sampler:
    def draw(state: "RandomState", /, *given: Any, key: Seed | None = None, **named: Any) -> jax.Array:
        if key is not None:
            return sampler(key_of(key), *given, **named)  # [random.draw.key]
        new, sub = state._split(2)  # [random.draw.rule]
        drawn = sampler(sub, *given, **named)  # before the write  # [random.draw.failed]
        state.value = new  # [random.draw.touches]
        return drawn

    return draw


@shown_as("random.RandomState")
class RandomState(State):  # [random.state.kind]
    """A state that holds one key."""

    __slots__ = ("_backup",)  # there while there is one; no copy takes it along  # [random.backup.apart]
    _backup: Key

    def __init__(
        self, /, value: Seed | None = None, *, name: str | None = None, tag: Tag = None, **metadata: Any
    ) -> None:
        super().__init__(fresh_key() if value is None else value, name=name, tag=tag, **metadata)

    def _taken(self, value: Any) -> Key:
        return key_of(super()._taken(value))  # [random.set.assign]

    def _split(self, count: int) -> jax.Array:
        if away_from_home(self):
            found = "A random state born outside a JAX trace was to be split in it"
            cure = "Use the transform of this system instead of the one of JAX, or give the sampler a key"
            raise TraceContextError(found, "random.error.traced@1", cure)  # [random.error.traced]
        return jax.random.split(self.value, count)

    def seed(self, value: Seed | None = None) -> None:
        if value is None:
            value = fresh_key()  # [random.set.fresh]
        self.value = value  # [random.set.seed]

    def set_key(self, key: Seed) -> None:
        self.value = key  # [random.set.key]

    def split_key(self, n: int | None = None, backup: bool = False) -> Key:
        count = 1 if n is None else checked_count(n)
        keys = self._split(count + 1)
        if backup:
            self.backup_key()  # the key before the write  # [random.backup.split]
        self.value = keys[0]
        if n is None:
            return keys[1]  # [random.split.one]
        return keys[1:]  # [random.split.many]

    def clone(self) -> "RandomState":
        return RandomState(self.split_key())  # a plain one  # [random.clone.new]

    def backup_key(self) -> None:
        if hasattr(self, "_backup"):
            found, cure = "A key was backed up while another one is", "Call restore_key first"
            raise SecondBackup(found, "random.error.backup@1", cure)  # [random.error.backup]
        self._backup = self.value

    def restore_key(self) -> None:
        if not hasattr(self, "_backup"):
            found, cure = "A key was to be restored that was not backed up", "Call backup_key first"
            raise NoBackup(found, "random.error.backup@1", cure)  # [random.error.backup]
        self.value = self._backup  # [random.backup.restore]
        del self._backup

    rand = drawn_by(floats.rand)
    randn = drawn_by(floats.randn)
    random = drawn_by(floats.random)
    random_sample = drawn_by(floats.random_sample)
    uniform = drawn_by(floats.uniform)
    normal = drawn_by(floats.normal)
    laplace = drawn_by(floats.laplace)
    logistic = drawn_by(floats.logistic)
    gumbel = drawn_by(floats.gumbel)
    lognormal = drawn_by(floats.lognormal)
    truncated_normal = drawn_by(floats.truncated_normal)
    exponential = drawn_by(floats.exponential)
    gamma = drawn_by(floats.gamma)
    beta = drawn_by(floats.beta)
    weibull = drawn_by(floats.weibull)
    rayleigh = drawn_by(floats.rayleigh)
    chisquare = drawn_by(floats.chisquare)
    standard_t = drawn_by(floats.standard_t)
    standard_cauchy = drawn_by(floats.standard_cauchy)
    pareto = drawn_by(floats.pareto)
    dirichlet = drawn_by(floats.dirichlet)
    multivariate_normal = drawn_by(floats.multivariate_normal)
    rand_like = drawn_by(floats.rand_like)
    randn_like = drawn_by(floats.randn_like)
    randint = drawn_by(choices.randint)
    random_integers = drawn_by(choices.random_integers)
    randint_like = drawn_by(choices.randint_like)
    bernoulli = drawn_by(choices.bernoulli)
    binomial = drawn_by(choices.binomial)
    geometric = drawn_by(choices.geometric)
    poisson = drawn_by(choices.poisson)
    categorical = drawn_by(choices.categorical)
    choice = drawn_by(choices.choice)
    permutation = drawn_by(choices.permutation)
    shuffle = drawn_by(choices.shuffle)
