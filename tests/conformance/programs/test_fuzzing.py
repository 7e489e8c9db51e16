"""Fuzzing: what is kept, what is told, and how a run ends. The pool is this process, and the implementations are small."""

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from brainspec_conformance import cli
from brainspec_conformance.implementations import Implementation
from brainspec_conformance.programs import finding, fuzzing, keeping
from brainspec_conformance.programs.judging import Bench
from brainspec_conformance.programs.pool import Fault, Lost, Task
from brainspec_conformance.programs.reducing import Limit
from brainspec_conformance.programs.suspecting import Suspect
from click.testing import CliRunner, Result

from tests.conformance.programs.stand_in import losing, whole

Ending = Callable[[Task], Any]


def fuzz(monkeypatch: pytest.MonkeyPatch, subject: Implementation, tasks: int, ending: Ending | None = None) -> Result:
    """`brainspec fuzz` on so many programs; `ending` then has the last word."""

    class Here:
        def __init__(self, size: int, work: Ending, started: Callable[[], None], limit: float) -> None:
            self.work = work

        def run(self, given: Iterator[Task], until: float) -> Iterator[tuple[Task, Any]]:
            for _ in range(tasks):
                task = next(given)
                yield task, self.work(task)
            if ending is not None:
                task = next(given)
                yield task, ending(task)

        def close(self) -> None:
            pass

    bench = Bench(whole(), subject)
    monkeypatch.setattr(fuzzing, "Pool", Here)
    monkeypatch.setattr(fuzzing, "bench", lambda subject, oracle: bench)
    monkeypatch.setattr(
        fuzzing, "suspect", lambda bench, program, charged: Suspect("implementation", ("jit.state.written",), "it is")
    )
    return CliRunner().invoke(cli.cli, ["fuzz", "--impl", "optimized", "--seed", "7", "--corpus", "out"])


@pytest.fixture(autouse=True)
def _small_programs_in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(fuzzing, "SIZES", (1,))
    monkeypatch.setattr(fuzzing, "pursue", partial(finding.pursue, limit=Limit(runs=10)))
    monkeypatch.setattr(finding, "charged", lambda program, neighbours, oracle: ())


def finds() -> list[Path]:
    return sorted(Path("out").glob("finds/*/repro.json"))


def test_a_run_without_finds_exits_0_and_says_its_seed_and_what_occurred(monkeypatch: pytest.MonkeyPatch) -> None:
    done = fuzz(monkeypatch, whole(), 6)

    assert done.exit_code == 0, done.output
    assert "seed 7, from program 0; finds go to out" in done.output
    assert "6 programs" in done.output
    assert "options occurred" in done.output
    assert "0 new finds" in done.output


def test_finds_are_kept_once_for_each_kind_and_known_to_the_next_run(monkeypatch: pytest.MonkeyPatch) -> None:
    first = fuzz(monkeypatch, whole(jit=losing), 5)
    kept = finds()

    assert first.exit_code == 1
    assert 1 <= len(kept) < int(re.findall(r"(\d+) differs", first.output)[0]), first.output
    assert all(keeping.read(path).clauses == ("jit.state.written@1",) for path in kept)
    assert "suspect: implementation; it is" in first.output

    again = fuzz(monkeypatch, whole(jit=losing), 5)
    assert again.exit_code == 1
    assert "from program 5" in again.output
    assert again.output.count("earlier find ") == len(kept)
    assert f"{len(kept)} earlier ones still show" in again.output


def test_a_run_after_the_fault_was_mended_exits_0(monkeypatch: pytest.MonkeyPatch) -> None:
    fuzz(monkeypatch, whole(jit=losing), 3)
    assert finds()
    done = fuzz(monkeypatch, whole(), 2)

    assert done.exit_code == 0
    assert f"earlier find {finds()[0].parent.name}: equal" in done.output


def test_control_c_keeps_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(task: Task) -> None:
        raise KeyboardInterrupt

    done = fuzz(monkeypatch, whole(jit=losing), 4, interrupted)

    assert done.exit_code == 1
    assert "stopped; everything found so far is kept" in done.output
    assert finds()
    assert json.loads(Path("out/state.json").read_text()) == {"7": 4}


def test_a_crash_is_a_find_and_its_program_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    done = fuzz(monkeypatch, whole(), 1, lambda task: Lost("killed its process (exit status -11)"))
    (path,) = Path("out/crashes").glob("*.json")

    assert done.exit_code == 1
    assert f"CRASH: {path}, killed its process" in done.output
    assert keeping.read(path).program == fuzzing.program_of((7, 1), min(8, fuzzing.devices_there()))


def test_a_fault_of_ours_exits_4(monkeypatch: pytest.MonkeyPatch) -> None:
    done = fuzz(monkeypatch, whole(), 1, lambda task: Fault("ValueError: we did it"))

    assert done.exit_code == 4
    assert "a fault of ours on program 1 of seed 7:\nValueError: we did it" in done.output


def test_only_programs_that_exercise_a_clause_are_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(whole(), whole())
    monkeypatch.setattr(fuzzing, "bench", lambda subject, oracle: bench)

    answers = [fuzzing.work("", "", "random.sampler", 1, (0, k)).outcome for k in range(6)]
    assert {"left out", "equal"} <= set(answers)


def test_every_third_program_is_judged_by_a_law() -> None:
    laws = [fuzzing.law_of((0, k), fuzzing.program_of((0, k))).name for k in range(24)]

    assert all(name == "equal" for k, name in enumerate(laws) if k % 3 != 2)
    assert len(set(laws)) > 2


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (("--impl", "nosuch"), 3, "no implementation is called 'nosuch'"),
        (("--impl", "reference", "--oracle", "nosuch"), 3, "no implementation is called 'nosuch'"),
        (("--impl", "reference", "--clauses", "nosuch.clause"), 2, "no clause matches 'nosuch.clause'"),
        (("--impl", "reference", "--minutes", "0"), 2, "--minutes"),
        ((), 2, "--impl"),
    ],
)
def test_wrong_words_are_refused(words: tuple[str, ...], status: int, told: str) -> None:
    done = CliRunner().invoke(cli.cli, ["fuzz", *words])

    assert done.exit_code == status
    assert told in done.output
