"""Writes tools/lock.txt again: the newest packages that pyproject.toml allows, for every Python, with their digests.

python tools/relock.py        needs `uv` and the network
"""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

if __name__ == "__main__":
    uv = shutil.which("uv") or sys.exit("relock: install uv first (pip install uv)")
    words = [uv, "pip", "compile", "--universal", "--generate-hashes", "--upgrade", "--python-version", "3.11"]
    words += ["--group", "pyproject.toml:dev", "pyproject.toml", "--output-file", "tools/lock.txt"]
    words += ["--custom-compile-command", "python tools/relock.py", "--quiet"]
    sys.exit(subprocess.call(words, cwd=ROOT))
