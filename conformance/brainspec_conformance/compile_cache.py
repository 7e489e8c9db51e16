"""What XLA has compiled, kept between runs: the suite compiles the same programs again and again.

The folder is `brainspec/xla` in the user's cache, or what `JAX_COMPILATION_CACHE_DIR` says; `JAX_ENABLE_COMPILATION_CACHE=0` switches it off,
and so does a folder that cannot be written. Keys are JAX's own, and hold its version and all that decides what is compiled.
"""

import os
import tempfile
from pathlib import Path

MOST = 500 * 2**20  # bytes; beyond that the oldest half goes


def settings() -> dict[str, str]:
    """What JAX reads from the environment; nothing where the user has decided, or nothing can be written."""
    if "JAX_COMPILATION_CACHE_DIR" in os.environ or os.environ.get("JAX_ENABLE_COMPILATION_CACHE", "1") in (
        "0",
        "false",
    ):
        return {}
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "brainspec" / "xla"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            prune(folder)
    except OSError:
        return {}
    return {
        "JAX_COMPILATION_CACHE_DIR": str(folder),
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",  # the programs are small, and many
        "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
    }


def prune(folder: Path, most: int = MOST) -> None:
    """Delete the oldest half if there is too much; another run may do so at the same time."""
    files = sorted((path for path in folder.iterdir() if path.is_file()), key=lambda path: path.stat().st_mtime)
    if sum(path.stat().st_size for path in files) > most:
        for path in files[: (len(files) + 1) // 2]:
            path.unlink(missing_ok=True)
