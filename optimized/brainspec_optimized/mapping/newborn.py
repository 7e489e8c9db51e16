"""What is fast about it: nothing; a call makes states, and is traced and compiled each time.

States that are born in a lane hold values of a trace that ends. Here these are results too, and are put into the
states when the program of all lanes has run.
"""

import typing as t
import weakref

import jax

from brainspec_optimized._jaxshim import Tracer
from brainspec_optimized.errors import BrainspecError
from brainspec_optimized.filters import to_predicate
from brainspec_optimized.graph.vertex import Vertex
from brainspec_optimized.jit.arguments import Given, key_of
from brainspec_optimized.jit.calling import call_alone
from brainspec_optimized.jit.making import calling
from brainspec_optimized.jit.naming import checked_function
from brainspec_optimized.jit.types import is_jax_value, types_of
from brainspec_optimized.mapping import refusals
from brainspec_optimized.mapping.plan import Plan, read_plan
from brainspec_optimized.mapping.staging import staged
from brainspec_optimized.state_catch import catch_new_states
from brainspec_optimized.state_cell import Cell
from brainspec_optimized.state_checks import leaves_of
from brainspec_optimized.state_dead import DEAD, held, put_back
from brainspec_optimized.state_tags import both_tags, checked_tag

__all__ = ["keeping_new_states", "vmap_new_states"]

Function = t.Callable[..., t.Any]


def vmap_new_states(
    f: Function,
    /,
    *,
    in_axes: t.Any = 0,
    out_axes: t.Any = 0,
    axis_name: t.Hashable | None = None,
    axis_size: int | None = None,
    spmd_axis_name: t.Any = None,
    state_tag: t.Any = None,
    state_to_exclude: object = None,
) -> Function:
    """A function that runs once for each lane, and keeps the states that are born in it, stacked."""
    plan = read_plan(in_axes, out_axes, axis_name, axis_size)  # an spmd_axis_name would change no value
    return keeping_new_states(f, plan, state_tag, state_to_exclude)  # [mapping.new.states]


def keeping_new_states(f: Function, plan: Plan, state_tag: t.Any, state_to_exclude: object) -> Function:
    """The same for a mapping of this plan."""
    function = checked_function(f, "mapping")
    tag, excluded = checked_tag(state_tag), to_predicate(state_to_exclude)

    def call(*args: t.Any, **kwargs: t.Any) -> t.Any:
        return _Call(function, plan, tag, excluded).run(args, kwargs)  # [mapping.new.each]

    return call


class _Call:
    """One call, and what was born in it."""

    def __init__(self, function: Function, plan: Plan, tag: t.Any, excluded: t.Callable[..., t.Any]) -> None:
        self._function, self._plan, self._tag, self._excluded = function, plan, tag, excluded
        self._stacked: list[Cell] = []
        self._single: list[Cell] = []
        self._tree: t.Any = None
        self._whole: list[t.Any] = []

    def run(self, args: tuple[t.Any, ...], kwargs: dict[str, t.Any]) -> t.Any:
        """Call, and put into the newborn what they are to hold."""
        given, plan = Given((), args, kwargs), self._plan
        key = key_of(given, page="mapping")
        axes = plan.out_axes, 0, None  # [mapping.new.exclude]
        plan = plan._replace(out_axes=axes)
        with calling():
            program = staged(self._lane, given, plan, self._refusal)  # [mapping.error.new-excluded]
            program.key = key
            result, stacked, single = call_alone(self._function, program, given)  # [mapping.new.random]
        for state, value in zip([*self._stacked, *self._single], [*stacked, *single]):
            put_back(state, value)  # [mapping.new.states]
        for state in self._stacked if self._tag is not None else ():
            state.tag = both_tags(state._tag, self._tag)  # type: ignore[attr-defined] # [mapping.new.tag]
        return self._with_whole(result)

    def _lane(self, *args: t.Any, **kwargs: t.Any) -> tuple[t.Any, list[t.Any], list[t.Any]]:
        with catch_new_states() as born:
            result = self._function(*args, **kwargs)
        refs = [weakref.ref(state) for state in born]
        del born  # what the function has made and dropped is gone now
        for state in [state for ref in refs if (state := ref()) is not None and held(state) is not DEAD]:
            self._sort(state)
        values = [[held(state) for state in states] for states in (self._stacked, self._single)]
        return self._without_whole(result), *values

    def _sort(self, state: Cell) -> None:
        leaves = leaves_of(held(state))
        if not self._excluded((), state):  # [mapping.new.exclude]
            types_of(state, held(state), "mapping")
            self._stacked.append(state)
        elif any(isinstance(leaf, Tracer) for leaf in leaves) or all(map(is_jax_value, leaves)):
            self._single.append(state)  # [mapping.new.exclude]

    def _without_whole(self, result: t.Any) -> t.Any:
        leaves, self._tree = jax.tree.flatten(result)
        self._whole = [leaf if isinstance(leaf, (Cell, Vertex)) else None for leaf in leaves]  # [mapping.new.result]
        return self._tree.unflatten([leaf if whole is None else None for leaf, whole in zip(leaves, self._whole)])

    def _with_whole(self, result: t.Any) -> t.Any:
        rest = iter(jax.tree.leaves(result))
        return self._tree.unflatten([next(rest) if whole is None else whole for whole in self._whole])

    def _refusal(self, path: tuple[t.Any, ...]) -> BrainspecError:
        which, *within = path
        if which.idx == 2:
            return refusals.mapped_state(self._single[within[0].idx], "mapping.error.new-excluded@1")
        return refusals.mapped_result(tuple(within))
