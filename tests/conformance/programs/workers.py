"""What workers do in tests of the pool: a task's number says what becomes of it."""

import os
import time

from brainspec_conformance.programs.pool import Task

FINE, DIES, HANGS, RAISES = range(4)


def work(task: Task) -> str:
    if task[1] == DIES:
        os._exit(3)
    if task[1] == HANGS:
        time.sleep(600)
    if task[1] == RAISES:
        raise ValueError("on purpose")
    return f"answer {task[1]}"


def started() -> None:
    pass
