"""`brainspec conform`: runs the suite in pytest, shows progress, and gives the report.

One implementation is judged in this process and its xdist workers; several are judged one after the other, each in a fresh
process, so that none finds what another left behind.
"""

import datetime
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from attrs import frozen
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from . import compile_cache, implementations, report, summary
from .exits import OURS, USAGE
from .implementations import Implementation
from .verdicts import ClauseVerdict

# Settings of the caller's shell that would change verdicts: the suite speaks of JAX as it comes.
FOREIGN = (
    "PYTEST_ADDOPTS",
    "PYTEST_PLUGINS",
    "PYTHONWARNINGS",
    "JAX_ENABLE_X64",
    "JAX_DISABLE_JIT",
    "JAX_DEBUG_NANS",
    "JAX_DEBUG_INFS",
    "JAX_DEFAULT_PRNG_IMPL",
    "JAX_ENABLE_CUSTOM_PRNG",
    "JAX_THREEFRY_PARTITIONABLE",
    "JAX_NUMPY_RANK_PROMOTION",
    "JAX_NUMPY_DTYPE_PROMOTION",
    "JAX_DEFAULT_MATMUL_PRECISION",
)


@frozen
class Asked:
    """What one run is to do."""

    impl: str
    profile: str
    pattern: str | None
    devices: int
    platform: str | None
    seed: int | None
    workers: int
    folder: Path | None
    as_json: bool = False


def conform_all(asked: list[Asked]) -> int:
    """The worst exit status of all runs; the first implementation that cannot be loaded stops before any run."""
    if len(asked) == 1:
        return conform(asked[0])
    for one in asked:
        implementations.load(one.impl)
    words = [sys.executable, "-m", "brainspec_conformance"]
    statuses = [subprocess.run([*words, *_words(one)], check=False).returncode for one in asked]
    return max(OURS if status < 0 else status for status in statuses)  # below zero: a signal ended it


def _words(asked: Asked) -> list[str]:
    """The command line of one run."""
    words = ["conform", "--impl", asked.impl, "--profile", asked.profile, "--devices", str(asked.devices)]
    words += ["--workers", str(asked.workers)]
    for option, value in (("--clauses", asked.pattern), ("--platform", asked.platform), ("--seed", asked.seed)):
        words += [] if value is None else [option, str(value)]
    return words + ([] if asked.folder is None else ["--report", str(asked.folder)])


def conform(asked: Asked) -> int:
    """Judge one implementation and say so; the exit status."""
    _prepare(asked)
    subject = implementations.load(asked.impl)
    console = Console(stderr=asked.as_json, highlight=False, soft_wrap=True, emoji=False)
    started, clock = datetime.datetime.now(datetime.UTC), time.monotonic()
    driver = Driver(console)
    status = pytest.main(_pytest_words(asked), plugins=[driver])
    driver.stop()
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) or driver.errors or driver.config is None:
        return _our_fault(console, status, driver)
    done = _report(asked, subject, driver, started.isoformat(timespec="seconds"), time.monotonic() - clock)
    if asked.folder is not None:
        path = report.write(done, asked.folder)
        console.print(f"report: {path}", markup=False)
    _show(asked, done, console)
    return summary.exit_status(done.clauses)


def _prepare(asked: Asked) -> None:
    """Settings that must stand before JAX or pytest looks: they reach the workers through the environment."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    for foreign in FOREIGN:
        os.environ.pop(foreign, None)
    os.environ.update(compile_cache.settings())
    if asked.platform:
        os.environ["JAX_PLATFORMS"] = {"gpu": "cuda,cpu"}.get(asked.platform, asked.platform)
    if asked.platform == "gpu":
        os.environ.setdefault("JAX_DEFAULT_MATMUL_PRECISION", "highest")
        os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} --xla_gpu_deterministic_ops=true".strip()


def _pytest_words(asked: Asked) -> list[str]:
    suite = summary.suite_folder()
    words = [str(suite), "-c", str(suite / "pytest.ini"), "--rootdir", str(suite.parent)]
    for plugin in (
        "no:terminal",
        "no:cacheprovider",
        "xdist.plugin",
        "_hypothesis_pytestplugin",
        f"{__package__}.plugin",
    ):
        words += ["-p", plugin]
    words += ["--impl", asked.impl, "--brainspec-profile", asked.profile, "--brainspec-devices", str(asked.devices)]
    # Every check that kills its process takes a worker along; the others are still to be judged.
    words += ["-n", str(asked.workers), "--max-worker-restart", "1000000"] if asked.workers else []
    words += ["--clauses", asked.pattern] if asked.pattern else []
    words += (
        ["--brainspec-seed", str(asked.seed), "--hypothesis-seed", str(asked.seed)] if asked.seed is not None else []
    )
    return words + (["--junitxml", str(asked.folder / "junit.xml")] if asked.folder else [])


class Driver(summary.Collector):
    """The collector of a run without pytest's own terminal: it draws a bar where somebody is looking."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self.progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self.task = self.progress.add_task("checks", total=None)
        self.config: pytest.Config | None = None
        self.seen: set[str] = set()

    def pytest_configure(self, config: pytest.Config) -> None:
        self.config = config
        self.progress.start()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        if session.items:
            self.progress.update(self.task, total=len(session.items))

    def pytest_xdist_node_collection_finished(self, node: object, ids: list[str]) -> None:
        self.progress.update(self.task, total=len(ids))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        super().pytest_runtest_logreport(report)
        if report.nodeid not in self.seen and report.when != "setup":
            self.seen.add(report.nodeid)
            self.progress.advance(self.task)

    def stop(self) -> None:
        self.progress.stop()


def _our_fault(console: Console, status: int, driver: Driver) -> int:
    """The suite itself could not run: never to be taken for a verdict."""
    console.print("\n".join(driver.errors) or f"pytest stopped with status {int(status)}", markup=False)
    if status == pytest.ExitCode.NO_TESTS_COLLECTED:
        console.print("no check decides what was asked for")
        return USAGE
    return OURS


def _report(asked: Asked, subject: Implementation, driver: Driver, started: str, seconds: float) -> report.Report:
    assert driver.config is not None
    verdicts, results = driver.judged(driver.config)
    run = report.Run(
        started,
        round(seconds, 3),
        asked.workers,
        ".".join(map(str, sys.version_info[:3])),
        report.versions(),
        report.machine(),
        _devices(),
    )
    return report.Report(
        report.Subject(subject.name, subject.target, subject.version),
        report.Options(asked.profile, asked.pattern, asked.seed, asked.devices, asked.platform),
        verdicts,
        results,
        run,
        totals=dict(sorted(Counter(clause.verdict for clause in verdicts).items())),
        programs=_programs(asked, verdicts),
    )


def _programs(asked: Asked, verdicts: list[ClauseVerdict]) -> report.Programs | None:
    """What occurred in the generated programs, if any clause that they judge was asked for."""
    if not any(clause.id.startswith("model.programs.") for clause in verdicts):
        return None
    from .programs import batches

    return batches.of_profile(asked.profile)


def _devices() -> list[str]:
    import jax

    return [f"{device.platform}:{device.device_kind}" for device in jax.devices()]


def _show(asked: Asked, done: report.Report, console: Console) -> None:
    if asked.as_json:
        print(report.to_json(done), end="")
        return
    run = done.run
    versions = f"jax {run.versions['jax']}, Python {run.python}, {len(run.devices)} × {run.devices[0]}"
    console.print(f"{done.subject.name} ({done.subject.target}) on {versions}", markup=False)
    for line in summary.lines(done.clauses, done.checks, asked.impl, asked.profile):
        console.print(line, markup=False, style=_style(line))
    console.print(f"{len(done.checks)} checks in {run.seconds:.1f} s", style="dim")
    if done.programs is not None:
        console.print(str(done.programs), style="dim")


def _style(line: str) -> str:
    if line.startswith(("FAIL", "CRASH", "TIMEOUT")) or "does not conform" in line:
        return "bold red"
    return "bold green" if " conforms to " in line else ""
