"""The two commands: how they set themselves up, and what they say when they cannot."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A checkout that was never set up, and holds only what setting up needs."""
    for name in ("tools", "spec", "reference", "optimized", "conformance"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def start(copy: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(copy / "tools" / words[0]), *words[1:]]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **env}, cwd=copy)


def stamp(copy: Path) -> None:
    """Let a copy take this environment for its own."""
    code = "import sys; sys.path.insert(0, 'tools'); import _venv; print(_venv._stamp() + f'{_venv.ROOT}\\n', end='')"
    text = subprocess.run([sys.executable, "-c", code], cwd=copy, capture_output=True, text=True, check=True).stdout
    (copy / ".venv" / "bin").mkdir(parents=True)
    launcher = copy / ".venv" / "bin" / "python"
    launcher.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    launcher.chmod(0o755)
    (copy / ".venv" / "brainspec-stamp").write_text(text)


def test_a_second_start_adds_less_than_a_second(copy: Path):
    stamp(copy)
    code = "import sys; sys.path.insert(0, 'tools'); import _venv; print(_venv.python())"
    started = time.monotonic()
    ran = subprocess.run([sys.executable, "-c", code], cwd=copy, capture_output=True, text=True, check=True)

    assert time.monotonic() - started < 1
    assert ran.stdout.strip() == str(copy / ".venv" / "bin" / "python")
    assert ran.stderr == ""


def test_arguments_are_passed_on(copy: Path):
    stamp(copy)
    ran = start(copy, "conform", "--impl", "nosuch")

    assert ran.returncode == 3
    assert "no implementation is called 'nosuch'" in ran.stderr


def test_a_changed_lock_sets_up_again(copy: Path):
    stamp(copy)
    (copy / "tools" / "lock.txt").write_text("nosuchpackage==1.0 --hash=sha256:" + "0" * 64 + "\n")
    ran = start(copy, "conform", PIP_NO_INDEX="1")

    assert "setting up .venv" in ran.stderr


@pytest.mark.slow
def test_without_a_package_index_the_cure_is_one_sentence(copy: Path):
    ran = start(copy, "conform", PIP_NO_INDEX="1", PIP_FIND_LINKS="")

    assert ran.returncode == 1
    assert "no package index could be reached" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert (copy / ".venv.log").exists()
    assert not (copy / ".venv" / "brainspec-stamp").exists()


def test_a_python_that_is_too_old_is_told_so(copy: Path, tmp_path: Path):
    code = "import sys; sys.version_info = (3, 8, 18, 'final', 0); sys.path.insert(0, 'tools'); import _python; _python.require('x')"
    env = {"PATH": str(tmp_path)}
    ran = subprocess.run([sys.executable, "-c", code], cwd=copy, capture_output=True, text=True, check=False, env=env)

    assert ran.returncode == 1
    assert ran.stderr.strip().startswith("brainspec: Python 3.8 is too old")


def test_another_python_gets_an_environment_of_its_own(copy: Path):
    stamp(copy)
    (copy / ".venv" / "brainspec-stamp").write_text("3.9 digest\nroot\n")
    code = "import sys; sys.path.insert(0, 'tools'); import _venv; print(_venv._folder().name)"
    ran = subprocess.run([sys.executable, "-c", code], cwd=copy, capture_output=True, text=True, check=True)

    assert ran.stdout.strip() == ".venv-{}.{}".format(*sys.version_info)
