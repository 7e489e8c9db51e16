"""The command line: `brainspec conform | cite | lint | run`, and what `cli_programs` adds.

Exit status: 0 conforming, 1 failures, 2 wrong usage, 3 the implementation cannot be loaded, 4 a fault of ours.
"""

import json
import sys
from pathlib import Path

import click
from attrs import asdict

from . import citing, clauses, ids, implementations, lint, pages
from .cli_common import IMPL, load_or_explain, refuse_unknown_clauses
from .cli_programs import fuzz, replay
from .exits import CONFORMING, FAILURES, USAGE
from .impersonation import impersonate
from .plugin import PROFILES


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="brainspec", prog_name="brainspec")
def cli() -> None:
    """The specification of state-aware JAX transforms, and the suite that judges implementations by it."""


cli.add_command(fuzz)
cli.add_command(replay)


@cli.command()
@click.option("--impl", "impls", multiple=True, metavar="NAME", help=IMPL + " May be given more than once.")
@click.option("--profile", type=click.Choice(list(PROFILES)), default="smoke", show_default=True)
@click.option(
    "--clauses", "pattern", metavar="PATTERN", help="Only these clauses: patterns or prefixes, comma-separated."
)
@click.option("--devices", type=click.IntRange(1), default=8, show_default=True, help="CPU devices that JAX shows.")
@click.option("--platform", type=click.Choice(["cpu", "gpu"]), help="Where programs run; JAX's own choice without it.")
@click.option("--seed", type=int, help="Draw examples at random from this seed; without it they are always the same.")
@click.option(
    "--workers",
    type=click.IntRange(0),
    default=2,
    show_default=True,
    help="Processes; 0: this one, which a crash ends.",
)
@click.option(
    "--failed", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Only what failed in this report."
)
@click.option(
    "--report", "folder", type=click.Path(file_okay=False, path_type=Path), help="Write report.json and junit.xml here."
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON instead of the summary.")
def conform(
    impls: tuple[str, ...],
    profile: str,
    pattern: str | None,
    devices: int,
    platform: str | None,
    seed: int | None,
    workers: int,
    failed: Path | None,
    folder: Path | None,
    as_json: bool,
) -> None:
    """Judge an implementation, clause by clause."""
    from . import conforming

    if not impls:
        click.echo(_known_ones())
        sys.exit(USAGE)
    if failed is not None and pattern is not None:
        raise click.UsageError("--failed chooses the clauses; leave --clauses out")
    if failed is not None:
        pattern = _failing_clauses(failed)
    if pattern is not None:
        _refuse_other_versions(pattern)
    refuse_unknown_clauses(pattern)
    asked = [
        conforming.Asked(
            impl, profile, pattern, devices, platform, seed, workers, _folder_for(impl, impls, folder), as_json
        )
        for impl in impls
    ]
    if len(asked) > 1 and as_json:
        raise click.UsageError("--json prints one report: name one implementation, or write reports with --report DIR")
    sys.exit(load_or_explain(lambda: conforming.conform_all(asked)))


def _refuse_other_versions(pattern: str) -> None:
    """A version in a pattern must be the current one: another would be judged as if it were."""
    for part in pattern.split(","):
        name, version = ids.split(part.strip())
        found = clauses.by_id().get(name)
        if version is not None and found is not None and found.version != version:
            raise click.UsageError(f"{part.strip()!r} is not current; read {found.cited}")


def _known_ones() -> str:
    rows = [f"  {name:<12} {target}" for name, target in sorted(implementations.known().items())]
    return (
        "Name an implementation with --impl. Known:\n"
        + "\n".join(rows)
        + "\nA module path works too: mypkg, or mypkg:namespace."
    )


def _failing_clauses(path: Path) -> str:
    from .report import from_json
    from .verdicts import FAILING

    try:
        report = from_json(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise click.UsageError(f"{path}: {error}") from None
    failing = [clause.id for clause in report.clauses if clause.verdict in FAILING]
    if not failing:
        click.echo(f"{path}: nothing failed in this report")
        sys.exit(CONFORMING)
    return ",".join(failing)


def _folder_for(impl: str, impls: tuple[str, ...], folder: Path | None) -> Path | None:
    """One folder a report: below the one that was given, where there are several."""
    return folder / impl.replace(":", ".") if folder and len(impls) > 1 else folder


@cli.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print the clauses as JSON.")
def cite(name: str, as_json: bool) -> None:
    """Show a clause, or all whose ids begin with NAME: the sentence, where it stands, what decides and checks it."""
    found = citing.find(name)
    if not found:
        raise click.UsageError(f"no clause is called {name!r} or begins with it{ids.close(name, clauses.by_id())}")
    version = ids.split(name)[1]
    if version is not None and all(clause.version != version for clause in found):
        raise click.UsageError(f"{name!r} is not current; read {', '.join(clause.cited for clause in found)}")
    cited = citing.cite_all(found)
    click.echo(json.dumps([c.as_data() for c in cited], indent=2) if as_json else "\n\n".join(map(str, cited)))


@cli.command("lint")
@click.option("--write", is_flag=True, help="Write spec/clauses.txt first.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def lint_command(write: bool, as_json: bool) -> None:
    """Look for gaps between the pages, the code and the checks."""
    if write:
        (pages.folder() / "clauses.txt").write_text(clauses.listing(clauses.load()), encoding="utf-8")
    matter = lint.load()
    findings = lint.lint(matter)
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        for line in [*map(str, findings), *lint.coverage_lines(matter)]:
            click.echo(line)
        click.echo(f"{len(findings)} findings" if findings else "no findings: pages, code and checks agree")
    sys.exit(FAILURES if findings else CONFORMING)


@cli.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.option("--impl", required=True, metavar="NAME", help=IMPL)
@click.option("--against", "oracle", metavar="NAME", help="Compare SCRIPT's `model()` on `inputs`, call by call.")
@click.argument("script", type=click.Path(exists=True, dir_okay=False))
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
def run(impl: str, oracle: str | None, script: str, args: tuple[str, ...]) -> None:
    """Run SCRIPT with `brainstate` and `braintrace` naming an implementation."""
    from .scripts import run_script

    if args[:1] == ("--against",) and oracle is None:  # also behind the script, where a reader looks for it
        oracle, args = (args[1] if len(args) > 1 else "reference"), args[2:]

    def action() -> int:
        if oracle is not None:
            return _against(Path(script), impl, oracle)
        with impersonate(impl):
            return run_script(script, args)

    sys.exit(load_or_explain(action))


def _against(path: Path, impl: str, oracle: str) -> int:
    """A line for each call; 1 if one differs."""
    from .against import NoModel, against
    from .environment import configure_devices

    configure_devices(8)
    different = 0
    try:
        for call in against(path, impl, oracle):
            different += call.difference is not None
            click.echo(f"call {call.number}: {call.difference or 'the same'}")
            if call.difference and call.raised:
                click.echo(call.raised.rstrip())
    except NoModel as error:
        raise click.UsageError(str(error)) from None
    click.echo(
        f"{impl} differs from {oracle} in {different} calls" if different else f"{impl} shows what {oracle} shows"
    )
    return FAILURES if different else CONFORMING
