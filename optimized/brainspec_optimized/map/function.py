"""What is fast about it: nothing; each call makes a program, and the cure where it is called often is `jit`."""

import functools
import typing as t

from brainspec_optimized._jaxshim import jit_is_disabled
from brainspec_optimized.jit.arguments import Given, key_of
from brainspec_optimized.jit.calling import call_alone
from brainspec_optimized.jit.making import calling
from brainspec_optimized.jit.naming import checked_function
from brainspec_optimized.map.batches import Batches
from brainspec_optimized.map.python import run_in_python
from brainspec_optimized.map.sequence import Sequence
from brainspec_optimized.map.slices import checked_batch_size, count_of

__all__ = ["map"]


def map(f: t.Callable[..., t.Any], *xs: t.Any, batch_size: int | None = None) -> t.Any:  # noqa: A001
    """The results of `f` on the slices of `xs`, one after another or a batch of them at a time, stacked."""
    function = checked_function(f, "map")  # [map.error.callable]
    lanes = checked_batch_size(batch_size)
    given = Given((), xs, {})
    key = key_of(given, page="mapping")  # [map.error.values]
    count = count_of(xs)
    if lanes is None and count and jit_is_disabled():
        return run_in_python(function, xs, count)  # [map.disabled.python]
    makes = Sequence if lanes is None else functools.partial(Batches, lanes=lanes)
    with calling():
        runs = makes(function, xs, count)  # [map.failure.raised]
        program = runs.program(xs)  # [map.run.closure]
        program.key = key
        return call_alone(function, program, given)  # [map.nest.inside]
