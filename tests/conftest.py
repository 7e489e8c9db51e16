"""What holds in every test: this checkout is what is tested, and JAX stays on the CPU."""

import os
from pathlib import Path

import pytest

os.environ.setdefault("JAX_PLATFORMS", "cpu")

ROOT = Path(__file__).resolve().parents[1]


def pytest_configure(config: pytest.Config) -> None:
    import brainspec_conformance

    # An installed copy is imported before pytest reads `pythonpath`, because the package has a pytest plugin.
    place = Path(brainspec_conformance.__file__).resolve()
    if not place.is_relative_to(ROOT):
        raise pytest.UsageError(
            f"these tests are of {ROOT}, but brainspec_conformance comes from {place.parent}; "
            "install this checkout (pip install -e .), or set PYTHONPATH=reference:optimized:conformance"
        )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Workers are given tests in this order: what takes minutes begins first, so that in the end none waits for it.
    items.sort(key=lambda item: item.get_closest_marker("minutes") is None)
