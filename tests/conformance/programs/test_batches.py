"""Which programs a run judges."""

from brainspec_conformance.plugin import BATCHES
from brainspec_conformance.programs import batches, census


def test_no_program_is_compared_twice() -> None:
    numbers = [number for batch in range(50) for number in batches.equal(batch)]

    assert len(set(numbers)) == len(numbers)


def test_the_census_of_a_profile_counts_what_its_checks_judge() -> None:
    found = batches.of_profile("probe")

    assert found.count == BATCHES["probe"] * (batches.BATCH + 1)
    assert list(found.features) == sorted(census.expected())
    assert found == batches.of_profile("probe")
