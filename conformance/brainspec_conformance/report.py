"""The report of a run: typed records, and the JSON that is published with a schema (`schema/report-1.json`).

Everything under `clauses` and `checks` depends only on the implementation, the profile and the seed; what depends on
the day stands under `run`.
"""

import json
import platform
from importlib import metadata, resources
from pathlib import Path
from typing import Any

import cattrs
from attrs import field, frozen

from .verdicts import FAILING, ClauseVerdict, Result

SCHEMA = "brainspec/report/1"


@frozen
class Subject:
    """The implementation under test."""

    name: str
    target: str
    version: str | None


@frozen
class Options:
    """What was asked for."""

    profile: str
    clauses: str | None
    seed: int | None
    devices: int | None
    platform: str | None


@frozen
class Run:
    """What depends on the day and the machine."""

    started: str
    seconds: float
    workers: int
    python: str
    versions: dict[str, str]
    machine: str
    devices: list[str]


@frozen
class Programs:
    """The generated programs that were judged: `features` says in how many of them each thing occurred that should."""

    count: int
    different: int
    median: float
    features: dict[str, int]

    def __str__(self) -> str:
        met = sum(map(bool, self.features.values()))
        return (
            f"{self.count} programs, {self.different} different; median {self.median:g} statements; "
            f"{met} of {len(self.features)} features occurred"
        )


@frozen
class Report:
    """One run of the suite against one implementation."""

    subject: Subject
    options: Options
    clauses: list[ClauseVerdict]
    checks: list[Result]
    run: Run
    schema: str = SCHEMA
    totals: dict[str, int] = field(factory=dict)
    programs: Programs | None = None

    @property
    def conforms(self) -> bool:
        return not any(clause.verdict in FAILING for clause in self.clauses)


def to_json(report: Report) -> str:
    return json.dumps(cattrs.unstructure(report), indent=2, ensure_ascii=False) + "\n"


def from_json(text: str) -> Report:
    """Read a report again; a file that is none raises a ValueError that says so."""
    try:
        data = json.loads(text)
    except ValueError as error:
        raise ValueError(f"this is no JSON: {error}") from None
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        found = data.get("schema") if isinstance(data, dict) else type(data).__name__
        raise ValueError(f"this is no report of the schema {SCHEMA!r}, but {found!r}")
    try:
        return cattrs.structure(data, Report)
    except Exception as error:
        raise ValueError(f"this is no whole report: {cattrs.transform_error(error)[0]}") from None


def schema() -> dict[str, Any]:
    """The published JSON Schema of reports."""
    text = resources.files(__package__).joinpath("schema/report-1.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def versions() -> dict[str, str]:
    """The versions of what takes part."""
    found = {}
    for package in ("brainspec", "jax", "jaxlib", "numpy", "hypothesis", "pytest"):
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = "not installed"
    return found


def machine() -> str:
    return f"{platform.system()} {platform.machine()}"


def write(report: Report, folder: Path) -> Path:
    """Write `report.json` into a folder, made if it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "report.json"
    path.write_text(to_json(report), encoding="utf-8")
    return path
