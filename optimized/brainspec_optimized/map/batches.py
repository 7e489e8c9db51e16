"""What is fast about it: the batches are one loop of JAX over a program of all lanes; what remains runs behind it.

The function is traced once, for one lane. Of that there are two programs, of as many lanes as a batch has and of as
many as remain; a batch hands nothing to the next but keys.
"""

import functools
import itertools
import typing as t

import jax

from brainspec_optimized._jaxshim import evaluated
from brainspec_optimized.jit.program import Program, ran
from brainspec_optimized.map.slices import Arguments, described_slices, described_whole
from brainspec_optimized.map.watch import BatchWatch
from brainspec_optimized.mapping.axes import Axis
from brainspec_optimized.mapping.given import Size
from brainspec_optimized.mapping.plan import read_plan
from brainspec_optimized.mapping.refusals import mapped_result
from brainspec_optimized.mapping.staging import Staging

__all__ = ["Batches"]

Leaves = list[t.Any]


class Batches:
    """The runs of one call, batch by batch."""

    def __init__(self, function: t.Callable[..., t.Any], xs: Arguments, count: int, lanes: int) -> None:
        self._lanes, self._count = lanes, count
        self._watch = BatchWatch(read_plan(), Size())
        self._lane, self._closed = ran(function, described_slices(xs), {}, self._watch)  # [map.run.once]
        self._lane.close_over(self._closed)

    def program(self, xs: Arguments) -> Program:
        """The program of all batches."""
        full, rest = divmod(self._count, self._lanes)
        self._batch = self._of(xs, self._lanes) if full else None
        self._remaining = self._of(xs, rest) if rest or not full else None  # [map.batch.larger]
        program = Program()
        program.take_over(t.cast(Program, self._batch or self._remaining))  # [map.state.touched]
        self._written = program.written  # which are random states, since others are refused
        program.stage(self._whole, described_whole(xs, self._count), {})
        return program

    def _of(self, xs: Arguments, lanes: int) -> Program:
        axes: list[Axis] = [0] * len(jax.tree.leaves(xs))
        staging = Staging(read_plan(), self._lane, self._watch, axes, lanes, mapped_result)  # [map.batch.lanes]
        return staging.program(described_whole(xs, lanes), {})

    def _whole(self, xs: Arguments, kwargs: dict[str, t.Any], values: Leaves) -> Leaves:
        leaves, keys = jax.tree.leaves(xs), list(itertools.compress(values, self._written))
        cut = self._count - self._count % self._lanes
        parts: list[Leaves] = []
        if self._batch is not None:
            run = functools.partial(self._ran, self._batch, values)
            shape = cut // self._lanes, self._lanes
            batches = [leaf[:cut].reshape(*shape, *leaf.shape[1:]) for leaf in leaves]
            keys, results = jax.lax.scan(run, keys, batches)  # [map.batch.lanes]
            parts.append([result.reshape(cut, *result.shape[2:]) for result in results])
        if self._remaining is not None:
            keys, results = self._ran(self._remaining, values, keys, [leaf[cut:] for leaf in leaves])
            parts.append(results)
        joined = [jax.lax.concatenate(results, 0) for results in zip(*parts)]  # [map.run.same]
        return [*joined, *keys]

    def _ran(self, program: Program, values: Leaves, keys: Leaves, batch: Leaves) -> tuple[Leaves, Leaves]:
        mine = iter(keys)
        found = [next(mine) if random else value for random, value in zip(self._written, values)]
        outputs = evaluated(program.jaxpr, [*batch, *jax.tree.leaves(found)])
        count = program.out_tree.num_leaves
        return outputs[count:], outputs[:count]
