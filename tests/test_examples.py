"""The scripts of `examples/` print the same on both implementations."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.py"))


def printed(example: Path, impl: str) -> str:
    words = [sys.executable, "-m", "brainspec_conformance", "run", "--impl", impl, str(example)]
    ran = subprocess.run(words, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.mark.slow
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_prints_the_same_on_both(example: Path) -> None:
    assert printed(example, "reference") == printed(example, "optimized")
