"""What a jitted function remembers: signatures with their programs, those that were used last at the end.

It keeps alive neither the states that a program touches nor the instance of a method. It knows them by weak reference,
and a program of which one has ceased to exist is as good as forgotten.
"""

import threading
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from .._jaxshim import same_settings, settings
from ..state import State
from ..stateful import Stateful
from .arguments import Key
from .attempts import GOING

LIMIT = 256  # signatures; the specification leaves open 128 to 512  # [mapping.cache.bounded]


@dataclass(frozen=True, eq=False)
class Entry:
    """A signature and its program."""

    key: Key
    instance: tuple[Callable[[], Any], ...]  # of a method
    settings: tuple[Any, ...]
    program: Stateful  # without its states
    states: tuple["weakref.ref[State]", ...]

    def is_of(self, instance: tuple[Any, ...]) -> bool:
        return [id(ref()) for ref in self.instance] == [id(own) for own in instance]  # [jit.form.method]

    def recalled(self) -> Stateful | None:
        """The program with its states, if all of them still exist."""
        states = tuple(state for ref in self.states if (state := ref()) is not None)
        if len(states) < len(self.states):
            return None  # [mapping.state.replaced]
        return replace(self.program, states=states)


def weakly(instance: Any) -> Callable[[], Any]:
    try:
        return weakref.ref(instance)  # [jit.cache.frees]
    except TypeError:  # its class has no room for one, and nothing else tells it from a later one
        return lambda: instance


class Memory:
    """Of one function, for all the instances that it is a method of."""

    def __init__(self) -> None:
        self.entries: tuple[Entry, ...] = ()
        self.lock = threading.Lock()  # [jit.cache.threads]

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy of a function, which may be a method of a copied module, remembers nothing."""
        return Memory, ()

    def known(self, key: Key, instance: tuple[Any, ...]) -> Iterator[tuple[Entry, Stateful]]:
        """What is remembered under a key, the last one first; what this thread has not decided on is later still."""
        undecided = [entry for memory, entry in GOING.undecided if memory is self]  # [jit.nest.counts]
        for each in reversed([*self.entries, *undecided]):
            if each.key == key and each.is_of(instance) and (program := each.recalled()):
                yield each, program

    def program(self, key: Key, instance: tuple[Any, ...], record: Callable[[], Stateful]) -> Stateful:
        """The program of a call that is made here and now: remembered, or recorded and yet undecided."""
        now = settings()  # [jit.trace.config]
        for each, program in self.known(key, instance):
            if same_settings(each.settings, now) and program.fits():  # [mapping.trace.config]
                self.used(each)
                return program
        program = record()  # [jit.trace.once]
        states = tuple(map(weakref.ref, program.states))  # [jit.cache.frees]
        stateless = replace(program, states=())  # [mapping.cache.frees]
        new = Entry(key, tuple(map(weakly, instance)), now, stateless, states)
        GOING.undecided = (*GOING.undecided, (self, new))
        return program

    def used(self, entry: Entry) -> None:
        with self.lock:
            if entry in self.entries:
                self.entries = (*(each for each in self.entries if each is not entry), entry)  # [jit.cache.remembers]

    def decide(self, new: Entry) -> None:
        """Remember what was undecided; what captured values of a recording around it is of no use after that."""
        with self.lock:
            kept = [each for each in self.entries if each.recalled() and None not in [ref() for ref in each.instance]]
            self.entries = (*kept, *([] if new.program.captured else [new]))[-LIMIT:]  # [jit.cache.bounded]

    def forget(self, instance: tuple[Any, ...]) -> None:
        """Everything, or for a method what is of one instance."""

        def stays(each: Entry) -> bool:
            return instance != () and not each.is_of(instance)  # [jit.cache.clear]

        with self.lock:
            self.entries = tuple(filter(stays, self.entries))
        GOING.undecided = tuple(pair for pair in GOING.undecided if pair[0] is not self or stays(pair[1]))
