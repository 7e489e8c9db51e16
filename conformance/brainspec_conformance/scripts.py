"""Runs a user's script as `python script.py args` would, and shows the user's traceback without our frames."""

import runpy
import sys
from collections.abc import Sequence
from pathlib import Path

from .tracebacks import without_our_frames


def run_script(script: str, args: Sequence[str]) -> int:
    """The exit status of the script."""
    saved_argv, saved_path = sys.argv, list(sys.path)
    sys.argv = [script, *args]
    sys.path.insert(0, str(Path(script).resolve().parent))
    try:
        runpy.run_path(script, run_name="__main__")
    except SystemExit as stop:
        return _status(stop)
    except Exception as error:
        print(without_our_frames(error), end="", file=sys.stderr)
        return 1
    finally:
        sys.argv, sys.path[:] = saved_argv, saved_path
    return 0


def _status(stop: SystemExit) -> int:
    """What Python makes of the argument of `sys.exit`."""
    if stop.code is None or isinstance(stop.code, int):
        return stop.code or 0
    print(stop.code, file=sys.stderr)
    return 1
