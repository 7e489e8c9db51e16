"""Processes that judge programs, one at a time each: a crash costs one program, and is a find of its own.

A worker answers with what `work` gives, or with a `Fault` if that raises: then it is not the implementation which is to blame.
"""

from __future__ import annotations

import multiprocessing
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from typing import Any

from attrs import field, frozen, mutable

Task = tuple[int, int]  # a seed and a number: the program that they draw


@frozen
class Lost:
    """A task without an answer, and why."""

    why: str


@frozen
class Fault:
    """A task on which we failed ourselves: the traceback."""

    text: str


def serve(work: Callable[[Task], Any], started: Callable[[], None], pipe: Connection) -> None:
    """The life of a worker: tasks in, answers out, until the pipe closes."""
    started()
    while True:
        try:
            task = pipe.recv()
        except EOFError:
            return
        try:
            answer = work(task)
        except Exception:
            answer = Fault(traceback.format_exc())
        pipe.send(answer)


@contextmanager
def deaf_to_interrupts() -> Iterator[None]:
    """What is started meanwhile never hears of Ctrl-C, which is for the one who gives the tasks."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@mutable
class Worker:
    """A process, and the task it has."""

    process: Any
    pipe: Connection
    task: Task | None = None
    since: float = field(factory=time.monotonic)


class Pool:
    """Gives tasks to processes that are started afresh, not forked: JAX has threads."""

    def __init__(self, size: int, work: Callable[[Task], Any], started: Callable[[], None], limit: float) -> None:
        self.work, self.started, self.limit = work, started, limit
        self.context = multiprocessing.get_context("spawn")
        self.workers = [self.start() for _ in range(size)]

    def start(self) -> Worker:
        ours, theirs = self.context.Pipe()
        process = self.context.Process(target=serve, args=(self.work, self.started, theirs), daemon=True)
        with deaf_to_interrupts():
            process.start()
        theirs.close()
        return Worker(process, ours)

    def run(self, tasks: Iterator[Task], until: float) -> Iterator[tuple[Task, Any]]:
        """Each task with its answer, as they come; `Lost` for a task that killed its process or took too long."""
        for worker in self.workers:
            self.give(worker, tasks, until)
        while busy := [worker for worker in self.workers if worker.task is not None]:
            ready = wait([worker.pipe for worker in busy], timeout=0.5)
            for worker in busy:
                if worker.pipe in ready or self.late(worker):
                    yield self.answer(worker)
                    self.give(worker, tasks, until)

    def give(self, worker: Worker, tasks: Iterator[Task], until: float) -> None:
        worker.task, worker.since = None, time.monotonic()
        if time.monotonic() < until and (task := next(tasks, None)) is not None:
            worker.task = task
            worker.pipe.send(task)

    def late(self, worker: Worker) -> bool:
        return time.monotonic() - worker.since > self.limit

    def answer(self, worker: Worker) -> tuple[Task, Any]:
        task = worker.task
        assert task is not None
        if self.late(worker):
            self.renew(worker)
            return task, Lost(f"took longer than {self.limit:g} s")
        try:
            return task, worker.pipe.recv()
        except (EOFError, ConnectionResetError):
            worker.process.join(5)
            code = worker.process.exitcode
            self.renew(worker)
            return task, Lost(f"killed its process (exit status {code})")

    def renew(self, worker: Worker) -> None:
        """Another process in place of this one."""
        worker.process.kill()
        fresh = self.start()
        worker.process, worker.pipe = fresh.process, fresh.pipe

    def close(self) -> None:
        for worker in self.workers:
            worker.process.kill()
