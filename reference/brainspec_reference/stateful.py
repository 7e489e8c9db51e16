"""Stateful functions, recorded.

A function that reads and writes states is recorded like any other, but the states that it meets are not its arguments:
they are found while it runs. At its first touch each one is *lent* a recorded value of the type of what it holds, a
further input of the program. What the written ones hold at the end are further outputs. Then all of them get back what
they held: recording changes no state.

The program's inputs are, in this order, the leaves of the argument, those of what the states held, in the order of the
first touch, and the captured values. Its outputs are the leaves of the result and those of what the written states hold.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeAlias

import jax
from jax.tree_util import tree_leaves

from ._jaxshim import acts_at_once, is_tracer
from .engine.errors import FinishedRecordingError
from .engine.lanes import evaluate
from .engine.precision import LEDGERS, measured
from .engine.program import Program
from .engine.record import Recorded, record_body, recorder, replay
from .errors import BadStateValue, NotAResult, OtherStructure, StateResult, clause
from .jax_values import to_jax
from .state import State
from .state_death import Dead, Mortals
from .trace_stack import OPEN, StateTraceStack, alone, touched
from .tree_types import Refusal, TreeType, flattened

Place: TypeAlias = jax.Device | jax.sharding.Sharding | None


@dataclass(frozen=True, eq=False)
class Stateful:
    """A recorded function: its program, the values that it captured of recordings around it, and what it touched."""

    program: Program
    captured: Sequence[Recorded]
    result: TreeType
    states: tuple[State, ...]
    found: tuple[TreeType, ...]  # the types of what the states held
    left: tuple[TreeType | None, ...]  # the types of what it left in them; `None` where it only read

    def fits(self) -> bool:
        """Is this the program of a call that is made here and now?"""
        here, around = recorder(), recording_around()
        if not all(here is not None and here.knows(value) for value in self.captured):  # [jit.nest.captured]
            return False
        for state, found in zip(self.states, self.found):  # one that the next one fits touches these up to the misfit
            if around is not None:
                around.meet(state)  # [mapping.state.through]
            if not holds(state, found):  # [jit.trace.states]
                return False
        return True

    def run(self, leaves: Iterable[Any], values: Sequence[Any], device: jax.Device | None) -> tuple[Any, list[Any]]:
        """The result, and what the states hold afterwards if they hold `values` before."""
        inputs = [*leaves, *tree_leaves(values), *self.captured]
        outputs = iter(outputs_of(self.program, inputs, self.places(device)))
        result = self.result.filled(islice(outputs, len(self.result.types)))
        after = [old if t is None else t.filled(islice(outputs, len(t.types))) for old, t in zip(values, self.left)]
        return result, after

    def places(self, device: jax.Device | None) -> Sequence[Place]:
        """Where its outputs are put if a call has this device."""
        return [device] * len(self.program.outputs)


def outputs_of(program: Program, inputs: Sequence[Any], places: Sequence[Place]) -> list[Any]:
    """As equations of the recording in progress, if there is one; else as arrays, each at its place."""
    if recorder() is not None and not acts_at_once(inputs):  # [mapping.nest.jit]
        return replay(program, inputs)  # [jit.nest.inside]
    if any(map(is_tracer, inputs)):
        raise FinishedRecordingError("A value without numbers is used where nothing is recorded or traced.")
    if LEDGERS:
        found = zip(measured(program, inputs, LEDGERS[-1]), places)
        return [LEDGERS[-1].noted(to_jax(v, t, place), known) for (v, t, known), place in found]
    (lane,) = evaluate(program, [inputs])  # wherever they are  # [jit.place.moved]
    types = [atom.type for atom in program.outputs]
    return list(map(to_jax, lane, types, places))  # [jit.result.same]


def held(state: State, chapter: str = "jit") -> TreeType:
    """The type of what a state holds, by the rules of a chapter."""

    def refusal(where: str, leaf: object) -> Exception:
        found = f"Found a {type(leaf).__name__} in the value{where} of a {type(state).__name__}"
        cure = "Put in arrays and numbers, or keep it in an attribute of another object"
        broken = clause(chapter, "state-value")  # [grad.error.state-value]
        return BadStateValue(found, broken, cure)  # [jit.error.state-value]

    return flattened(state._held, refusal)[1]


def holds(state: State, type_: TreeType) -> bool:
    try:
        return held(state) == type_  # [mapping.trace.types]
    except BadStateValue:
        return False


class Recording(StateTraceStack):
    """The trace stack that is open, alone, while a function is recorded: it lends."""

    chapter = "jit"  # of the specification, for errors

    def __init__(self, function: Callable[[Any], Any], argument: TreeType) -> None:
        super().__init__()
        self.function, self.argument = function, argument
        self.recorder: Any = None  # yet
        self.around = recording_around()
        self.found: dict[State, TreeType] = {}
        self.mortals = Mortals()

    def recorded(self, axes: Mapping[Hashable, int] | None = None) -> Stateful:
        """The function, as a body of the recording in progress if there is one."""
        try:
            program, captured = record_body(self.run, self.argument.types, axes=axes)
        except BaseException:
            for state in self.states:  # whoever goes on depends on what the failure depended on
                touched(state, written=False)  # [jit.failure.touched]
            raise  # [map.failure.raised]
        states = tuple(self.states)
        found, left = tuple(self.found[s] for s in states), tuple(self.left[s] for s in states)
        return Stateful(program, captured, self.result, states, found, left)

    def meet(self, state: State) -> None:
        self._record(state, written=False)  # [mapping.axis.states]

    def _record(self, state: State, written: bool) -> None:
        if self.around is not None:
            self.around.meet(state)  # first: what it lends is what is found here  # [mapping.nest.states]
        super()._record(state, written)  # [mapping.random.born]
        if state not in self._originals:  # it was born meanwhile  # [mapping.state.local]
            return  # [jit.state.local]
        if state not in self.found:  # [grad.failure.caught]
            self.lend(state)  # [map.state.through]

    def lend(self, state: State) -> None:
        self.found[state] = found = self.seen(state)  # [jit.state.aliases]
        state._hold(found.filled(self.recorder.input(type_) for type_ in found.types))  # [mapping.error.concrete]

    def seen(self, state: State) -> TreeType:
        """The type of what the function sees in a state."""
        return held(state, self.chapter)

    def run(self, *leaves: Any) -> list[Any]:
        """The leaves of the result, and of what the written states hold."""
        self.recorder = recorder()  # that of this function
        self.recorder.keeps_states = True  # [jit.state.random]
        try:
            with alone(self), self.mortals:  # [mapping.state.dead]
                result = self.function(self.argument.filled(leaves))  # [map.error.concrete]
            outputs, self.result = flattened(result, result_refusal(self.chapter))  # [mapping.error.result]
            self.left = {state: self.taken_back(state) for state in self.states}  # [mapping.error.structure]
            return [*outputs, *tree_leaves([state._held for state in self.get_write_states()])]
        finally:
            self.mortals.die()  # [jit.failure.born]
            self.recovery_original_values()  # [jit.failure.caught]

    def taken_back(self, state: State) -> TreeType | None:
        """The type of what a state is left with, if it was written; raises if it should not have been."""
        found = self.found.get(state) or self.seen(state)  # once more, if the function caught the error
        if state not in self._written:
            return None  # [grad.state.read-only]
        left = held(state, self.chapter)  # [jit.state.retyped]
        changed = left.structure != found.structure  # [grad.error.structure]
        if changed and not isinstance(self._originals[state], Dead):  # [jit.state.revived]
            what = f"A {type(state).__name__} that held {found.structure} was given {left.structure}"
            cure = "Keep the structure, or assign outside of the function"
            raise OtherStructure(what, clause(self.chapter, "structure"), cure)  # [jit.error.structure]
        return left


def result_refusal(chapter: str) -> Refusal:
    def refuse(where: str, leaf: object) -> Exception:
        found = f"Found a {type(leaf).__name__} at result{where}"
        if isinstance(leaf, State):  # [mapping.error.state-result]
            broken = clause(chapter, "state-result")
            return StateResult(found, broken, "Return its value")  # [jit.error.state-result]
        return NotAResult(found, clause(chapter, "result"), "Return arrays and numbers")  # [jit.error.result]

    return refuse


def recording_around() -> Recording | None:
    """The innermost recording that is open in this thread: it may lend less of a state than that holds."""
    return next((stack for stack in reversed(OPEN.stacks) if isinstance(stack, Recording)), None)
