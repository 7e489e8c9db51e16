"""What is fast about it: nothing; these are the texts of what is told when a mapping cannot be."""

import typing as t

import jax

from brainspec_optimized import errors
from brainspec_optimized.state_cell import Cell

__all__ = [
    "axes_mismatch",
    "axis_missing",
    "mapped_result",
    "mapped_state",
    "mapped_unexpectedly",
    "nested_parallel",
    "no_axis",
    "no_policy",
    "no_size",
    "no_state",
    "no_state_axis",
    "not_an_axis_size",
    "out_axis_missing",
    "sizes_differ",
    "state_axis_missing",
    "state_on_two_axes",
    "state_out_axis_missing",
    "state_twice",
    "text_of",
    "too_many",
]

_COUNT = "Count axes from 0, or from the end with negative numbers."


def text_of(state: Cell) -> str:
    """What a state is called in messages."""
    return type(state).__name__ if state._name is None else f"{type(state).__name__} {state._name!r}"


def no_axis(which: str, given: object) -> errors.BrainspecError:
    """The error for an axis that is none."""
    found = f"{which} has {given!r}, a {type(given).__name__}."
    return errors.NotAnAxis(found, "mapping.error.axes@1", "Give integers and None, in a prefix of what they are for.")


def no_state_axis(which: str, given: object) -> errors.BrainspecError:
    """The error for a key that is no axis."""
    found = f"{which} has the key {given!r}, a {type(given).__name__}."
    cure = "Write the axis as the key and the filter as the value, {0: ParamState}."
    return errors.NotAnAxis(found, "mapping.error.state-axes@1", cure)


def no_older_axis(which: str, given: object) -> errors.BrainspecError:
    """The error for a key that is no axis, among states that are named."""
    found = f"{which} has the key {given!r}, a {type(given).__name__}."
    return errors.NotAnAxis(found, "mapping.error.older-keys@1", "Give integers alone as keys, {0: states}.")


def state_twice(which: str, state: Cell) -> errors.BrainspecError:
    """The error for a state under two axes."""
    found = f"{which} names {text_of(state)} under two axes."
    return errors.StateTwice(found, "mapping.error.state-twice@1", "Name it under one.")


def no_state(which: str, given: object) -> errors.BrainspecError:
    """The error for what stands among named states and is none."""
    found = f"{which} has {given!r}, a {type(given).__name__}."
    cure = "Give a state, a tree of states, or a dictionary from axes to such."
    return errors.NotAStateOfLanes(found, "mapping.error.older-states@1", cure)


def state_on_two_axes(state: Cell, one: int, other: int) -> errors.BrainspecError:
    """The error for a state that is named twice, differently."""
    found = f"in_states and out_states name {text_of(state)} on axis {one} and on axis {other}."
    return errors.StateTwice(found, "mapping.error.older-states@1", "Name it on one, or use vmap2.")


def no_policy(given: object) -> errors.BrainspecError:
    """The error for a policy that there is not."""
    found = f"unexpected_out_state_mapping is {given!r}."
    return errors.NoSuchPolicy(found, "mapping.error.policy@1", "Give 'raise', 'warn' or 'ignore'.")


def not_an_axis_size(given: object, negative: bool) -> errors.BrainspecError:
    """The error for a size that is none."""
    kind = errors.NegativeSize if negative else errors.NotASize
    found = f"axis_size is {given!r}, a {type(given).__name__}."
    return kind(found, "mapping.error.axis-size@1", "Give the number of lanes, an integer of at least 0.")


def axes_mismatch(which: str, reason: str) -> errors.BrainspecError:
    """The error for axes that do not fit."""
    found = f"{which} is no prefix of what it is for: {reason}."
    cure = f"Give one axis for all, or write {which} in the structure that is there."
    return errors.AxesMismatch(found, "mapping.error.axes-match@1", cure)


def axis_missing(where: str, shape: t.Any, axis: int) -> errors.BrainspecError:
    """The error for an argument that cannot be cut."""
    found = f"{where} has shape {tuple(shape)}, and is to be mapped on axis {axis}."
    return errors.NoSuchAxis(found, "mapping.error.argument-axis@1", f"{_COUNT} None is for what is not mapped.")


def state_axis_missing(state: Cell, shape: t.Any, axis: int) -> errors.BrainspecError:
    """The error for a state that cannot be cut."""
    found = f"{text_of(state)} has a leaf of shape {tuple(shape)}, and is to be mapped on axis {axis}."
    cure = "Declare it on an axis that it has, or on None."
    return errors.NoSuchAxis(found, "mapping.error.state-axis@1", cure)


def out_axis_missing(shape: t.Any, axis: int) -> errors.BrainspecError:
    """The error for a result that cannot be stacked so."""
    found = f"out_axes says {axis}, and a lane gives shape {tuple(shape)}."
    return errors.NoSuchAxis(found, "mapping.error.out-axis@1", _COUNT)


def state_out_axis_missing(state: Cell, shape: t.Any, axis: int) -> errors.BrainspecError:
    """The error for a state that cannot be stacked so."""
    found = f"{text_of(state)} is to be stacked on axis {axis}, and a lane leaves shape {tuple(shape)} in it."
    cure = "Declare it in state_out_axes on an axis that it can have."
    return errors.NoSuchAxis(found, "mapping.error.state-out-axis@1", cure)


def sizes_differ(one: str, other: str) -> errors.BrainspecError:
    """The error for two sizes."""
    found = f"{one}, and {other}."
    return errors.SizesDiffer(found, "mapping.error.sizes@1", "Map axes of one size.")


def no_size() -> errors.BrainspecError:
    """The error for a call of nobody knows how many lanes."""
    found = "No argument and no state that was touched is mapped."
    return errors.SizeUnknown(found, "mapping.error.no-size@1", "Give axis_size.")


def mapped_unexpectedly(states: t.Iterable[Cell]) -> errors.BrainspecError:
    """The error for states that differ between lanes and are not declared."""
    found = f"The lanes leave different values in {', '.join(map(text_of, states))}, which no axis is declared for."
    cure = "Declare it in state_out_axes, or in state_in_axes too if each lane has its own."
    return errors.BatchAxisError(found, "mapping.error.undeclared@1", cure)


def mapped_state(state: Cell, clause: str) -> errors.BrainspecError:
    """The error for a state that differs between lanes and was said not to."""
    found = f"The lanes leave different values in {text_of(state)}, which is to hold one."
    return errors.BatchAxisError(found, clause, "Declare it on an integer, or write what does not depend on the lane.")


def mapped_result(path: tuple[t.Any, ...]) -> errors.BrainspecError:
    """The error for a result that differs between lanes and was said not to."""
    found = f"The lanes give different results at {jax.tree_util.keystr(path) or 'the top'}, where out_axes says None."
    cure = "Give an integer in out_axes, or return what does not depend on the lane."
    return errors.BatchAxisError(found, "mapping.error.result-none@1", cure)


def too_many(lanes: int, devices: int) -> errors.BrainspecError:
    """The error for more lanes than devices."""
    found = f"The call has {lanes} lanes, and there are {devices} devices."
    cure = "Put a vmap2 inside the pmap2, or give more devices."
    return errors.TooManyLanes(found, "parallel.error.too-many@1", cure)


def nested_parallel() -> errors.BrainspecError:
    """The error for a parallel mapping in another."""
    found = "A function of pmap2 was called inside a function of pmap2."
    cure = "Put a vmap2 inside one pmap2."
    return errors.ParallelInParallel(found, "parallel.error.nested@1", cure)
