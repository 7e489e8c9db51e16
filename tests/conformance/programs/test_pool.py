"""One task's misfortune costs that task and nothing else."""

import time

from brainspec_conformance.programs.pool import Fault, Lost, Pool

from tests.conformance.programs.workers import DIES, FINE, HANGS, RAISES, started, work


def ran(numbers: list[int], limit: float = 20.0, seconds: float = 100.0) -> dict[int, object]:
    pool = Pool(1, work, started, limit)
    try:
        return {task[1]: answer for task, answer in pool.run(iter((0, n) for n in numbers), time.monotonic() + seconds)}
    finally:
        pool.close()


def test_a_task_that_kills_its_process_is_lost_and_the_next_is_answered() -> None:
    assert ran([DIES, FINE]) == {DIES: Lost("killed its process (exit status 3)"), FINE: "answer 0"}


def test_a_task_that_takes_too_long_is_lost_and_the_next_is_answered() -> None:
    assert ran([HANGS, FINE], limit=3.0) == {HANGS: Lost("took longer than 3 s"), FINE: "answer 0"}


def test_what_we_raise_ourselves_is_no_fault_of_the_implementation() -> None:
    answers = ran([RAISES, FINE])

    assert isinstance(answers[RAISES], Fault)
    assert "ValueError: on purpose" in answers[RAISES].text
    assert answers[FINE] == "answer 0"


def test_no_task_is_given_when_the_time_is_over() -> None:
    assert ran([FINE], seconds=-1.0) == {}
