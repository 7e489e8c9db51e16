"""Packages on the path for one test."""

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.helpers import write

Packages = Callable[[dict[str, str]], Path]


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Packages]:
    """Write files below a folder of the import path; what is imported from there is forgotten afterwards."""
    folder = tmp_path / "site"
    monkeypatch.syspath_prepend(folder)
    before = set(sys.modules)

    def make(files: dict[str, str]) -> Path:
        for name, text in files.items():
            write(folder / name, text)
        importlib.invalidate_caches()
        return folder

    yield make
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", None)).startswith(str(folder)):
            del sys.modules[name]
