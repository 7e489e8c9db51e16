"""Which generated programs a run of the suite judges: they are numbered, and the profile says how many batches there are."""

from __future__ import annotations

import statistics
from collections.abc import Iterable

from ..plugin import BATCHES
from ..report import Programs
from . import census, data
from .fuzzing import program_of

BATCH = 5  # programs that are compared by one check
SEED = 0


def equal(batch: int) -> range:
    """The numbers of a batch that is compared with the oracle."""
    return range(batch * BATCH, (batch + 1) * BATCH)


def lawful(batch: int) -> range:
    """The numbers of a batch that is judged by each law."""
    return range(1000 + 7 * batch, 1001 + 7 * batch)


def program(number: int) -> data.Program:
    return program_of((SEED, number))


def of_profile(profile: str) -> Programs:
    """The census of all programs that a profile judges."""
    batches = range(BATCHES[profile])
    return of_numbers({number for batch in batches for numbers in (equal(batch), lawful(batch)) for number in numbers})


def of_numbers(numbers: Iterable[int]) -> Programs:
    found, lengths, different = census.count(map(program, numbers))
    return Programs(
        len(lengths), different, statistics.median(lengths), {name: found[name] for name in sorted(census.expected())}
    )
