"""What is fast about it: nothing; runs are looked into, one after another, as users want it under `disable_jit`."""

import typing as t

import jax
import jax.numpy as jnp

from brainspec_optimized._jaxshim import as_array, as_type
from brainspec_optimized.jit.calling import write
from brainspec_optimized.jit.refusals import check_result
from brainspec_optimized.map.refusals import runs_differ
from brainspec_optimized.map.slices import Arguments
from brainspec_optimized.map.watch import PythonWatch
from brainspec_optimized.state_dead import held

__all__ = ["run_in_python"]


def run_in_python(function: t.Callable[..., t.Any], xs: Arguments, count: int) -> t.Any:
    """The results of all runs, stacked; the states change as the runs say."""
    arrays = jax.tree.map(as_array, xs)
    watch = PythonWatch()
    with watch:  # [map.failure.unchanged]
        results = [_run(watch, function, _slices(arrays, n)) for n in range(count)]
        touched = dict(zip(watch.states, watch.been_writen))
        left = [state._value for state in watch.get_write_states()]
    result = _stacked(results)
    write(list(touched), touched.values(), [held(state) for state in touched], left)
    return result


def _slices(arrays: Arguments, number: int) -> Arguments:
    return t.cast(Arguments, jax.tree.map(lambda leaf: jax.lax.index_in_dim(leaf, number, keepdims=False), arrays))


def _run(watch: PythonWatch, function: t.Callable[..., t.Any], slices: Arguments) -> t.Any:
    result = function(*slices)  # [map.failure.raised]
    watch.check()
    check_result(result, jax.tree.leaves(result), watch.page)
    before = dict(zip(watch.states, watch.types))
    for state, (leaves, tree) in zip(watch.get_write_states(), watch.left()):
        _, avals = before[state]
        state._value = jax.tree.unflatten(tree, list(map(as_type, map(as_array, leaves), avals)))
    return result


def _stacked(results: list[t.Any]) -> t.Any:
    trees: list[t.Any] = [jax.tree.structure(result) for result in results]
    for tree in trees:
        if tree != trees[0]:
            raise runs_differ(trees[0], tree)
    return jax.tree.map(_stacked_leaf, *results)


def _stacked_leaf(*leaves: t.Any) -> jax.Array:
    arrays = list(map(as_array, leaves))
    for array in arrays:
        if array.shape != arrays[0].shape:
            raise runs_differ(f"shape {arrays[0].shape}", f"shape {array.shape}")
    return jnp.stack(arrays)  # [map.run.same]
