"""`vmap_new_states`: states that are born in a mapped function live on, and hold the values of all lanes.

The function is recorded as one that gives, beside its result, what its new states hold at the end. When the call has
run, they are given what has become of that. Until then they are dead, as all states are that are born in a function
while it is recorded, and so they are left by a call that fails.
"""

from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import Any

import jax
from jax.tree_util import tree_leaves

from .._jaxshim import with_jit
from ..errors import BatchAxisError
from ..filters import Literal
from ..graph import Node
from ..jit.arguments import Arguments, taken_apart
from ..jit.attempts import attempt
from ..jit.origins import checked_callable, look_like
from ..jit.places import Places
from ..jit.running import run
from ..jit.stateful_function import refuse_bare_transform
from ..module import Target, init_all_states
from ..new_states import Catcher
from ..random import RandomState
from ..state import State
from ..state_labels import Tag
from ..stateful import held
from .lane import LaneRecording
from .options import Options, checked_options
from .whole import whole


class BirthRecording(LaneRecording):
    """Of a function that bears states: some are stacked, and the others are excluded from that."""

    def __init__(
        self, function: Callable[[Any], Any], arguments: Arguments, options: Options, stacked: Catcher
    ) -> None:
        out_axes = (options.out_axes, 0, None)  # [mapping.new.states]
        super().__init__(self.with_births, arguments, replace(options, out_axes=out_axes))
        self.bearing, self.catchers = function, (Catcher(None, None), stacked)
        self.given: Any = None  # the result

    def with_births(self, argument: Any) -> Any:
        """The result without the nodes and states in it, and what is held by the states that are born."""
        every, stacked = self.catchers
        with every as born, stacked as caught:
            self.given = self.bearing(argument)
        self.stacked = [state for state in caught if not isinstance(state, RandomState)]
        rest = [state for state in born if not isinstance(state, RandomState)]
        self.excluded = [state for state in rest if state not in self.stacked]  # [mapping.new.exclude]
        types = {state: held(state).types for state in rest}
        values = [state._held for state in self.stacked], [state._held for state in self.excluded]
        self.kinds = [type(state).__name__ for state in self.excluded for _ in types[state]]  # of the last leaves
        plain = jax.tree.map(lambda leaf: None if is_made(leaf) else leaf, self.given)
        self.shared_from = len(tree_leaves((plain, values[0])))
        return plain, *values

    def refuse_mapped(self, leaf: int) -> Exception:
        if leaf < self.shared_from:
            return super().refuse_mapped(leaf)
        found = f"A {self.kinds[leaf - self.shared_from]} that state_to_exclude accepts differs between lanes"
        cure = "Let it be stacked, or make it of what is the same in all lanes"
        return BatchAxisError(found, "mapping.error.new-excluded@1", cure)  # [mapping.error.new-excluded]

    def live(self, result: Any, stacked: list[Any], excluded: list[Any]) -> Any:
        """The states get their values; the result, its nodes and states."""
        for state, value in zip((*self.stacked, *self.excluded), (*stacked, *excluded), strict=True):
            state._hold(value)  # [mapping.new.states]
        mapped = iter(tree_leaves(result))
        return jax.tree.map(lambda leaf: leaf if is_made(leaf) else next(mapped), self.given)  # [mapping.new.result]


def is_made(leaf: object) -> bool:
    return isinstance(leaf, State | Node)


def vmap_new_states(
    f: Callable[..., Any],
    *,
    in_axes: Any = 0,
    out_axes: Any = 0,
    axis_name: Hashable = None,
    axis_size: int | None = None,
    spmd_axis_name: Any = None,
    state_tag: Tag = None,
    state_to_exclude: Literal = None,
) -> Callable[..., Any]:
    checked_callable(f, "mapping")  # [mapping.error.callable]
    return bearing(f, checked_options(in_axes, out_axes, axis_name, axis_size), state_tag, state_to_exclude)


def bearing(f: Callable[..., Any], options: Options, tag: Tag, excluded: Literal) -> Callable[..., Any]:
    Catcher(tag, excluded)  # so that bad ones are refused here

    def call(*args: Any, **kwargs: Any) -> Any:
        with attempt():
            refuse_bare_transform()
            arguments = taken_apart(frozenset(), (), args, kwargs, chapter="mapping")
            catcher = Catcher(tag, excluded)  # [mapping.new.tag]
            with with_jit():
                recording = BirthRecording(arguments.given_to(f), arguments, options, catcher)
                program = whole(recording)  # [mapping.new.each]
            return recording.live(*run(program, arguments, frozenset(), Places()))  # [mapping.new.random]

    look_like(call, f)
    return call


def vmap_init_all_states(
    target: Target,
    /,
    *args: Any,
    axis_size: int,
    state_tag: Tag = None,
    state_to_exclude: Literal = None,
    **kwargs: Any,
) -> Target:
    def init() -> None:
        init_all_states(target, *args, **kwargs)

    axes = {None: state_to_exclude, 0: ...}  # also of those that are written  # [mapping.new.init]
    bearing(init, checked_options(axis_size=axis_size, state_out_axes=axes), state_tag, state_to_exclude)()
    return target
