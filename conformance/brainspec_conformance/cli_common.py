"""What several commands say and refuse alike."""

from collections.abc import Callable

import click

from . import clauses, ids
from .exits import NOT_LOADED
from .implementations import ImplementationError

IMPL = "A known name, a module path, or module:attribute."


def refuse_unknown_clauses(pattern: str | None) -> None:
    """A pattern must name a clause: else nothing would be judged, and silence is no verdict."""
    if pattern is not None and not any(ids.matches(name, pattern) for name in clauses.by_id()):
        raise click.UsageError(f"no clause matches {pattern!r}{ids.close(pattern, clauses.by_id())}")


def load_or_explain(action: Callable[[], int]) -> int:
    """The exit status of an action; of its own where an implementation cannot be loaded."""
    try:
        return action()
    except ImplementationError as error:
        _explain(error)
        return NOT_LOADED


def _explain(error: ImplementationError) -> None:
    """Say why an implementation cannot be loaded, its own traceback kept apart."""
    click.echo(f"brainspec: {error}", err=True)
    if error.theirs:
        click.echo("--- its own traceback", err=True)
        click.echo(error.theirs.rstrip(), err=True)
        click.echo("--- end of its traceback", err=True)
