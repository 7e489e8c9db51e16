"""What is fast about it: a draw makes no check that its key has passed before.

The key lies in the raw slot and is typed at all times, since every way in goes through `as_key`; so a draw takes it
from there and puts the next one there, in `drawing`.
"""

import typing as t

import jax

from brainspec_optimized.random import (
    drawing,
    integers,
    likes,
    normals,
    picks,
    shaped,
    shifted,
    trials,
    uniforms,
    vectors,
)
from brainspec_optimized.random.drawing import given_away
from brainspec_optimized.random.keys import Seed, as_key, fresh_key
from brainspec_optimized.random.refusals import backed_up_twice, nothing_to_restore
from brainspec_optimized.random.splitting import LOCK, splitting
from brainspec_optimized.shown import shows_as
from brainspec_optimized.state import State
from brainspec_optimized.state_checks import HARMLESS, check_value
from brainspec_optimized.state_stack import OPEN, note_write

__all__ = ["RandomState"]


@shows_as("random.RandomState")
class RandomState(State):  # [random.state.kind]
    """A state that holds one key, and draws by splitting it."""

    __slots__ = ("_backup",)
    _backup: jax.Array | None

    @classmethod
    def _bare(cls, born: object) -> t.Self:
        state = super()._bare(born)
        state._backup = None  # [random.backup.apart]
        return state

    def __init__(self, /, value: Seed = None, **carried: t.Any) -> None:
        super().__init__(fresh_key() if value is None else value, **carried)

    def _put(self, new: Seed) -> None:
        if type(new) not in HARMLESS:
            check_value(self, new)  # first: a state put into a state is the graver mistake
        key = as_key(new)  # [random.set.assign]
        with LOCK:
            if OPEN:
                note_write(self)
            self._value = key

    def _slots(self) -> dict[str, t.Any]:
        slots = super()._slots()
        del slots["_backup"]  # [random.backup.apart]
        return slots

    value = property(State.value.fget, _put, doc=State.value.__doc__)  # type: ignore[attr-defined]

    _draw = drawing.draw

    def split_key(self, n: int | None = None, backup: bool = False) -> jax.Array:
        """Give a key, or an array of `n`, that no draw uses; the key may be backed up before."""
        return given_away(self, splitting(n), backup)

    def seed(self, n: Seed = None) -> None:
        """Begin anew from a seed, and without one from fresh entropy."""
        if n is None:
            n = fresh_key()  # [random.set.fresh]
        self.value = n  # [random.set.seed]

    def set_key(self, k: Seed) -> None:
        """Hold the key of this seed."""
        self.value = k  # [random.set.key]

    def backup_key(self) -> None:
        """Remember the key, for `restore_key`."""
        self._remember(self.value)

    def _remember(self, key: jax.Array) -> None:
        if self._backup is not None:
            raise backed_up_twice()  # [random.error.backup]
        self._backup = key

    def restore_key(self) -> None:
        """Hold again the key that was backed up, and forget the backup."""
        if self._backup is None:
            raise nothing_to_restore()  # [random.error.backup]
        self.value = self._backup  # [random.backup.restore]
        self._backup = None

    def clone(self) -> "RandomState":
        """A new random state that draws other numbers than this one."""
        return RandomState(self.split_key())  # [random.clone.new]

    rand = uniforms.rand
    random = uniforms.random
    random_sample = uniforms.random_sample
    uniform = uniforms.uniform

    randn = normals.randn
    normal = normals.normal
    lognormal = normals.lognormal
    truncated_normal = normals.truncated_normal

    exponential = shifted.exponential
    laplace = shifted.laplace
    logistic = shifted.logistic
    gumbel = shifted.gumbel

    gamma = shaped.gamma
    beta = shaped.beta
    weibull = shaped.weibull
    rayleigh = shaped.rayleigh
    chisquare = shaped.chisquare
    standard_t = shaped.standard_t
    standard_cauchy = shaped.standard_cauchy
    pareto = shaped.pareto

    randint = integers.randint
    random_integers = integers.random_integers
    poisson = integers.poisson

    bernoulli = trials.bernoulli
    binomial = trials.binomial
    geometric = trials.geometric

    choice = picks.choice
    permutation = picks.permutation
    shuffle = picks.shuffle
    categorical = picks.categorical

    dirichlet = vectors.dirichlet
    multivariate_normal = vectors.multivariate_normal

    rand_like = likes.rand_like
    randn_like = likes.randn_like
    randint_like = likes.randint_like
