"""What XLA has compiled is kept where it can be, and nowhere else."""

from pathlib import Path

import pytest
from brainspec_conformance import compile_cache
from brainspec_conformance.compile_cache import prune, settings

from tests.helpers import brainspec, write


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("JAX_COMPILATION_CACHE_DIR", raising=False)
    return tmp_path / "brainspec" / "xla"


def test_it_is_in_the_users_cache(cache: Path) -> None:
    assert settings()["JAX_COMPILATION_CACHE_DIR"] == str(cache)
    assert list(cache.iterdir()) == []


def test_the_user_decides(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAX_COMPILATION_CACHE_DIR", "elsewhere")
    assert settings() == {}
    monkeypatch.delenv("JAX_COMPILATION_CACHE_DIR")
    monkeypatch.setenv("JAX_ENABLE_COMPILATION_CACHE", "0")
    assert settings() == {}


def test_a_folder_that_cannot_be_made_switches_it_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAX_COMPILATION_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(write(tmp_path / "file", "no folder")))

    assert settings() == {}


def test_a_folder_that_cannot_be_written_switches_it_off(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(dir: Path) -> None:  # noqa: A002
        raise PermissionError(dir)

    monkeypatch.setattr(compile_cache.tempfile, "TemporaryFile", refuse)
    assert settings() == {}


def test_the_oldest_half_goes_when_there_is_too_much(tmp_path: Path) -> None:
    for k in range(4):
        write(tmp_path / f"{k}", "x" * 10)
    prune(tmp_path, most=40)
    assert len(list(tmp_path.iterdir())) == 4
    prune(tmp_path, most=39)
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.slow
def test_a_run_fills_it(cache: Path, tmp_path: Path) -> None:
    words = ("conform", "--impl", "optimized", "--clauses", "jit.form.plain", "--workers", "0")
    done = brainspec(*words, cwd=tmp_path, XDG_CACHE_HOME=str(tmp_path))

    assert done.returncode == 0, done.stdout + done.stderr
    assert list(cache.iterdir())
