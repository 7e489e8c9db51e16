"""Runs a command under each supported Python that the machine has."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

MINORS = (11, 12, 13)


def run_under_each(script: str, words: list) -> int:
    """The worst exit status; says which Pythons were found, and which not."""
    found = {f"3.{minor}": _find(minor) for minor in MINORS}
    statuses = {}
    for version, python in found.items():
        if python is None:
            print(f"== Python {version}: not found, left out", flush=True)
            continue
        print(f"== Python {version}: {python}", flush=True)
        statuses[version] = subprocess.call([python, script, *words])
    for version, status in statuses.items():
        print(f"Python {version}: {'passed' if status == 0 else f'failed with status {status}'}")
    return max(statuses.values(), default=2)


def _find(minor: int):
    """An interpreter of this version that starts: this one, one on the PATH, or one that pyenv has."""
    if sys.version_info[:2] == (3, minor):
        return sys.executable
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    places = [shutil.which(f"python3.{minor}"), *sorted(map(str, pyenv.glob(f"3.{minor}.*/bin/python3")), reverse=True)]
    return next((place for place in places if place and _starts(place, minor)), None)


def _starts(python: str, minor: int) -> bool:
    code = f"import sys, venv; sys.exit(sys.version_info[:2] != (3, {minor}))"
    return subprocess.run([python, "-c", code], capture_output=True, check=False).returncode == 0
