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
from collections.abc import Callable
from functools import partial
from pathlib import Path

from attrs import field, frozen, mutable

from .. import ids
from . import census, data, drawing, keeping, stored
from .attributing import exercised
from .finding import Find, Key, key_of, pursue, write
from .judging import OUTCOMES, bench
from .keeping import Kept
from .laws import EQUAL, LAWS, Law
from .pool import Fault, Lost, Pool, Task
from .reproducing import quotation
from .suspecting import suspect

LIMIT = 600.0  # seconds a program, with its reduction and the directed checks
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
    """What came of one program, and what occurred in it; the find, if it differs."""

    outcome: str
    why: str = ""
    find: Find | None = None
    exact: int = 0
    floats: int = 0
    features: frozenset[str] = frozenset()


@mutable
class Tally:
    """What a run has seen so far."""

    known: set[Key] = field(factory=set)  # what earlier finds show still
    outcomes: Counter[str] = field(factory=Counter)
    finds: dict[Key, Find] = field(factory=dict)
    crashes: list[Task] = field(factory=list)
    faults: list[str] = field(factory=list)
    exact: int = 0
    floats: int = 0
    reasons: Counter[str] = field(factory=Counter)
    features: set[str] = field(factory=set)
    next: int = 0

    @property
    def programs(self) -> int:
        return sum(self.outcomes.values())


def program_of(task: Task, devices: int = 1) -> data.Program:
    """The program of a number, for so many devices: small ones among large ones."""
    seed, number = task
    return drawing.draw(random.Random(f"{seed}:{number}"), SIZES[number % len(SIZES)], devices)


def law_of(task: Task, program: data.Program) -> Law:
    """Every third program is judged by a law, one after the other, if the law speaks of it."""
    turn, rest = divmod(task[1], 3)
    law = list(LAWS.values())[turn % len(LAWS)] if rest == 2 else EQUAL
    return EQUAL if law.changed(law.base(program)) is None else law


def work(impl: str, oracle: str, pattern: str | None, devices: int, task: Task) -> Answer:
    """Judge one program, and pursue what differs."""
    subject = bench(impl, oracle)
    program = program_of(task, devices)
    if pattern and not any(ids.matches(name, pattern) for name in exercised(program, subject.oracle)):
        return Answer("left out")
    law = law_of(task, program)
    judged = subject.judge(program, law)
    found = pursue(subject, program, judged, law, ask=suspect) if judged.outcome == "differs" else None
    features = frozenset(census.features(program))
    return Answer(judged.outcome, judged.why, found, judged.exact, judged.floats, features)


def fuzz(asked: Fuzz, tally: Tally, tell: Callable[[Tally, str | None], None]) -> None:
    """Run until the time is over or somebody stops it; `tell` hears of each program, and of each new find."""
    tally.next = first_number(asked)
    until = time.monotonic() + 60 * asked.minutes
    tasks = ((asked.seed, number) for number in itertools.count(tally.next))
    judge = partial(work, asked.impl, asked.oracle, asked.pattern, asked.devices)
    pool = Pool(asked.workers, judge, partial(prepare, asked.devices), LIMIT)
    try:
        for task, answer in pool.run(tasks, until):
            tell(tally, note(asked, tally, task, answer))
    except KeyboardInterrupt:
        tell(tally, "stopped; everything found so far is kept")
    finally:
        pool.close()
        remember(asked, tally)


def prepare(devices: int) -> None:
    from ..environment import configure_devices

    configure_devices(devices)


def devices_there() -> int:
    """How many devices JAX shows."""
    import jax

    return jax.local_device_count()


def note(asked: Fuzz, tally: Tally, task: Task, answer: Answer | Lost | Fault) -> str | None:
    """Enter an answer; the text of a new find."""
    tally.next = max(tally.next, task[1] + 1)
    match answer:
        case Lost(why):
            tally.outcomes["crash"] += 1
            tally.crashes.append(task)
            return f"CRASH: {keep_crash(asked, task, why)}, {why}"
        case Fault(text):
            tally.outcomes["fault"] += 1
            tally.faults.append(text)
            return f"a fault of ours on program {task[1]} of seed {task[0]}:\n{text}"
    enter(tally, answer)
    found = answer.find
    if found is None or found.key in tally.finds or found.key in tally.known:
        return None
    tally.finds[found.key] = found
    where = write(found, asked.folder / "finds", asked.impl)
    quoted = "\n".join(f"  {line}" for line in quotation(found.clauses))
    return f"FIND {found.summary()}\n  {where / 'repro.py'}\n{quoted}"


def enter(tally: Tally, answer: Answer) -> None:
    tally.outcomes[answer.outcome] += 1
    tally.exact, tally.floats = tally.exact + answer.exact, tally.floats + answer.floats
    tally.features |= answer.features
    if answer.outcome in ("invalid", "unsupported"):
        tally.reasons[answer.why.split("\n")[0][:160]] += 1


def keep_crash(asked: Fuzz, task: Task, why: str) -> Path:
    """The program of a task that gave no answer, whole, as a file to replay."""
    program = program_of(task, asked.devices)
    path = asked.folder / "crashes" / f"{stored.digest(program)}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = Kept(program, law=law_of(task, program), difference=why, implementation=asked.impl)
    path.write_text(keeping.to_json(kept), encoding="utf-8")
    return path


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


def replayed(asked: Fuzz, tally: Tally) -> list[tuple[Path, str]]:
    """What earlier finds show now: the difference, which is then known, or what became of them."""
    subject = bench(asked.impl, asked.oracle)
    shown = []
    for path in sorted(asked.folder.glob("finds/*/repro.json")):
        kept = keeping.read(path)
        judged = subject.judge(kept.program, kept.law)
        if judged.difference is not None:
            names = tuple(ids.split(text)[0] for text in kept.clauses)
            tally.known.add(key_of(kept.law, judged.difference, names))
        shown.append((path, str(judged.difference or judged.outcome)))
    return shown


def lines(tally: Tally, seconds: float) -> list[str]:
    """The closing account."""
    counts = ", ".join(
        f"{tally.outcomes[name]} {name}" for name in (*OUTCOMES, "left out", "crash", "fault") if tally.outcomes[name]
    )
    share = f"; {100 * tally.exact / tally.floats:.0f} % of floats exact" if tally.floats else ""
    reasons = [f"  {count} × {why}" for why, count in tally.reasons.most_common(5)]
    rate = tally.programs / seconds if seconds else 0.0
    found = len(tally.finds) + len(tally.crashes)
    return [
        f"{tally.programs} programs ({rate:.1f} a second): {counts}{share}",
        *reasons,
        f"{covered(tally)} options occurred",
        f"{found} new finds" + (f", {len(tally.known)} earlier ones still show" if tally.known else ""),
    ]


def covered(tally: Tally) -> str:
    """How many of all options occurred."""
    every = set(census.expected())
    return f"{len(every & tally.features)} of {len(every)}"
