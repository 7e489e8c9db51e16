"""The fixtures of checks: the implementation under test, and a place to put measurements."""

from collections.abc import Callable
from typing import Any

import pytest

# The scenes in them assert, and are to say what they found as checks do.
SCENES = "module_material", "shared_material"
pytest.register_assert_rewrite(*(f"brainspec_conformance.suite.{name}" for name in SCENES))

from brainspec_conformance.implementations import Implementation, load  # noqa: E402
from brainspec_conformance.plugin import implementation_of, measured_by  # noqa: E402
from brainspec_conformance.programs.judging import Bench  # noqa: E402


@pytest.fixture(scope="session")
def implementation(pytestconfig: pytest.Config) -> Implementation:
    """The implementation under test, with its name."""
    return implementation_of(pytestconfig)


@pytest.fixture(scope="session")
def impl(implementation: Implementation) -> Any:
    """The namespace under test."""
    import jax

    assert jax.config.values["jax_threefry_partitionable"], (
        "the suite speaks of keys as jax_threefry_partitionable=True makes them"
    )
    return implementation.namespace


@pytest.fixture(scope="session")
def bench(implementation: Implementation) -> Bench:
    """The reference as oracle, and the implementation under test."""
    return Bench(load("reference"), implementation)


@pytest.fixture
def measure(request: pytest.FixtureRequest) -> Callable[[str, object], None]:
    """Note a measurement of a quality: what was measured, and the figure."""

    def note(what: str, figure: object) -> None:
        measured_by(request.node)[what] = str(figure)

    return note
