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
from typing import Any

import jax
from jax.tree_util import tree_leaves

from ._jaxshim import acts_at_once, is_tracer
from .engine.errors import FinishedRecordingError
from .engine.lanes import evaluate
from .engine.precision import LEDGERS, measured
from .engine.program import Program
from .engine.record import Recorded, record_body, recorder, replay
from .errors import BadStateValue, NotAResult, OtherStructure, StateResult
from .jax_values import to_jax
from .state import State
from .state_death import Dead, Mortals
from .trace_stack import StateTraceStack, alone, touched
from .tree_types import TreeType, flattened


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
        here = recorder()
        if not all(here is not None and here.knows(value) for value in self.captured):  # [jit.nest.captured]
            return False
        return all(map(holds, self.states, self.found))  # [jit.trace.states]

    def run(self, leaves: Iterable[Any], values: Sequence[Any], device: jax.Device | None) -> tuple[Any, list[Any]]:
        """The result, and what the states hold afterwards if they hold `values` before."""
        outputs = iter(outputs_of(self.program, [*leaves, *tree_leaves(values), *self.captured], device))
        result = self.result.filled(islice(outputs, len(self.result.types)))
        after = [old if t is None else t.filled(islice(outputs, len(t.types))) for old, t in zip(values, self.left)]
        return result, after


def outputs_of(program: Program, inputs: Sequence[Any], device: jax.Device | None) -> list[Any]:
    """As equations of the recording in progress, if there is one; else as arrays, on the device that is given."""
    if recorder() is not None and not acts_at_once(inputs):
        return replay(program, inputs)  # [jit.nest.inside]
    if any(map(is_tracer, inputs)):
        raise FinishedRecordingError("A value without numbers is used where nothing is recorded or traced.")
    if LEDGERS:
        return [
            LEDGERS[-1].noted(to_jax(v, t, device), known) for v, t, known in measured(program, inputs, LEDGERS[-1])
        ]
    (lane,) = evaluate(program, [inputs])  # wherever they are  # [jit.place.moved]
    return [to_jax(value, atom.type, device) for value, atom in zip(lane, program.outputs)]  # [jit.result.same]


def held(state: State) -> TreeType:
    """The type of what a state holds."""

    def refusal(where: str, leaf: object) -> Exception:
        found = f"Found a {type(leaf).__name__} in the value{where} of a {type(state).__name__}"
        cure = "Put in arrays and numbers, or keep it in an attribute of another object"
        return BadStateValue(found, "jit.error.state-value@1", cure)  # [jit.error.state-value]

    return flattened(state._held, refusal)[1]


def holds(state: State, type_: TreeType) -> bool:
    try:
        return held(state) == type_
    except BadStateValue:
        return False


def refuse_result(where: str, leaf: object) -> Exception:
    found = f"Found a {type(leaf).__name__} at result{where}"
    if isinstance(leaf, State):
        return StateResult(found, "jit.error.state-result@1", "Return its value")  # [jit.error.state-result]
    return NotAResult(found, "jit.error.result@1", "Return arrays and numbers")  # [jit.error.result]


class Recording(StateTraceStack):
    """The trace stack that is open, alone, while a function is recorded: it lends."""

    def __init__(self, function: Callable[[Any], Any], argument: TreeType, page: str = "jit") -> None:
        super().__init__()
        self.function, self.argument = function, argument
        self.page = page  # of the specification, whose clauses the function may break
        self.recorder: Any = None  # yet
        self.found: dict[State, TreeType] = {}
        self.mortals = Mortals()

    def recorded(self, axes: Mapping[Hashable, int] | None = None) -> Stateful:
        """The function, as a body of the recording in progress if there is one."""
        try:
            program, captured = record_body(self.run, self.argument.types, axes=axes)
        except BaseException:
            for state in self.states:  # whoever goes on depends on what the failure depended on
                touched(state, written=False)
            raise
        states = tuple(self.states)
        found, left = tuple(self.found[s] for s in states), tuple(self.left[s] for s in states)
        return Stateful(program, captured, self.result, states, found, left)

    def _record(self, state: State, written: bool) -> None:
        super()._record(state, written)  # [grad.failure.caught]
        if state in self._originals and state not in self.found:  # none that was born meanwhile  # [jit.state.local]
            self.lend(state)

    def lend(self, state: State) -> None:
        self.found[state] = found = held(state)  # [jit.state.aliases]
        state._hold(found.filled(self.recorder.input(type_) for type_ in found.types))

    def run(self, *leaves: Any) -> list[Any]:
        """The leaves of the result, and of what the written states hold."""
        self.recorder = recorder()  # that of this function
        self.recorder.keeps_states = True  # [jit.state.random]
        try:
            with alone(self), self.mortals:
                result = self.function(self.argument.filled(leaves))
            outputs, self.result = flattened(result, refuse_result)
            self.left = {state: self.taken_back(state) for state in self.states}
            return [*outputs, *tree_leaves([state._held for state in self.get_write_states()])]
        finally:
            self.mortals.die()  # [jit.failure.born]
            self.recovery_original_values()  # [jit.failure.caught]

    def taken_back(self, state: State) -> TreeType | None:
        """The type of what a state is left with, if it was written; raises if it should not have been."""
        found = self.found.get(state) or held(state)  # once more, if the function caught the error
        if state not in self._written:
            return None  # [grad.state.read-only]
        left = held(state)  # [jit.state.retyped]
        changed = left.structure != found.structure  # [grad.error.structure]
        if changed and not isinstance(self._originals[state], Dead):  # [jit.state.revived]
            what = f"A {type(state).__name__} that held {found.structure} was given {left.structure}"
            cure = "Keep the structure, or assign outside of the function"
            raise OtherStructure(what, f"{self.page}.error.structure@1", cure)  # [jit.error.structure]
        return left
