"""Processes that judge programs, one at a time each: a crash costs one program, and is a find of its own."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection, wait
from typing import Any

from attrs import field, mutable

Task = tuple[int, int]  # a seed and a number: the program that they draw


def serve(work: Callable[[Task], Any], started: Callable[[], None], pipe: Connection) -> None:
    """The life of a worker: tasks in, answers out, until the pipe closes."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who gives the tasks
    started()
    while True:
        try:
            task = pipe.recv()
        except EOFError:
            return
        pipe.send(work(task))


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
        process.start()
        theirs.close()
        return Worker(process, ours)

    def run(self, tasks: Iterator[Task], until: float) -> Iterator[tuple[Task, Any]]:
        """Each task with its answer, as they come; None for a task that killed its process or took too long."""
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
        try:
            if self.late(worker):
                raise EOFError
            return task, worker.pipe.recv()
        except (EOFError, ConnectionResetError):
            worker.process.kill()
            fresh = self.start()
            worker.process, worker.pipe = fresh.process, fresh.pipe
            return task, None

    def close(self) -> None:
        for worker in self.workers:
            worker.process.kill()
