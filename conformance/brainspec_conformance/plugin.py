"""The suite as a pytest plugin: `pytest --pyargs brainspec_conformance --impl NAME`.

The plugin is loaded in every pytest run of an environment that has brainspec, so it imports nothing heavy and does nothing
until `--impl` is given. It chooses checks by clause, bounds their time, notes what each one decided on its report, and
prints the verdicts at the end. What it notes travels as `user_properties`, so it survives xdist and lands in JUnit files.
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .implementations import Implementation

PROFILES = {"probe": 5, "smoke": 20, "standard": 100, "deep": 1000}  # examples of a generated check
BATCHES = {"probe": 4, "smoke": 20, "standard": 400, "deep": 4000}  # batches of generated programs
PROPERTY = "brainspec"

_LOADED = pytest.StashKey["Implementation"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("brainspec", "conformance to the brainspec specification")
    add = group.addoption
    add("--impl", metavar="NAME", help="the implementation to judge: a known name, a module path, or module:attribute")
    add("--clauses", metavar="PATTERN", help="only checks of these clauses: patterns or prefixes, comma-separated")
    add("--brainspec-profile", choices=PROFILES, default="smoke", help="how many examples a generated check tries")
    add("--brainspec-seed", type=int, help="draw random examples from this seed; without it they are always the same")
    add("--brainspec-devices", type=int, default=8, help="how many CPU devices JAX shows (default 8)")
    add("--check-timeout", type=float, default=120.0, help="seconds that one check may take (default 120)")


def pytest_configure(config: pytest.Config) -> None:
    if not config.getoption("--impl"):
        if any(__package__ in re.split(r"[\\/.:]", word) for word in config.args):
            implementation_of(config)  # said once here, and not once a check
        return
    from . import environment
    from .implementations import ImplementationError, load

    environment.configure_devices(config.getoption("--brainspec-devices"))
    environment.configure_hypothesis(config.getoption("--brainspec-profile"), config.getoption("--brainspec-seed"))
    try:
        config.stash[_LOADED] = load(config.getoption("--impl"))
    except ImplementationError as error:
        theirs = f"\n{error.theirs}" if error.theirs else ""
        raise pytest.UsageError(f"{error}{theirs}") from None
    if not hasattr(config, "workerinput"):
        from .summary import Collector

        config.pluginmanager.register(Collector(), "brainspec-collector")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Checks that ask for a `batch` of programs get as many as the profile says."""
    if "batch" in metafunc.fixturenames and metafunc.config.getoption("--impl"):
        metafunc.parametrize("batch", range(BATCHES[metafunc.config.getoption("--brainspec-profile")]))


def implementation_of(config: pytest.Config) -> Implementation:
    """The implementation under test; a usage error if none was named."""
    if _LOADED not in config.stash:
        from .implementations import known

        raise pytest.UsageError(
            f"name an implementation: --impl NAME, one of {', '.join(sorted(known()))}, or a module"
        )
    return config.stash[_LOADED]


def check_of(item: pytest.Item) -> Any:
    """The `Check` of a test: its decorator's, or that of the clause it is parametrised with; None for other tests."""
    from .check import Check
    from .clauses import Clause

    callspec = getattr(item, "callspec", None)
    clause = callspec.params.get("clause") if callspec else None
    if isinstance(clause, Clause):
        return Check((clause.cited,))
    return getattr(getattr(item, "function", None), "__brainspec__", None)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    pattern = config.getoption("--clauses")
    if not pattern or not config.getoption("--impl"):
        return
    from .ids import matches

    kept: list[pytest.Item] = []
    dropped: list[pytest.Item] = []
    for item in items:
        check = check_of(item)
        chosen = check is not None and any(matches(cited.partition("@")[0], pattern) for cited in check.clauses)
        (kept if chosen else dropped).append(item)
    items[:] = kept
    config.hook.pytest_deselected(items=dropped)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    if not item.config.getoption("--impl"):
        return (yield)
    from .environment import time_limit

    if lacking := lacks(item):
        pytest.skip(f"unsupported: there is no {lacking}, an extra name")
    with time_limit(item.config.getoption("--check-timeout")):
        return (yield)


def lacks(item: pytest.Item) -> str:
    """The extra name that a check needs and the implementation does not offer, or nothing."""
    from . import surface
    from .clauses import by_id

    check = check_of(item)
    asked = [by_id()[cited.partition("@")[0]].extra for cited in check.clauses] if check is not None else []
    namespace = implementation_of(item.config).namespace
    return next((name for name in asked if name and not surface.has(namespace, name)), "")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    check = check_of(item) if item.config.getoption("--impl") else None
    if check is not None:
        from .environment import CheckTimeout

        late = call.excinfo is not None and call.excinfo.errisinstance(CheckTimeout)
        noted = {
            "clauses": [*check.clauses, *charged_to(call)],
            "needs": check.needs,
            "measured": measured_by(item),
            "timeout": late,
            "unsupported": bool(lacks(item)),
        }
        report.user_properties.append((PROPERTY, json.dumps(noted)))
    return report


def charged_to(call: pytest.CallInfo[None]) -> list[str]:
    """The clauses that a failure is charged to beyond those its check cites."""
    from .charging import Charged
    from .clauses import by_id

    error = call.excinfo.value if call.excinfo else None
    return [by_id()[name].cited for name in error.clauses if name in by_id()] if isinstance(error, Charged) else []


_MEASURED = pytest.StashKey[dict[str, str]]()


def measured_by(item: pytest.Item) -> dict[str, str]:
    """The measurements that a check of a quality took."""
    return item.stash.setdefault(_MEASURED, {})
