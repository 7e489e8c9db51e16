"""Looking inside: what is known of a function's program, for the arguments of a call or for a remembered key."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..engine.as_jaxpr import as_jaxpr
from ..errors import NotRemembered
from ..stateful import Stateful

if TYPE_CHECKING:
    from .arguments import Key
    from .stateful_function import StatefulFunction

Look = Callable[[Stateful], Any]


def by_arguments(look: Look) -> Callable[..., Any]:
    def get(function: StatefulFunction, /, *args: Any, **kwargs: Any) -> Any:
        return look(function.described(args, kwargs))  # [jit.open.by-cache]

    return get


def by_cache(look: Look) -> Callable[..., Any]:
    def get(function: StatefulFunction, key: Key) -> Any:
        for _, program in function.memory.known(key, function.instance):  # [mapping.open.by-cache]
            return look(program)  # the last one  # [jit.open.by-cache]
        found, cure = "Found a key that is not remembered", "Use the accessor that takes arguments"
        raise NotRemembered(found, f"{function.chapter}.error.by-cache@1", cure)  # [jit.error.by-cache]

    return get


def jaxpr(program: Stateful) -> Any:
    return as_jaxpr(program.program, program.captured)  # [jit.open.jaxpr]


def states(program: Stateful) -> Any:
    return program.states  # [jit.open.states]


def read_states(program: Stateful) -> Any:
    return tuple(s for s, left in zip(program.states, program.left) if left is None)  # [jit.open.states]


def write_states(program: Stateful) -> Any:
    return tuple(s for s, left in zip(program.states, program.left) if left is not None)  # [jit.open.states]


def out_shapes(program: Stateful) -> Any:
    return program.result.described()  # [jit.open.shapes]


def out_treedef(program: Stateful) -> Any:
    return program.result.structure  # [jit.open.shapes]


class Accessors:
    """The accessors of a `StatefulFunction`."""

    get_jaxpr = by_arguments(jaxpr)  # [mapping.open.jaxpr]
    get_jaxpr_by_cache = by_cache(jaxpr)  # [mapping.error.by-cache]
    get_states, get_states_by_cache = by_arguments(states), by_cache(states)  # [mapping.open.states]
    get_read_states = by_arguments(read_states)  # [mapping.open.states]
    get_read_states_by_cache = by_cache(read_states)
    get_write_states = by_arguments(write_states)  # [mapping.open.states]
    get_write_states_by_cache = by_cache(write_states)
    get_out_shapes, get_out_shapes_by_cache = by_arguments(out_shapes), by_cache(out_shapes)
    get_out_treedef, get_out_treedef_by_cache = by_arguments(out_treedef), by_cache(out_treedef)
