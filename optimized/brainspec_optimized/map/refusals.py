"""What is fast about it: nothing; these are the texts of what is told when runs cannot be."""

import typing as t

import jax

from brainspec_optimized import errors
from brainspec_optimized.jit.types import Types, text_of_types
from brainspec_optimized.mapping.refusals import text_of
from brainspec_optimized.random.size import integer_of
from brainspec_optimized.state_cell import Cell

__all__ = ["counts_differ", "no_batch_size", "no_slices", "nothing", "retyped", "runs_differ", "written"]

_Counted = tuple[t.Any, int]


def no_batch_size(given: object) -> errors.BrainspecError:
    """The error for a size of batches that is none."""
    kind = errors.NotABatchSize if integer_of(given) is None else errors.BatchSizeTooSmall  # [map.error.batch-size]
    found = f"batch_size is {given!r}, a {type(given).__name__}."
    return kind(found, "map.error.batch-size@1", "Give an integer of at least 1, or None for one run at a time.")


def nothing() -> errors.BrainspecError:
    """The error for a call without an array."""
    found = "There is no array in what map was given beside its function."
    return errors.NothingToMap(found, "map.error.sizes@1", "Give arrays, whose slices on axis 0 the function takes.")


def no_slices(path: t.Any) -> errors.BrainspecError:
    """The error for a number."""
    found = f"{_where(path)} has no axis."
    return errors.NothingToMap(found, "map.error.sizes@1", "Let the function read it from elsewhere.")


def counts_differ(one: _Counted, other: _Counted) -> errors.BrainspecError:
    """The error for two arrays of which one has more slices."""
    found = f"{_where(one[0])} has {one[1]} slices, and {_where(other[0])} has {other[1]}."
    return errors.SliceCountsDiffer(found, "map.error.sizes@1", "Give arrays that are of one size on axis 0.")


def _where(path: t.Any) -> str:
    return f"argument {path[0].idx}{jax.tree_util.keystr(path[1:])}"


def retyped(state: Cell, before: Types, after: Types) -> errors.BrainspecError:
    """The error for a state that the next run would find changed."""
    found = f"{text_of(state)} held {text_of_types(before)}, and a run leaves {text_of_types(after)} in it."
    return errors.StateRetyped(found, "map.error.type@1", "Leave the structure, shape and dtype as they are.")


def written(state: Cell) -> errors.BrainspecError:
    """The error for a state that is written by lanes."""
    found = f"The function writes {text_of(state)}, and batch_size was given."
    cure = "Give the value as a result, or leave batch_size out."
    return errors.StateWritten(found, "map.error.written@1", cure)


def runs_differ(one: object, other: object) -> errors.BrainspecError:
    """The error for results in Python that cannot be stacked."""
    found = f"A run gives {one}, and another one {other}."
    return errors.RunsDiffer(found, "map.disabled.python@1", "Give the same structure and shapes from each run.")
