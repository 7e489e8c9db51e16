"""`brainspec fuzz` and `brainspec replay`: generated programs from the command line."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click
from attrs import evolve
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from . import implementations
from .cli_common import IMPL, load_or_explain, refuse_unknown_clauses
from .exits import CONFORMING, FAILURES, OURS

if TYPE_CHECKING:
    from .programs import fuzzing, keeping

FOLDER = Path(".brainspec")


@click.command()
@click.option("--impl", required=True, metavar="NAME", help=IMPL)
@click.option("--minutes", type=click.FloatRange(min=0, min_open=True), default=5.0, show_default=True)
@click.option("--workers", type=click.IntRange(1), default=lambda: min(8, os.cpu_count() or 1), help="Processes.")
@click.option("--seed", type=int, default=0, show_default=True, help="Where the programs come from.")
@click.option("--clauses", "pattern", metavar="PATTERN", help="Only programs that exercise one of these clauses.")
@click.option("--devices", type=click.IntRange(1), default=8, show_default=True, help="CPU devices that JAX shows.")
@click.option("--oracle", default="reference", show_default=True, metavar="NAME", help="What is taken to be right.")
@click.option("--corpus", type=click.Path(file_okay=False, path_type=Path), help="Where finds are kept.")
def fuzz(
    impl: str,
    minutes: float,
    workers: int,
    seed: int,
    pattern: str | None,
    devices: int,
    oracle: str,
    corpus: Path | None,
) -> None:
    """Draw programs without end and compare NAME with the oracle; finds are cut down and kept."""
    from .programs import fuzzing

    refuse_unknown_clauses(pattern)
    folder = corpus or FOLDER / "fuzz" / impl.replace(":", ".")

    def action() -> int:
        fuzzing.prepare(devices)
        there = min(devices, fuzzing.devices_there())  # a platform that is not the CPU has those that it has
        asked = fuzzing.Fuzz(impl, minutes, workers, seed, folder, oracle, pattern, there)
        for name in (impl, oracle):
            implementations.load(name)
        return _fuzz(asked)

    sys.exit(load_or_explain(action))


def _fuzz(asked: fuzzing.Fuzz) -> int:
    from .programs import fuzzing

    console = Console(highlight=False, soft_wrap=True, emoji=False)
    console.print(f"seed {asked.seed}, from program {fuzzing.first_number(asked)}; finds go to {asked.folder}")
    tally = fuzzing.Tally()
    for path, shown in fuzzing.replayed(asked, tally):
        console.print(f"earlier find {path.parent.name}: {shown}", markup=False)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    started = time.monotonic()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        bar = progress.add_task("programs", total=60 * asked.minutes)

        def tell(tally: fuzzing.Tally, news: str | None) -> None:
            seconds = time.monotonic() - started
            rate = tally.programs / seconds if seconds else 0.0
            found = len(tally.finds) + len(tally.crashes)
            text = f"{tally.programs} programs, {rate:.1f}/s, {fuzzing.covered(tally)} options, {found} finds"
            progress.update(bar, completed=seconds, description=text)
            if news:
                console.print(news, markup=False)

        fuzzing.fuzz(asked, tally, tell)
    for line in fuzzing.lines(tally, time.monotonic() - started):
        console.print(line, markup=False)
    if tally.finds or tally.crashes or tally.known:
        return FAILURES
    return OURS if tally.faults else CONFORMING


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--impl", metavar="NAME", help="Default: the implementation that the file names.")
@click.option("--oracle", default="reference", show_default=True, metavar="NAME")
@click.option("--shrink", is_flag=True, help="Cut the program down first, and write what is left beside it.")
@click.option("--keep", metavar="NAME", help="Put the program into the suite's corpus under this name.")
@click.option("--clause", "cited", multiple=True, metavar="ID", help="With --keep: what the program is about, instead.")
def replay(file: Path, impl: str | None, oracle: str, shrink: bool, keep: str | None, cited: tuple[str, ...]) -> None:
    """Run a stored program on an implementation and on the oracle, and show where they part."""
    for pattern in cited:
        refuse_unknown_clauses(pattern)
    sys.exit(load_or_explain(lambda: _replay(file, impl, oracle, shrink, keep, cited)))


def _replay(file: Path, impl: str | None, oracle: str, shrink: bool, keep: str | None, cited: tuple[str, ...]) -> int:
    from .programs import finding, fuzzing, judging, keeping, render, stored, suspecting

    fuzzing.prepare(8)
    try:
        kept = keeping.read(file)
    except stored.UnreadableProgram as error:
        raise click.UsageError(str(error)) from None
    name = impl or kept.implementation
    if not name:
        raise click.UsageError(f"{file} names no implementation; say --impl NAME")
    bench = judging.bench(name, oracle)
    judged = bench.judge(kept.program, kept.law)
    if judged.outcome == "differs" and shrink:
        found = finding.pursue(bench, kept.program, judged, kept.law, ask=suspecting.suspect)
        place = finding.write(found, file.parent, name)
        file, kept = place / "repro.json", keeping.read(place / "repro.json")
        click.echo(f"{render.source(kept.program)}\n{found.summary()}\n{place / 'repro.py'}")
    else:
        click.echo(f"{render.source(kept.program)}\n{judged.difference or judged.why or judged.outcome}")
    if keep is not None:
        click.echo(_keep(evolve(kept, clauses=keeping.cite(cited) or kept.clauses, implementation=name), keep))
    return FAILURES if judged.outcome == "differs" else CONFORMING


def _keep(kept: keeping.Kept, name: str) -> str:
    from .programs import keeping

    try:
        return str(keeping.add(kept, name))
    except ValueError as error:
        raise click.UsageError(str(error)) from None
