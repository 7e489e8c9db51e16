"""What is fast about it: all of it; `Compiled.__call__` is what a warm call costs beside JAX.

A warm call guesses: it takes the family that ran last for its static arguments, reads its states, and lets JAX find
the program. If the guess was wrong nothing has happened yet, and `_call_with_care` goes by the book. That is also the
way in a trace, and where a trace stack is open, which must learn of each state before its value is taken.

The values that states held are at hand until the call returns, so that not even an interrupt between two writes
leaves one of them done.
"""

import contextlib
import itertools
import typing as t

import jax

from brainspec_optimized._jaxshim import EAGER, TRACES, Tracer, forgive, jit_is_disabled
from brainspec_optimized.jit.arguments import Given, check_donated, key_of
from brainspec_optimized.jit.family import Family, Unknown
from brainspec_optimized.jit.making import calling
from brainspec_optimized.jit.memory import Memory
from brainspec_optimized.jit.naming import name_of
from brainspec_optimized.jit.options import Options
from brainspec_optimized.jit.program import Program
from brainspec_optimized.jit.types import types_of
from brainspec_optimized.state_cell import Cell
from brainspec_optimized.state_checks import at_home, leaves_of, traced_elsewhere
from brainspec_optimized.state_dead import held, put_back
from brainspec_optimized.state_stack import MINE, OPEN, note_read, note_write

__all__ = ["Compiled", "call_alone", "call_program", "write"]


class Compiled:
    """What is called like its origin and runs its programs."""

    __slots__ = ("_memory",)
    _memory: Memory

    def __call__(self, /, *args: t.Any, **kwargs: t.Any) -> t.Any:
        """What the origin gives; the states change as it says."""
        memory, given, named = self._memory, args, kwargs
        statics: t.Any = ()
        if (OPEN and MINE.stacks) or TRACES.trace is not EAGER:  # [jit.nest.inside]
            return _call_with_care(memory, args, kwargs)
        try:
            if memory.part is not None:
                statics, given, named = memory.part(args, kwargs)
            family: t.Any = memory.hot[statics]
            states = [ref() for ref in family.refs]
            values = [state._value for state in states]  # [jit.state.current]
        except (KeyError, TypeError, AttributeError):
            pass  # never called so, no hash, families in turn, or a state that is dead or gone
        else:
            if memory.donates:
                check_donated(memory.options, args, kwargs, states, values, memory.page)
            try:
                written, result, (number,) = family.run(values, *given, **named)
            except Unknown:
                forgive(family.run)
            except (TypeError, ValueError):  # JAX refuses an argument or a state, before anything runs
                if not _is_worth_another(memory, Given(statics, given, named), states, values):
                    raise
            else:
                program = memory.last
                if number != program.number:
                    program = memory.recalled(family, number)
                if family.roams:
                    settled = memory.places.settled(program, given, named, written, result)
                    if settled is not None:
                        written, result = settled
                        memory.hot[statics] = None  # a state strays, so next time it is fetched beforehand
                if program.notice is not None:
                    program.notice()
                if written:
                    _put(itertools.compress(states, program.written), written, states, values)
                return result
        return _call_with_care(memory, args, kwargs)  # [mapping.nest.around]


def _put(changed: t.Iterable[Cell], written: list[t.Any], states: list[Cell], values: list[t.Any]) -> None:
    try:
        for state, value in zip(changed, written):
            state._value = value  # [jit.state.written]
    except BaseException:  # an interrupt between two writes
        for state, value in zip(states, values):
            put_back(state, value)
        raise


def _is_worth_another(memory: Memory, given: Given, states: list[Cell], values: list[t.Any]) -> bool:
    try:
        key_of(given, page=memory.page)
    except Exception as reason:
        raise reason from None  # which says more than JAX has said
    if all(map(_is_of_arrays, states, values)) and not memory.places.strays(given, values):
        return False
    memory.hot[given.statics] = None  # from now on it is fetched beforehand
    return True


def _is_of_arrays(state: Cell, value: t.Any) -> bool:
    """Whether JAX takes the value; if it does not, a program may fit that does not touch the state."""
    try:
        types_of(state, value)
    except TypeError:
        return False
    return True


def _call_with_care(memory: Memory, args: tuple[t.Any, ...], kwargs: dict[str, t.Any]) -> t.Any:
    """Call without a guess."""
    if jit_is_disabled():
        return memory.plainly(args, kwargs)
    given = memory.given(args, kwargs)
    key = memory.key(given)  # [jit.error.unknown-argument]
    program = memory.found(key)
    if program is not None:
        return call_program(memory, program, given, args, kwargs, memory.family(program))
    with calling():
        program = memory.made(given, key)
        try:
            return call_program(memory, program, given, args, kwargs, memory.family(program))
        except BaseException:
            memory.drop(program)  # [jit.failure.forgotten]
            raise


def call_program(
    memory: Memory, program: Program, given: Given, args: tuple[t.Any, ...], kwargs: dict[str, t.Any], family: Family
) -> t.Any:
    """Run a program of this family with the states as they are, and write to them what it says."""
    states = program.states()
    for state in states if MINE.stacks else ():  # [mapping.state.through]
        note_read(state)  # [jit.state.touched]
    values = [held(state) for state in states]  # [mapping.state.current]
    if memory.donates:
        check_donated(memory.options, args, kwargs, states, values, memory.page)
    written, result = _run(memory, program, given, values, family)
    if program.notice is not None:
        program.notice()
    write(states, program.written, values, written)
    return result


def call_alone(function: t.Callable[..., t.Any], program: Program, given: Given) -> t.Any:
    """The same for a program that was made of a function for this call, and that nobody remembers."""
    memory = Memory(function, Options(), name_of(function))
    with jax.disable_jit(False) if jit_is_disabled() else contextlib.nullcontext():
        return call_program(memory, program, given, given.args, dict(given.kwargs), memory.alone(program))


def _run(
    memory: Memory, program: Program, given: Given, values: list[t.Any], family: Family
) -> tuple[list[t.Any], t.Any]:
    if not (family.roams and TRACES.trace is EAGER):
        return family.outcome(program, values, given.args, given.kwargs)[:2]
    moved, values = memory.places.gathered(program, given, values)  # [mapping.place.moved]
    written, result, _ = family.outcome(program, values, moved.args, moved.kwargs)
    settled = memory.places.settled(program, given.args, given.kwargs, written, result)  # [mapping.place.moved]
    return settled or (written, result)


def write(states: list[Cell], which: t.Iterable[bool], values: list[t.Any], written: list[t.Any]) -> None:
    """Let those of the states that are written hold what is left in them, all of them or none."""
    changed = list(itertools.compress(states, which))  # [mapping.state.read-only]
    if TRACES.trace is not EAGER:  # [grad.nest.around]
        _check_home(changed, written)
    for state in changed if MINE.stacks else ():
        note_write(state)  # [jit.state.touched]
    _put(changed, written, states, values)


def _check_home(changed: list[Cell], written: list[t.Any]) -> None:
    for state, value in zip(changed, written):
        if any(isinstance(leaf, Tracer) for leaf in leaves_of(value)) and not at_home(state):
            raise traced_elsewhere(state)  # [jit.nest.around]
