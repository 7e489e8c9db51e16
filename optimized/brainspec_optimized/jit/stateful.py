"""What is fast about it: a program that is looked at is the one that calls run, so looking costs no trace of its own.

A `StatefulFunction` is a jitted function opened up. Nothing here changes a state or runs a program, but a call and
`jaxpr_call`.
"""

import itertools
import typing as t

import jax

from brainspec_optimized._jaxshim import as_type
from brainspec_optimized.jit.arguments import Key, key_of
from brainspec_optimized.jit.calling import Compiled
from brainspec_optimized.jit.making import looking
from brainspec_optimized.jit.memory import Memory
from brainspec_optimized.jit.naming import checked_function, name_of
from brainspec_optimized.jit.options import read_options
from brainspec_optimized.jit.program import Program
from brainspec_optimized.jit.refusals import not_remembered, wrong_count, wrong_value
from brainspec_optimized.jit.types import are_alike, described, text_of_types, types_of
from brainspec_optimized.shown import Shown, shows_as
from brainspec_optimized.state_cell import Cell

__all__ = ["Opened", "StatefulFunction", "make_jaxpr", "opened", "shapes"]

States = tuple[Cell, ...]
T = t.TypeVar("T")


class Opened(Compiled):
    """What can be asked of the programs of a function."""

    __slots__ = ()

    def get_arg_cache_key(self, /, *args: t.Any, **kwargs: t.Any) -> Key:
        """What the arguments of a call add to its signature."""
        return key_of(self._memory.given(args, kwargs), True, self._memory.page)  # [jit.open.key]

    def _asked(self, args: tuple[t.Any, ...], kwargs: dict[str, t.Any], of: t.Callable[[Program], T]) -> T:
        memory = self._memory
        with looking():
            return of(memory.program(memory.given(args, kwargs), described=True))  # [mapping.open.changes-nothing]

    def _program_by_cache(self, key: Key) -> Program:
        program = self._memory.latest(key)  # [jit.open.by-cache]
        if program is None:  # [mapping.error.by-cache]
            raise not_remembered(key, self._memory.page)  # [jit.error.by-cache]
        return program

    def get_jaxpr(self, /, *args: t.Any, **kwargs: t.Any) -> t.Any:
        """The closed jaxpr: of arguments and touched states, giving the result and the written states."""
        return self._asked(args, kwargs, lambda program: program.jaxpr)  # [jit.open.jaxpr]

    def get_states(self, /, *args: t.Any, **kwargs: t.Any) -> States:
        """The touched states, in the order of the first touch."""
        return self._asked(args, kwargs, touched)

    def get_read_states(self, /, *args: t.Any, **kwargs: t.Any) -> States:
        """The touched states that are not written."""
        return self._asked(args, kwargs, only_read)

    def get_write_states(self, /, *args: t.Any, **kwargs: t.Any) -> States:
        """The written states."""
        return self._asked(args, kwargs, written)

    def get_out_shapes(self, /, *args: t.Any, **kwargs: t.Any) -> t.Any:
        """The result, with a description for each array."""
        return self._asked(args, kwargs, shapes)  # [jit.open.shapes]

    def get_out_treedef(self, /, *args: t.Any, **kwargs: t.Any) -> t.Any:
        """The structure of the result."""
        return self._asked(args, kwargs, lambda program: program.out_tree)  # [jit.open.shapes]

    def get_jaxpr_by_cache(self, key: Key) -> t.Any:
        """The same for arguments of this key."""
        return self._program_by_cache(key).jaxpr

    def get_states_by_cache(self, key: Key) -> States:
        """The same for arguments of this key."""
        return touched(self._program_by_cache(key))

    def get_read_states_by_cache(self, key: Key) -> States:
        """The same for arguments of this key."""
        return only_read(self._program_by_cache(key))

    def get_write_states_by_cache(self, key: Key) -> States:
        """The same for arguments of this key."""
        return written(self._program_by_cache(key))

    def get_out_shapes_by_cache(self, key: Key) -> t.Any:
        """The same for arguments of this key."""
        return shapes(self._program_by_cache(key))

    def get_out_treedef_by_cache(self, key: Key) -> t.Any:
        """The same for arguments of this key."""
        return self._program_by_cache(key).out_tree


@shows_as("transform.StatefulFunction")  # [jit.open.function]
class StatefulFunction(Opened, metaclass=Shown):
    """A function that reads and writes states, the programs that were made of it, and what is in them."""

    __slots__ = ("__weakref__", "_keeps", "name")
    _keeps: object

    def __init__(
        self,
        fun: t.Callable[..., t.Any],
        static_argnums: t.Any = (),
        static_argnames: t.Any = (),
        name: str | None = None,
    ) -> None:
        origin = checked_function(fun)
        self.name = name_of(origin) if name is None else name
        options = read_options(origin, (static_argnums, static_argnames), (None, None))
        self._memory, self._keeps = Memory(origin, options, self.name), None

    @property
    def origin_fun(self) -> t.Callable[..., t.Any]:
        """The function that it was made from."""
        return self._memory.origin

    def clear_cache(self) -> None:
        """Forget all programs."""
        self._memory.clear()

    def jaxpr_call(self, values: t.Sequence[t.Any], /, *args: t.Any, **kwargs: t.Any) -> tuple[t.Any, t.Any]:
        """The program as a function: what the states hold after a call which finds these values, and its result."""
        given, values = self._memory.given(args, kwargs), tuple(values)
        with looking():
            program = self._memory.program(given)
            found = _fitting(program, values)
            new, result, _ = self._memory.family(program).outcome(program, found, given.args, given.kwargs)
        rest = iter(new)
        after = [next(rest) if wrote else value for wrote, value in zip(program.written, values)]
        return tuple(after), result  # [jit.open.pure]


def opened(memory: Memory, name: str, keeps: object = None) -> StatefulFunction:
    """The programs that somebody else runs, opened up."""
    function = StatefulFunction.__new__(StatefulFunction)
    function._memory, function.name, function._keeps = memory, name, keeps
    return function


def touched(program: Program) -> States:
    """The touched states."""
    return tuple(program.states())  # [jit.open.states]


def only_read(program: Program) -> States:
    """The touched states that are not written."""
    return tuple(itertools.compress(program.states(), [not wrote for wrote in program.written]))  # [jit.open.states]


def written(program: Program) -> States:
    """The written states."""
    return tuple(itertools.compress(program.states(), program.written))  # [jit.open.states]


def shapes(program: Program) -> t.Any:
    """The result, with a description for each array."""
    avals = program.jaxpr.out_avals[: program.out_tree.num_leaves]
    return jax.tree.unflatten(program.out_tree, list(map(described, avals)))  # [jit.ahead.eval-shape]


def _fitting(program: Program, values: tuple[t.Any, ...]) -> list[t.Any]:
    if len(values) != len(program.refs):
        raise wrong_count(len(values), len(program.refs))  # [jit.error.pure-values]
    fitting = []
    for state, value, types in zip(program.states(), values, program.types):
        found = types_of(state, value)
        if not are_alike(found, types):  # [jit.error.pure-values]
            raise wrong_value(state, text_of_types(found), text_of_types(types))
        leaves = [as_type(leaf, aval) for leaf, aval in zip(jax.tree.leaves(value), types[1])]
        fitting.append(jax.tree.unflatten(types[0], leaves))
    return fitting


def make_jaxpr(
    fun: t.Callable[..., t.Any],
    static_argnums: t.Any = (),
    static_argnames: t.Any = (),
    return_shape: bool = False,
) -> t.Callable[..., tuple[t.Any, ...]]:
    """A function that gives the closed jaxpr of a call and the states that it touches, and what it gives."""
    stateful = StatefulFunction(fun, static_argnums, static_argnames)

    def jaxpr_and_states(*args: t.Any, **kwargs: t.Any) -> tuple[t.Any, ...]:
        def answer(program: Program) -> tuple[t.Any, ...]:
            pair = program.jaxpr, touched(program)  # [jit.open.make-jaxpr]
            return (*pair, shapes(program)) if return_shape else pair

        return stateful._asked(args, kwargs, answer)

    return jaxpr_and_states
