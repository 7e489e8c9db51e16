"""What is fast about it: a function runs once, and what it left behind is all that later calls need.

This is the one idea that the transforms of this room share: a *program* is a stateful function that was traced once.
It knows its jaxpr, whose inputs are the leaves of the arguments and then of the touched states, and whose outputs are
the leaves of the result and then of the written states; the states in the order of the first touch, held weakly; and
the structures around the leaves. It knows no argument and no value of a state.
"""

import functools
import itertools
import typing as t
import weakref

import jax

from brainspec_optimized._jaxshim import Tracer, current_trace, mesh_in, with_consts, with_inputs, without_consts
from brainspec_optimized.jit.eras import context, outside
from brainspec_optimized.jit.making import keep
from brainspec_optimized.jit.refusals import check_result
from brainspec_optimized.jit.types import Types, described
from brainspec_optimized.jit.watch import Watch, seen_types
from brainspec_optimized.state_cell import Cell

__all__ = ["NONE", "Program", "Reference", "ran", "traced"]

Reference = weakref.ref[Cell]
Function = t.Callable[..., t.Any]

_NUMBERS = itertools.count()

NOWHERE = (object(), None)
"""Where nothing lies."""


class Program:
    """A stateful function that was traced once, for arguments and states of some types."""

    __slots__ = (
        "_consts",
        "_home",
        "_jaxpr",
        "_mesh",
        "args_tree",
        "context",
        "key",
        "lies",
        "notice",
        "number",
        "out_tree",
        "places",
        "refs",
        "trees",
        "types",
        "used",
        "written",
    )
    _jaxpr: t.Any
    args_tree: t.Any
    """The structure of the pair of positional and named arguments."""
    out_tree: t.Any
    """The structure of the result."""
    refs: tuple[Reference, ...]
    """The touched states."""
    types: tuple[Types, ...]
    """What they held when the trace began."""
    written: tuple[bool, ...]
    """Which of them are written."""
    trees: tuple[t.Any, ...]
    """The structures of what is written."""
    context: t.Hashable
    """The configuration of JAX, and the named axes in scope."""
    lies: t.Any
    """Where it was that a call has left something in its place, for whoever looks; see `places`."""
    key: t.Hashable
    """What the arguments add to the signature, for whoever remembers the program."""
    used: int
    """When it was used last, likewise."""
    places: t.Sequence[t.Any]
    """Where the leaves of arguments and states are to be, for whoever puts them there."""
    notice: t.Callable[[], None] | None
    """What is to happen at each call before states are written, if anything; it may raise."""

    def __init__(self) -> None:
        self.number = next(_NUMBERS)
        self.used = 0
        self.notice = None
        self.lies = NOWHERE

    def close_over(self, closed: t.Any) -> None:
        """Take the jaxpr, and values of a trace around it no longer than somebody else has them, or it is being made."""
        self._jaxpr, self._home = without_consts(closed), None
        self._mesh = mesh_in(closed)
        self._consts = [weakref.ref(const) if isinstance(const, Tracer) else const for const in closed.consts]
        if any(isinstance(const, Tracer) for const in closed.consts):
            self._home = current_trace()
            keep(closed.consts)  # [jit.nest.captured]

    def take_over(self, one: "Program") -> None:
        """Be of the same structures and states as a program of which this one is to be made."""
        self.context, self.args_tree, self.out_tree = one.context, one.args_tree, one.out_tree
        self.refs, self.types, self.written, self.trees = one.refs, one.types, one.written, one.trees

    def stage(self, whole: Function, args: tuple[t.Any, ...], kwargs: dict[str, t.Any]) -> None:
        """Have for jaxpr what a function makes of the arguments, which are described here, and of the states."""
        values = [jax.tree.unflatten(tree, list(map(described, avals))) for tree, avals in self.types]
        # What is evaluated here reads no state, and is no more the user's.
        with outside(), jax.disable_jit(False):
            self.close_over(jax.make_jaxpr(whole)(args, kwargs, values))  # [mapping.open.jaxpr]

    @property
    def jaxpr(self) -> t.Any:
        """The closed jaxpr."""
        consts = [const() if isinstance(const, weakref.ref) else const for const in self._consts]
        return with_consts(self._jaxpr, consts)

    @property
    def mesh(self) -> t.Any:
        """The devices on which a part of it runs, for one that has such a part."""
        return self._mesh

    @property
    def captures(self) -> bool:
        """Whether it uses values of a trace around it, and so is good for that trace only."""
        return self._home is not None

    def lives(self) -> bool:
        """Whether all is there that it needs."""
        refs = (ref for ref in (*self.refs, *self._consts) if isinstance(ref, weakref.ref))
        return all(ref() is not None for ref in refs)  # [mapping.state.replaced]

    def fits(self, now: t.Hashable) -> bool:
        """Whether a call with its arguments is a call of this program, in this context and as the states are."""
        if self.context != now or not self.lives():  # [jit.trace.config]
            return False
        if self._home is not None and self._home != current_trace():  # [jit.nest.captured]
            return False
        states = zip(self.states(), self.types)
        try:
            return all(seen_types(state) == types for state, types in states)  # [jit.trace.states]
        except (TypeError, ValueError):  # the trace that follows will meet it, and say so
            return False

    def states(self) -> list[Cell]:
        """The touched states, in the order of the first touch."""
        return t.cast("list[Cell]", [ref() for ref in self.refs])

    def evaluated_as(self, outputs: t.Sequence[t.Any]) -> tuple[list[t.Any], t.Any]:
        """What the outputs of the jaxpr are: the values of the written states, and the result."""
        rest = iter(outputs)
        result, *written = [
            jax.tree.unflatten(tree, itertools.islice(rest, tree.num_leaves))
            for tree in (self.out_tree, *self.trees)  # [mapping.state.written]
        ]
        return written, result


NONE = Program()
"""What has run before anything has."""


def traced(function: Function, args: tuple[t.Any, ...], kwargs: dict[str, t.Any], watch: Watch) -> Program:
    """Run a function once, on values without numbers, and give what is left of it."""
    program, closed = ran(function, args, kwargs, watch)
    program.close_over(closed)
    return program


def ran(function: Function, args: tuple[t.Any, ...], kwargs: dict[str, t.Any], watch: Watch) -> tuple[Program, t.Any]:
    """The same before the program has its jaxpr, and the closed jaxpr beside it, which keeps what it uses."""
    program = Program()

    @functools.wraps(function, updated=())
    def body(*args: t.Any, **kwargs: t.Any) -> list[t.Any]:
        with watch:  # [jit.failure.raised]
            result = function(*args, **kwargs)  # [jit.state.local]
            watch.check()
            return _outputs(program, watch, result)

    program.context = context()
    program.args_tree = jax.tree.structure((args, kwargs))
    trace = jax.make_jaxpr(body)  # [jit.error.concrete]
    closed = trace(*args, **kwargs)  # [jit.trace.once]
    return program, with_inputs(closed, [aval for _, avals in program.types for aval in avals])


def _outputs(program: Program, watch: Watch, result: t.Any) -> list[t.Any]:
    leaves, program.out_tree = jax.tree.flatten(result)
    check_result(result, leaves, watch.page)
    states, written = watch.states, watch.been_writen
    program.refs = tuple([weakref.ref(state) for state in states])  # [mapping.cache.frees]
    program.types = tuple(watch.types)
    program.written = tuple(written)  # [jit.state.read-only]
    trees = []
    for held_leaves, tree in watch.left():  # [mapping.state.retyped]
        leaves.extend(held_leaves)  # [jit.state.retyped]
        trees.append(tree)
    program.trees = tuple(trees)
    return leaves
