"""Fuzzing: programs without end, on an oracle and an implementation.

Every program is drawn from the seed and its number, so a run goes on where the one before it stopped. Finds are cut down where they
are found, and kept once for each check, kind of difference and set of clauses. Finds of earlier runs are replayed first.
"""

from __future__ import annotations

import itertools
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from attrs import field, frozen, mutable

from .. import ids
from . import data, drawing, stored
from .attributing import exercised
from .finding import Find, pursue, write
from .judging import OUTCOMES, bench
from .pool import Pool, Task
from .reproducing import quotation

LIMIT = 120.0  # seconds a program, its reduction included
SIZES = (3, 6, 10, 16)


@frozen
class Fuzz:
    """What a run is to do."""

    impl: str
    minutes: float
    workers: int
    seed: int
    folder: Path
    oracle: str = "reference"
    pattern: str | None = None
    devices: int = 8


@frozen
class Answer:
    """What came of one program; the find, if it differs."""

    outcome: str
    why: str = ""
    find: Find | None = None
    exact: int = 0
    floats: int = 0


@mutable
class Tally:
    """What a run has seen so far."""

    outcomes: Counter[str] = field(factory=Counter)
    finds: dict[tuple[object, ...], Find] = field(factory=dict)
    crashes: list[Task] = field(factory=list)
    exact: int = 0
    floats: int = 0
    reasons: Counter[str] = field(factory=Counter)
    next: int = 0

    @property
    def programs(self) -> int:
        return sum(self.outcomes.values())


def program_of(task: Task) -> data.Program:
    """The program of a number: small ones among large ones."""
    seed, number = task
    return drawing.draw(random.Random(f"{seed}:{number}"), SIZES[number % len(SIZES)])


def work(impl: str, oracle: str, pattern: str | None, task: Task) -> Answer:
    """Judge one program, and pursue what differs."""
    subject = bench(impl, oracle)
    program = program_of(task)
    if pattern and not any(ids.matches(name, pattern) for name in exercised(program, subject.oracle)):
        return Answer("left out")
    judged = subject.judge(program)
    found = pursue(subject, program, judged) if judged.outcome == "differs" else None
    return Answer(judged.outcome, judged.why, found, judged.exact, judged.floats)


def fuzz(asked: Fuzz, tell: Callable[[Tally, str | None], None]) -> Tally:
    """Run until the time is over or somebody stops it; `tell` hears of each program, and of each new find."""
    tally = Tally(next=first_number(asked))
    until = time.monotonic() + 60 * asked.minutes
    tasks = ((asked.seed, number) for number in itertools.count(tally.next))
    pool = Pool(
        asked.workers, partial(work, asked.impl, asked.oracle, asked.pattern), partial(prepare, asked.devices), LIMIT
    )
    try:
        for task, answer in pool.run(tasks, until):
            tell(tally, note(asked, tally, task, answer))
    except KeyboardInterrupt:
        tell(tally, "stopped; everything found so far is kept")
    finally:
        pool.close()
        remember(asked, tally)
    return tally


def prepare(devices: int) -> None:
    from ..environment import configure_devices

    configure_devices(devices)


def note(asked: Fuzz, tally: Tally, task: Task, answer: Answer | None) -> str | None:
    """Enter an answer; the text of a new find."""
    tally.next = max(tally.next, task[1] + 1)
    if answer is None:
        tally.outcomes["crash"] += 1
        tally.crashes.append(task)
        return f"CRASH: the process died on program {task[1]} of seed {task[0]}"
    tally.outcomes[answer.outcome] += 1
    tally.exact, tally.floats = tally.exact + answer.exact, tally.floats + answer.floats
    if answer.outcome in ("invalid", "unsupported"):
        tally.reasons[answer.why.split("\n")[0][:160]] += 1
    found = answer.find
    if found is None or found.key in tally.finds:
        return None
    tally.finds[found.key] = found
    where = write(found, asked.folder / "finds", asked.impl)
    return f"FIND {found.summary()}\n  {where / 'repro.py'}\n" + "\n".join(
        f"  {line}" for line in quotation(found.clauses)
    )


# ---- what is kept between runs ------------------------------------------------------------------------------------


def first_number(asked: Fuzz) -> int:
    """Where the last run of this seed stopped."""
    try:
        return int(json.loads((asked.folder / "state.json").read_text())[str(asked.seed)])
    except (OSError, ValueError, KeyError):
        return 0


def remember(asked: Fuzz, tally: Tally) -> None:
    path = asked.folder / "state.json"
    asked.folder.mkdir(parents=True, exist_ok=True)
    try:
        known = json.loads(path.read_text())
    except (OSError, ValueError):
        known = {}
    path.write_text(json.dumps({**known, str(asked.seed): tally.next}, indent=1) + "\n")


def kept(folder: Path) -> Iterator[tuple[Path, data.Program]]:
    """The finds of earlier runs."""
    for path in sorted(folder.glob("finds/*/repro.json")):
        yield path, stored.from_json(path.read_text(encoding="utf-8"))


def replayed(asked: Fuzz) -> list[tuple[Path, str]]:
    """What earlier finds show now: the difference, or what became of them."""
    subject = bench(asked.impl, asked.oracle)
    shown = []
    for path, program in kept(asked.folder):
        judged = subject.judge(program)
        shown.append((path, str(judged.difference or judged.outcome)))
    return shown


def lines(tally: Tally, seconds: float) -> list[str]:
    """The closing account."""
    counts = ", ".join(
        f"{tally.outcomes[name]} {name}" for name in (*OUTCOMES, "left out", "crash") if tally.outcomes[name]
    )
    share = f"; {100 * tally.exact / tally.floats:.0f} % of floats exact" if tally.floats else ""
    reasons = [f"  {count} × {why}" for why, count in tally.reasons.most_common(5)]
    rate = tally.programs / seconds if seconds else 0.0
    found = len(tally.finds) + len(tally.crashes)
    return [f"{tally.programs} programs ({rate:.1f} a second): {counts}{share}", *reasons, f"{found} new finds"]
