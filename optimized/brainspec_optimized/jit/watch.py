"""What is fast about it: a state's tracers are made when it is first touched, so the function is traced once.

While a function is traced, a `Watch` is the only trace stack of its thread. It exchanges the value of each state that
is met by tracers, and puts back everything on the way out, however that way is taken. What lies outside of it learns
of the touches later: from the program, or when it is known that the call has failed; see `making`.

Whoever traces something else than a plain call may override `_inward`, to let states come in as other types than they
have outside: a lane's, say; `_admit`, which runs when a state is met, and may refuse it; and `_shown`, to show the
function something else than inputs of a jaxpr. `seen_types` is what a state has for the function that runs now, met or
not.
"""

import itertools
import sys
import typing as t
import weakref

import jax

from brainspec_optimized._jaxshim import TRACES, Tracer, current_trace, new_input
from brainspec_optimized.jit.eras import Eras
from brainspec_optimized.jit.making import meet
from brainspec_optimized.jit.refusals import check_structure
from brainspec_optimized.jit.types import Types, types_of
from brainspec_optimized.random.state import RandomState
from brainspec_optimized.state_cell import Cell
from brainspec_optimized.state_checks import leaves_of
from brainspec_optimized.state_dead import DEAD, bury, held, put_back
from brainspec_optimized.state_stack import MINE, OPEN, StateTraceStack

__all__ = ["Watch", "is_met", "seen_types"]

Born = tuple["weakref.ref[Cell]", str]

_NOT_USERS = {"brainspec_optimized", "copy", "copyreg", "pickle"}


class Watch(StateTraceStack):
    """The trace stack under which a function is traced."""

    __slots__ = ("_around", "_backups", "_eras", "_failure", "_numbers", "_trace", "births", "types")
    page: t.ClassVar[str] = "jit"
    """Whose clauses are cited where the function breaks one."""

    def __init__(self) -> None:
        super().__init__()
        self.types: list[Types] = []
        self.births: list[Born] = []
        self._backups: list[tuple[RandomState, t.Any]] = []
        self._failure: BaseException | None = None
        self._numbers = itertools.count()

    def __enter__(self) -> t.Self:
        self._around, MINE.stacks = MINE.stacks, []  # [map.failure.caught]
        self._trace, self.home = TRACES.trace, current_trace()  # [jit.state.random]
        self._eras = Eras(self._trace)
        return super().__enter__()

    def __exit__(self, *raised: object) -> None:
        OPEN.remove(self)  # [mapping.failure.caught]
        MINE.stacks = self._around  # [jit.failure.caught]
        self._eras.end()
        meet(self.states)  # [jit.failure.touched]
        entries = self._found.items()  # [map.failure.unchanged]
        for state, value in entries:  # [mapping.failure.unchanged]
            put_back(state, value)  # [jit.failure.unchanged]
        for random, backup in self._backups:
            random._backup = backup
        for watch in self._watches_around():  # newborns may be given tracers of a trace around this one
            watch.births.extend(self.births)
            watch._eras.changed()
        self._bury_the_dead()  # [jit.failure.born]

    def _watches_around(self) -> list["Watch"]:
        return [stack for stack in self._around if isinstance(stack, Watch)]

    def _touch(self, state: Cell) -> None:
        super()._touch(state)
        self._eras.touched(TRACES.trace)

    def _write(self, state: Cell) -> None:
        super()._write(state)
        self._eras.changed()

    def _meet(self, state: Cell) -> None:
        value = held(state)  # [grad.failure.caught]
        try:
            types = self.inside(state)  # [grad.error.state-value]
            self._admit(state)
        except BaseException as failure:
            if self._failure is None:  # the function may catch it, and must fail nevertheless
                self._failure = failure
            raise
        self.types.append(types)
        if isinstance(state, RandomState):
            self._backups.append((state, state._backup))
        self._found[state] = value  # [jit.state.aliases]
        if value is not DEAD:
            state._value = self._shown(state, value, types)

    def _shown(self, state: Cell, value: t.Any, types: Types) -> t.Any:
        tree, avals = types
        return jax.tree.unflatten(tree, [new_input(self._trace, aval, next(self._numbers)) for aval in avals])

    def inside(self, state: Cell) -> Types:
        """The types that a state has for the function that is traced."""
        if state in self._found or state._serial > self._opened:  # [mapping.state.local]
            return types_of(state, held(state), self.page)
        return self._inward(state, _seen_in(self._around, state, self.page))  # [mapping.axis.states]

    def _inward(self, state: Cell, types: Types) -> Types:
        return types

    def _admit(self, state: Cell) -> None:
        """A state is met whose types have just been asked for."""

    def check(self) -> None:
        """Raise again what a touch has raised, if the function has caught it."""
        if self._failure is not None:
            raise self._failure  # [jit.error.state-value]

    def left(self) -> t.Iterator[tuple[list[t.Any], t.Any]]:
        """The leaves and the structure of what the function has left in each state that it has written."""
        for state, before in itertools.compress(zip(self.states, self.types), self.been_writen):
            types_of(state, state._value, self.page)  # [jit.error.state-value]
            leaves, tree = jax.tree.flatten(state._value)
            check_structure(state, before[0], tree, self.page)  # [grad.error.structure]
            yield leaves, tree

    def _bear(self, state: Cell) -> None:
        super()._bear(state)
        self.births.append((weakref.ref(state), _birthplace()))

    def _bury_the_dead(self) -> None:
        for ref, place in self.births:
            state = ref()
            if state is None:
                continue
            is_traced = [isinstance(leaf, Tracer) for leaf in leaves_of(held(state))]  # [grad.state.dead]
            if any(is_traced):  # [mapping.state.dead]
                bury(state, place)  # [jit.state.survivor]


def seen_types(state: Cell, page: str = "jit") -> Types:
    """The types that a state has for the function that runs now."""
    stacks = MINE.stacks
    return _seen_in(stacks, state, page) if stacks else types_of(state, held(state), page)


def is_met(state: Cell) -> bool:
    """Whether what the state holds is what the function that runs now would read."""
    watches = [stack for stack in MINE.stacks if isinstance(stack, Watch)]
    return all(state in watch._found or state._serial > watch._opened for watch in watches)


def _seen_in(stacks: list[StateTraceStack], state: Cell, page: str) -> Types:
    for stack in stacks:
        if isinstance(stack, Watch):  # the outermost, and the only one, since it has put those around aside
            return stack.inside(state)
    return types_of(state, held(state), page)


def _birthplace() -> str:
    frame = sys._getframe(1)
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] in _NOT_USERS:
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"
