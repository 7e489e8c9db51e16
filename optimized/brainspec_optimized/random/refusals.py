"""What is fast about it: nothing; an error is made where a random state refuses."""

from brainspec_optimized.errors import BackupMisplaced, TraceContextError
from brainspec_optimized.state_cell import Cell

__all__ = ["backed_up_twice", "far_from_home", "nothing_to_restore"]


def far_from_home(state: Cell) -> TraceContextError:
    """The key would be a constant of the trace, and each call would draw the same."""
    found = f"A key was to be split of {type(state).__name__} {state._name!r}, born outside this JAX trace."
    cure = "Use a transform of this system, which carries states in and out, or give `key=`."
    return TraceContextError(found, "random.error.traced@1", cure)


def backed_up_twice() -> BackupMisplaced:
    """The first backup would be lost."""
    return BackupMisplaced("A key was backed up twice.", "random.error.backup@1", "Call restore_key first.")


def nothing_to_restore() -> BackupMisplaced:
    """There is no backup."""
    found = "A key was to be restored without a backup."
    return BackupMisplaced(found, "random.error.backup@1", "Call backup_key first.")
