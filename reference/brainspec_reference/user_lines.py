"""The user's line: which line of a traceback, or of the frames that are running, is neither JAX's nor ours."""

import os
import sys
from typing import Any

import jax

_STDLIB = os.path.dirname(os.__file__) + os.sep
_FOLDERS = [os.path.dirname(os.path.abspath(str(file))) + os.sep for file in (jax.__file__, __file__)]
_NOT_THE_USERS = (*_FOLDERS, *(_STDLIB + name for name in ("contextlib.py", "copy.py", "functools.py")), "<frozen")


def is_users(file: str) -> bool:
    return bool(file) and not file.startswith(_NOT_THE_USERS)


def user_line() -> str:
    """`file:line` of the innermost frame that is neither JAX's nor ours."""
    frame: Any = sys._getframe(1)
    while frame is not None:
        if is_users(frame.f_code.co_filename):
            return f"{frame.f_code.co_filename}:{frame.f_lineno}"
        frame = frame.f_back
    return ""


def line_of(error: BaseException) -> str:
    """The innermost line of the user's that an error passed through."""
    line, step = "", error.__traceback__
    while step is not None:
        if is_users(step.tb_frame.f_code.co_filename):
            line = f"{step.tb_frame.f_code.co_filename}:{step.tb_lineno}"
        step = step.tb_next
    return line
