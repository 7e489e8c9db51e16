"""Shared by the tests: small specifications to lint, small implementations to judge, and the commands in a clean process."""

import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from brainspec_conformance import clauses, conforming, links, lint, report

ROOT = Path(__file__).resolve().parents[1]

# --- a specification of one page ----------------------------------------------------------------------------------

CLAUSE = """\
### `toys.box.open@1` MUST

A box MUST open.

```python
assert True
```

- Origin: decision (rejected: boxes that stay shut)
"""
PAGE = f"# Toys\n\n## Words\n\n**Box.** A toy.\n\n## Rules\n\n{CLAUSE}"
CODE = "def open_box():\n    return True  # [toys.box.open]\n"
CHECK = '@check("toys.box.open@1")\ndef test_a_box_opens(impl):\n    assert impl.box.open()\n'


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def read_page(folder: Path, text: str, name: str = "50-toys.md") -> clauses.Chapter:
    return clauses.read(write(folder / name, text))


def matter(folder: Path, page: str = PAGE, code: str = CODE, check: str = CHECK, **texts: str | None) -> lint.Matter:
    """A specification with one page, one room and one file of checks; each is clean unless it is given."""
    read_page(folder / "spec", page)
    write(folder / "toys/brainspec_toys/box.py", code)
    write(folder / "conformance/brainspec_conformance/suite/test_toys.py", check)
    chapters = clauses.load(folder / "spec")
    found = links.Links(links.tags_in(folder / "toys", "toys"), links.checks_in(folder / "conformance"))
    listed = texts.get("listed", clauses.listing(chapters))
    return lint.Matter(chapters, found, listed, texts.get("released"), texts.get("surface"), rooms=("toys",))


def findings(folder: Path, *args: Any, **kwargs: Any) -> list[str]:
    return [str(finding) for finding in lint.lint(matter(folder, *args, **kwargs))]


# --- small implementations ----------------------------------------------------------------------------------------


def reference_filters() -> dict[str, Any]:
    import brainspec_reference

    place = brainspec_reference.util.filter
    return {name: getattr(place, name) for name in place.__all__}


def module(name: str, **filters: Any) -> ModuleType:
    """A module `name` with the filters of the reference, some replaced."""
    made = ModuleType(name)
    made.util = SimpleNamespace(filter=SimpleNamespace(**reference_filters() | filters))  # type: ignore[attr-defined]
    return made


BROKEN = """
import brainspec_reference as _reference
from types import SimpleNamespace as _Space

_filters = {{name: getattr(_reference.util.filter, name) for name in _reference.util.filter.__all__}}


class Nothing(_filters["Nothing"]):
    def __call__(self, path, value):
        {body}


util = _Space(filter=_Space(**_filters | {{"Nothing": Nothing}}))
"""


def broken(folder: Path, name: str = "broken", body: str = "return True") -> Path:
    """A module whose `Nothing()` does what `body` says; all else is the reference's."""
    return write(folder / f"{name}.py", BROKEN.format(body=body))


# --- commands -----------------------------------------------------------------------------------------------------


def environment(**more: str) -> dict[str, str]:
    """The environment of a clean process: this checkout, no plugins but those that are named, nobody's terminal."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "JAX_", "XLA_", "COV_"))}
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "PYTHONHASHSEED", "PYTHONWARNINGS"):
        kept.pop(name, None)
    rooms = os.pathsep.join(str(ROOT / room) for room in ("reference", "optimized", "conformance"))
    return {**kept, "PYTHONPATH": rooms, "JAX_PLATFORMS": "cpu", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **more}


def python(*words: str | Path, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *map(str, words)]
    return subprocess.run(
        command, cwd=cwd, env=environment(**env), capture_output=True, text=True, timeout=300, check=False
    )


def brainspec(*words: str | Path, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return python("-m", "brainspec_conformance", *words, cwd=cwd, **env)


def run_pytest(*words: str | Path, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return python("-m", "pytest", "-p", "xdist.plugin", "-p", "brainspec_conformance.plugin", *words, cwd=cwd, **env)


def judged(name: str, pattern: str, folder: Path) -> report.Report:
    """The report of a run inside this process."""
    conforming.conform(conforming.Asked(name, "probe", pattern, 8, None, None, 0, folder))
    return report.from_json((folder / "report.json").read_text(encoding="utf-8"))


def of_verdict(done: report.Report, *verdicts: str) -> set[str]:
    """The ids of the clauses with one of these verdicts."""
    return {clause.id for clause in done.clauses if clause.verdict in verdicts}
