"""What is fast about it: all lanes of a model are made by one compiled program."""

import typing as t

from brainspec_optimized.filters import to_predicate
from brainspec_optimized.mapping.newborn import keeping_new_states
from brainspec_optimized.mapping.plan import read_plan
from brainspec_optimized.module_init import init_all_states

__all__ = ["vmap_init_all_states"]

T = t.TypeVar("T")


def vmap_init_all_states(
    target: T,
    /,
    *args: t.Any,
    axis_size: int,
    state_tag: t.Any = None,
    state_to_exclude: object = None,
    **kwargs: t.Any,
) -> T:
    """Let all modules make their states once for all lanes, stacked on axis 0."""

    def init() -> None:
        init_all_states(target, *args, **kwargs)

    axes = {None: to_predicate(state_to_exclude), 0: ...}  # [mapping.new.init]
    plan = read_plan(axis_size=axis_size, state_out_axes=axes)
    keeping_new_states(init, plan, state_tag, state_to_exclude)()  # [mapping.new.init]
    return target  # [mapping.new.init]
