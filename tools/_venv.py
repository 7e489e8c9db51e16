"""Sets up the virtual environment that the two commands run in; the Python standard library only.

The environment is made once from `tools/lock.txt`, by the Python that runs the command, and stamped with a digest of the
lock and the Python's version. A start that finds its stamp does nothing else. The first Python gets `.venv`, another one
`.venv-3.13` beside it.
"""

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "tools" / "lock.txt"
STAMP = "brainspec-stamp"

# What pip prints when it cannot reach an index, as far as it says so.
_NO_NETWORK = ("NewConnectionError", "Max retries", "Temporary failure in name resolution", "Connection refused",
               "ConnectTimeout", "ReadTimeout", "Network is unreachable", "No matching distribution found",
               "ProxyError", "Name or service not known")  # fmt: skip


class SetupError(Exception):
    """Setting up failed; the message says what to do."""


def python() -> Path:
    """The interpreter of the environment, which is set up first if need be; explains and exits where that fails."""
    try:
        folder = _folder()
        with _alone(folder):
            if not _is_ready(folder):
                _set_up(folder)
    except SetupError as error:
        sys.exit(f"brainspec: {error}")
    return _interpreter(folder)


def _folder() -> Path:
    """`.venv`, unless another version of Python has it."""
    first = ROOT / ".venv"
    stamp = first / STAMP
    if stamp.is_file() and not stamp.read_text().startswith(_version() + " "):
        return ROOT / f".venv-{_version()}"
    return first


def _version() -> str:
    return f"{sys.version_info[0]}.{sys.version_info[1]}"


def _interpreter(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _stamp() -> str:
    digest = hashlib.sha256(LOCK.read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()
    return f"{_version()} {digest}\n"


def _is_ready(folder: Path) -> bool:
    """Whether the environment is the one that the lock describes, and lies where it was made."""
    stamp = folder / STAMP
    return stamp.is_file() and stamp.read_text() == _stamp() + f"{ROOT}\n" and _interpreter(folder).exists()


def _set_up(folder: Path) -> None:
    started = time.monotonic()
    _say(f"setting up {folder.name} with Python {sys.version.split()[0]}; later starts skip this")
    log = ROOT / f"{folder.name}.log"
    with log.open("w") as out:
        _step(f"making {folder.name}", out, lambda: _make(folder, out))
        pip = [str(_interpreter(folder)), "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
        locked = LOCK.read_text().count("==")
        install = [*pip, "--require-hashes", "--only-binary", ":all:", "-r", str(LOCK)]
        _step(
            f"installing the packages of tools/lock.txt ({locked} pins, about 200 MB)", out, lambda: _run(install, out)
        )
        ours = [*pip, "--no-deps", "--no-index", "--no-build-isolation", "-e", str(ROOT)]
        _step("installing brainspec itself", out, lambda: _run(ours, out))
    log.unlink()
    (folder / STAMP).write_text(_stamp() + f"{ROOT}\n")
    _say(f"set up in {time.monotonic() - started:.0f} s")


def _make(folder: Path, out) -> None:
    if folder.exists():
        shutil.rmtree(folder)
    _run([sys.executable, "-m", "venv", str(folder)], out)


def _step(what: str, out, action) -> None:
    _say(f"  {what} ...")
    out.write(f"== {what}\n")
    out.flush()
    action()


def _run(command: list, out) -> None:
    """Run a step, its output in the log; say in a sentence why it failed."""
    if subprocess.run(command, stdout=out, stderr=subprocess.STDOUT, cwd=ROOT, check=False).returncode == 0:
        return
    text = Path(out.name).read_text(errors="replace")
    said = "\n".join("  " + line for line in text.splitlines()[-6:])
    raise SetupError(f"{_reason(text)}\n{said}\nThe whole output is in {out.name}.")


def _reason(text: str) -> str:
    if "ensurepip" in text:
        return f"this Python has no venv module ({sys.executable}): install it (python3-venv on Debian), or use another Python"
    if "No space left" in text:
        return "the disk is full: about 1 GB is needed"
    if any(mark in text for mark in _NO_NETWORK):
        return (
            "no package index could be reached, and setting up needs one once: connect to the network, "
            "or point pip at a mirror (PIP_INDEX_URL, PIP_FIND_LINKS), and start again"
        )
    return "setting up failed"


@contextlib.contextmanager
def _alone(folder: Path):
    """Two first starts at once take turns; where the system has no such lock they had better not."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    try:
        lock = open(ROOT / f"{folder.name}.lock", "w")  # noqa: SIM115
    except OSError as error:
        if _is_ready(folder):  # a checkout that nobody may write to, already set up
            yield
            return
        raise SetupError(f"{ROOT} cannot be written to ({error.strerror}): copy it to where it can") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            _say("another start is setting up; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def replace_by(words: list) -> None:
    """Go on as another program, with its exit status."""
    sys.stdout.flush()
    if os.name == "nt":
        sys.exit(subprocess.call(words))
    os.execv(words[0], words)
