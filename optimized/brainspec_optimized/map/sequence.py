"""What is fast about it: the runs are one loop of JAX, in which states are carried on.

The function is traced once, for one run. What it leaves in states is made as weakly typed as it was found, so that the
program fits each run.
"""

import itertools
import typing as t

import jax

from brainspec_optimized._jaxshim import as_type, evaluated
from brainspec_optimized.jit.program import Program, ran
from brainspec_optimized.map.slices import Arguments, described_slices, described_whole
from brainspec_optimized.map.watch import RunWatch

__all__ = ["Sequence"]

Leaves = list[t.Any]


class Sequence:
    """The runs of one call, one after another."""

    def __init__(self, function: t.Callable[..., t.Any], xs: Arguments, count: int) -> None:
        self._count = count
        watch = RunWatch()  # [map.state.through]
        self._run, self._closed = ran(function, described_slices(xs), {}, watch)  # [map.run.once]
        # Of each state that is written, the types of what is carried on.
        self._kept = [avals for _, avals in itertools.compress(self._run.types, self._run.written)]

    def program(self, xs: Arguments) -> Program:
        """The program of all runs."""
        program = Program()
        program.take_over(self._run)  # [map.state.touched]
        program.stage(self._whole, described_whole(xs, self._count), {})  # [map.nest.jax]
        return program

    def _whole(self, xs: Arguments, kwargs: dict[str, t.Any], values: list[t.Any]) -> list[t.Any]:
        held = list(map(jax.tree.leaves, values))
        begin = list(itertools.compress(held, self._run.written))  # [map.state.random]

        def run(carried: list[Leaves], slices: Leaves) -> tuple[list[Leaves], Leaves]:
            found = self._found(held, iter(carried))
            outputs = iter(evaluated(self._closed, [*slices, *found]))  # [map.state.local]
            result = list(itertools.islice(outputs, self._run.out_tree.num_leaves))  # [map.run.same]
            left = [[as_type(next(outputs), aval) for aval in avals] for avals in self._kept]  # [map.state.weak]
            return left, result  # [map.state.carried]

        left, results = jax.lax.scan(run, begin, jax.tree.leaves(xs), length=self._count)  # [map.run.sequence]
        return [*results, *itertools.chain.from_iterable(left)]

    def _found(self, held: list[Leaves], carried: t.Iterator[Leaves]) -> t.Iterator[t.Any]:
        for leaves, wrote in zip(held, self._run.written):
            yield from next(carried) if wrote else leaves  # [map.state.read-only]
